"""专款专用 as arithmetic: a source pays out of an account only what it brought in before."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from projects.funding.accounts.discipline import (
    AccountMovement,
    Overdraw,
    balance_on,
    counts_from,
    first_overdraw,
)
from projects.funding.enums import Stage

DAY = date(2025, 3, 1)


def move(account: int, source: int, stage: Stage, amount: int, days: int) -> AccountMovement:
    return AccountMovement(account, source, stage, amount, DAY + timedelta(days=days))


def test_the_same_day_counts_as_a_whole() -> None:
    assert first_overdraw([move(1, 1, Stage.PAID, 9, 0), move(1, 1, Stage.RECEIVED, 9, 0)]) is None


def test_another_accounts_money_does_not_pay() -> None:
    rows = [
        move(1, 1, Stage.RECEIVED, 100, 0),
        move(2, 1, Stage.RECEIVED, 10, 0),
        move(2, 1, Stage.PAID, 11, 3),
    ]
    assert first_overdraw(rows) == Overdraw(DAY + timedelta(days=3), 2, 1, 11, 10)


def test_another_sources_money_does_not_pay() -> None:
    rows = [
        move(1, 1, Stage.RECEIVED, 100, 0),
        move(1, 2, Stage.RECEIVED, 10, 0),
        move(1, 2, Stage.PAID, 11, 3),
    ]
    assert first_overdraw(rows) == Overdraw(DAY + timedelta(days=3), 1, 2, 11, 10)


def test_a_balance_is_told_for_a_day() -> None:
    rows = [
        move(1, 1, Stage.RECEIVED, 100, 0),
        move(1, 2, Stage.PAID, 30, 4),
        move(1, 1, Stage.RECEIVED, -5, 4),
        move(2, 1, Stage.RECEIVED, 999, 0),
    ]
    balances = [
        balance_on(rows, account_id=1, day=DAY + timedelta(days=days)) for days in (-1, 0, 3, 4)
    ]
    assert balances == [0, 100, 100, 65]


def test_what_came_before_the_account_is_brought_in_when_it_opens() -> None:
    opened = date(2025, 4, 1)
    assert counts_from(stage=Stage.RECEIVED, effective_on=DAY, opened_on=opened) == opened
    assert counts_from(stage=Stage.PAID, effective_on=DAY, opened_on=opened) == DAY


@given(
    st.lists(
        st.tuples(
            st.integers(1, 2),
            st.integers(1, 2),
            st.sampled_from((Stage.RECEIVED, Stage.PAID)),
            st.integers(-20, 50),
            st.integers(0, 5),
        ),
        max_size=12,
    )
)
def test_it_agrees_with_summing_day_by_day(rows: list[tuple[int, int, Stage, int, int]]) -> None:
    movements = [move(*row) for row in rows]
    holds = True
    for day in range(6):
        for key in {row[:2] for row in rows}:
            own = [row for row in rows if row[:2] == key and row[4] <= day]
            paid = sum(amount for _, _, stage, amount, _ in own if stage == Stage.PAID)
            received = sum(amount for _, _, stage, amount, _ in own if stage == Stage.RECEIVED)
            holds &= not own or paid <= received
    assert (first_overdraw(movements) is None) == holds
