"""What returns say, of which what is approved is read once: nobody can change it (``core.triggers``, ADR 38)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from renovation.core.triggers import seal
from renovation.core.unchanged import keeps, settled

from .enums import APPROVED_STATES

Value = TypeVar("Value")
#: The triggers that keep what is approved as it was approved.
GUARDS = (
    "weekly_return_update",
    "weekly_return_delete",
    "weekly_report_update",
    "weekly_report_delete",
    "weekly_report_insert",
    "weekly_report_move",
)


class _Approved(NamedTuple, Generic[Value]):
    """What was made of approved returns, by id, while the triggers stood ``under`` one seal."""

    under: str
    values: Mapping[int, Value]


def by_return(
    key: Hashable, read: Callable[[frozenset[int]], Iterable[tuple[int, str, Value]]]
) -> Mapping[int, Value]:
    """What ``read`` makes of returns, by id. It is given the ids of approved returns that are known, and tells in one
    statement of all others: id, state and value, in which approved and published are the same."""
    if not keeps():
        return {pk: value for pk, _, value in read(frozenset())}
    waiting: dict[int, Value] = {}

    def extend(before: _Approved[Value] | None) -> _Approved[Value]:
        under = seal(*GUARDS)
        if before is None or before.under != under or not under:
            before = _Approved(under, {})
        found = list(read(frozenset(before.values)))
        waiting.update((pk, value) for pk, state, value in found if state not in APPROVED_STATES)
        new = {pk: value for pk, state, value in found if state in APPROVED_STATES}
        return _Approved(under, {**before.values, **new}) if new else before

    return {**settled(key, extend).values, **waiting}
