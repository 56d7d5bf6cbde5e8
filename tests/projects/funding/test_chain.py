"""The order 支付 ≤ 拨付 ≤ 到位 ≤ 下达 on every date."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from projects.funding.chain import ORDER, Breach, Movement, first_breach
from projects.funding.enums import Stage

DAY = date(2025, 3, 1)


def move(stage: Stage, amount: int, days: int) -> Movement:
    return Movement(stage, amount, DAY + timedelta(days=days))


def test_a_chain_in_order_has_no_breach() -> None:
    assert (
        first_breach(
            [
                move(Stage.PAID, 50, 3),
                move(Stage.ALLOCATED, 100, 0),
                move(Stage.RELEASED, 80, 2),
                move(Stage.RECEIVED, 80, 1),
            ]
        )
        is None
    )


def test_the_same_day_counts_as_a_whole() -> None:
    assert first_breach([move(stage, 100, 0) for stage in reversed(ORDER)]) is None


def test_a_back_dated_entry_is_seen_on_its_date_although_the_end_fits() -> None:
    movements = [
        move(Stage.ALLOCATED, 100, 0),
        move(Stage.RECEIVED, 60, 5),
        move(Stage.RELEASED, 60, 4),
    ]
    assert first_breach(movements) == Breach(
        DAY + timedelta(days=4), Stage.RELEASED, 60, Stage.RECEIVED, 0
    )


def test_a_sum_below_zero_is_a_breach() -> None:
    assert first_breach([move(Stage.ALLOCATED, 10, 0), move(Stage.ALLOCATED, -11, 1)]) == Breach(
        DAY + timedelta(days=1), Stage.ALLOCATED, -1, Stage.ALLOCATED, 0
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(ORDER), st.integers(-50, 100), st.integers(0, 6)), max_size=12
    )
)
def test_it_agrees_with_summing_day_by_day(rows: list[tuple[Stage, int, int]]) -> None:
    movements = [move(*row) for row in rows]
    holds = True
    for day in range(7):
        sums = [sum(amount for s, amount, d in rows if s == stage and d <= day) for stage in ORDER]
        holds &= min(sums) >= 0 and sums == sorted(sums, reverse=True)
    assert (first_breach(movements) is None) == holds
