"""Forecast against actual: the one place where a variance is computed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from renovation.core.calendar import local_day
from renovation.core.measures import percent, round_half_up

PLACES = 1


@dataclass(frozen=True, slots=True)
class Variance:
    """What was paid against what was forecast, in 分; ``forecast_fen`` is None where nothing was forecast."""

    forecast_fen: int | None
    actual_fen: int

    @property
    def difference_fen(self) -> int:
        """实际 − 预测."""
        return self.actual_fen - (self.forecast_fen or 0)

    @property
    def value(self) -> Fraction | None:
        """(实际 − 预测) ÷ 预测 in percent; None without forecast or where it is 0."""
        if not self.forecast_fen:
            return None
        return percent(self.difference_fen, self.forecast_fen)

    @property
    def shown(self) -> Decimal | None:
        """Rounded once, as thresholds compare it."""
        return None if self.value is None else round_half_up(self.value, PLACES)

    def needs_explanation(self, threshold_percent: Decimal) -> bool:
        """Whether somebody must say why: beyond the threshold in either direction, or paid without forecast."""
        if self.shown is None:
            return self.actual_fen != 0
        return abs(self.shown) > threshold_percent


def variance(*, forecast_fen: int | None, actual_fen: int) -> Variance:
    """The variance of a project and source in a quarter, or of the sums of several."""
    return Variance(forecast_fen, actual_fen)


@dataclass(frozen=True, slots=True)
class Said:
    """What was explained, in 分, and when."""

    at: datetime
    forecast_fen: int | None
    actual_fen: int


def owed_since(
    *,
    forecast_fen: int | None,
    payments: Sequence[tuple[datetime, int]],
    quarter_end: date,
    said: Said | None,
    threshold_percent: Decimal,
) -> date | None:
    """The day since which an explanation of a quarter that is over is owed without a break, None where none is.

    ``payments`` are what was paid in the quarter, in 分, each with the moment of its approval: what is approved
    after the quarter may put it beyond the threshold, or change what was explained, and is owed since then alone.
    """

    def waits(total: int) -> bool:
        if not variance(forecast_fen=forecast_fen, actual_fen=total).needs_explanation(
            threshold_percent
        ):
            return False
        return said is None or (said.forecast_fen, said.actual_fen) != (forecast_fen, total)

    def is_before(moment: datetime) -> bool:
        return moment <= said.at if said is not None else local_day(moment) <= quarter_end

    begin = quarter_end if said is None else max(quarter_end, local_day(said.at))
    total = sum(amount for moment, amount in payments if is_before(moment))
    since = begin if waits(total) else None
    later = sorted(payment for payment in payments if not is_before(payment[0]))
    for moment, together in groupby(later, key=lambda payment: payment[0]):
        total += sum(amount for _, amount in together)
        if not waits(total):
            since = None
        elif since is None:
            since = local_day(moment)
    return since
