"""The marks in the hidden sheet of a household list: nobody turns them back into a name or a phone, and the sheet counts
only where the portal signed it."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.listed import NAME, PHONE, Listed, held_in, is_marked
from projects.ledger.models import Estate
from renovation.core.documents.reading import read_workbook
from renovation.core.errors import Fault
from renovation.intake import services as intake
from renovation.intake.digest import UNSIGNED
from renovation.intake.manifest import SHEET_NAME, Manifest, read_manifest, sheet_of
from renovation.intake.models import Upload
from renovation.records.keys import keyring
from tests.conftest import Clock
from tests.factories.consent import HouseholdFactory
from tests.factories.ledger import EstateFactory, ProjectFactory

from .list_world import NEW_PHONE, World, found, make_world, stands
from .scene import CANARY_PHONE

pytestmark = pytest.mark.django_db
FIRST = "households 1／1／101"


@pytest.fixture
def world(clock: Clock) -> World:
    return make_world(clock)


@pytest.fixture
def keys(settings: Any) -> Iterator[Any]:
    """Settings whose keys may be changed."""
    yield settings
    keyring.cache_clear()


def told_in(book: Any) -> Manifest:
    content = io.BytesIO()
    book.save(content)
    manifest = read_manifest(read_workbook(content.getvalue(), "名册.xlsx"))
    assert manifest is not None
    return manifest


def put_in(book: Any, manifest: Manifest) -> None:
    """Write the hidden sheet by hand."""
    hidden = book[SHEET_NAME]
    hidden.delete_rows(1, hidden.max_row)
    for line in sheet_of(manifest).rows:
        hidden.append([cell.value for cell in line])


def every_mark(manifest: Manifest) -> list[str]:
    return [
        mark
        for texts in manifest.values.values()
        for held in texts.values()
        for mark in held.split(" ")
        if len(mark) > 1
    ]


@pytest.mark.parametrize("is_open", [False, True])
def test_two_exports_of_an_estate_share_no_mark(world: World, *, is_open: bool) -> None:
    """Who has an open list does not read by it a masked one that is out later."""
    before = every_mark(told_in(world.book))
    world.goes_out(is_open=is_open)
    after = every_mark(told_in(world.book))
    assert (len(before), len(after)) == (2 * 2 * 8 + 1, (1 if is_open else 2) * 2 * 8 + 1)
    assert not set(before) & set(after)


def test_a_mark_is_of_its_estate_and_its_household_alone(world: World) -> None:
    """The same person at the same door of another estate, and a mark that was moved to another door."""
    other = EstateFactory(project=world.scene.project, name="另一小区", household_count=3)
    held = held_in([world.scene.first], is_masked=False, with_care=False)
    assert list(held) == [FIRST]
    mark = held[FIRST]["phone"]
    here, there = Listed(world.scene.estate, {}), Listed(other, {})
    assert [
        is_marked(mark, key, PHONE, text, listed)
        for key, text, listed in (
            ("7｜1／1／101", CANARY_PHONE, here),
            ("7｜1／1／101", "13912349877", here),
            ("7｜1／1／101", CANARY_PHONE, there),
            ("7｜1／1／102", CANARY_PHONE, here),
        )
    ] == [True, False, False, False]
    assert not is_marked(mark, "7｜1／1／101", NAME, CANARY_PHONE, here)


def own_list(world: World) -> tuple[Estate, Any]:
    """An estate of another street, with a household at the same door, and its list."""
    project = ProjectFactory(
        programme=world.scene.project.programme,
        street=world.scene.district.street("banyanglu"),
        code="ZC2025-77",
        name="别街",
    )
    estate = EstateFactory(project=project, name="自己的小区", household_count=3)
    HouseholdFactory(
        estate=estate, building="1", unit="1", room="101", name="某", phone="13900000000"
    )
    client = Client()
    client.force_login(world.scene.user("banyanglu"))
    answer = client.get(reverse("consent:export", args=[estate.pk]))
    return estate, openpyxl.load_workbook(io.BytesIO(answer.content))


def guessed(world: World, estate: Estate, book: Any, phones: list[str]) -> Upload:
    """A row for every number at the one door, as the clerk of the other street."""
    sheet = book.worksheets[0]
    (head,) = [c for line in sheet.iter_rows() for c in line if c.value == "序号"]
    for number, phone in enumerate(phones, start=1):
        for place, value in enumerate((number, "1", "1", "101", None, phone), start=head.column):
            sheet.cell(head.row + number, place).value = value
    content = io.BytesIO()
    book.save(content)
    clerk = world.scene.user("banyanglu")
    upload = intake.receive(
        pipeline="households",
        organisation=estate.project.street,
        period_key=str(estate.pk),
        file=content.getvalue(),
        name="猜.xlsx",
        by=clerk,
        now=world.later,
    )
    intake.read(upload_id=upload.pk, now=world.later)
    upload.refresh_from_db()
    return upload


@pytest.mark.parametrize("with_signature", [False, True])
def test_a_sheet_that_somebody_wrote_tells_nobody_which_number_fits(
    world: World, *, with_signature: bool
) -> None:
    """A clerk of another street has the bureau's masked list, moves one of its marks to the same door of an estate of
    one's own, and tries numbers; once with the signature of the own list above it."""
    world.goes_out(by="bureau")
    mark = told_in(world.book).values[FIRST]["phone"].split(" ")[0]
    estate, book = own_list(world)
    mine = told_in(book)
    forged = replace(
        mine,
        values={FIRST: {"phone": mark}},
        signature=mine.signature if with_signature else "",
    )
    assert (mine.is_signed, forged.is_signed) == (True, False)
    put_in(book, forged)
    phones = [CANARY_PHONE, *(f"1391234{number:04}" for number in range(20))]
    upload = guessed(world, estate, book, phones)
    faults = [Fault.from_json(each) for each in upload.faults]
    assert [each.message for each in faults if each.code == "J035"] == [UNSIGNED]
    assert [each for each in faults if each.code in ("J036", "J182")] == []
    of_row: dict[int | None, list[str]] = {}
    for each in faults:
        of_row.setdefault(each.row, []).append(each.code)
    assert of_row[4] == of_row[5] == of_row[len(phones) + 3]
    assert upload.workbook == ""


@pytest.mark.parametrize("with_signature", [False, True])
def test_a_list_whose_signature_does_not_fit_is_read_as_one_of_somebody_else(
    world: World, *, with_signature: bool
) -> None:
    """One of an earlier release has none. What it says is taken in, and it is said that nothing is compared."""
    told = told_in(world.book)
    other = replace(told, values={}, signature=told.signature if with_signature else "")
    put_in(world.book, other)
    world.corrected(1, phone=NEW_PHONE)
    world.write(1, "联系电话", "0533-6661234")
    world.write(2, "联系电话", None)
    upload = world.sent()
    assert [(each.code, each.message) for each in found(upload, "J035", "J036", "J182")] == [
        ("J035", UNSIGNED)
    ]
    assert found(upload) == []
    world.committed(upload)
    assert (stands(0)[1], stands(1)[1]) == ("05336661234", NEW_PHONE)


def test_one_of_another_estate_is_refused_before_anything_is_compared(world: World) -> None:
    estate, book = own_list(world)
    world.book = book
    assert [each.code for each in found(world.sent())] == ["J031"]
    other = EstateFactory(project=world.scene.project, name="另一小区", household_count=3)
    world.goes_out()
    put_in(world.book, replace(told_in(world.book), week_start=str(other.pk)))
    assert [each.code for each in found(world.sent())] == ["J032"]


def test_the_empty_workbook_of_the_portal_is_known_as_its_own(world: World) -> None:
    client = Client()
    client.force_login(world.scene.user("zhonglou"))
    answer = client.get(reverse("consent:template", args=[world.scene.estate.pk]))
    world.book = openpyxl.load_workbook(io.BytesIO(answer.content))
    for place, value in enumerate((1, "9", "1", "901", "王某", "13800009999"), start=1):
        world.book.worksheets[0].cell(4, place).value = value
    upload = world.sent()
    assert found(upload, "J035") == []
    assert upload.workbook == told_in(world.book).checksum


def reseal(world: World) -> None:
    """Under the present key, as the rows of this scene were made under another."""
    for row in world.scene.households:
        row.keep(name="李住户", phone="13800001234")
        row.save()


def test_a_list_that_went_out_under_another_algorithm_is_compared_as_well(
    world: World, keys: Any
) -> None:
    keys.HASH = "hmac-sm3"
    keyring.cache_clear()
    world.corrected(1, phone=NEW_PHONE)
    world.write(2, "联系电话", "0533-6661234")
    told = found(world.sent(), "J035", "J036", "J182")
    assert [(each.code, each.cell) for each in told] == [("J182", "F5")]


def test_of_a_list_whose_key_is_gone_nothing_is_said_that_may_be_untrue(
    world: World, keys: Any
) -> None:
    """Neither that colleagues changed what they did not, nor that nobody changed anything."""
    earlier = {"2025": b64encode(b"o" * 32).decode()}
    keys.FILE_KEYS = earlier
    keyring.cache_clear()
    reseal(world)
    world.goes_out()
    keys.FILE_KEYS = {"2026": b64encode(b"n" * 32).decode()}
    keyring.cache_clear()
    reseal(world)
    world.corrected(1, phone=NEW_PHONE)
    world.write(3, "联系电话", "0533-6661234")
    told = found(world.sent(), "J035", "J036", "J182")
    assert [(each.code, each.message) for each in told] == [("J035", UNSIGNED)]
