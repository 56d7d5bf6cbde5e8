"""What a person has open, as wings declare it: kinds of rows that pass to another when the person leaves the post (交接).

A wing lists them in its ``open_matters.py`` as ``MATTERS: list[OpenMatter]``; ``renovation.console.handing_over`` finds
them by name, as messages and parameters are found. A column that names a person and does not pass stands in the same
module as ``KEPT: list[Kept]``, with the reason. Columns of acts (``…_by``, ``…_for``: who did something) need neither:
what somebody did stays theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from renovation.accounts.models import User
    from renovation.accounts.scope import Scope


@dataclass(frozen=True, slots=True)
class MatterWords:
    """A row in words: what it is called, and what of it the one who takes it over should know."""

    name: str
    detail: str = ""


class PassOn(Protocol):
    """The wing's own act: gives a row to ``to`` with its checks, its history and its audit entry. ``said`` names the
    hand-over and its reason."""

    def __call__(self, *, row: Any, to: User, said: str, by: User, now: datetime) -> None: ...


@dataclass(frozen=True, kw_only=True)
class OpenMatter:
    """A kind of rows that belong to a person until they are settled.

    ``code`` is stable and unique in the portal, ``label`` and ``unit`` Chinese (核实事项, 件), ``column`` where the
    person stands (``weekly.FollowUp.owner``). ``open_rows`` gives the rows not yet settled of some organisations
    (primary keys), whoever has them; ``words`` tells one; ``refusal`` says why it can't pass to the person of a scope,
    "" where it can; ``pass_on`` passes it.
    """

    code: str
    label: str
    unit: str
    column: str
    open_rows: Callable[[Collection[int]], QuerySet[Any]]
    words: Callable[[Any], MatterWords]
    refusal: Callable[[Any, Scope], str]
    pass_on: PassOn

    @property
    def person(self) -> str:
        """The name of the column in its model."""
        return self.column.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A column that names a person and stays as it is when the person leaves, and why.

    With a ``label`` (Chinese, as ``reason`` is) the administrator reads it before a hand-over; without, it is
    nothing that anybody would expect to pass.
    """

    column: str
    reason: str
    label: str = ""
