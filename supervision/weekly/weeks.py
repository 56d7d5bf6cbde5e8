"""The reporting week: when it opens, is due and closes (MEASURES.md, Returns).

A week opens on Monday at 00:00, is due on its last working day, and closes on the next working day after
it; the clocks are settings of the bureau. The moments follow the official calendar until the due moment and
are frozen then: the tick freezes them within the minute, else the first who asks after it. A week without a working
day asks for nothing; that it does is frozen once its Sunday is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.holding import forget, held
from renovation.core.parameters import Parameter
from renovation.core.periods import FIRST_DAY, Week
from renovation.core.wording import chinese_moment
from renovation.records.models import Setting
from renovation.records.services import lineage, settings_of, work_calendar

from .models import ReportingWeek, ReturnException
from .parameters import CLOSE_CLOCK, DUE_CLOCK
from .reporting import reporting_groups

#: How far is looked back for weeks that became due meanwhile before anybody asks since when weeks are reported.
FREEZE_WEEKS = 6
#: A year has no longer row of weeks that ask for nothing.
LONGEST_SILENCE = 8
#: The first week that is stored: the table holds the Mondays of the known years.
FIRST_WEEK = Week.of(FIRST_DAY + timedelta(days=6))


class Phase(StrEnum):
    """Where a week stands at a moment."""

    NOT_ASKED = "not_asked"
    BEFORE = "before"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class WeekMoments:
    """The three moments of a week, in Asia/Shanghai or UTC, always aware.

    ``is_asked`` is False for a week without a working day: it has neither due nor closing moment.
    ``unpublished_years`` are those it touches whose holidays are not published: a page warns then (only
    weekends are known). ``frozen`` says that the calendar moves it no more.
    """

    week: Week
    is_asked: bool
    opens_at: datetime
    due_at: datetime | None
    closes_at: datetime | None
    frozen: bool
    unpublished_years: tuple[int, ...] = ()

    def phase(self, now: datetime, *, closes_at: datetime | None = None) -> Phase:
        """Where the week stands; ``closes_at`` is the closing moment of a street with an exception.

        A moment belongs to what ends with it: 17:00:00 is in time, 12:00:00 is not yet closed.
        """
        closes = closes_at or self.closes_at
        if not self.is_asked or self.due_at is None or closes is None:
            return Phase.NOT_ASKED
        if now < self.opens_at:
            return Phase.BEFORE
        if now <= self.due_at:
            return Phase.OPEN
        return Phase.LATE if now <= closes else Phase.CLOSED

    @property
    def is_published(self) -> bool:
        """Whether the holidays of all years that the week touches are published."""
        return not self.unpublished_years

    @property
    def warning(self) -> str:
        """The sentence about a year whose holidays are not entered; "" where all are."""
        if self.is_published:
            return ""
        years = "、".join(f"{year}年" for year in self.unpublished_years)
        return f"{years}的放假安排还没有录入，截止时间暂按周末休息推算。"

    @property
    def text(self) -> str:
        """`5月9日 17:00截止` with the year, for sentences; says so where nothing is asked."""
        if self.due_at is None:
            return "本周没有工作日，不要求报送"
        return f"{chinese_moment(self.due_at)}截止"


# -- moments -----------------------------------------------------------------------------------------
def moments_of(*, bureau: Organisation, week: Week, now: datetime) -> WeekMoments:
    """The moments of one week; freezes them where the due moment has passed, or the Sunday of a week that asks for
    nothing."""
    return moments_between(bureau=bureau, first=week, last=week, now=now)[week]


def moments_between(
    *, bureau: Organisation, first: Week, last: Week, now: datetime
) -> dict[Week, WeekMoments]:
    """The moments of every week from ``first`` to ``last``, in order, in a constant number of queries.

    What has become due, or is over without having asked for anything, and is not frozen yet is frozen on the way, from the first week in which anybody
    reports on: what lies before is nobody's, and a reader's address must not fill the table.
    """
    calendar = work_calendar()
    stored = held(("weeks", bureau.pk), lambda: _stored(bureau))
    weeks = _span(first, last)
    clocks = _clocks(bureau)
    found: dict[Week, WeekMoments] = {}
    fresh: list[WeekMoments] = []
    for week in weeks:
        row = stored.get(week.start)
        if row is not None and row.frozen_at is not None:
            found[week] = _from_row(row, calendar)
            continue
        moments = _computed(week, calendar, *clocks(week.start))
        if _is_settled(moments, now):
            fresh.append(moments)
        found[week] = moments
    kept_from = _kept_from(bureau, fresh, now)
    if fresh := [moments for moments in fresh if moments.week >= kept_from]:
        found.update(_freeze(bureau, fresh, stored, calendar, now))
        forget(("weeks", bureau.pk))
    return found


def _is_settled(moments: WeekMoments, now: datetime) -> bool:
    """Whether no change of the calendar moves a week any more: it was due, or it is over and asked for nothing."""
    if moments.due_at is None:
        return now >= local_moment(moments.week.next().start, time())
    return now > moments.due_at


def _kept_from(bureau: Organisation, fresh: Sequence[WeekMoments], now: datetime) -> Week:
    """The first week whose moments are kept; the query is spent only where a week is asked about that is not recent."""
    recent = _recent(now)
    if all(moments.week >= recent for moments in fresh):
        return recent
    return _first_kept(bureau, now)


def _first_kept(bureau: Organisation, now: datetime) -> Week:
    """The first week that anybody reports in, or the first recent one where that is earlier; none before the known
    years. One query."""
    firsts = [group.first for group in reporting_groups(bureau=bureau)]
    return max(FIRST_WEEK, min([_recent(now), *firsts]))


def _recent(now: datetime) -> Week:
    return Week.of(local_day(now)).shift(-FREEZE_WEEKS)


def _stored(bureau: Organisation) -> dict[date, ReportingWeek]:
    """The weeks of a bureau that are stored, by Monday: some fifty a year."""
    return {row.week_start: row for row in ReportingWeek.objects.filter(bureau=bureau)}


def freeze_due_weeks(*, bureau: Organisation, now: datetime) -> int:
    """Freeze the moments of the weeks that have become due, and of those that are over without having asked for
    anything, since anybody reports: also what became so while the machine was down, or before such weeks were kept.
    Returns how many were. The tick calls it."""
    last = Week.of(local_day(now))
    rows = ReportingWeek.objects.filter(bureau=bureau, frozen_at__isnull=False)
    before = rows.count()
    moments_between(bureau=bureau, first=_first_kept(bureau, now), last=last, now=now)
    return rows.count() - before


def asked_weeks(*, bureau: Organisation, first: Week, last: Week, now: datetime) -> list[Week]:
    """The weeks from ``first`` to ``last`` that ask for a return, in order."""
    found = moments_between(bureau=bureau, first=first, last=last, now=now)
    return [week for week, moments in found.items() if moments.is_asked]


def latest_asked_before(*, bureau: Organisation, week: Week, now: datetime) -> Week | None:
    """“Last week”: the latest earlier week that asked for a return; None where there is none near."""
    first = week.shift(-LONGEST_SILENCE)
    asked = asked_weeks(bureau=bureau, first=first, last=week.previous(), now=now)
    return asked[-1] if asked else None


def closing_moment(*, street: Organisation, moments: WeekMoments) -> datetime | None:
    """When a street can no longer submit: the closing moment, or the latest exception granted to it."""
    if moments.closes_at is None:
        return None
    granted = ReturnException.objects.filter(
        street=street, week_start=moments.week.start
    ).values_list("closes_at", flat=True)
    return max([moments.closes_at, *granted])


def closing_moments(
    *, streets: Iterable[Organisation], moments: Mapping[Week, WeekMoments]
) -> dict[tuple[Week, int], datetime]:
    """The closing moment by week and street id, exceptions included. One query, held by a reading request."""
    ids = [street.pk for street in streets]
    found = {
        (week, street_id): each.closes_at
        for week, each in moments.items()
        for street_id in ids
        if each.closes_at is not None
    }
    for (start, street_id), closes_at in granted_moments(streets=ids).items():
        key = (Week(start), street_id)
        if key in found:
            found[key] = max(found[key], closes_at)
    return found


def granted_moments(*, streets: Sequence[int]) -> Mapping[tuple[date, int], datetime]:
    """The latest moment that was granted to a street (id), by Monday and street; few ever are. One query, held by a
    reading request."""

    def read() -> dict[tuple[date, int], datetime]:
        found: dict[tuple[date, int], datetime] = {}
        rows = ReturnException.objects.filter(street_id__in=streets).order_by("closes_at")
        for street_id, start, closes_at in rows.values_list("street_id", "week_start", "closes_at"):
            found[start, street_id] = closes_at
        return found

    return held(("exceptions", tuple(streets)), read)


def _span(first: Week, last: Week) -> list[Week]:
    count = (last.start - first.start).days // 7
    return [first.shift(step) for step in range(count + 1)]


def _computed(week: Week, calendar: WorkCalendar, due: time, close: time) -> WeekMoments:
    opens_at = local_moment(week.start, time())
    unpublished = _unpublished(week, calendar)
    day = calendar.last_workday(week.start, week.end)
    if day is None:
        return WeekMoments(
            week=week,
            is_asked=False,
            opens_at=opens_at,
            due_at=None,
            closes_at=None,
            frozen=False,
            unpublished_years=unpublished,
        )
    return WeekMoments(
        week=week,
        is_asked=True,
        opens_at=opens_at,
        due_at=local_moment(day, due),
        closes_at=local_moment(calendar.next_workday(day), close),
        frozen=False,
        unpublished_years=unpublished,
    )


def _from_row(row: ReportingWeek, calendar: WorkCalendar) -> WeekMoments:
    week = Week(row.week_start)
    return WeekMoments(
        week=week,
        is_asked=row.is_asked,
        opens_at=row.opens_at,
        due_at=row.due_at,
        closes_at=row.closes_at,
        frozen=True,
        unpublished_years=_unpublished(week, calendar),
    )


def _unpublished(week: Week, calendar: WorkCalendar) -> tuple[int, ...]:
    years = sorted({week.start.year, week.end.year})
    return tuple(year for year in years if not calendar.is_published(year))


def _freeze(
    bureau: Organisation,
    fresh: list[WeekMoments],
    stored: Mapping[date, ReportingWeek],
    calendar: WorkCalendar,
    now: datetime,
) -> dict[Week, WeekMoments]:
    """Store what has become due; whoever was first decides, and everybody reads what stands then."""
    missing = []
    for moments in fresh:
        values = {
            "is_asked": moments.is_asked,
            "opens_at": moments.opens_at,
            "due_at": moments.due_at,
            "closes_at": moments.closes_at,
            "frozen_at": now,
        }
        row = stored.get(moments.week.start)
        if row is None:
            missing.append(ReportingWeek(bureau=bureau, week_start=moments.week.start, **values))
        else:
            ReportingWeek.objects.filter(pk=row.pk, frozen_at=None).update(**values)
    if missing:
        ReportingWeek.objects.bulk_create(missing, ignore_conflicts=True)
    rows = ReportingWeek.objects.filter(
        bureau=bureau, week_start__in=[moments.week.start for moments in fresh]
    )
    return {Week(row.week_start): _from_row(row, calendar) for row in rows}


def _clocks(bureau: Organisation) -> Callable[[date], tuple[time, time]]:
    """The due and closing clock of a bureau on any day, from its settings up the tree. Two queries."""
    parameters: tuple[Parameter[time], Parameter[time]] = (DUE_CLOCK, CLOSE_CLOCK)
    order = {pk: place for place, pk in enumerate(lineage(organisation=bureau))}
    rows = settings_of(organisation=bureau)

    def in_force(parameter: Parameter[time], day: date) -> time:
        chosen: dict[int, Setting] = {}
        for row in rows:
            if row.key == parameter.key and row.effective_on <= day:
                chosen[order[row.organisation_id]] = row
        return parameter.read(chosen[min(chosen)].value if chosen else None)

    return lambda day: (in_force(parameters[0], day), in_force(parameters[1], day))


def bureau_of(street: Organisation) -> Organisation:
    """The district bureau above a street; ValueError where there is none."""
    bureau = street.ancestors().filter(kind=OrganisationKind.BUREAU).last()
    if not isinstance(bureau, Organisation):
        raise ValueError(f"{street.code} has no bureau")
    return bureau
