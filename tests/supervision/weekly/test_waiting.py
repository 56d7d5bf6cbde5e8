"""待办 of those who watch over the returns: who did not report, and by which week its figures count since."""

from __future__ import annotations

from typing import Any

import pytest

from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from supervision.weekly import services
from supervision.weekly.enums import ReturnState
from supervision.weekly.register import Register, register_between
from supervision.weekly.waiting import returns_waiting, waiting_for
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

from .office import WEEK, Office, make_office, moment

pytestmark = pytest.mark.django_db
#: Wednesday of the week after, which is open; WEEK is closed.
NOW = moment("2025-05-14 10:00")


@pytest.fixture
def office(clock: Any) -> Office:
    clock.at("2025-05-14 10:00")
    return make_office()


def missing(office: Office, now: Any = NOW) -> dict[str, str]:
    """Why, by title, of what the leader is told of streets that did not report."""
    scope = scope_of(office.district.users["leader"], on=local_day(now))
    found = waiting_for(scope=scope, now=now)
    return {each.title: str(each.reason) for each in found if each.title.endswith("未报")}


def test_the_figures_are_of_an_earlier_week(office: Office) -> None:
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    assert missing(office) == {
        "松龄路街道第19周周报未报": "5月12日 12:00 已关闭；2 个项目的进度按更早一周计"
    }


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (ReturnState.SUBMITTED, "2 个项目的进度按更早一周计"),
        (ReturnState.APPROVED, "其后第20周已核定，进度按第20周计"),
    ],
)
def test_until_a_later_week_is_approved(office: Office, state: ReturnState, counted: str) -> None:
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    rows = dict.fromkeys(office.projects, ("30.0", 1))
    make_return(office.street, rows, week_start=WEEK.next().start, state=state)
    assert missing(office) == {"松龄路街道第19周周报未报": f"5月12日 12:00 已关闭；{counted}"}


@pytest.mark.parametrize("name", ["leader", "reviewer", "songlinglu", "songlinglu-head"])
@pytest.mark.parametrize("state", [None, *ReturnState])
def test_nothing_waits_of_what_the_light_register_leaves_out(
    office: Office, state: ReturnState | None, name: str
) -> None:
    """The same items as from the whole register, whichever way a week went."""
    rows = dict.fromkeys(office.projects, ("30.0", 1))
    if state == ReturnState.SENT_BACK:
        sent = make_return(office.street, rows, week_start=WEEK.start, state=ReturnState.SUBMITTED)
        services.send_back(weekly_return=sent, comment="请核对。", by=office.head, now=NOW)
    elif state is not None:
        make_return(office.street, rows, week_start=WEEK.start, state=state)
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    corrected = make_return(office.street, rows, week_start=WEEK.next().start)
    services.correct(weekly_return=corrected, reason="监理复核。", by=office.clerk, now=NOW)
    scope = scope_of(office.district.users[name], on=local_day(NOW))
    light, full = (
        register_between(
            bureau=office.district.bureau,
            streets=scope.organisation_ids,
            first=WEEK.shift(-2),
            last=WEEK.next(),
            now=NOW,
            tells_settled=tells_settled,
        )
        for tells_settled in (False, True)
    )
    items, whole = (
        list(returns_waiting(register=each, bureau=office.district.bureau, scope=scope, now=NOW))
        for each in (light, full)
    )
    assert items == whole
    assert items == list(waiting_for(scope=scope, now=NOW))
    assert entries_of(full) - entries_of(light) == light.settled
    sees_other = office.other.pk in scope.organisation_ids
    assert ((WEEK, office.other.pk) in light.settled) == sees_other
    assert full.settled == frozenset()


def entries_of(register: Register) -> set[tuple[Week, int]]:
    """The weeks and streets that a register tells."""
    return {(line.week, entry.street.pk) for line in register.lines for entry in line.entries}


def test_a_correction_leaves_the_approved_week_in_force(office: Office) -> None:
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    rows = dict.fromkeys(office.projects, ("30.0", 1))
    week = WEEK.next().start
    approved = make_return(office.street, rows, week_start=week, state=ReturnState.APPROVED)
    services.correct(weekly_return=approved, reason="监理复核。", by=office.clerk, now=NOW)
    assert missing(office) == {
        "松龄路街道第19周周报未报": "5月12日 12:00 已关闭；其后第20周已核定，进度按第20周计"
    }


def test_a_correction_is_called_so_and_is_never_late(office: Office) -> None:
    later = moment("2025-05-21 10:00")  # week 20 is closed
    rows = dict.fromkeys(office.projects, ("30.0", 1))
    week = WEEK.next().start
    approved = make_return(office.street, rows, week_start=week, state=ReturnState.APPROVED)
    second = services.correct(
        weekly_return=approved, reason="监理复核。", by=office.clerk, now=later
    )
    assert of_week_20(office, "songlinglu", later) == [("报送第20周周报的更正稿", False)]
    services.submit(weekly_return=second, by=office.clerk, now=later)
    assert of_week_20(office, "songlinglu", later) == []
    assert of_week_20(office, "songlinglu-head", later) == [
        ("审核松龄路街道第20周周报的更正稿", False)
    ]
    services.review(weekly_return=second, by=office.head, now=later)
    assert of_week_20(office, "reviewer", later) == [("核定松龄路街道第20周周报的更正稿", False)]


def of_week_20(office: Office, name: str, now: Any) -> list[tuple[str, bool]]:
    """What waits for somebody about 松龄路's return of the 20th week."""
    scope = scope_of(office.district.users[name], on=local_day(now))
    found = waiting_for(scope=scope, now=now)
    return [
        (each.title, each.is_alarm)
        for each in found
        if "第20周" in each.title and "钟楼" not in each.title
    ]


def test_projects_of_an_earlier_programme_are_told_apart(office: Office) -> None:
    """总览 of the year holds the others only."""
    old = ProgrammeFactory(bureau=office.district.bureau, year=2024)
    make_project(programme=old, street=office.street)
    make_return(office.other, {office.stranger: ("10.0", 1)}, week_start=WEEK.start)
    assert missing(office) == {
        "松龄路街道第19周周报未报": "5月12日 12:00 已关闭；3 个项目（含2024年度 1 个）的进度按更早一周计"
    }
