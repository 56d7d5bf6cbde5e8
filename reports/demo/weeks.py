"""The weeks that ask for returns, with their three moments (MEASURES.md, Returns)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from renovation.core.calendar import WorkCalendar, local_moment
from renovation.core.periods import Week, weeks_between


@dataclass(frozen=True)
class AskedWeek:
    week: Week
    opens_at: datetime
    due_at: datetime
    closes_at: datetime


#: Nobody has written a return in less office time than this since its week began.
LEAST = timedelta(minutes=60)


def moment_within(
    asked: AskedWeek, *, calendar: WorkCalendar, now: datetime, percent: int
) -> datetime | None:
    """The moment at which a ``percent`` of the office time of a running week up to now had passed; None where less than
    ``LEAST`` has passed by now."""
    passed = calendar.work_time_between(asked.opens_at, now)
    if passed < LEAST:
        return None
    minutes = passed // timedelta(minutes=1) * percent // 100
    return calendar.add_work_minutes(asked.opens_at, minutes)


def asked_weeks(calendar: WorkCalendar, first: Week, last: Week) -> list[AskedWeek]:
    """The weeks with a working day between two weeks, both included, by the default moments."""
    found = []
    for week in weeks_between(first, last):
        due = calendar.last_workday(week.start, week.end)
        if due is not None:
            found.append(
                AskedWeek(
                    week=week,
                    opens_at=local_moment(week.start, time()),
                    due_at=local_moment(due, time(17)),
                    closes_at=local_moment(calendar.next_workday(due), time(12)),
                )
            )
    return found
