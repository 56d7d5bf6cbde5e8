"""The weeks that ask for returns, with their three moments (MEASURES.md, Returns)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Week, weeks_between
from supervision.weekly.models import ReportingWeek


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


def office_time_before(moment: datetime, minutes: int, *, calendar: WorkCalendar) -> datetime:
    """The moment so many minutes of office time before another of the same day, at the earliest when its office
    opened; the moment itself where no office was open before it that day."""
    day = local_moment(local_day(moment), time())
    passed = calendar.work_time_between(day, moment) // timedelta(minutes=1)
    if not passed:
        return moment
    begun = calendar.add_work_minutes(day, max(0, passed - minutes))
    return min(moment, calendar.next_work_moment(begun))


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


def store_weeks(
    bureau: Organisation, asked: Iterable[AskedWeek], weeks: Iterable[Week], *, now: datetime
) -> None:
    """The weeks as the tick freezes them: those that were due by now, and those that were over without a working day."""
    moments = {each.week: each for each in asked}
    rows = []
    for week in weeks:
        each = moments.get(week)
        settled_at = each.due_at if each is not None else local_moment(week.next().start, time())
        frozen_at = settled_at + timedelta(minutes=1)
        if frozen_at <= now:
            rows.append(
                ReportingWeek(
                    bureau=bureau,
                    week_start=week.start,
                    is_asked=each is not None,
                    opens_at=local_moment(week.start, time()),
                    due_at=each.due_at if each is not None else None,
                    closes_at=each.closes_at if each is not None else None,
                    frozen_at=frozen_at,
                )
            )
    ReportingWeek.objects.bulk_create(rows)
