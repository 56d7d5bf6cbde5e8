"""What is usual of a series: never told of few weeks, robust against one outlier, not nervous about a steady pace."""

from __future__ import annotations

from decimal import Decimal

import pytest

from supervision.weekly.usual import usual_of

FACTOR = Decimal("5.0")


def test_of_few_weeks_nothing_is_usual() -> None:
    assert usual_of([1] * 7, least=8, factor=FACTOR) is None
    assert usual_of([1] * 7 + [0] * 20 + [-3], least=8, factor=FACTOR) is None
    assert usual_of([1] * 8, least=8, factor=FACTOR) is not None


@pytest.mark.parametrize(
    ("steps", "limit"),
    [
        # A steady pace: its spread is nothing, so twice the median holds.
        ([Decimal("0.5")] * 9, Decimal("1.0")),
        # median 3, deviations 2 1 1 0 0 1 1 2 → median 1: 3 + 5 × 1.4826
        ([1, 2, 2, 3, 3, 4, 4, 5], Decimal("10.4130")),
        # One outlier in the past hardly moves it: median 3, deviations 1 1 0 0 0 1 1 97 → median 1
        ([2, 2, 3, 3, 3, 4, 4, 100], Decimal("10.4130")),
    ],
)
def test_the_limit_is_robust(steps: list[Decimal | int], limit: Decimal) -> None:
    found = usual_of(steps, least=8, factor=FACTOR)
    assert found is not None
    assert found.limit == limit


def test_a_step_is_unusual_above_limit_and_past() -> None:
    found = usual_of([2, 2, 3, 3, 3, 4, 4, 100], least=8, factor=FACTOR)
    assert found is not None
    assert (found.low, found.high, found.count) == (2, 100, 8)
    assert [found.is_exceeded_by(Decimal(step)) for step in (10, 11, 100, 101)] == [
        False, False, False, True,
    ]  # fmt: skip
