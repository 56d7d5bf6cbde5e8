"""Forecast against actual, computed in one place: exact, rounded once, compared as shown."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from projects.funding.forecasts.variance import Said, owed_since, variance
from renovation.core.calendar import SHANGHAI

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


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


END = date(2025, 6, 30)
IN_TIME, LATE, LATER = at("2025-05-08 15:00"), at("2025-07-08 15:00"), at("2025-08-04 09:00")


@pytest.mark.parametrize(
    ("forecast", "payments", "said", "since"),
    [
        (100, [(IN_TIME, 100)], None, None),
        (100, [(IN_TIME, 60)], None, END),
        (100, [], None, END),  # nothing came of what was forecast
        (None, [(IN_TIME, 5)], None, END),
        # What was paid in the quarter and approved after it.
        (100, [(IN_TIME, 100), (LATE, 30)], None, date(2025, 7, 8)),
        (None, [(LATE, 5)], None, date(2025, 7, 8)),
        # It was owed all the time: a further entry sets the clock not anew.
        (100, [(IN_TIME, 60), (LATE, 1)], None, END),
        # It was right for a while.
        (100, [(IN_TIME, 60), (LATE, 40), (LATER, 40)], None, date(2025, 8, 4)),
        # Two of one moment are one change.
        (100, [(IN_TIME, 100), (LATE, 90), (LATE, -90)], None, None),
        # What was explained, and what changed afterwards.
        (100, [(IN_TIME, 60)], Said(at("2025-07-03 10:00"), 100, 60), None),
        (100, [(IN_TIME, 60), (LATE, 1)], Said(at("2025-07-03 10:00"), 100, 60), date(2025, 7, 8)),
        (100, [(IN_TIME, 60), (LATE, 30)], Said(at("2025-07-03 10:00"), 100, 60), None),
        (
            100,
            [(IN_TIME, 60), (LATE, 1), (LATER, -1)],
            Said(at("2025-07-03 10:00"), 100, 60),
            None,
        ),
        (100, [(IN_TIME, 60), (LATE, 1)], Said(at("2025-07-09 10:00"), 100, 61), None),
        # Words about other amounts than stood that day explain nothing.
        (100, [(IN_TIME, 60)], Said(at("2025-07-03 10:00"), 100, 55), date(2025, 7, 3)),
    ],
)
def test_since_when_words_are_owed(
    forecast: int | None,
    payments: list[tuple[datetime, int]],
    said: Said | None,
    since: date | None,
) -> None:
    found = owed_since(
        forecast_fen=forecast,
        payments=payments,
        quarter_end=END,
        said=said,
        threshold_percent=LIMIT,
    )
    assert found == since
