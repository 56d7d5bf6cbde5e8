"""The weeks that ask for returns, with their three moments (MEASURES.md, Returns)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from renovation.core.calendar import WorkCalendar, local_moment
from renovation.core.periods import Week, weeks_between


@dataclass(frozen=True)
class AskedWeek:
    week: Week
    opens_at: datetime
    due_at: datetime
    closes_at: datetime


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
