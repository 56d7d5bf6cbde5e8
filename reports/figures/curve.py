"""形象进度 and 序时进度 of many projects on many days, summed exactly without a fact per project and day.

A year of a large district is 5,000 projects on sixty days. Between two days on which something happens to it
(a report, a corner of its plan, a gate, a new baseline) a project adds the same amount, or one that grows by
the same amount every day; so each such stretch is entered once, where it begins and where it ends, as integers.
What comes out are the sums that the declarations of the two measures would make of each day's facts
(`tests/reports/figures/test_curve.py` compares them).

Of many projects the sums are kept with all that they were made of. Where little of that is other than before, as behind
a report, what the changed projects had added is taken away and what they add now is added: whole numbers come out the
same in whatever order they are added.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import accumulate
from operator import add
from types import MappingProxyType
from typing import NamedTuple

from projects.ledger.enums import GateKind
from projects.ledger.facts import GateFacts, Ledger, Plan
from projects.ledger.stays import LedgerRow
from renovation.core.declarations import Sums
from renovation.core.measures import CENTI_SQM_PER_WAN_SQM
from renovation.core.unchanged import settled
from supervision.weekly.steps import Step

#: Of so few projects nothing is kept.
_FEW = 100
_NO_GATES: Mapping[GateKind, GateFacts] = MappingProxyType({})
#: A sum of tenths of a percent × 0.01 ㎡ in 万㎡ (折合).
_SHARE = 10 * 100 * CENTI_SQM_PER_WAN_SQM


@dataclass(frozen=True, slots=True)
class DaySums:
    """What the two measures add up to on a day, and how many projects in scope have no plan."""

    day: date
    physical: Sums
    scheduled: Sums
    without_plan: int


class _Course(NamedTuple):
    """What a project's part of a curve is made of: its stays, plans, reports and completion."""

    stays: tuple[LedgerRow, ...]
    plans: Sequence[tuple[date, Plan]]
    steps: Sequence[Step]
    gate: GateFacts | None


class _Days:
    """The days of a curve and what begins and ends on them."""

    def __init__(self, days: Sequence[date]) -> None:
        self.days = days
        self.ordinals = [day.toordinal() for day in days]
        size = len(days) + 1
        self.physical = [0] * size
        self.area = [0] * size
        self.planned = [0] * size
        self.planless = [0] * size
        #: By the days of a stretch of a plan: the constant part and the part by day.
        self.constant: defaultdict[int, list[int]] = defaultdict(lambda: [0] * size)
        self.slope: defaultdict[int, list[int]] = defaultdict(lambda: [0] * size)
        #: Σ area × progress of each report, by the days on which reports speak.
        self.regular: dict[tuple[int, ...], list[int]] = {}
        self._found: dict[int, int] = {}

    def at(self, ordinal: int) -> int:
        """The first of the days that is not before a day."""
        found = self._found.get(ordinal)
        if found is None:
            found = self._found[ordinal] = bisect_left(self.ordinals, ordinal)
        return found

    def add(self, course: _Course, times: int) -> None:
        """Enter what a project adds, once or, to take it away, −1 times."""
        for row in course.stays:
            self._add_stay(row, course.plans, course.steps, course.gate, times)

    def _add_stay(
        self,
        row: LedgerRow,
        plans: Sequence[tuple[date, Plan]],
        steps: Sequence[Step],
        gate: GateFacts | None,
        times: int,
    ) -> None:
        """Enter a project while it is in scope in a street, by the baseline in force."""
        first = self.at(row.from_on.toordinal())
        last = len(self.days)
        if row.until_on is not None:
            last = self.at(row.until_on.toordinal())
        if first >= last:
            return
        if not plans:
            self.planless[first] += times
            self.planless[last] -= times
            return
        done = len(self.days)
        if gate is not None and gate.counts and gate.actual_on is not None:
            done = self.at(gate.actual_on.toordinal())
        begins = [0, *(self.at(approved_on.toordinal()) for approved_on, _ in plans[1:])]
        for number, (_, plan) in enumerate(plans):
            begin = max(first, begins[number])
            end = min(last, begins[number + 1] if number + 1 < len(plans) else last)
            if begin < end:
                self.planned[begin] += times
                self.planned[end] -= times
                area = plan.area_centi * times
                self._add_plan(plan, area, begin, end)
                self._add_steps(area, steps, begin, end, done)

    def _add_plan(self, plan: Plan, area: int, begin: int, end: int) -> None:
        self.area[begin] += area
        self.area[end] -= area
        days, tenths = plan.corners
        right, high, at = days[0], tenths[0], self._within(days[0], begin, end)
        for place in range(1, len(days)):
            left, low, start = right, high, at
            right, high = days[place], tenths[place]
            at = self._within(right, begin, end)
            if start < at and high:
                whole = right - left
                rise = area * (high - low)
                constant = area * low * whole - rise * left
                constants, slopes = self.constant[whole], self.slope[whole]
                constants[start] += constant
                constants[at] -= constant
                slopes[start] += rise
                slopes[at] -= rise
        if at < end:
            constants = self.constant[1]
            constants[at] += area * 1000
            constants[end] -= area * 1000

    def _within(self, ordinal: int, begin: int, end: int) -> int:
        """``at``, no earlier than ``begin`` and no later than ``end``."""
        found = self._found.get(ordinal)
        if found is None:
            found = self.at(ordinal)
        return begin if found < begin else end if found > end else found

    def _add_steps(self, area: int, steps: Sequence[Step], begin: int, end: int, done: int) -> None:
        """The reports from the day on which each speaks, 100 % from the completion on."""
        until, current = min(end, done), 0
        if steps and begin <= self.at(steps[0][0]) and self.at(steps[-1][0]) < until:
            # All of them speak while it counts, as nearly always: those that reported on the same days are added up
            # report by report, and the sums are entered at the end.
            ordinals, _, tenths = zip(*steps, strict=True)
            sums = self.regular.get(ordinals)
            self.regular[ordinals] = (
                [area * each for each in tenths]
                if sums is None
                else list(map(add, sums, [area * each for each in tenths]))
            )
            current = tenths[-1]
        else:
            for ordinal, _, each in steps:
                index = self.at(ordinal)
                if index >= until:
                    break
                self.physical[max(index, begin)] += area * (each - current)
                current = each
        if done < end:
            self.physical[max(done, begin)] += area * (1000 - current)
            current = 1000
        self.physical[end] -= area * current

    def enter_regular(self) -> None:
        """Enter what was added up report by report."""
        for ordinals, sums in self.regular.items():
            current = 0
            for ordinal, each in zip(ordinals, sums, strict=True):
                self.physical[self.at(ordinal)] += each - current
                current = each
        self.regular.clear()

    def copy(self) -> _Days:
        """The same sums, to be added to; ``regular`` are entered."""
        new = _Days(self.days)
        for name in ("physical", "area", "planned", "planless"):
            setattr(new, name, list(getattr(self, name)))
        new.constant.update((whole, list(each)) for whole, each in self.constant.items())
        new.slope.update((whole, list(each)) for whole, each in self.slope.items())
        new._found = self._found
        return new


#: The courses of projects with their sums.
_Summed = tuple[Mapping[int, _Course], _Days]


def _sum(days: Sequence[date], courses: Mapping[int, _Course], before: _Summed | None) -> _Summed:
    """The sums of the courses of projects, from those of the same projects and days ``before`` where most are what they
    were."""
    then, sums = before or ({}, _Days(days))
    changed = [pk for pk, course in courses.items() if then.get(pk) != course]
    if before is not None and not changed:
        return before
    found = sums.copy()
    if 2 * len(changed) > len(courses):
        found, then, changed = _Days(days), {}, list(courses)
    for pk in changed:
        if pk in then:
            found.add(then[pk], -1)
        found.add(courses[pk], 1)
    found.enter_regular()
    return courses, found


def day_sums(
    *,
    ledger: Ledger,
    rows: Iterable[LedgerRow],
    steps: Mapping[int, Sequence[Step]],
    days: Sequence[date],
) -> list[DaySums]:
    """The sums of each of some days in order, over chosen rows of a ledger."""
    courses = _courses(ledger, rows, steps)
    if len(courses) <= _FEW:
        return _told(_sum(days, courses, None)[1])
    key = "curve", tuple(days), frozenset(courses)
    return _told(settled(key, lambda before: _sum(days, courses, before))[1])


def _courses(
    ledger: Ledger, rows: Iterable[LedgerRow], steps: Mapping[int, Sequence[Step]]
) -> dict[int, _Course]:
    """The courses of projects by id."""
    stays: dict[int, tuple[LedgerRow, ...]] = {}
    for row in rows:
        stays[row.pk] = (*stays.get(row.pk, ()), row)
    return {
        pk: _Course(
            each,
            ledger.plans.get(pk, ()),
            steps.get(pk, ()),
            ledger.gates.get(pk, _NO_GATES).get(GateKind.COMPLETED),
        )
        for pk, each in stays.items()
    }


def _told(found: _Days) -> list[DaySums]:
    """The sums of each day, exact."""
    days = found.days
    scheduled = [Fraction(0)] * len(days)
    level = [0] * len(days)
    for whole, constants in found.constant.items():
        slopes = found.slope.get(whole, level)  # threads share what is kept: nothing is added to it
        pairs = zip(found.ordinals, accumulate(constants), accumulate(slopes), strict=False)
        for index, (ordinal, constant, slope) in enumerate(pairs):
            if constant or slope:
                scheduled[index] += Fraction(constant + slope * ordinal, whole)
    return [
        DaySums(
            day=day,
            physical=Sums(Fraction(physical, _SHARE), below, count),
            scheduled=Sums(scheduled[index] / _SHARE, below, count),
            without_plan=planless,
        )
        for index, (day, physical, area, count, planless) in enumerate(
            zip(
                days,
                accumulate(found.physical),
                accumulate(found.area),
                accumulate(found.planned),
                accumulate(found.planless),
                strict=False,
            )
        )
        for below in (Fraction(area, CENTI_SQM_PER_WAN_SQM),)
    ]
