"""形象进度 and 序时进度 of many projects on many days, summed exactly without a fact per project and day.

A year of a large district is 5,000 projects on sixty days. Between two days on which something happens to it
(a report, a corner of its plan, a gate, a new baseline) a project adds the same amount, or one that grows by
the same amount every day; so each such stretch is entered once, where it begins and where it ends, as integers.
What comes out are the sums that the declarations of the two measures would make of each day's facts
(`tests/reports/figures/test_curve.py` compares them).
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

from projects.ledger.enums import GateKind
from projects.ledger.facts import GateFacts, Ledger, Plan
from projects.ledger.stays import LedgerRow
from renovation.core.declarations import Sums
from renovation.core.measures import CENTI_SQM_PER_WAN_SQM
from supervision.weekly.facts import Step

#: A sum of tenths of a percent × 0.01 ㎡ in 万㎡ (折合).
_SHARE = 10 * 100 * CENTI_SQM_PER_WAN_SQM


@dataclass(frozen=True, slots=True)
class DaySums:
    """What the two measures add up to on a day, and how many projects in scope have no plan."""

    day: date
    physical: Sums
    scheduled: Sums
    without_plan: int


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

    def add(
        self,
        row: LedgerRow,
        plans: Sequence[tuple[date, Plan]],
        steps: Sequence[Step],
        gate: GateFacts | None,
    ) -> None:
        """Enter a project: while it is in scope, by the baseline in force."""
        first = self.at(row.from_on.toordinal())
        last = len(self.days)
        if row.until_on is not None:
            last = self.at(row.until_on.toordinal())
        if first >= last:
            return
        if not plans:
            self.planless[first] += 1
            self.planless[last] -= 1
            return
        done = len(self.days)
        if gate is not None and gate.counts and gate.actual_on is not None:
            done = self.at(gate.actual_on.toordinal())
        begins = [0, *(self.at(approved_on.toordinal()) for approved_on, _ in plans[1:])]
        for number, (_, plan) in enumerate(plans):
            begin = max(first, begins[number])
            end = min(last, begins[number + 1] if number + 1 < len(plans) else last)
            if begin < end:
                self._add_plan(plan, begin, end)
                self._add_steps(plan.area_centi, steps, begin, end, done)

    def _add_plan(self, plan: Plan, begin: int, end: int) -> None:
        area = plan.area_centi
        self.area[begin] += area
        self.area[end] -= area
        self.planned[begin] += 1
        self.planned[end] -= 1
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


def day_sums(
    *,
    ledger: Ledger,
    rows: Iterable[LedgerRow],
    steps: Mapping[int, Sequence[Step]],
    days: Sequence[date],
) -> list[DaySums]:
    """The sums of each of some days in order, over chosen rows of a ledger."""
    found = _Days(days)
    for row in rows:
        gate = ledger.gates.get(row.pk, {}).get(GateKind.COMPLETED)
        found.add(row, ledger.plans.get(row.pk, ()), steps.get(row.pk, ()), gate)
    found.enter_regular()
    scheduled = [Fraction(0)] * len(days)
    for whole, constants in found.constant.items():
        pairs = zip(
            found.ordinals, accumulate(constants), accumulate(found.slope[whole]), strict=False
        )
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
