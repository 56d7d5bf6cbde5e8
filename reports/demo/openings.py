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
            )
            for row in returns
        ],
        batch_size=500,
    )


def _taken_up(row: WeeklyReturn, calendar: WorkCalendar) -> datetime:
    minutes = Dice(f"{row.street.code} {row.week_start} opening").number(2, 15)
    earlier = row.opened_at - timedelta(minutes=minutes)
    return min(row.opened_at, calendar.next_work_moment(earlier))
