"""The lists of one project: filtered and sorted by their address, exported as shown, and back in unchanged."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.enums import Care
from projects.consent.models import Household
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from tests.conftest import Clock
from tests.factories.consent import CareVisitFactory, HouseholdFactory
from tests.factories.ledger import EstateFactory

from .scene import CANARY_NAME, CANARY_PHONE, CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"
ONE, OTHER = "1号楼1单元101室", "2号楼1单元101室"
IN_BOOK = {ONE: ("1", "1", "101"), OTHER: ("2", "1", "101")}


@dataclass(frozen=True)
class Shown:
    """A list of one project: page, workbook, a filter that keeps ``ONE`` alone, columns with their rising order."""

    name: str
    export: str
    kept: str
    rising: dict[str, tuple[str, str]]
    of_estate: bool = False


LISTS = (
    Shown(
        "consent:households",
        "consent:export",
        "building=1",
        {"place": (ONE, OTHER), "care": (OTHER, ONE)},
        of_estate=True,
    ),
    Shown(
        "consent:households", "consent:export", "q=李住户9", {"place": (ONE, OTHER)}, of_estate=True
    ),
    Shown(
        "consent:care",
        "consent:care_export",
        "visited=waiting",
        {
            "place": (ONE, OTHER),
            "care": (OTHER, ONE),
            "visited": (ONE, OTHER),
            "waiting": (OTHER, ONE),
        },
    ),
    Shown("consent:care", "consent:care_export", "care=elderly", {"place": (ONE, OTHER)}),
)
EVERY = pytest.mark.parametrize("shown", LISTS, ids=lambda shown: f"{shown.name} {shown.kept}")


@pytest.fixture
def scene(clock: Clock) -> Scene:
    """Two doors to call at: one visited, with a need that waits, the other visited later and served."""
    made = make_scene(listed=5)
    one, other = made.households[0], made.households[4]
    for row, care, day, needs in (
        (one, Care.ELDERLY, 3, True),
        (other, Care.DISABLED, 20, False),
    ):
        row.care = care
        row.save()
        CareVisitFactory(household=row, visited_on=date(2025, 4, day), has_needs=needs)
    one.keep(name="李住户9", phone=CANARY_PHONE)
    one.save()
    return made


@pytest.fixture
def clerk(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.user("zhonglou"))
    return client


def page_of(client: Client, shown: Shown, query: str) -> str:
    answer = client.get(f"{reverse(shown.name, args=[CODE])}?{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def below(page: str) -> str:
    """What stands under the head of the table that is sorted."""
    return page.partition("aria-sort=")[2]


def book_of(client: Client, scene: Scene, shown: Shown, query: str) -> list[tuple[Any, ...]]:
    args = [scene.estate.pk] if shown.of_estate else [CODE]
    answer = client.get(f"{reverse(shown.export, args=args)}?{query}")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    at = 1 if shown.of_estate else 2
    return [tuple(str(cell) for cell in row[at : at + 3]) for row in rows]


def order_in(text: str) -> list[str]:
    return sorted((ONE, OTHER), key=text.index)


@EVERY
def test_it_is_filtered_by_its_address(clerk: Client, scene: Scene, shown: Shown) -> None:
    whole = below(page_of(clerk, shown, "sort=place"))
    assert (ONE in whole, OTHER in whole) == (True, True)
    part = below(page_of(clerk, shown, f"{shown.kept}&sort=place"))
    assert (ONE in part, OTHER in part) == (True, False)
    exported = book_of(clerk, scene, shown, shown.kept)
    assert (IN_BOOK[ONE] in exported, IN_BOOK[OTHER] in exported) == (True, False)


@EVERY
def test_it_is_sorted_both_ways_as_is_its_workbook(
    clerk: Client, scene: Scene, shown: Shown
) -> None:
    for column, rising in shown.rising.items():
        for mark, wanted in (("", list(rising)), ("-", list(rising[::-1]))):
            if shown.name == "consent:households" and column == "care" and mark:
                continue  # why somebody is called on has no downward order that means anything
            query = f"sort={mark}{column}"
            assert order_in(below(page_of(clerk, shown, query))) == wanted, query
            exported = book_of(clerk, scene, shown, query)
            keys = [IN_BOOK[place] for place in wanted]
            assert sorted(keys, key=exported.index) == keys, query


@EVERY
def test_the_link_to_the_workbook_keeps_filter_and_order(
    clerk: Client, scene: Scene, shown: Shown
) -> None:
    args = [scene.estate.pk] if shown.of_estate else [CODE]
    page = page_of(clerk, shown, f"{shown.kept}&sort=-place&page=1")
    (href,) = [
        urlsplit(found)
        for found in re.findall(r'href="([^"]+)"', page)
        if urlsplit(found).path == reverse(shown.export, args=args)
    ]
    name, _, value = shown.kept.partition("=")
    assert parse_qs(href.query) == {name: [value], "sort": ["-place"]}


def test_a_building_of_another_estate_leaves_nothing_of_this_one(
    clerk: Client, scene: Scene
) -> None:
    other = EstateFactory(project=scene.project, name="文昌园东区", household_count=1)
    HouseholdFactory(estate=other, building="77")
    assert book_of(clerk, scene, LISTS[0], "building=77") == []


def test_why_somebody_is_called_on_is_the_streets_alone(scene: Scene) -> None:
    bureau = Client()
    bureau.force_login(scene.user("bureau"))
    page = page_of(bureau, LISTS[0], "care=yes&sort=care")
    assert "敲门行动" not in page.partition("<main")[2]
    assert (ONE in page, "2号楼1单元101室" in page, "1号楼1单元102室" in page) == (True, True, True)
    answer = bureau.get(reverse("consent:export", args=[scene.estate.pk]) + "?care=yes")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "上门关注" not in cells
    assert cells.count("李**") == 5


# -- out and back in ---------------------------------------------------------------------------------
def exported(scene: Scene, name: str) -> bytes:
    client = Client()
    client.force_login(scene.user(name))
    return client.get(reverse("consent:export", args=[scene.estate.pk])).content


def opened(scene: Scene) -> bytes:
    client = Client()
    client.force_login(scene.user("zhonglou"))
    address = reverse("consent:export_open", args=[scene.estate.pk])
    return client.post(address, {"reason": "核对名册"}).content


def read(scene: Scene, clock: Clock, file: bytes) -> Upload:
    now = clock.at(NOW)
    upload = intake.receive(
        pipeline="households",
        organisation=scene.project.street,
        period_key=str(scene.estate.pk),
        file=file,
        name="名册.xlsx",
        by=scene.user("zhonglou"),
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def faults(upload: Upload) -> list[tuple[str, str]]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(fault.code, fault.cell) for fault in found if fault.severity is Severity.ERROR]


def kept() -> list[tuple[Any, ...]]:
    return [
        (row.place, row.open_name(), row.open_phone(), row.care, row.version)
        for row in Household.objects.order_by("pk")
    ]


@pytest.mark.parametrize("by", ["zhonglou", "bureau", "open"])
def test_what_goes_out_comes_back_in_and_changes_nothing(
    scene: Scene, clerk: Client, clock: Clock, by: str
) -> None:
    file = opened(scene) if by == "open" else exported(scene, by)
    before = kept()
    upload = read(scene, clock, file)
    assert (upload.state, faults(upload)) == (UploadState.PREVIEW, [])
    page = clerk.get(reverse("intake:upload", args=[upload.pk])).content.decode()
    assert "5 行没有变化" in page
    assert "没有新增" in page
    assert CANARY_NAME not in page
    intake.commit(upload=upload, by=scene.user("zhonglou"), now=clock.at(NOW))
    assert kept() == before


def changed(file: bytes, cells: dict[str, Any]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(file))
    for address, value in cells.items():
        book.worksheets[0][address] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def place_of(file: bytes, header: str, row: int) -> str:
    """The cell of a header in the n-th row of the list."""
    sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
    (head,) = [c for line in sheet.iter_rows() for c in line if c.value == header]
    return f"{head.column_letter}{head.row + row}"


def test_what_is_changed_in_a_masked_list_is_written_and_the_rest_stays(
    scene: Scene, clerk: Client, clock: Clock
) -> None:
    file = exported(scene, "zhonglou")
    file = changed(
        file,
        {
            place_of(file, "联系电话", 2): "0533-6661234",
            place_of(file, "上门关注", 3): "残疾",
        },
    )
    upload = read(scene, clock, file)
    assert faults(upload) == []
    page = clerk.get(reverse("intake:upload", args=[upload.pk])).content.decode()
    assert "3 行没有变化" in page
    before = kept()
    intake.commit(upload=upload, by=scene.user("zhonglou"), now=clock.at(NOW))
    after = kept()
    assert [old for old, new in zip(before, after, strict=True) if old == new] == [
        before[0],
        before[3],
        before[4],
    ]
    assert (after[1][1:3], after[2][3]) == (("李住户1", "05336661234"), "disabled")


def test_a_mask_that_was_moved_to_another_household_is_refused(scene: Scene, clock: Clock) -> None:
    first = scene.households[1]
    first.keep(name="张住户", phone="13911112222")
    first.save()
    file = exported(scene, "zhonglou")
    cells = {
        place_of(file, "户主姓名", 1): "张**",
        place_of(file, "联系电话", 1): "139****2222",
        place_of(file, "室号", 3): "999",
    }
    upload = read(scene, clock, changed(file, cells))
    assert faults(upload) == [
        ("J153", place_of(file, "户主姓名", 1)),
        ("J153", place_of(file, "联系电话", 1)),
        ("J153", place_of(file, "户主姓名", 3)),
        ("J153", place_of(file, "联系电话", 3)),
    ]
