"""The moments of a week follow the official calendar, freeze when due, and say who reports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from renovation.console.services import save_holiday
from renovation.core.calendar import SHANGHAI
from renovation.core.holidays import HOLIDAYS
from renovation.core.periods import Week
from renovation.records.models import Holiday, Setting
from renovation.records.services import set_value
from supervision.weekly.models import ReportingWeek
from supervision.weekly.reporting import (
    by_street,
    reporting_counts,
    reporting_groups,
    reporting_projects,
    reporting_spans,
    reporting_streets,
    spans_of,
)
from supervision.weekly.return_facts import return_facts
from supervision.weekly.schedules import freeze
from supervision.weekly.weeks import (
    Phase,
    asked_weeks,
    closing_moment,
    freeze_due_weeks,
    latest_asked_before,
    moments_between,
    moments_of,
)
from tests.factories.accounts import BureauFactory, StreetFactory, make_district
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory
from tests.factories.weekly import ReturnExceptionFactory

pytestmark = pytest.mark.django_db
SPRING = Week.of(date(2026, 2, 16))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def holidays(db: None) -> None:
    """The notices of 2025 and 2026, whether or not a migration wrote them."""
    Holiday.objects.all().delete()
    for seed in HOLIDAYS:
        Holiday.objects.create(day=seed.day, is_workday=seed.is_workday, name=seed.name)


@pytest.fixture
def bureau(holidays: None) -> Any:
    return BureauFactory(parent=None)


def found(bureau: Any, day: date, now: str = "2025-01-01 00:00") -> Any:
    return moments_of(bureau=bureau, week=Week.of(day), now=moment(now))


@pytest.mark.parametrize(
    ("monday", "due", "closes"),
    [
        # An ordinary week.
        (date(2025, 5, 12), "2025-05-16 17:00", "2025-05-19 12:00"),
        # Labour Day: Sunday 27 April is a make-up day and the last working day of its week.
        (date(2025, 4, 21), "2025-04-27 17:00", "2025-04-28 12:00"),
        (date(2025, 4, 28), "2025-04-30 17:00", "2025-05-06 12:00"),
        # Saturday 14 February 2026 is a make-up day; it closes only after Spring Festival.
        (date(2026, 2, 9), "2026-02-14 17:00", "2026-02-24 12:00"),
        # National Day 2025: due before the holiday, closed after it.
        (date(2025, 9, 29), "2025-09-30 17:00", "2025-10-09 12:00"),
        (date(2025, 10, 6), "2025-10-11 17:00", "2025-10-13 12:00"),
        # Week 53 of 2026 runs into 2027.
        (date(2026, 12, 28), "2027-01-01 17:00", "2027-01-04 12:00"),
    ],
)
def test_a_week_is_due_on_its_last_working_day(
    bureau: Any, monday: date, due: str, closes: str
) -> None:
    week = found(bureau, monday)
    assert week.opens_at == moment(f"{monday} 00:00")
    assert (week.due_at, week.closes_at) == (moment(due), moment(closes))
    assert (week.is_asked, week.frozen) == (True, False)


def test_a_week_without_a_working_day_asks_for_nothing(bureau: Any) -> None:
    week = found(bureau, SPRING.start, "2026-02-20 10:00")
    assert (week.is_asked, week.due_at, week.closes_at) == (False, None, None)
    assert week.phase(moment("2026-02-20 10:00")) is Phase.NOT_ASKED
    asked = asked_weeks(
        bureau=bureau, first=SPRING.previous(), last=SPRING.next(), now=moment("2026-01-01 00:00")
    )
    assert asked == [SPRING.previous(), SPRING.next()]
    assert (
        latest_asked_before(bureau=bureau, week=SPRING.next(), now=moment("2026-02-24 09:00"))
        == SPRING.previous()
    )


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        ("2025-05-04 23:59:59", Phase.BEFORE),
        ("2025-05-05 00:00:00", Phase.OPEN),
        ("2025-05-09 17:00:00", Phase.OPEN),
        ("2025-05-09 17:00:01", Phase.LATE),
        ("2025-05-11 23:59:59", Phase.LATE),
        ("2025-05-12 00:00:00", Phase.LATE),
        ("2025-05-12 12:00:00", Phase.LATE),
        ("2025-05-12 12:00:01", Phase.CLOSED),
    ],
)
def test_the_phases_of_a_week_to_the_second(bureau: Any, now: str, phase: Phase) -> None:
    assert found(bureau, date(2025, 5, 5), now).phase(moment(now)) is phase


def test_two_weeks_are_open_at_once(bureau: Any) -> None:
    now = moment("2025-05-12 09:00")
    both = moments_between(
        bureau=bureau, first=Week(date(2025, 5, 5)), last=Week(date(2025, 5, 12)), now=now
    )
    assert [each.phase(now) for each in both.values()] == [Phase.LATE, Phase.OPEN]


def test_a_calendar_row_changed_before_the_due_moment_moves_it(bureau: Any) -> None:
    monday = date(2025, 5, 12)
    assert found(bureau, monday, "2025-05-14 10:00").due_at == moment("2025-05-16 17:00")
    Holiday.objects.create(day=date(2025, 5, 16), is_workday=False, name="停电")
    moved = found(bureau, monday, "2025-05-15 16:59")
    assert moved.due_at == moment("2025-05-15 17:00")


def test_a_calendar_row_changed_after_the_due_moment_moves_nothing(bureau: Any) -> None:
    monday = date(2025, 5, 12)
    assert freeze_due_weeks(bureau=bureau, now=moment("2025-05-16 17:00:00")) == 6
    assert freeze_due_weeks(bureau=bureau, now=moment("2025-05-16 17:00:01")) == 1
    Holiday.objects.create(day=date(2025, 5, 16), is_workday=False, name="停电")
    Holiday.objects.create(day=date(2025, 5, 19), is_workday=False, name="停电")
    kept = found(bureau, monday, "2025-05-16 18:00")
    assert (kept.due_at, kept.closes_at) == (moment("2025-05-16 17:00"), moment("2025-05-19 12:00"))
    assert kept.frozen is True
    following = found(bureau, date(2025, 5, 19), "2025-05-16 18:00")
    assert following.frozen is False
    assert freeze_due_weeks(bureau=bureau, now=moment("2025-05-16 18:00")) == 0


def test_a_week_that_was_over_without_a_working_day_is_never_asked_about_again(bureau: Any) -> None:
    """The week of Spring Festival: while it runs a day of it may still become a working day, later none does."""
    reporting = ProgrammeFactory(bureau=bureau, approved_on=date(2026, 1, 5))
    ProjectFactory(programme=reporting, approved_on=date(2026, 1, 5))
    sunday, after = "2026-02-22 23:59:59", "2026-02-23 00:00:00"
    assert found(bureau, SPRING.start, sunday).frozen is False
    freeze_due_weeks(bureau=bureau, now=moment(sunday))
    assert SPRING.start not in {row.week_start for row in ReportingWeek.objects.all()}
    assert freeze_due_weeks(bureau=bureau, now=moment(after)) == 1
    row = ReportingWeek.objects.get(week_start=SPRING.start)
    assert (row.is_asked, row.due_at, row.closes_at) == (False, None, None)
    day = Holiday.objects.get(day=date(2026, 2, 20))
    day.is_workday = True
    save_holiday(holiday=day, by=None, now=moment("2026-06-01 09:00"))
    kept = found(bureau, SPRING.start, "2026-06-01 09:01")
    assert (kept.is_asked, kept.due_at, kept.frozen) == (False, None, True)
    facts = return_facts(
        bureau=bureau,
        first=SPRING.previous(),
        last=SPRING.next(),
        on=date(2026, 6, 1),
        now=moment("2026-06-01 09:01"),
    )
    assert [(each.week, each.word) for each in facts] == [
        (SPRING.previous(), "未报"),
        (SPRING.next(), "未报"),
    ]


def test_while_it_runs_a_week_becomes_asked_with_a_working_day(bureau: Any) -> None:
    assert found(bureau, SPRING.start, "2026-02-19 09:00").is_asked is False
    Holiday.objects.filter(day=date(2026, 2, 20)).update(is_workday=True)
    asked = found(bureau, SPRING.start, "2026-02-19 09:01")
    assert asked.due_at == moment("2026-02-20 17:00")


def test_the_tick_keeps_what_was_over_before_such_weeks_were_kept(bureau: Any) -> None:
    """A database of an earlier release has none of them, and the tick comes before whoever changes the calendar."""
    begun = ProgrammeFactory(bureau=bureau, approved_on=date(2026, 1, 5))
    ProjectFactory(programme=begun, approved_on=date(2026, 1, 5))
    now = moment("2026-11-30 09:00")
    moments_between(
        bureau=bureau, first=Week(date(2026, 1, 5)), last=Week(date(2026, 11, 30)), now=now
    )
    ReportingWeek.objects.filter(is_asked=False).delete()
    stored = ReportingWeek.objects.count()
    assert freeze_due_weeks(bureau=bureau, now=now) == 1
    assert freeze_due_weeks(bureau=bureau, now=now) == 0
    Holiday.objects.filter(day=date(2026, 2, 20)).update(is_workday=True)
    assert found(bureau, SPRING.start, "2026-11-30 09:01").is_asked is False
    assert ReportingWeek.objects.count() == stored + 1


@pytest.mark.parametrize("weeks", [10, 40])
def test_the_tick_costs_the_same_however_long_anybody_reports(
    bureau: Any, weeks: int, django_assert_num_queries: Any
) -> None:
    now = moment("2026-11-30 09:00")
    since = Week.of(now.date()).shift(-weeks).start
    ProjectFactory(programme=ProgrammeFactory(bureau=bureau, approved_on=since), approved_on=since)
    freeze_due_weeks(bureau=bureau, now=now)
    with django_assert_num_queries(8):
        freeze_due_weeks(bureau=bureau, now=now)


def test_the_tick_freezes_from_the_first_known_week_on(
    bureau: Any, django_assert_num_queries: Any
) -> None:
    """A day that is the first of the known years belongs to a week of which the table does not hold the Monday."""
    since = date(2000, 1, 1)
    ProjectFactory(programme=ProgrammeFactory(bureau=bureau, approved_on=since), approved_on=since)
    now = moment("2000-03-06 09:00")
    weeks = [date(2000, 1, 3) + timedelta(weeks=step) for step in range(9)]
    assert freeze(now) == 9
    assert sorted(row.week_start for row in ReportingWeek.objects.all()) == weeks
    with django_assert_num_queries(8):
        assert freeze_due_weeks(bureau=bureau, now=now) == 0


def test_a_bureau_whose_weeks_cannot_be_kept_keeps_no_other_from_it(bureau: Any) -> None:
    """A clock that nobody can read, as an earlier release or another hand left it."""
    other = BureauFactory(parent=None, code="boshan-bureau")
    now = moment("2025-05-16 17:00:01")
    Setting.objects.create(
        organisation=bureau,
        key="weekly.due_clock",
        value="下班前",
        effective_on=date(2025, 1, 1),
        reason="口头通知",
        created_at=now,
    )
    assert freeze(now) == 7
    assert {row.bureau for row in ReportingWeek.objects.all()} == {other}


def test_a_week_before_anybody_reported_is_told_and_not_stored(bureau: Any) -> None:
    begun = ProgrammeFactory(bureau=bureau, approved_on=date(2024, 3, 5))
    ProjectFactory(programme=begun, approved_on=date(2024, 3, 5))
    before = found(bureau, date(2024, 2, 26), "2025-05-16 10:00")
    assert (before.due_at, before.frozen) == (moment("2024-03-01 17:00"), False)
    assert found(bureau, date(2024, 3, 4), "2025-05-16 10:00").frozen is True
    assert [row.week_start for row in ReportingWeek.objects.all()] == [date(2024, 3, 4)]


@pytest.mark.parametrize("monday", [date(1999, 12, 27), date(2101, 1, 3)])
def test_no_week_beyond_the_known_years_is_stored(bureau: Any, monday: date) -> None:
    opens_at = moment(f"{monday} 00:00")
    with (
        pytest.raises(IntegrityError, match="reporting_week_in_known_years"),
        transaction.atomic(),
    ):
        ReportingWeek.objects.create(
            bureau=bureau, week_start=monday, is_asked=False, opens_at=opens_at
        )


def test_a_week_is_frozen_at_the_first_look_after_it_is_due(bureau: Any) -> None:
    week = found(bureau, date(2025, 5, 12), "2025-05-16 17:00:01")
    row = ReportingWeek.objects.get(bureau=bureau, week_start=date(2025, 5, 12))
    assert (row.due_at, row.closes_at, row.frozen_at) == (
        week.due_at,
        week.closes_at,
        moment("2025-05-16 17:00:01"),
    )


def test_an_unfrozen_row_follows_the_calendar(bureau: Any) -> None:
    wrong = moment("2025-05-13 09:00")
    row = ReportingWeek.objects.create(
        bureau=bureau,
        week_start=date(2025, 5, 12),
        opens_at=wrong,
        due_at=wrong,
        closes_at=wrong,
    )
    assert found(bureau, date(2025, 5, 12), "2025-05-20 10:00").due_at == moment("2025-05-16 17:00")
    row.refresh_from_db()
    assert row.due_at == moment("2025-05-16 17:00")


def test_the_clocks_are_settings_of_the_bureau_with_a_day(bureau: Any) -> None:
    other = BureauFactory(parent=None, code="boshan-bureau")
    for key, value in (("weekly.due_clock", "15:30"), ("weekly.close_clock", "10:00")):
        set_value(
            key=key,
            organisation=bureau,
            value=value,
            effective_on=date(2025, 5, 12),
            reason="会期提前",
            by=None,
            now=moment("2025-05-01 09:00"),
        )
    assert found(bureau, date(2025, 5, 5)).due_at == moment("2025-05-09 17:00")
    mine = found(bureau, date(2025, 5, 12))
    assert (mine.due_at, mine.closes_at) == (moment("2025-05-16 15:30"), moment("2025-05-19 10:00"))
    assert found(other, date(2025, 5, 12)).due_at == moment("2025-05-16 17:00")


def test_a_year_without_published_holidays_warns(bureau: Any) -> None:
    assert found(bureau, date(2026, 12, 21)).warning == ""
    turn = found(bureau, date(2026, 12, 28))
    assert turn.unpublished_years == (2027,)
    assert turn.warning == "2027年的放假安排还没有录入，截止时间暂按周末休息推算。"
    Holiday.objects.create(day=date(2027, 1, 1), is_workday=False, name="元旦", is_provisional=True)
    assert found(bureau, date(2026, 12, 28)).unpublished_years == (2027,)


def test_an_exception_moves_the_closing_moment_of_its_street_only(bureau: Any) -> None:
    ours, theirs = StreetFactory(parent=bureau), StreetFactory(parent=bureau)
    week = found(bureau, date(2025, 5, 5))
    until = moment("2025-05-13 17:00")
    ReturnExceptionFactory(street=ours, week_start=week.week.start, closes_at=until)
    assert closing_moment(street=ours, moments=week) == until
    assert closing_moment(street=theirs, moments=week) == moment("2025-05-12 12:00")
    assert week.phase(moment("2025-05-13 17:00"), closes_at=until) is Phase.LATE
    assert week.phase(moment("2025-05-13 17:00:01"), closes_at=until) is Phase.CLOSED


@pytest.mark.parametrize("weeks", [1, 30])
def test_a_year_of_moments_costs_what_one_week_costs(
    bureau: Any, weeks: int, django_assert_num_queries: Any
) -> None:
    first = Week(date(2025, 5, 5))
    with django_assert_num_queries(5):
        moments_between(
            bureau=bureau, first=first, last=first.shift(weeks - 1), now=moment("2025-05-05 09:00")
        )


# -- who reports -------------------------------------------------------------------------------------
def test_a_project_reports_from_its_approval_to_the_week_of_completion() -> None:
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau, approved_on=date(2025, 1, 20))
    street = district.street("songlinglu")
    plain = ProjectFactory(programme=programme, street=street, code="ZC2025-01")
    later = ProjectFactory(
        programme=programme, street=street, code="ZC2025-02", reporting_from=date(2025, 3, 12)
    )
    done = ProjectFactory(programme=programme, street=street, code="ZC2025-03")
    GateFactory(project=done, kind=GateKind.COMPLETED, actual_on=date(2025, 5, 7))
    claimed = ProjectFactory(programme=programme, street=street, code="ZC2025-04")
    GateFactory(project=claimed, kind=GateKind.COMPLETED, actual_on=date(2025, 5, 7), evidence=None)
    cancelled = ProjectFactory(
        programme=programme,
        street=street,
        code="ZC2025-05",
        cancelled_on=date(2025, 5, 11),
        cancellation_reason="整村拆迁",
    )
    added = ProjectFactory(
        programme=programme, street=street, code="ZC2025-06", approved_on=date(2025, 5, 11)
    )
    spans = {
        span.project: (span.first.start, span.last and span.last.start)
        for span in spans_of(projects=Project.objects.select_related("programme"))
    }
    january, may = date(2025, 1, 20), date(2025, 5, 5)
    assert spans == {
        plain: (january, None),
        later: (date(2025, 3, 10), None),
        done: (january, may),
        claimed: (january, None),
        # Cancelled on the Sunday of a week, it is out of scope on that Sunday.
        cancelled: (january, may - timedelta(days=7)),
        # Approved on the Sunday, it is in scope on it.
        added: (may, None),
    }


def test_carry_over_projects_report_and_other_districts_stay_out() -> None:
    district = make_district()
    other = make_district(prefix="boshan-")
    old = ProgrammeFactory(bureau=district.bureau, year=2024, approved_on=date(2024, 1, 15))
    new = ProgrammeFactory(bureau=district.bureau, year=2025)
    theirs = ProgrammeFactory(bureau=other.bureau, year=2025)
    ours, second = district.street("zhonglou"), district.street("banyanglu")
    carried = ProjectFactory(programme=old, street=ours, code="ZC2024-09")
    fresh = ProjectFactory(programme=new, street=ours, code="ZC2025-01")
    elsewhere = ProjectFactory(programme=new, street=second, code="ZC2025-02")
    ProjectFactory(programme=theirs, street=other.street("zhonglou"), code="BS2025-01")
    week = Week(date(2025, 5, 5))
    assert reporting_projects(bureau=district.bureau, week=week) == {
        ours.pk: [carried, fresh],
        second.pk: [elsewhere],
    }
    before = Week(date(2025, 1, 13))
    assert reporting_projects(bureau=district.bureau, week=before) == {ours.pk: [carried]}


def test_counts_by_street_are_those_of_the_projects(
    django_assert_num_queries: Callable[..., Any],
) -> None:
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    first, second = district.street("banyanglu"), district.street("zhonglou")
    for number in range(2):
        ProjectFactory(programme=programme, street=first, code=f"A{number}")
    done = ProjectFactory(programme=programme, street=first, code="B")
    GateFactory(project=done, kind=GateKind.COMPLETED, actual_on=date(2025, 5, 7))
    GateFactory(project=done, kind=GateKind.STARTED, actual_on=date(2025, 3, 7))
    claimed = ProjectFactory(programme=programme, street=second, code="C")
    GateFactory(project=claimed, kind=GateKind.COMPLETED, actual_on=date(2025, 3, 7), evidence=None)
    ProjectFactory(
        programme=programme,
        street=second,
        code="D",
        reporting_from=date(2025, 4, 1),
        cancelled_on=date(2025, 5, 11),
        cancellation_reason="整村拆迁",
    )
    ProjectFactory(programme=ProgrammeFactory(bureau=make_district("boshan-").bureau), code="E")
    spans = reporting_spans(bureau=district.bureau)
    weeks = [Week(date(2025, 1, 13)).shift(step) for step in range(24)]
    with django_assert_num_queries(1):
        counts = reporting_counts(groups=reporting_groups(bureau=district.bureau), weeks=weeks)
    assert counts == {
        week: {street: len(rows) for street, rows in by_street(spans=spans, week=week).items()}
        for week in weeks
    }
    assert counts[weeks[16]] == {first.pk: 3, second.pk: 1}
    assert reporting_streets(bureau=district.bureau) == [first, second]
