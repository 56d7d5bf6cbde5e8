"""The page of a figure's source rows, its workbook, and 指标解释."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.funding.enums import Stage
from projects.ledger.enums import GateKind
from reports.figures.catalogue import by_code
from tests.factories.funding import FundingEventFactory, FundingSourceFactory
from tests.reports.figures.district import AS_OF, Scene, claim, make_scene

pytestmark = pytest.mark.django_db

QUERY = {"programme": "2025", "as_of": AS_OF.isoformat()}


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _client(scene: Scene, user: str) -> Client:
    client = Client()
    client.force_login(scene.district.users[user])
    return client


def test_every_figure_has_its_rows(scene: Scene) -> None:
    client = _client(scene, "bureau")
    for slug, declaration in by_code().items():
        query = dict(QUERY)
        if slug == "light":
            query |= {"level": "project", "scope": scene.red.code}
        answer = client.get(reverse("figures:source", args=[slug]), query)
        assert answer.status_code == 200, slug
        assert declaration.label in answer.text
        # What a project owed before it was cancelled stays owed: the rows of past weeks tell of it.
        gone = () if declaration.facts == "rows" else ("取消的小区",)
        for stranger in ("别区的项目", *gone, "后来列入的小区"):
            assert stranger not in answer.text


def test_rows_add_up_to_the_figure(scene: Scene) -> None:
    answer = _client(scene, "leader").get(reverse("figures:source", args=["physical"]), QUERY)
    source = answer.context["source"]
    rows = {row.code: row.values for row in source.rows}
    assert set(rows) == {"ZC2025-01", "ZC2025-02", "ZC2025-03"}
    assert sum(values[2] for values in rows.values()) == source.figure.measure.numerator
    assert sum(values[1] for values in rows.values()) == source.figure.measure.denominator
    assert "按建筑面积加权：建筑面积 6.00 万㎡，折合 1.57 万㎡，即 26.2%。" in answer.text
    assert "取第18周周报" in answer.text
    assert "待核 1 个项目，未计入" in answer.text
    assert reverse("figures:source", args=["physical"]) in answer.text


def test_rows_of_one_thing_stand_under_its_own_figure(scene: Scene) -> None:
    """A project of several sources is one group with its sum; the source alone names the row."""
    other = FundingSourceFactory(bureau=scene.district.bureau, name="居民出资", code="residents")
    for amount in (30_0000_00, 10_0000_00):
        FundingEventFactory(
            project=scene.even,
            source=other,
            stage=Stage.RECEIVED,
            amount_fen=amount,
            occurred_on=date(2025, 4, 1),
        )
    url = reverse("figures:source", args=["received"])
    answer = _client(scene, "bureau").get(url, QUERY)
    (group,) = [each for each, _, _ in answer.context["groups"] if each.code == scene.even.code]
    assert group.place.name == "文昌园小区"
    assert [row.within for row in group.rows] == ["中央财政补助", "居民出资"]
    assert group.values == (sum(row.values[0] for row in group.rows),)
    assert answer.context["source"].units == "到位：万元"
    assert answer.text.count("文昌园小区") == 1
    # One row a project needs no groups, and the rows of all groups are those of the workbook.
    alone = _client(scene, "bureau").get(reverse("figures:source", args=["households"]), QUERY)
    assert [each.place for each, _, _ in alone.context["groups"]] == [None]
    weeks = _client(scene, "bureau").get(reverse("figures:source", args=["returns-rate"]), QUERY)
    assert [each.place.name for each, _, _ in weeks.context["groups"]] == ["般阳路街道", "钟楼街道"]
    assert "第19周（5月5日—5月11日）" in [r.within for r in weeks.context["groups"][0][0].rows]


def test_a_light_gives_its_reasons(scene: Scene) -> None:
    claim(scene.other, GateKind.STARTED, date(2025, 4, 15))
    query = QUERY | {"level": "project", "scope": "ZC2025-03"}
    answer = _client(scene, "bureau").get(reverse("figures:source", args=["light"]), query)
    assert "形象进度15.0%，序时进度51.0%，落后36.0个百分点，超过30.0个百分点。" in answer.text
    assert "计划2025年4月10日开工，已过1个月末仍没有开工依据。" in answer.text


def test_the_workbook_holds_the_rows_and_the_definition(scene: Scene) -> None:
    client = _client(scene, "bureau")
    answer = client.get(reverse("figures:export", args=["received"]), QUERY)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["来源", "指标解释"]
    cells = [[cell.value for cell in row] for row in book["来源"].iter_rows()]
    head = next(index for index, row in enumerate(cells) if row[0] == "来源")
    assert cells[head + 1][:4] == ["文昌园小区 中央财政补助", "ZC2025-01", "般阳路街道", 160]
    assert cells[head + 1][5] == "待核 128.00 万元，未计入"
    assert cells[head + 3][:4] == ["合计", None, None, 160]
    assert book["指标解释"].max_row == 4


def test_approval_is_the_readers_choice(scene: Scene) -> None:
    query = QUERY | {"approval": "all"}
    url = reverse("figures:source", args=["received"])
    assert "合计 288.00万元" in _client(scene, "bureau").get(url, query).text
    council = _client(scene, "npc").get(url, query)
    assert "合计 160.00万元" in council.text


def test_who_is_shown_what_is_approved_learns_nothing_of_what_waits(scene: Scene) -> None:
    bureau, council = _client(scene, "bureau"), _client(scene, "npc")
    for slug in by_code():
        query = QUERY | {"approval": "all"}
        if slug == "light":
            query |= {"level": "project", "scope": scene.red.code}
        page = council.get(reverse("figures:source", args=[slug]), query)
        assert (slug, page.status_code) == (slug, 200)
        assert "待核" not in page.text, slug
    url = reverse("figures:export", args=["received"])
    told, kept = (
        [
            str(cell)
            for row in openpyxl.load_workbook(io.BytesIO(client.get(url, QUERY).content))[
                "来源"
            ].iter_rows(values_only=True)
            for cell in row
        ]
        for client in (bureau, council)
    )
    assert "待核 128.00 万元，未计入" in told
    assert [cell for cell in kept if "待核" in cell] == []


def test_rows_of_returns_lead_only_where_the_reader_may_go(scene: Scene) -> None:
    url = reverse("figures:source", args=["returns-rate"])
    week = "/weekly/2025-05-05/banyanglu/"
    assert f'href="{week}"' in _client(scene, "bureau").get(url, QUERY).text
    council = _client(scene, "npc")
    assert week not in council.get(url, QUERY).text
    assert council.get(week).status_code == 403


def test_a_clerk_meets_the_own_street_only(scene: Scene) -> None:
    client = _client(scene, "zhonglou")
    url = reverse("figures:source", args=["households"])
    answer = client.get(url, QUERY)
    assert "合计 300户" in answer.text
    assert "文昌园小区" not in answer.text
    for level, code in (
        ("street", "banyanglu"),
        ("project", "ZC2025-01"),
        ("district", "zichuan-bureau"),
    ):
        assert client.get(url, QUERY | {"level": level, "scope": code}).status_code == 404
    assert client.get(url, QUERY | {"programme": "2019"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("as_of", "2025-13-40", "截至日期无法识别"),
        ("as_of", "2999-01-01", "截至日期不能晚于今天。"),
        ("as_of", "0001-01-03", "截至日期不能早于 2000 年。"),
        ("period", "9999-12-27", "统计期无法识别"),
        ("period", "第三季度", "统计期无法识别"),
        ("approval", "nobody", "口径"),
    ],
)
def test_nonsense_in_the_address_is_said_and_no_fault(
    scene: Scene, field: str, text: str, sentence: str
) -> None:
    client = _client(scene, "bureau")
    answer = client.get(reverse("figures:source", args=["physical"]), QUERY | {field: text})
    assert answer.status_code == 200
    assert sentence in answer.text


def test_who_reads_no_figures_reads_none(scene: Scene) -> None:
    url = reverse("figures:source", args=["physical"])
    for user in ("auditor", "contractor", "admin"):
        assert _client(scene, user).get(url, QUERY).status_code == 403
    assert Client().get(url, QUERY).status_code == 302
    assert (
        _client(scene, "bureau").get(reverse("figures:source", args=["nothing"])).status_code == 404
    )


def test_measures_are_explained(scene: Scene) -> None:
    answer = _client(scene, "contractor").get(reverse("figures:measures"))
    for declaration in by_code().values():
        assert declaration.definition in answer.text
    assert "现行：落后超过多少亮红：30.0百分点" in answer.text
    workbook = _client(scene, "contractor").get(reverse("figures:dictionary"))
    assert openpyxl.load_workbook(io.BytesIO(workbook.content)).sheetnames == ["指标解释"]
