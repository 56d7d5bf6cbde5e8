"""专款专用: what a source pays out of an account, it has brought into that account before. Pure.

Source of the rule: the bureau's words 专户存储、专账管理、专款专用 (CAPABILITIES.md W17).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from projects.funding.enums import Stage

#: Only these go through an account; 下达 and 拨付 are decisions on paper.
THROUGH_ACCOUNT = (Stage.RECEIVED, Stage.PAID)


@dataclass(frozen=True, slots=True)
class AccountMovement:
    """An amount (分, negative for a correction downwards) of 到位 or 支付 that counts in an account from a day."""

    account_id: int
    source_id: int
    stage: Stage
    amount_fen: int
    counts_on: date


@dataclass(frozen=True, slots=True)
class Overdraw:
    """The first day on which a source has paid more out of an account than it brought in, with both sums."""

    on: date
    account_id: int
    source_id: int
    paid_fen: int
    received_fen: int


def first_overdraw(movements: Iterable[AccountMovement]) -> Overdraw | None:
    """Look at every account and source at the end of every day on which something moves; None where all hold."""
    by_day: dict[date, list[AccountMovement]] = defaultdict(list)
    for movement in movements:
        by_day[movement.counts_on].append(movement)
    received: dict[tuple[int, int], int] = defaultdict(int)
    paid: dict[tuple[int, int], int] = defaultdict(int)
    for day in sorted(by_day):
        touched = set()
        for movement in by_day[day]:
            key = (movement.account_id, movement.source_id)
            (received if movement.stage == Stage.RECEIVED else paid)[key] += movement.amount_fen
            touched.add(key)
        for key in sorted(touched):
            if paid[key] > received[key]:
                return Overdraw(day, *key, paid[key], received[key])
    return None


def balance_on(movements: Iterable[AccountMovement], *, account_id: int, day: date) -> int:
    """到位 − 支付 of an account at the end of a day, in 分."""
    return sum(
        movement.amount_fen if movement.stage == Stage.RECEIVED else -movement.amount_fen
        for movement in movements
        if movement.account_id == account_id and movement.counts_on <= day
    )


def counts_from(*, stage: Stage, effective_on: date, opened_on: date) -> date:
    """The day from which a movement counts in its account: what came before the account was opened was brought
    into it on the day it was."""
    return max(effective_on, opened_on) if stage == Stage.RECEIVED else effective_on
