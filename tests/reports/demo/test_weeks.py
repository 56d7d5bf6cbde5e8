"""The running week of the demo: nothing is sent before anybody could have, nor outside office hours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from renovation.core.calendar import WorkCalendar
from renovation.core.periods import Week
from reports.demo.weeks import LEAST, asked_weeks, moment_within, office_time_before
from tests.supervision.weekly.office import moment

CALENDAR = WorkCalendar({date(2026, 5, 4): False, date(2026, 5, 5): False})
WEEK = Week(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("now", "percent", "found"),
    [
        ("2026-11-23 06:42", 67, None),
        ("2026-11-23 08:30", 67, None),
        ("2026-11-23 09:29", 67, None),
        ("2026-11-23 09:30", 50, "2026-11-23 09:00"),
        ("2026-11-23 10:00", 67, "2026-11-23 09:30"),
        ("2026-11-23 12:45", 80, "2026-11-23 11:18"),
        ("2026-11-23 20:00", 80, "2026-11-23 16:00"),
        ("2026-11-24 10:00", 55, "2026-11-23 14:57"),
        ("2026-11-29 15:00", 80, "2026-11-26 17:30"),
    ],
)
def test_a_share_of_the_office_time_of_the_week(now: str, percent: int, found: str | None) -> None:
    (asked,) = asked_weeks(CALENDAR, WEEK, WEEK)
    within = moment_within(asked, calendar=CALENDAR, now=moment(now), percent=percent)
    assert within == (None if found is None else moment(found))


def test_every_hour_of_a_week_gives_an_hour_of_the_office_that_has_passed() -> None:
    for week in (WEEK, Week(date(2026, 5, 4))):  # the latter begins with a holiday
        (asked,) = asked_weeks(CALENDAR, week, week)
        for hours in range(7 * 24):
            now = asked.opens_at + timedelta(hours=hours)
            within = moment_within(asked, calendar=CALENDAR, now=now, percent=80)
            enough = CALENDAR.work_time_between(asked.opens_at, now) >= LEAST
            assert (within is not None) is enough
            if within is not None:
                assert within < now
                ends = within - timedelta(seconds=1)  # the end of a frame is still the office
                assert CALENDAR.next_work_moment(ends) == ends


@pytest.mark.parametrize(
    ("at", "minutes", "found"),
    [
        ("2026-11-24 10:00", 45, "2026-11-24 09:15"),
        ("2026-11-24 13:40", 30, "2026-11-24 11:40"),
        ("2026-11-24 13:40", 10, "2026-11-24 13:30"),
        ("2026-11-24 12:48", 30, "2026-11-24 11:30"),
        ("2026-11-24 08:50", 45, "2026-11-24 08:30"),
        ("2026-11-24 06:00", 45, "2026-11-24 06:00"),
        ("2026-11-29 10:00", 45, "2026-11-29 10:00"),
    ],
)
def test_office_time_before_a_moment(at: str, minutes: int, found: str) -> None:
    assert office_time_before(moment(at), minutes, calendar=CALENDAR) == moment(found)
