"""Forecast against actual: the one place where a variance is computed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

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
