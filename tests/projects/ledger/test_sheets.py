"""Forms over several rows: whoever was slower is told who changed what, and nothing is undone or lost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Programme
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, ProgrammeTotalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    return made


def signed_in(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def mark_in(answer: Any) -> str:
    """The mark that a form carries."""
    (mark,) = re.findall(r'name="seen" value="([0-9-]*)"', answer.content.decode())
    return str(mark)


def value_in(page: str, name: str) -> str:
    """What stands in a field of a page."""
    (tag,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found.group(1) if found else ""


def test_a_stale_programme_undoes_no_official_total(
    district: District, programme: Programme
) -> None:
    first, second = district.street("zhonglou"), district.street("banyanglu")
    for street in (first, second):
        ProgrammeTotalFactory(
            programme=programme, street=street, project_count=2, household_count=600,
            area_sqm=Decimal(60000),
        )  # fmt: skip
    address = reverse("ledger:programme_edit", args=[2025])
    quick, slow = signed_in(district, "bureau"), signed_in(district, "bureau2")
    opened = {
        "name": programme.name,
        "approved_on": str(programme.approved_on),
        "document_number": programme.document_number,
        "start_deadline_on": "2025-10-31",
        "seen": mark_in(slow.get(address)),
    }
    for street in (first, second):
        opened |= {
            f"projects-{street.pk}": "2",
            f"households-{street.pk}": "600",
            f"area-{street.pk}": "60000.00",
        }
    changed = {
        f"households-{first.pk}": "636",
        f"area-{second.pk}": "61000.00",
        "start_deadline_on": "2025-09-30",
    }
    assert quick.post(address, opened | changed).status_code == 302
    # The second one changes the area of the second street and the name, from the values of the morning.
    typed = {f"area-{second.pk}": "65000.00", "name": "淄川区2025年改造计划（修订）"}
    answer = slow.post(address, opened | typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    who = str(district.users["bureau"])
    for sentence in (
        f"{who}把“{first.short_name}户数”由“600 户”改为“636 户”。",
        f"{who}把“{second.short_name}建筑面积”由“60,000.00 ㎡”改为“61,000.00 ㎡”。",
        f"{who}把“全部开工期限”由“2025年10月31日”改为“2025年9月30日”。",
    ):
        assert sentence in page
    assert "您没有动的格，已换成现在的值。" in page
    assert programme.totals.get(street=second).area_sqm == 61000
    # What was typed stays, what was left alone is the present.
    shown = {name: value_in(page, name) for name in opened}
    assert shown[f"area-{second.pk}"] == "65000.00"
    assert shown["name"] == "淄川区2025年改造计划（修订）"
    assert shown[f"households-{first.pk}"] == "636"
    assert shown["start_deadline_on"] == "2025-09-30"
    assert slow.post(address, shown).status_code == 302
    rows = programme.totals.order_by("street__order")
    assert sorted((row.household_count, row.area_sqm) for row in rows) == [
        (600, Decimal(65000)),
        (636, Decimal(60000)),
    ]
    programme.refresh_from_db()
    assert programme.name == "淄川区2025年改造计划（修订）"
    assert programme.deadlines.get(gate=GateKind.STARTED).due_on == date(2025, 9, 30)


def test_a_total_that_was_taken_away_meanwhile_is_told(
    district: District, programme: Programme
) -> None:
    street = district.street("zhonglou")
    ProgrammeTotalFactory(
        programme=programme, street=street, project_count=2, household_count=600, area_sqm=60000
    )
    address = reverse("ledger:programme_edit", args=[2025])
    quick, slow = signed_in(district, "bureau"), signed_in(district, "bureau2")
    own = {
        "name": programme.name,
        "approved_on": str(programme.approved_on),
        "document_number": programme.document_number,
        "start_deadline_on": "2025-10-31",
        "seen": mark_in(slow.get(address)),
    }
    assert quick.post(address, own).status_code == 302  # its fields emptied
    assert programme.totals.count() == 0
    kept = {
        f"projects-{street.pk}": "2",
        f"households-{street.pk}": "600",
        f"area-{street.pk}": "60000.00",
    }
    answer = slow.post(address, own | kept)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"把“{street.short_name}项目数”由“2 个”改为“空”。" in page
    assert [value_in(page, name) for name in kept] == ["", "", ""]
    assert programme.totals.count() == 0


def test_a_stale_page_of_deadlines_undoes_none(district: District, programme: Programme) -> None:
    address = reverse("ledger:deadlines", args=[2025])
    quick, slow = signed_in(district, "bureau"), signed_in(district, "bureau2")
    number = programme.deadlines.get(gate=GateKind.STARTED).document_number
    opened = {
        "due-started": "2025-10-31",
        "number-started": number,
        "seen": mark_in(slow.get(address)),
    }
    assert quick.post(address, opened | {"due-started": "2025-09-30"}).status_code == 302
    answer = slow.post(address, opened | {"due-completed": "2025-12-20"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "把“开工期限”由“2025年10月31日”改为“2025年9月30日”。" in page
    names = ("due-started", "number-started", "due-completed", "seen")
    shown = {name: value_in(page, name) for name in names}
    assert shown["due-completed"] == "2025-12-20"
    assert slow.post(address, shown).status_code == 302
    assert {row.gate: str(row.due_on) for row in programme.deadlines.all()} == {
        "started": "2025-09-30",
        "completed": "2025-12-20",
    }


def test_a_mark_that_is_none_has_seen_nothing(district: District, programme: Programme) -> None:
    client = signed_in(district, "bureau")
    address = reverse("ledger:deadlines", args=[2025])
    for mark in ("", "x", "1-2", "-"):
        answer = client.post(address, {"due-started": "2025-08-31", "seen": mark})
        assert answer.status_code == 409
    assert str(programme.deadlines.get(gate=GateKind.STARTED).due_on) == "2025-10-31"
