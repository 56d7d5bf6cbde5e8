"""The 20 standards: taken over and reworded as data, judged with evidence, tabled over all projects."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import StandardGroup, Verdict
from projects.ledger.models import Project, StandardCheck, StandardItem
from projects.ledger.standards import services
from projects.ledger.standards.progress import standings
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    PartyFactory,
    StandardCheckFactory,
    StandardItemFactory,
    make_project,
)
from tests.projects.ledger.conftest import CODE
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


@pytest.fixture
def items(district: District, project: Project, clock: Clock) -> list[StandardItem]:
    now = clock.at("2025-05-07 10:00")
    return services.adopt_standards(bureau=district.bureau, by=district.users["bureau"], now=now)


def test_a_bureau_takes_over_twenty_once(
    signed: Signed, district: District, project: Project, clock: Clock
) -> None:
    page = signed("zhonglou").get(reverse("ledger:standards", args=[CODE])).content.decode()
    assert "还没有衡量标准" in page
    assert signed("zhonglou").post(reverse("ledger:standards_adopt")).status_code == 403
    assert signed("bureau").post(reverse("ledger:standards_adopt")).status_code == 302
    rows = StandardItem.objects.filter(bureau=district.bureau)
    groups = [row.group for row in rows]
    assert [row.number for row in rows] == list(range(1, 21))
    assert groups.count(StandardGroup.BOTTOM_LINE) == 11
    assert groups.count(StandardGroup.BREAKTHROUGH) == 9
    with pytest.raises(StateConflict):
        services.adopt_standards(
            bureau=district.bureau, by=district.users["bureau"], now=clock.at("2025-05-07")
        )
    other = make_district("boshan-")
    client = Client()
    client.force_login(other.users["bureau"])
    assert "还没有衡量标准" in client.get(reverse("ledger:standard_items")).content.decode()


def test_a_standard_is_judged_with_evidence_by_somebody_at_a_time(
    signed: Signed, district: District, project: Project, items: list[StandardItem]
) -> None:
    client = signed("zhonglou")
    address = reverse("ledger:standard", args=[CODE, 6])
    assert client.post(address, {"verdict": "unmet", "note": " "}).status_code == 422
    evidence = SimpleUploadedFile("公示照片.pdf", PDF)
    assert client.post(address, {"verdict": "met", "evidence": evidence}).status_code == 302
    check = StandardCheck.objects.get()
    assert (check.item, check.item_version, check.verdict, check.checked_by) == (
        items[5],
        1,
        Verdict.MET,
        district.users["zhonglou"],
    )
    page = client.get(reverse("ledger:standards", args=[CODE])).content.decode()
    assert "20 条中符合 <b>1 条</b>，没有不符合的，不适用 0 条，未核对 19 条。" in page
    file = reverse("ledger:file", args=[check.evidence_id])
    assert client.get(file).content == PDF
    assert signed("banyanglu").get(file).status_code == 404
    assert signed("npc").get(file).status_code == 404
    assert AuditEntry.objects.get(act="standardcheck.create").actor == district.users["zhonglou"]
    assert signed("leader").post(address, {"verdict": "met"}).status_code == 403
    assert signed("banyanglu").post(address, {"verdict": "met"}).status_code == 404


def test_two_who_judge_the_same_standard_at_once(
    signed: Signed, project: Project, items: list[StandardItem]
) -> None:
    address = reverse("ledger:standard", args=[CODE, 1])
    opened = {"seen_version": "0"}
    met = opened | {"verdict": "met", "note": "见会议纪要"}
    assert signed("bureau").post(address, met).status_code == 302
    second = signed("bureau2")
    typed = opened | {"verdict": "unmet", "note": "没有会议记录"}
    answer = second.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "没有会议记录" in page
    assert StandardCheck.objects.get().verdict == Verdict.MET
    assert second.post(address, typed | {"seen_version": "1"}).status_code == 302
    check = StandardCheck.objects.get()
    assert (check.verdict, check.note, check.version) == (Verdict.UNMET, "没有会议记录", 2)


def test_a_reworded_standard_keeps_what_was_judged_and_says_by_which_version(
    signed: Signed, project: Project, items: list[StandardItem]
) -> None:
    StandardCheckFactory(project=project, item=items[0])
    client = signed("bureau")
    typed = {
        "number": "1",
        "group": "bottom_line",
        "text": "建立区级统筹机制，每月调度一次",
        "seen_version": "1",
    }
    address = reverse("ledger:standard_item", args=[items[0].pk])
    assert client.post(address, typed | {"number": "2"}).status_code == 422
    assert client.post(address, typed).status_code == 302
    stale = signed("bureau2").post(address, typed | {"text": "另一种写法"})
    assert stale.status_code == 409
    page = client.get(reverse("ledger:standards", args=[CODE])).content.decode()
    assert "标准已改，按第 1 版核对" in page
    history = client.get(reverse("ledger:standard_history", args=[items[0].pk])).content.decode()
    assert history.index("每月调度一次") < history.index("不只当作工程推进")
    client.post(address, typed | {"retired_on": "2025-05-07", "seen_version": "2"})
    page = client.get(reverse("ledger:standards", args=[CODE])).content.decode()
    assert "每月调度一次" not in page
    assert StandardCheck.objects.count() == 1


def test_the_table_counts_filters_and_exports_the_same(
    signed: Signed, district: District, project: Project, items: list[StandardItem]
) -> None:
    other = make_project(
        programme=project.programme, street=district.street("banyanglu"), code="ZC2025-02",
        name="般阳里",
    )  # fmt: skip
    StandardCheckFactory(project=project, item=items[0])
    StandardCheckFactory(project=project, item=items[1], verdict=Verdict.UNMET)
    StandardCheckFactory(project=other, item=items[0], verdict=Verdict.NOT_APPLICABLE)
    address = reverse("ledger:standards_table")
    client = signed("bureau")

    def names(**asked: str) -> set[str]:
        page = client.get(address, asked).content.decode()
        return {name for name in ("文昌园", "般阳里") if f"{name}</a>" in page}

    assert names() == {"文昌园", "般阳里"}
    assert names(verdict="unmet") == {"文昌园"}
    assert names(verdict="unmet", item="1") == set()
    assert names(verdict="not_applicable", item="1") == {"般阳里"}
    assert names(verdict="open", item="2") == {"般阳里"}
    assert names(street=district.street("banyanglu").code) == {"般阳里"}
    page = client.get(address).content.decode()
    assert "2 个项目共符合 <b>1 条次</b>" in page
    assert "般阳里" not in signed("zhonglou").get(address).content.decode()
    answer = client.get(reverse("ledger:standards_export"), {"verdict": "unmet"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["总表", "逐条结论", "衡量标准", "衡量标准核对（可导入）", "_portal"]
    texts = {cell.value for row in book["总表"].iter_rows() for cell in row}
    assert {"文昌园", "符合", "不符合", "未核对"} <= texts
    assert "般阳里" not in texts
    notes = {cell.value for row in book["逐条结论"].iter_rows() for cell in row}
    assert "公示件没有张贴" in notes
    assert signed("npc").get(address).status_code == 403


def test_one_computation_counts_for_all(project: Project, items: list[StandardItem]) -> None:
    StandardCheckFactory(project=project, item=items[0])
    StandardCheckFactory(project=project, item=items[1], verdict=Verdict.UNMET)
    StandardCheckFactory(project=project, item=items[2], verdict=Verdict.NOT_APPLICABLE)
    (standing,) = standings(projects=Project.objects.filter(pk=project.pk), items=items)
    assert (standing.met, standing.unmet, standing.not_applicable, standing.open) == (1, 1, 1, 17)
    assert (standing.checked, standing.without_basis) == (3, 1)


NO_BASIS = "“符合”要有依据：附依据文件，或在说明里写明依据是什么、在哪里。"


def test_what_is_met_has_a_file_or_says_what_shows_it(
    signed: Signed, project: Project, items: list[StandardItem]
) -> None:
    client = signed("zhonglou")
    address = reverse("ledger:standard", args=[CODE, 3])
    for note in ("", "  "):
        bare = client.post(address, {"verdict": "met", "note": note})
        assert bare.status_code == 422
        assert NO_BASIS in bare.content.decode()
    broken = SimpleUploadedFile("照片.pdf", b"no file of that kind")
    assert client.post(address, {"verdict": "met", "evidence": broken}).status_code == 422
    assert not StandardCheck.objects.exists()
    stated = {"verdict": "met", "note": "资金方案第 3 页", "seen_version": "0"}
    assert client.post(address, stated).status_code == 302
    (standing,) = standings(projects=Project.objects.filter(pk=project.pk), items=items)
    assert (standing.met, standing.without_basis) == (1, 0)
    gone = client.post(address, {"verdict": "met", "note": "", "seen_version": "1"})
    assert gone.status_code == 422
    evidence = SimpleUploadedFile("方案.pdf", PDF)
    filed = {"verdict": "met", "evidence": evidence, "seen_version": "1"}
    assert client.post(address, filed).status_code == 302
    again = {"verdict": "met", "note": "", "seen_version": "2"}
    assert client.post(address, again).status_code == 302
    assert StandardCheck.objects.get().evidence is not None


def test_the_service_refuses_what_no_form_held_back(
    district: District, project: Project, items: list[StandardItem], clock: Clock
) -> None:
    with pytest.raises(Refusal) as caught:
        services.judge(
            row=StandardCheck(project=project, item=items[0], verdict=Verdict.MET),
            organisation=project.street,
            of=str(project),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert (caught.value.code, caught.value.message) == ("standard.basis", NO_BASIS)


def test_what_was_met_without_a_basis_before_stays_and_is_counted(
    signed: Signed, district: District, project: Project, items: list[StandardItem]
) -> None:
    other = make_project(
        programme=project.programme, street=project.street, code="ZC2025-02", name="般阳里"
    )
    StandardCheckFactory(project=project, item=items[0])
    StandardCheckFactory(project=other, item=items[0], note="见会议纪要")
    client = signed("bureau")
    page = client.get(reverse("ledger:standards", args=[CODE])).content.decode()
    assert '<strong class="alarm">1 条无依据</strong>' in page
    assert page.count('<strong class="alarm">无依据</strong>') == 1
    beside = client.get(reverse("ledger:standards", args=["ZC2025-02"])).content.decode()
    assert "无依据" not in beside
    table = client.get(reverse("ledger:standards_table")).content.decode()
    assert '<strong class="alarm">1 条次无依据</strong>' in table
    assert table.count("第 1 条符合，无依据") == 1
    bare = client.get(reverse("ledger:standards_table"), {"verdict": "bare"}).content.decode()
    assert "文昌园</a>" in bare
    assert "般阳里</a>" not in bare
    answer = client.get(reverse("ledger:standards_export"), {"sort": "-bare"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [[cell.value for cell in row] for row in book["总表"].iter_rows()]
    place = next(row.index("其中无依据") for row in cells if "其中无依据" in row)
    found = [(row[0], row[place]) for row in cells if str(row[0]).startswith("ZC2025")]
    assert found == [(CODE, 1), ("ZC2025-02", 0)]
    files = [row[6].value for row in book["逐条结论"].iter_rows()]
    assert files.count("无依据") == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda project, item: StandardCheckFactory(
            project=project, item=item, verdict=Verdict.UNMET, note=""
        ),
        lambda project, item: StandardCheckFactory(project=project, item=item, item_version=0),
        lambda project, item: StandardCheckFactory.create_batch(2, project=project, item=item),
        lambda project, item: StandardItemFactory(bureau=item.bureau, number=item.number),
    ],
)
def test_the_database_refuses(
    project: Project,
    items: list[StandardItem],
    make: Callable[[Project, StandardItem], object],
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(project, items[0])


@pytest.mark.parametrize("name", ["standards", "standards_table"])
@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_the_same(
    signed: Signed,
    project: Project,
    items: list[StandardItem],
    name: str,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(rows):
        other = make_project(
            programme=project.programme, street=project.street, code=f"ZC2025-1{place}"
        )
        for at in (project, other):
            StandardCheckFactory(project=at, item=items[place])
    PartyFactory(project=project)
    client = signed("bureau")
    address = reverse(f"ledger:{name}", args=[CODE] if name == "standards" else [])
    client.get(address)
    with django_assert_num_queries({"standards": 10, "standards_table": 10}[name]):
        client.get(address)
