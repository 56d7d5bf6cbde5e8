"""Forecast against actual, computed in one place: exact, rounded once, compared as shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from projects.funding.forecasts.variance import variance

LIMIT = Decimal("20.0")


@pytest.mark.parametrize(
    ("forecast", "actual", "shown", "difference", "asks"),
    [
        (100, 100, "0.0", 0, False),
        (100, 120, "20.0", 20, False),  # at the threshold is not beyond it
        (100, 80, "-20.0", -20, False),
        (100, 121, "21.0", 21, True),
        (100, 79, "-21.0", -21, True),
        (100, 0, "-100.0", -100, True),
        (3, 4, "33.3", 1, True),
        # 20.04 is 20.0 as shown, 20.05 is 20.1.
        (10_000, 12_004, "20.0", 2_004, False),
        (10_000, 12_005, "20.1", 2_005, True),
        (0, 0, None, 0, False),
        (0, 5, None, 5, True),
        (None, 5, None, 5, True),
        (None, 0, None, 0, False),
    ],
)
def test_what_asks_for_words(
    forecast: int | None, actual: int, shown: str | None, difference: int, asks: bool
) -> None:
    found = variance(forecast_fen=forecast, actual_fen=actual)
    assert found.shown == (None if shown is None else Decimal(shown))
    assert found.difference_fen == difference
    assert found.needs_explanation(LIMIT) is asks


def test_it_is_exact_inside() -> None:
    assert variance(forecast_fen=3, actual_fen=4).value == Fraction(100, 3)
