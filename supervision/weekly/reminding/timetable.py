"""When a bureau's clock reminds: a working day before a week is due (where it has a single one, on that day), when it is
due, before it closes (for a street whose closing moment was moved also before that), and once it is closed.

All of them follow the moments of the week (``weeks``), so the official calendar moves them with it; a week that asks
for nothing reminds nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day
from renovation.core.periods import Week
from renovation.records.hours import office_calendar
from supervision.weekly.models import ReturnException
from supervision.weekly.weeks import WeekMoments, granted_moments, moments_between

#: The longest rest after a working day lies between a week's reminder and the week.
AROUND = 3
#: A moment belongs to what ends with it: the week is closed after its closing moment.
JUST_AFTER = timedelta(minutes=1)

#: Begins the key of a run for the streets whose moved closing moment comes; its day follows.
EXTENDED = "extended:"

Moment = Callable[[WeekMoments, WorkCalendar], datetime | None]
#: (bureau, after when, until when) → the runs of a kind, by key.
Moments = Callable[[int, datetime, datetime], list[tuple[str, datetime]]]


def before(moments: WeekMoments, calendar: WorkCalendar) -> datetime | None:
    """When the office opens on the last working day before the day on which the week is due; where that lies before
    the week (it has one working day, and takes nothing in earlier), on the due day itself."""
    if moments.due_at is None:
        return None
    due_on = local_day(moments.due_at)
    opens_at = _opening(calendar, calendar.previous_workday(due_on))
    if opens_at < moments.opens_at:
        opens_at = _opening(calendar, due_on)
    return opens_at if opens_at < moments.due_at else None


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


def moments_by(moment: Moment) -> Moments:
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


def late_moments(bureau_id: int, since: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Before the bureau closes a week (Monday, moment), and before a week closes for streets with 准许延后
    (``extended:`` and the day of the reminder, moment)."""
    bureau = Organisation.objects.get(pk=bureau_id)
    extended = {at for at, _, _ in extensions(bureau=bureau, since=since, now=now) if at <= now}
    own = [(f"{EXTENDED}{local_day(at).isoformat()}", at) for at in sorted(extended)]
    return moments_by(late)(bureau_id, since, now) + own


def extensions(
    *, bureau: Organisation, since: datetime, now: datetime
) -> Iterator[tuple[datetime, Week, int]]:
    """(when it is reminded of, week, street) of every closing moment later than ``since`` that was moved: when the
    office opens on its day, on the last working day before where it rests or opens too late. One that was granted
    after that, and one whose day is reminded of for the whole bureau, is left out."""
    streets = list(bureau.descendants().values_list("pk", flat=True))
    rows = ReturnException.objects.filter(street__in=streets, closes_at__gt=since)
    if not rows.exists():
        return
    calendar = office_calendar(organisation=bureau, on=local_day(now))
    standing = granted_moments(streets=streets)
    for row in rows.order_by("closes_at", "street_id"):
        if row.closes_at != standing[row.week_start, row.street_id]:
            continue  # moved once more
        day = calendar.roll_back(local_day(row.closes_at))
        at = _opening(calendar, day)
        if at >= row.closes_at:
            at = _opening(calendar, calendar.previous_workday(day))
        week = Week(row.week_start)
        moments = moments_between(bureau=bureau, first=week, last=week, now=now)[week]
        usual = late(moments, calendar)
        if max(since, row.granted_at) < at and (usual is None or usual < at):
            yield at, week, row.street_id


def _opening(calendar: WorkCalendar, day: date) -> datetime:
    return calendar.hours.on(day)[0][0]
