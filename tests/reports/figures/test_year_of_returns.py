"""A year of returns: three streets through fifty-two weeks, and the figures of their returns at many days by a second,
plain count of what happened.

The street that comes in the middle of the year, the project that is cancelled, weeks that holidays shorten or take
away, and every fate that a return may have. The count below knows the story only: who sent, who sent back, who
approved, at which moment; it walks through the days by itself and shares nothing with the portal.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects.ledger.models import Programme, Project
from renovation.accounts.enums import Role
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import SHANGHAI
from renovation.core.holidays import HOLIDAYS
from renovation.core.measures import Approval
from renovation.core.periods import Month, Period, Quarter, Week, Year
from renovation.records.models import Holiday
from reports.figures.services import DISTRICT, STREET, load
from supervision.weekly import services
from supervision.weekly.values import ReportValues
from tests.factories.accounts import make_district, make_user
from tests.factories.ledger import ProgrammeFactory, make_project

pytestmark = [pytest.mark.year, pytest.mark.django_db]

MONDAYS = [date(2024, 12, 30) + timedelta(weeks=number) for number in range(52)]
FREE = {row.day: row.is_workday for row in HOLIDAYS}
FATES = (
    *["on time"] * 9, "at the due moment", "late", "at the closing moment", "missing", "missing", "back and fixed",
    "back late and fixed", "left back", "waits", "nil", "nil", "corrected", "corrected twice",
)  # fmt: skip
ENTERED, CANCELLED, COMPLETED = date(2025, 7, 2), date(2025, 9, 10), date(2025, 11, 5)
#: Sundays on whose evening the figures are counted while the last week still takes something in, and days after
#: the year's end as of which they are counted again.
EVENINGS = (date(2025, 3, 30), date(2025, 6, 29), date(2025, 7, 6), date(2025, 9, 14), date(2025, 10, 12), date(2025, 11, 16))  # fmt: skip
DAYS = (*EVENINGS, date(2025, 2, 9), date(2025, 8, 31), date(2025, 12, 28))
END = datetime(2026, 1, 15, 9, tzinfo=SHANGHAI)


# -- the second count ----------------------------------------------------------------------------------
def is_workday(day: date) -> bool:
    return FREE.get(day, day.weekday() < 5)


def due_of(monday: date) -> datetime | None:
    days = [monday + timedelta(days=n) for n in range(7) if is_workday(monday + timedelta(days=n))]
    return datetime.combine(days[-1], time(17), SHANGHAI) if days else None


def closing_of(monday: date) -> datetime:
    due = due_of(monday)
    assert due is not None
    day = due.date() + timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(12), SHANGHAI)


@dataclass
class Told:
    """What happened to the return of a street and week: (moment, act) of the first version, when corrections were
    approved, and whether every row said 无变化."""

    acts: list[tuple[datetime, str]] = field(default_factory=list)
    corrected_at: list[datetime] = field(default_factory=list)
    is_nil: bool = False

    def stands_at(self, moment: datetime) -> bool:
        state = ""
        for at, act in self.acts:
            if at <= moment:
                state = act
        return state not in {"", "send back"}


def counted(
    told: dict[tuple[date, str], Told], street: str | None, first: date, last: date, on: date, now: datetime
) -> dict[str, tuple[int, int | None]]:  # fmt: skip
    """Each figure as numerator and denominator (None for a number) over the weeks whose Sunday lies between."""
    found = dict.fromkeys(("应报", "已报", "零报告", "按时报", "待报", "未报", "核定", "更正"), 0)
    for monday in MONDAYS:
        due, sunday = due_of(monday), monday + timedelta(days=6)
        if due is None or not first <= sunday <= min(last, on):
            continue
        for code in ("banyanglu", "songlinglu", "zhonglou"):
            if (street and code != street) or not projects_of(code, monday):
                continue
            happened = told.get((monday, code), Told())
            seen = [(at, act) for at, act in happened.acts if at <= now]
            reported = happened.stands_at(min(closing_of(monday), now))
            sent = [at for at, act in seen if act == "submit"]
            found["应报"] += 1
            found["已报"] += reported
            found["零报告"] += reported and happened.is_nil
            found["按时报"] += bool(sent) and sent[0] <= due
            found["待报"] += not reported and now <= closing_of(monday)
            found["未报"] += not reported and now > closing_of(monday)
            approved = bool(seen) and seen[-1][1] == "approve"
            found["核定"] += approved
            found["更正"] += approved and any(
                at.date() <= on and at <= now for at in happened.corrected_at
            )
    rates = {
        "报送率": (found["已报"], found["应报"]),
        "及时率": (found["按时报"], found["应报"]),
        "更正率": (found.pop("更正"), found.pop("核定")),
    }
    return {name: (number, None) for name, number in found.items()} | rates


def projects_of(street: str, monday: date) -> list[str]:
    """The projects that report for a street in a week."""
    sunday = monday + timedelta(days=6)
    if street == "banyanglu":
        return ["B1", "B2"]
    if street == "songlinglu":
        found = ["S1"] if sunday < CANCELLED else []
        return [*found, "S2"] if monday <= COMPLETED else found
    return ["Z1"] if sunday >= ENTERED else []


# -- the story -----------------------------------------------------------------------------------------
@dataclass
class Year52:
    """The people and projects, and what happened so far."""

    programme: Programme
    streets: dict[str, Organisation]
    people: dict[str, tuple[User, User]]
    reviewer: User
    projects: dict[str, Project]
    told: dict[tuple[date, str], Told] = field(default_factory=dict)
    level: dict[str, int] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)

    def write(self, monday: date, street: str, now: datetime, *, nil: bool) -> Any:
        """A draft with a row for every project that reports."""
        clerk, _ = self.people[street]
        opened = services.open_return(
            street=self.streets[street], week=Week(monday), by=clerk, now=now
        )
        rows = []
        for code in projects_of(street, monday):
            if nil:
                rows.append(ReportValues(project_id=self.projects[code].pk, is_unchanged=True))
                continue
            self.level[code] = self.level.get(code, 0) + 1
            rows.append(
                ReportValues(
                    project_id=self.projects[code].pk,
                    progress_percent=Decimal(self.level[code]),
                    completed_investment_fen=self.level[code] * 1_0000_00,
                    work_done="外墙保温、管网。",
                )
            )
        services.write_reports(weekly_return=opened, rows=rows, by=clerk, now=now)
        return opened

    def live(self, monday: date, street: str, fate: str) -> Iterator[tuple[datetime, Callable[[], None]]]:  # fmt: skip
        """The acts of one return with their moments."""
        due, closes = due_of(monday), closing_of(monday)
        assert due is not None
        clerk, head = self.people[street]
        happened = self.told.setdefault((monday, street), Told())
        held: dict[str, Any] = {}
        codes = projects_of(street, monday)

        def submit(now: datetime, reason: str = "") -> Callable[[], None]:
            def act() -> None:
                if "row" not in held:
                    happened.is_nil = fate == "nil" and self.approved >= set(codes)
                    held["row"] = self.write(monday, street, now, nil=happened.is_nil)
                held["row"] = services.submit(
                    weekly_return=held["row"], by=clerk, now=now, late_reason=reason
                )
                happened.acts.append((now, "submit"))

            return act

        def send_back(now: datetime) -> Callable[[], None]:
            def act() -> None:
                held["row"] = services.send_back(
                    weekly_return=held["row"], comment="请核对。", by=head, now=now
                )
                happened.acts.append((now, "send back"))

            return act

        def approve(now: datetime) -> Callable[[], None]:
            def act() -> None:
                row = services.review(weekly_return=held["row"], by=head, now=now)
                held["row"] = services.approve(weekly_return=row, by=self.reviewer, now=now)
                happened.acts.append((now, "approve"))
                self.approved.update(codes)

            return act

        def correct(now: datetime) -> Callable[[], None]:
            def act() -> None:
                row = services.correct(
                    weekly_return=held["row"], reason="复核。", by=clerk, now=now
                )
                row = services.submit(weekly_return=row, by=clerk, now=now)
                row = services.review(weekly_return=row, by=head, now=now)
                held["row"] = services.approve(weekly_return=row, by=self.reviewer, now=now)
                happened.corrected_at.append(now)

            return act

        hour = timedelta(hours=1)
        if fate == "missing":
            return
        if fate in {"late", "at the closing moment"}:
            sent = closes if fate == "at the closing moment" else closes - hour
            yield sent, submit(sent, "停电。")
            yield sent + hour, approve(sent + hour)
            return
        sent = due if fate == "at the due moment" else due - 5 * hour
        yield sent, submit(sent)
        if fate == "back and fixed":
            yield sent + hour, send_back(sent + hour)
            yield sent + 2 * hour, submit(sent + 2 * hour)
        if fate in {"back late and fixed", "left back"}:
            yield due + hour, send_back(due + hour)
        if fate == "back late and fixed":
            yield closes - hour, submit(closes - hour)
        if fate not in {"left back", "waits"}:
            yield closes + hour, approve(closes + hour)
        if fate in {"corrected", "corrected twice"}:
            yield closes + 30 * hour, correct(closes + 30 * hour)
        if fate == "corrected twice":
            yield closes + 24 * 40 * hour, correct(closes + 24 * 40 * hour)


@pytest.fixture
def year() -> Year52:
    Holiday.objects.all().delete()
    Holiday.objects.bulk_create(
        Holiday(day=row.day, is_workday=row.is_workday, name=row.name, source=row.source)
        for row in HOLIDAYS
    )
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau, approved_on=date(2025, 1, 1))
    streets = {code: district.street(code) for code in ("banyanglu", "songlinglu", "zhonglou")}
    people = {
        code: (make_user(street, Role.CLERK), make_user(street, Role.STREET_HEAD))
        for code, street in streets.items()
    }
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "B1": ("banyanglu", {}), "B2": ("banyanglu", {}),
        "S1": ("songlinglu", {"cancelled_on": CANCELLED, "cancellation_reason": "征收"}),
        "S2": ("songlinglu", {"completed_on": COMPLETED}),
        "Z1": ("zhonglou", {"approved_on": ENTERED}),
    }  # fmt: skip
    projects = {
        code: make_project(
            programme=programme,
            street=streets[street],
            code=code,
            name=code,
            started_on=date(2025, 1, 2),
            **({"approved_on": date(2025, 1, 1)} | fields),
        )
        for code, (street, fields) in given.items()
    }
    return Year52(programme, streets, people, district.users["reviewer"], projects)


def periods_of(day: date) -> list[Period]:
    return [Year.of(day), Quarter.of(day), Month.of(day), Week.of(day)]


def compare(year: Year52, on: date, now: datetime) -> int:
    """Every figure of the returns on a day, of the district and of each street; how many were compared."""
    compared = 0
    for period in periods_of(on):
        facts = load(
            programme=year.programme, as_of=on, approval=Approval.APPROVED, now=now, period=period
        )
        places = [(None, facts.whole)]
        places += [(place.code, place) for place in facts.places[STREET]]
        assert places[0][1].level == DISTRICT
        for street, place in places:
            expected = counted(year.told, street, period.start, period.end, on, now)
            for name, (above, below) in expected.items():
                found = facts.get(name, place)
                where = (on, now, period.label, place.name, name)
                if below is None:
                    assert (*where, found.value) == (*where, above)
                else:
                    told = (found.numerator or 0, found.denominator or 0)
                    assert (*where, told) == (*where, (above, below))
                compared += 1
    return compared


def test_a_year_of_returns_is_counted_alike_by_hand(year: Year52) -> None:
    dice = random.Random(52)
    acts: list[tuple[datetime, Callable[[], None]]] = []
    fates: set[str] = set()
    for monday in MONDAYS:
        if due_of(monday) is None:
            continue
        for street in year.streets:
            if projects_of(street, monday):
                fate = dice.choice(FATES)
                fates.add(fate)
                acts += year.live(monday, street, fate)
    assert fates == set(FATES)
    acts = [(at, act) for at, act in acts if at < END]
    evenings = [datetime.combine(day, time(20), SHANGHAI) for day in EVENINGS]
    compared = 0
    for at, act in sorted(acts, key=lambda each: each[0]):
        while evenings and evenings[0] < at:
            compared += compare(year, evenings[0].date(), evenings[0])
            evenings.pop(0)
        act()
    for day in DAYS:
        compared += compare(year, day, END)
    assert compared > 1_000
    assert sum(told.is_nil for told in year.told.values()) >= 5
