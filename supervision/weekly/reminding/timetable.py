"""When a bureau's clock reminds: a working day before a week is due, when it is due, before it closes, and once it
is closed.

All four follow the moments of the week (``weeks``), so the official calendar moves them with it; a week that asks
for nothing reminds nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day
from renovation.core.periods import Week
from renovation.records.hours import office_calendar
from supervision.weekly.weeks import WeekMoments, moments_between

#: The longest rest after a working day lies between a week's reminder and the week.
AROUND = 3
#: A moment belongs to what ends with it: the week is closed after its closing moment.
JUST_AFTER = timedelta(minutes=1)

Moment = Callable[[WeekMoments, WorkCalendar], datetime | None]


def before(moments: WeekMoments, calendar: WorkCalendar) -> datetime | None:
    """When the office opens on the last working day before the day on which the week is due."""
    if moments.due_at is None:
        return None
    return _opening(calendar, calendar.previous_workday(local_day(moments.due_at)))


def at_due(moments: WeekMoments, _calendar: WorkCalendar) -> datetime | None:
    """The due moment."""
    return None if moments.due_at is None else moments.due_at + JUST_AFTER


def late(moments: WeekMoments, calendar: WorkCalendar) -> datetime | None:
    """When the office opens on the day on which the week closes; None where it closes before that."""
    if moments.closes_at is None:
        return None
    opens_at = _opening(calendar, local_day(moments.closes_at))
    return opens_at if opens_at < moments.closes_at else None


def closed(moments: WeekMoments, _calendar: WorkCalendar) -> datetime | None:
    """Just after the week closed for the bureau."""
    return None if moments.closes_at is None else moments.closes_at + JUST_AFTER


def moments_by(
    moment: Moment,
) -> Callable[[int, datetime, datetime], list[tuple[str, datetime]]]:
    """The runs of a kind of reminder, as ``ScheduleKind.moments`` wants them: (Monday, moment), in order."""

    def runs(bureau_id: int, since: datetime, now: datetime) -> list[tuple[str, datetime]]:
        bureau = Organisation.objects.get(pk=bureau_id)
        calendar = office_calendar(organisation=bureau, on=local_day(now))
        first = Week.of(local_day(since)).shift(-AROUND)
        last = Week.of(local_day(now)).shift(AROUND)
        weeks = moments_between(bureau=bureau, first=first, last=last, now=now)
        found = [(week.key, moment(each, calendar)) for week, each in weeks.items()]
        return [(key, at) for key, at in found if at is not None and since < at <= now]

    return runs


def _opening(calendar: WorkCalendar, day: date) -> datetime:
    return calendar.hours.on(day)[0][0]
