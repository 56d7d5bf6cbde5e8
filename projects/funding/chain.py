"""The order 支付 ≤ 拨付 ≤ 到位 ≤ 下达, per project and source, on every date (MEASURES.md, Money). Pure."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .enums import Stage

ORDER: tuple[Stage, ...] = (Stage.ALLOCATED, Stage.RECEIVED, Stage.RELEASED, Stage.PAID)


@dataclass(frozen=True, slots=True)
class Movement:
    """An amount (fen, negative for a correction downwards) of a stage that counts from a date."""

    stage: Stage
    amount_fen: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class Breach:
    """The first date on which a later stage exceeds the one before it, with both sums (fen)."""

    on: date
    stage: Stage
    total_fen: int
    before: Stage
    before_fen: int


def first_breach(movements: Iterable[Movement]) -> Breach | None:
    """Look at the sums at the end of every date on which something moves; None where the order holds.

    A stage whose own sum falls below zero breaks the order too (``before`` is then the stage itself).
    """
    by_day: dict[date, list[Movement]] = defaultdict(list)
    for movement in movements:
        by_day[movement.effective_on].append(movement)
    totals = dict.fromkeys(ORDER, 0)
    for day in sorted(by_day):
        for movement in by_day[day]:
            totals[movement.stage] += movement.amount_fen
        for stage in ORDER:
            if totals[stage] < 0:
                return Breach(day, stage, totals[stage], stage, 0)
        for before, stage in itertools.pairwise(ORDER):
            if totals[stage] > totals[before]:
                return Breach(day, stage, totals[stage], before, totals[before])
    return None
