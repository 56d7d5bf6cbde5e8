"""When the streets took up their returns: what 填报负担 counts minutes from."""

from __future__ import annotations

from datetime import datetime, timedelta

from renovation.core.calendar import WorkCalendar
from renovation.records.services import work_calendar
from supervision.weekly.models import ReturnOpening, WeeklyReturn

from .dice import Dice


def add_openings() -> None:
    """An opening for every return that a street began itself, some minutes before its first row was kept, in office
    hours."""
    calendar = work_calendar()
    returns = WeeklyReturn.objects.filter(is_opening=False).select_related("street")
    ReturnOpening.objects.bulk_create(
        [
            ReturnOpening(
                street=row.street,
                week_start=row.week_start,
                version=row.version,
                opened_at=_taken_up(row, calendar),
                worked_seconds=_worked(row),
                seen_at=None if row.first_submitted_at else row.opened_at,
            )
            for row in returns
        ],
        batch_size=500,
    )


def _worked(row: WeeklyReturn) -> int:
    """What a clerk worked at a return: most of the time until it was sent, at most three quarters of an hour; of one
    that is not sent yet, what it took so far."""
    until = row.first_submitted_at or row.opened_at + timedelta(minutes=12)
    seconds = min((until - row.opened_at) // timedelta(seconds=1), 45 * 60)
    return seconds * Dice(f"{row.street.code} {row.week_start} work").number(40, 90) // 100


def _taken_up(row: WeeklyReturn, calendar: WorkCalendar) -> datetime:
    minutes = Dice(f"{row.street.code} {row.week_start} opening").number(2, 15)
    earlier = row.opened_at - timedelta(minutes=minutes)
    return min(row.opened_at, calendar.next_work_moment(earlier))
