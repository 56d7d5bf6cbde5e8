"""The working calendar: golden vectors of DOMAIN.md §9, the law's counting rule, office hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.calendar import SHANGHAI, WorkCalendar, WorkHours, local_day, local_moment
from renovation.core.holidays import HOLIDAYS, NOTICE_2025, NOTICE_2026, seeded_calendar
from renovation.core.periods import Month, Week, weeks_between

CALENDAR = seeded_calendar()
DAYS = st.dates(date(2025, 1, 1), date(2026, 10, 31))
MOMENTS = st.datetimes(
    datetime(2025, 1, 1), datetime(2026, 10, 31), timezones=st.just(SHANGHAI)
).map(lambda moment: moment.replace(microsecond=0))


def at(day: date, clock: str) -> datetime:
    return local_moment(day, time.fromisoformat(clock))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
        (date(2025, 9, 26), 5, date(2025, 10, 10)),
        (date(2025, 9, 30), 5, date(2025, 10, 14)),
        (date(2025, 1, 24), 5, date(2025, 2, 7)),
        (date(2025, 4, 30), 5, date(2025, 5, 12)),
        (date(2025, 5, 30), 3, date(2025, 6, 5)),
        (date(2025, 12, 31), 5, date(2026, 1, 8)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 14), 3, date(2026, 2, 26)),
        (date(2026, 9, 18), 3, date(2026, 9, 22)),
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
    ],
)
def test_golden_vectors(start: date, count: int, end: date) -> None:
    assert CALENDAR.add_workdays(start, count) == end
    assert CALENDAR.workdays_between(start, end) == count


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (
            date(2024, 12, 30),
            date(2025, 12, 22),
            {1: 4, 4: 6, 5: 1, 6: 4, 14: 4, 17: 6, 18: 3, 19: 4, 23: 4, 39: 6, 40: 2, 41: 3},
        ),
        (
            date(2025, 12, 29),
            date(2026, 12, 28),
            {1: 4, 7: 6, 8: 0, 15: 4, 18: 4, 19: 4, 25: 4, 38: 6, 39: 4, 40: 3, 41: 3},
        ),
    ],
)
def test_weeks_without_five_workdays(first: date, last: date, expected: dict[int, int]) -> None:
    counts = {
        week.number: len(CALENDAR.workdays_in(week))
        for week in weeks_between(Week(first), Week(last))
    }
    assert {number: count for number, count in counts.items() if count != 5} == expected


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=step) for step in range((date(year + 1, 1, 1) - first).days)]
    ours = {day: CALENDAR.is_workday(day) for day in days}
    assert ours == {day: chinese_calendar.is_workday(day) for day in days}


def test_seed_rows_are_unique_ordered_and_name_their_notice() -> None:
    days = [row.day for row in HOLIDAYS]
    assert days == sorted(set(days))
    assert {row.day.year: row.source for row in HOLIDAYS} == {2025: NOTICE_2025, 2026: NOTICE_2026}
    assert sum(not row.is_workday for row in HOLIDAYS if row.day.year == 2025) == 28
    assert [row.day for row in HOLIDAYS if row.is_workday and row.day.year == 2026] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]


def test_known_days() -> None:
    assert not CALENDAR.is_workday(date(2025, 10, 8))  # a Wednesday off
    assert CALENDAR.is_workday(date(2025, 10, 11))  # a Saturday made up for
    assert not CALENDAR.is_workday(date(2025, 10, 12))
    assert CALENDAR.is_workday(date(2025, 10, 13))
    assert CALENDAR.next_workday(date(2025, 9, 30)) == date(2025, 10, 9)
    assert CALENDAR.previous_workday(date(2025, 10, 9)) == date(2025, 9, 30)
    assert CALENDAR.roll_forward(date(2025, 10, 1)) == date(2025, 10, 9)
    assert CALENDAR.roll_forward(date(2025, 10, 9)) == date(2025, 10, 9)
    assert CALENDAR.roll_back(date(2025, 10, 8)) == date(2025, 9, 30)


def test_published_years() -> None:
    assert [year for year in range(2024, 2028) if CALENDAR.is_published(year)] == [2025, 2026]
    by_rows = WorkCalendar.from_records(row for row in HOLIDAYS if row.day.year == 2026)
    assert by_rows.published_years == {2026}
    assert by_rows.is_workday(date(2025, 10, 1))  # known only as a Wednesday


def test_last_workday_of_weeks() -> None:
    ordinary, made_up, idle = (
        Week(date(2025, 9, 8)),
        Week(date(2025, 9, 22)),
        Week(date(2026, 2, 16)),
    )
    assert CALENDAR.last_workday(ordinary.start, ordinary.end) == date(2025, 9, 12)
    assert CALENDAR.last_workday(made_up.start, made_up.end) == date(2025, 9, 28)
    assert CALENDAR.last_workday(idle.start, idle.end) is None
    assert CALENDAR.first_workday(idle.start, idle.end) is None
    assert CALENDAR.workdays_in(idle) == []
    assert CALENDAR.first_workday(date(2025, 10, 1), date(2025, 10, 31)) == date(2025, 10, 9)
    assert len(CALENDAR.workdays_in(Month(2025, 10))) == 18


def test_the_first_day_is_not_counted_and_negative_counts_are_refused() -> None:
    assert CALENDAR.add_workdays(date(2025, 9, 8), 1) == date(2025, 9, 9)
    assert CALENDAR.add_workdays(date(2025, 9, 13), 1) == date(2025, 9, 15)  # a Saturday
    assert CALENDAR.add_workdays(date(2025, 9, 13), 0) == date(2025, 9, 15)
    assert CALENDAR.subtract_workdays(date(2025, 10, 10), 5) == date(2025, 9, 26)
    assert CALENDAR.subtract_workdays(date(2025, 10, 8), 0) == date(2025, 9, 30)
    for act in (CALENDAR.add_workdays, CALENDAR.subtract_workdays):
        with pytest.raises(ValueError, match="counted"):
            act(date(2025, 9, 8), -1)
    assert CALENDAR.workdays_between(date(2025, 9, 12), date(2025, 9, 8)) == 0


def test_a_table_without_workdays_ends_the_search() -> None:
    dead = WorkCalendar({date(2025, 1, 1) + timedelta(days=step): False for step in range(90)})
    with pytest.raises(ValueError, match="no working day"):
        dead.next_workday(date(2025, 1, 1))


def test_the_table_is_copied() -> None:
    table = {date(2025, 9, 8): False}
    calendar = WorkCalendar(table)
    table.clear()
    assert not calendar.is_workday(date(2025, 9, 8))


@given(DAYS, st.integers(0, 40))
def test_added_days_are_workdays_and_can_be_counted_back(day: date, count: int) -> None:
    end = CALENDAR.add_workdays(day, count)
    assert CALENDAR.is_workday(end)
    if count:
        assert CALENDAR.workdays_between(day, end) == count
    if CALENDAR.is_workday(day):
        assert CALENDAR.subtract_workdays(end, count) == day


@given(DAYS, DAYS, DAYS)
def test_counting_adds_up(one: date, two: date, three: date) -> None:
    first, middle, last = sorted((one, two, three))
    parts = CALENDAR.workdays_between(first, middle) + CALENDAR.workdays_between(middle, last)
    assert parts == CALENDAR.workdays_between(first, last)


def test_the_day_of_a_moment_is_the_day_in_shanghai() -> None:
    assert local_day(datetime(2025, 9, 8, 16, 30, tzinfo=UTC)) == date(2025, 9, 9)
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2025, 9, 8))


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        (at(date(2025, 9, 8), "08:00"), at(date(2025, 9, 8), "08:30")),
        (at(date(2025, 9, 8), "08:30"), at(date(2025, 9, 8), "08:30")),
        (at(date(2025, 9, 8), "11:59"), at(date(2025, 9, 8), "11:59")),
        (at(date(2025, 9, 8), "12:00"), at(date(2025, 9, 8), "13:30")),
        (at(date(2025, 9, 8), "17:30"), at(date(2025, 9, 9), "08:30")),
        (at(date(2025, 9, 30), "20:00"), at(date(2025, 10, 9), "08:30")),
        (at(date(2025, 10, 11), "09:00"), at(date(2025, 10, 11), "09:00")),
    ],
)
def test_next_work_moment(moment: datetime, opened: datetime) -> None:
    assert CALENDAR.next_work_moment(moment) == opened


@pytest.mark.parametrize(
    ("moment", "minutes", "end"),
    [
        (at(date(2025, 9, 8), "09:00"), 30, at(date(2025, 9, 8), "09:30")),
        (at(date(2025, 9, 8), "11:00"), 60, at(date(2025, 9, 8), "12:00")),
        (at(date(2025, 9, 8), "11:00"), 61, at(date(2025, 9, 8), "13:31")),
        (at(date(2025, 9, 8), "17:00"), 120, at(date(2025, 9, 9), "10:00")),
        (at(date(2025, 9, 30), "17:00"), 120, at(date(2025, 10, 9), "10:00")),
        (at(date(2025, 9, 8), "09:00"), 420, at(date(2025, 9, 8), "17:30")),
        (at(date(2025, 9, 8), "09:00"), 450, at(date(2025, 9, 9), "09:00")),
        (at(date(2025, 9, 8), "06:00"), 0, at(date(2025, 9, 8), "08:30")),
    ],
)
def test_add_work_minutes(moment: datetime, minutes: int, end: datetime) -> None:
    assert CALENDAR.add_work_minutes(moment, minutes) == end
    assert CALENDAR.add_work_minutes(moment.astimezone(UTC), minutes) == end


@given(MOMENTS, st.integers(1, 5000))
def test_office_time_is_what_was_added(moment: datetime, minutes: int) -> None:
    end = CALENDAR.add_work_minutes(moment, minutes)
    assert CALENDAR.work_time_between(moment, end) == timedelta(minutes=minutes)


def test_office_hours_may_be_others() -> None:
    short = WorkCalendar(
        hours=WorkHours(((time(9), time(11)), (time(12), time(13)), (time(14), time(15))))
    )
    assert short.hours.minutes_a_day == 240
    assert WorkHours().minutes_a_day == 450
    assert short.add_work_minutes(at(date(2025, 9, 8), "10:30"), 60) == at(
        date(2025, 9, 8), "12:30"
    )
    assert (
        short.work_time_between(at(date(2025, 9, 8), "15:00"), at(date(2025, 9, 8), "09:00"))
        == timedelta()
    )
    with pytest.raises(ValueError, match="order"):
        WorkHours(((time(9), time(12)), (time(11), time(15))))
    with pytest.raises(ValueError, match="at least one"):
        WorkHours(())
    with pytest.raises(ValueError, match="forward"):
        short.add_work_minutes(at(date(2025, 9, 8), "10:30"), -1)
