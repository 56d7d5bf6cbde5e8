"""What was planned for a project and what became of it: pure values over days.

A `Plan` is what a baseline holds, a `Story` what happened. Both are straight lines between points, so that
what the portal computes from the rows can be foretold here and proved in a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from renovation.core.periods import Month

TENTH = Decimal("0.1")
Points = Sequence[tuple[date, Fraction]]


def tenths(value: Fraction) -> Decimal:
    """A percent with one decimal, rounded half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(TENTH, ROUND_HALF_UP)


def on_line(points: Points, day: date) -> Fraction:
    """The value of a day on the straight lines through ``points``; outside them that of the nearest."""
    if day <= points[0][0]:
        return points[0][1]
    for (first, low), (last, high) in pairwise(points):
        if day <= last:
            return low + (high - low) * (day - first).days / (last - first).days
    return points[-1][1]


@dataclass(frozen=True)
class Plan:
    """Planned start and completion, and the cumulative percent asked for at month ends between them."""

    start: date
    end: date
    targets: Mapping[date, Decimal]

    def scheduled(self, day: date) -> Fraction:
        """序时进度 in percent (MEASURES.md, Programme)."""
        between = [
            (month_end, Fraction(target))
            for month_end, target in sorted(self.targets.items())
            if self.start < month_end < self.end
        ]
        return on_line([(self.start, Fraction(0)), *between, (self.end, Fraction(100))], day)


def month_ends(start: date, end: date) -> list[date]:
    """The last days of months that lie strictly between two days."""
    found = []
    month = Month.of(start)
    while month.end < end:
        if month.end > start:
            found.append(month.end)
        month = month.next()
    return found


def curved(start: date, end: date) -> Plan:
    """A plan whose targets follow a flat S: slow while the site is set up, slow at the finish."""
    targets = {}
    for day in month_ends(start, end):
        share = Fraction((day - start).days, (end - start).days)
        eased = share * share * (3 - 2 * share)
        targets[day] = Decimal(int((share * 60 + eased * 40) + Fraction(1, 2)))
    return Plan(start, end, targets)


@dataclass(frozen=True)
class Story:
    """What became of a project: when it started, what was done by when, when it was completed.

    ``points`` rise or stay; before the start it is 0, after completion 100. ``ends`` is the last day that
    is foretold.
    """

    plan: Plan
    started_on: date | None
    points: tuple[tuple[date, Fraction], ...] = ()
    completed_on: date | None = None
    accepted_on: date | None = None
    #: A plan that was replaced, with the day of the new approval and the reason.
    first_plan: Plan | None = None
    replaced_on: date | None = None
    reason: str = ""

    def progress(self, day: date) -> Decimal:
        """Cumulative physical progress at the end of a day, one decimal."""
        if self.completed_on is not None and day >= self.completed_on:
            return Decimal("100.0")
        if self.started_on is None or day < self.started_on or not self.points:
            return Decimal("0.0")
        line = [(self.started_on - timedelta(days=1), Fraction(0)), *self.points]
        if self.completed_on is not None:
            line.append((self.completed_on, Fraction(100)))
        return min(tenths(on_line(line, day)), Decimal("99.0"))

    def plan_on(self, day: date) -> Plan:
        """The plan in force on a day."""
        if self.first_plan and self.replaced_on and day < self.replaced_on:
            return self.first_plan
        return self.plan
