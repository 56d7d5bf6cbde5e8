"""What is usual of a series of weekly steps, robustly: median and median deviation of its own past. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import NamedTuple

#: What a median deviation is times to be the standard deviation of a normal series.
_SCALE = Decimal("1.4826")


class Step(NamedTuple):
    """By how much the cumulative figures of a project rose in the week of a Monday: points, 分."""

    monday: date
    points: Decimal
    fen: int


@dataclass(frozen=True, slots=True)
class Usual:
    """The least and the greatest of the past steps, how many there are, and above what a step is unusual."""

    low: Decimal
    high: Decimal
    count: int
    limit: Decimal

    def is_exceeded_by(self, step: Decimal) -> bool:
        """Above the limit, and above all that was there before."""
        return step > self.limit and step > self.high


def usual_of(steps: Sequence[Decimal | int], *, least: int, factor: Decimal) -> Usual | None:
    """What is usual of steps; None where fewer than ``least`` of them rose: of few weeks nothing is usual.

    Weeks without a rise are left out, they say nothing of the pace. The limit is median + ``factor`` × 1.4826 × median
    deviation, but never below twice the median: the steps of a steady project hardly differ.
    """
    rises = [Decimal(step) for step in steps if step > 0]
    if len(rises) < least:
        return None
    middle = median(rises)
    spread = median(abs(step - middle) for step in rises)
    limit = max(middle + factor * _SCALE * spread, 2 * middle)
    return Usual(min(rises), max(rises), len(rises), limit)
