"""The year that runs: stories that are in full swing on whatever day they are looked at.

Most projects keep to their timetable. Five are told backwards from the last closed week, so that on any day
of the year one light has just turned red, three are yellow, one project should have begun and one has just
recovered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from renovation.core.calendar import WorkCalendar

from .stories import Plan, Story, curved, on_line
from .timetables import TIMETABLES, plan_of, timetable_of

WEEK = timedelta(days=7)

#: Place in the programme → where the project stands against its plan, in points, in the last closed week.
_AT_EASE: dict[int, str] = {0: "4.2", 1: "-2.6", 3: "1.5", 4: "2.1", 5: "-0.7", 7: "-3.4", 8: "-5.1", 11: "0.8"}  # fmt: skip
_EARLY = frozenset({0, 4, 11})  # begun before anything else, so that the first weeks are not empty
TURNED_YELLOW, YELLOW, RECOVERED, NOT_BEGUN, RED = 2, 6, 9, 10, 12


def present_stories(
    year: int, *, closed: date, before: date, calendar: WorkCalendar
) -> list[Story]:
    """The stories of the year that runs.

    ``closed``: the Sunday of the last closed week that asked for returns, ``before`` the one before it.
    The places are those of `outlines.outlines`.
    """
    open_day = calendar.roll_forward(date(year, 1, 8))
    makers = {
        TURNED_YELLOW: lambda: _lagging(
            _around(closed, 150, open_day), closed, before, ("-6", "-8.6", "-11.3"), calendar
        ),
        YELLOW: lambda: _lagging(
            _around(closed, 125, open_day), closed, before, ("-12.5", "-14.8", "-16.2"), calendar
        ),
        RECOVERED: lambda: _lagging(
            _around(closed, 110, open_day), closed, before, ("-12", "-11.6", "-6.8"), calendar
        ),
        NOT_BEGUN: lambda: Story(plan=_overdue(closed, open_day, calendar), started_on=None),
        RED: lambda: _stuck(_around(closed, 160, open_day), closed, calendar),
    }
    return [
        makers[place]()
        if place in makers
        else _at_ease(year, place, closed=closed, open_day=open_day, calendar=calendar)
        for place in range(14)
    ]


def _around(closed: date, days: int, open_day: date) -> tuple[date, date]:
    """Planned start and completion of a project that is about three fifths through on ``closed``."""
    start = max(open_day, closed - timedelta(days=days))
    end = start + timedelta(days=int((closed - start).days / 0.62))
    last = date(closed.year, 12, 28)
    if end > last:
        end = max(last, closed + timedelta(days=12))
    return start, end


def _lagging(
    span: tuple[date, date],
    closed: date,
    before: date,
    points: tuple[str, str, str],
    calendar: WorkCalendar,
) -> Story:
    """A project whose deviation from its plan was as told five weeks ago, in the week before, and now."""
    start, end = span
    plan = curved(start, end)
    begun = calendar.roll_forward(start + timedelta(days=3))
    earlier, last, now = (Fraction(point) for point in points)
    line = [(start, Fraction(0)), (closed - 5 * WEEK, earlier), (before, last), (closed, now)]
    line = [point for point in line if point[0] >= start]
    return Story(plan=plan, started_on=begun, points=_climb(plan, begun, line, closed))


def _stuck(span: tuple[date, date], closed: date, calendar: WorkCalendar) -> Story:
    """A project that stands still and turns red in the last closed week."""
    start, end = span
    plan = curved(start, end)
    begun = calendar.roll_forward(start + timedelta(days=6))
    level = plan.scheduled(closed) - Fraction("31.4")
    points = [
        (day, min(level, plan.scheduled(day) * Fraction("0.82")))
        for day in _sundays(begun, closed + 4 * WEEK)
    ]
    return Story(plan=plan, started_on=begun, points=_rising(points))


def _overdue(closed: date, open_day: date, calendar: WorkCalendar) -> Plan:
    """The plan of a project that should have begun 25 days ago and has not."""
    start = closed - timedelta(days=25)
    latest = date(closed.year, 10, 28)
    start = calendar.roll_back(max(open_day, min(start, latest)))
    month_ends = sum(
        day.day == 1
        for day in (start + timedelta(days=step) for step in range(1, (closed - start).days + 2))
    )
    return curved(start, start + timedelta(days=210 if month_ends else 96))


def _at_ease(
    year: int, place: int, *, closed: date, open_day: date, calendar: WorkCalendar
) -> Story:
    """A project that keeps to its timetable, more or less."""
    plan = plan_of(TIMETABLES[timetable_of(year, place)], year)
    lead = Fraction(_AT_EASE.get(place, "-2"))
    if place in _EARLY and plan.start > closed - timedelta(days=45):
        start = calendar.roll_forward(max(open_day, closed - timedelta(days=45)))
        plan = curved(start, plan.end)
    late = timedelta(days=3 if lead < 0 else -2)
    begun = calendar.roll_forward(
        plan.start + (late if plan.start + late >= open_day else timedelta())
    )
    if begun > closed:
        return Story(plan=plan, started_on=None)
    line = [
        (plan.start, Fraction(0)),
        (plan.start + 5 * WEEK, lead / 2),
        (plan.start + 12 * WEEK, lead),
    ]
    done = calendar.roll_forward(plan.end + late)
    if done <= closed:
        stop = done - WEEK
        points = _climb(plan, begun, line, stop, after=0)
        accepted = calendar.roll_forward(done + timedelta(days=19))
        return Story(
            plan=plan, started_on=begun, points=points, completed_on=done,
            accepted_on=accepted,
        )  # fmt: skip
    return Story(plan=plan, started_on=begun, points=_climb(plan, begun, line, closed))


def _climb(
    plan: Plan, begun: date, line: Sequence[tuple[date, Fraction]], until: date, *, after: int = 4
) -> tuple[tuple[date, Fraction], ...]:
    """Progress at Sundays: the plan plus a deviation along ``line``, never falling."""
    points = [
        (day, plan.scheduled(day) + on_line(line, day))
        for day in _sundays(begun, until + after * WEEK)
    ]
    return _rising(points)


def _sundays(first: date, last: date) -> list[date]:
    day = first + timedelta(days=6 - first.weekday())
    found = []
    while day <= last:
        found.append(day)
        day += WEEK
    return found


def _rising(points: Sequence[tuple[date, Fraction]]) -> tuple[tuple[date, Fraction], ...]:
    """The points without any fall, between 0 and 98."""
    found: list[tuple[date, Fraction]] = []
    level = Fraction(0)
    for day, value in points:
        level = max(level, min(value, Fraction(98)))
        found.append((day, level))
    return tuple(found)
