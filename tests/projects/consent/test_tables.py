"""Tables and workbooks of consent: one figure on all of them, nothing overwritten unseen."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.enums import Care, Choice, Purpose, RoundState
from projects.consent.services import archive
from tests.conftest import Clock
from tests.factories.consent import (
    AnswerFactory,
    CareVisitFactory,
    HouseholdFactory,
    RoundFactory,
    make_answers,
)
from tests.factories.ledger import EstateFactory, ProjectFactory

from .scene import CANARY_NAME, CANARY_PHONE, CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
SECRETS = (CANARY_NAME, CANARY_PHONE, "李住户1", "13800000001")


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def client_of(scene: Scene, name: str) -> Client:
    client = Client()
    client.force_login(scene.user(name))
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"consent:{name}", args=args)


def test_the_table_of_estates_filters_in_the_address_and_exports(scene: Scene) -> None:
    other = EstateFactory(project=scene.project, name="文昌园东区", household_count=2)
    rows = [HouseholdFactory(estate=other) for _ in range(2)]
    scheme = RoundFactory(project=scene.project, number=2, purpose=Purpose.SCHEME)
    for found in (scene.round, scheme):
        make_answers(found, rows, agreed=2)
    bureau = client_of(scene, "bureau")
    page = bureau.get(url("estates")).content.decode()
    assert page.index("文昌园小区") < page.index("文昌园东区")
    reached = bureau.get(url("estates"), {"standing": "reached"}).content.decode()
    assert ("文昌园东区" in reached, "文昌园小区" in reached) == (True, False)
    nothing = bureau.get(url("estates"), {"standing": "unasked"}).content.decode()
    assert "没有符合条件的小区" in nothing
    file = bureau.get(url("estates_export"), {"standing": "reached"})
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    found_rows = [row for row in book["双80%"].values if row[0] == CODE]
    assert found_rows == [
        (
            CODE,
            "文昌园",
            "钟楼街道",
            "文昌园东区",
            2,
            2,
            2,
            100,
            "达标",
            2,
            100,
            "达标",
            "达标",
            0,
            0,
            0,
            0,
            None,
        )
    ]
    assert bureau.get(url("estates"), {"year": "1999"}).status_code == 404
    assert "文昌园" not in client_of(scene, "banyanglu").get(url("estates")).content.decode()


def test_the_workbook_of_households_tells_the_round_that_counts_in_the_rates(scene: Scene) -> None:
    """Number 2 was drafted later and opened earlier: the newest is the one opened last, as in every rate."""
    second = RoundFactory(
        project=scene.project,
        number=2,
        purpose=Purpose.RENOVATION,
        state=RoundState.CLOSED,
        opened_on=date(2025, 2, 3),
        closed_by=scene.user("zhonglou-head"),
        closed_at=scene.round.opened_at,
    )
    AnswerFactory(round=second, household=scene.first, choice=Choice.DISAGREE)
    AnswerFactory(round=scene.round, household=scene.first, choice=Choice.AGREE)
    file = client_of(scene, "zhonglou").get(url("export", scene.estate.pk))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if "室号" in row)
    first = next(row for row in rows if row[head.index("室号")] == "101")
    assert first[head.index("改造意愿")] == "同意"


def test_an_estate_that_nobody_asked_says_the_same_figure_everywhere(scene: Scene) -> None:
    """没有征询的按 0 户同意计: page, workbook and declaration say 0.0 and mark it 未征询."""
    bureau = client_of(scene, "bureau")
    page = bureau.get(url("project", CODE)).content.decode()
    table = page[page.index("各小区的同意改造率和同意方案率") :]
    cell = table[table.index('data-label="同意方案率（%）"') :].split("</td>")[0]
    assert "0.0" in cell
    assert "未征询" in cell
    file = bureau.get(url("estates_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if any("同意方案率" in str(value) for value in row))
    names = [str(value) for value in head]
    place = next(at for at, name in enumerate(names) if name.startswith("同意方案率"))
    row = rows[rows.index(head) + 1]
    assert row[place - 1 : place + 2] == [0, 0, "未征询"]


def test_a_form_that_was_opened_before_another_saved_comes_back_and_undoes_nothing(
    scene: Scene, clock: Clock
) -> None:
    """Clerk A saves a phone over the mark 高龄 that clerk B set meanwhile."""
    address = url("household_edit", scene.first.pk)
    client = client_of(scene, "zhonglou")
    assert 'name="seen_version" value="1"' in client.get(address).content.decode()
    archive.change_household(
        household=scene.first,
        care=Care.ELDERLY,
        by=scene.user("zhonglou"),
        now=clock.at("2025-05-07 10:00"),
    )
    stale = {"phone": "13900001111", "care": "", "seen_version": "1", "seen_care": ""}
    answer = client.post(address, stale)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "街道填报改过这一户的姓名、电话或上门关注。" in text
    assert "上门关注现在是“高龄”。" in text
    assert "您没有动的格，已换成现在的值。" in text
    kept = answer.context["form"]
    assert (kept["care"].value(), kept["phone"].value()) == ("elderly", "13900001111")
    assert 'name="seen_version" value="2"' in text
    scene.first.refresh_from_db()
    assert (scene.first.care, scene.first.open_phone()) == ("elderly", CANARY_PHONE)
    again = client.post(address, {name: kept[name].value() or "" for name in kept.fields})
    assert again.status_code == 302
    scene.first.refresh_from_db()
    assert (scene.first.care, scene.first.open_phone()) == ("elderly", "13900001111")


def test_the_table_of_estates_is_sorted_by_either_rate_and_so_is_its_workbook(scene: Scene) -> None:
    """Rates, not households: six of ten come after two of two; an estate without households comes last."""
    other = EstateFactory(project=scene.project, name="文昌园东区", household_count=2)
    EstateFactory(project=scene.project, name="文昌园空区", household_count=0)
    rows = [HouseholdFactory(estate=other) for _ in range(2)]
    scheme = RoundFactory(project=scene.project, number=2, purpose=Purpose.SCHEME)
    make_answers(scene.round, scene.households, agreed=6)
    make_answers(scene.round, rows, agreed=2)
    make_answers(scheme, scene.households, agreed=6)
    make_answers(scheme, rows, agreed=1)
    bureau, names = client_of(scene, "bureau"), ("文昌园小区", "文昌园东区", "文昌园空区")
    wanted = {
        "renovation": (0, 1, 2),
        "-renovation": (1, 0, 2),
        "scheme": (1, 0, 2),
        "-scheme": (0, 1, 2),
    }
    for sort, places in wanted.items():
        page = bureau.get(url("estates"), {"sort": sort}).content.decode().partition("<tbody>")[2]
        assert sorted(names, key=page.index) == [names[place] for place in places], sort
        file = bureau.get(url("estates_export"), {"sort": sort})
        book = openpyxl.load_workbook(io.BytesIO(file.content))
        found = [row[3] for row in book["双80%"].values if row[0] == CODE]
        assert found == [names[place] for place in places], sort


def test_doors_are_summed_by_street_and_district_without_anybody(scene: Scene) -> None:
    other = ProjectFactory(
        programme=scene.project.programme,
        street=scene.district.street("banyanglu"),
        code="ZC2025-02",
    )
    away = EstateFactory(project=other, name="将军苑", household_count=3)
    for estate, doors, visits in ((scene.estate, 3, 2), (away, 2, 0)):
        homes = [HouseholdFactory(estate=estate, care=Care.ELDERLY) for _ in range(doors)]
        for place, home in enumerate(homes[:visits]):
            CareVisitFactory(household=home, has_needs=place == 0)
            CareVisitFactory(household=home, has_needs=place == 0)
    page = client_of(scene, "leader").get(url("estates")).content.decode()
    table = page.partition('id="care"')[2].partition("</table>")[0]
    rows = [tuple(re.findall(r">([^<>]+)</t[hd]>", line)) for line in table.split("<tr>")[2:]]
    assert rows == [
        ("般阳路街道", "2", "0", "0", "0"),
        ("钟楼街道", "3", "2", "2", "2"),
        ("合计", "5", "2", "2", "2"),
    ]
    narrow = client_of(scene, "leader").get(url("estates"), {"street": "banyanglu"})
    table = narrow.content.decode().partition('id="care"')[2].partition("</table>")[0]
    assert re.findall(r">(\d+)</td>", table) == ["2", "0", "0", "0"] * 2
    file = client_of(scene, "leader").get(url("estates_export"))
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    found = {row[3]: row[13:17] for row in book["双80%"].values if str(row[0]).startswith("ZC")}
    assert found == {"文昌园小区": (3, 2, 2, 2), "将军苑": (2, 0, 0, 0)}
