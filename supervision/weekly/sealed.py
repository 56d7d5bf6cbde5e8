"""What returns say, of which what is approved is read once: nobody can change it (``core.triggers``, ADR 38)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, Protocol, TypeVar

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


class Sealed(Protocol):
    """What was made of approved returns while the triggers stood ``under`` one seal."""

    @property
    def under(self) -> str: ...


Kept = TypeVar("Kept", bound=Sealed)


def under_seal(before: Kept | None, begin: Callable[[str], Kept]) -> Kept:
    """What was made before, where the triggers were in force since without a pause; else what ``begin`` makes under the
    seal that holds now."""
    under = seal(*GUARDS)
    return before if before is not None and before.under == under and under else begin(under)


class _Approved(NamedTuple, Generic[Value]):
    """What was made of approved returns, by id."""

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
        known = under_seal(before, lambda under: _Approved(under, {}))
        found = list(read(frozenset(known.values)))
        waiting.update((pk, value) for pk, state, value in found if state not in APPROVED_STATES)
        new = {pk: value for pk, state, value in found if state in APPROVED_STATES}
        return _Approved(known.under, {**known.values, **new}) if new else known

    return {**settled(key, extend).values, **waiting}
