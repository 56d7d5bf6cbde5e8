"""Which changes a filter chooses, what they are sorted by, what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from projects.ledger.change_words import effects_of, money_words
from projects.ledger.enums import ENROLMENT, ChangeKind, ChangeState
from projects.ledger.models import ProjectChange
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.scope import Scope

#: Kinds that the filter names together: those about the plan, those about the enrolment.
PLANS, ENROLS = "plan", "enrolment"
_KINDS = list(ChangeKind)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change with its effect in words."""

    change: ProjectChange
    effect: str


@dataclass(frozen=True, slots=True)
class Sums:
    """Of the changes shown: how many wait, how many of the plan are approved, how many of these put the completion
    off, and by how much they change the investment in all, in words."""

    waiting: int
    approved: int
    later: int
    money: str


KEYS: dict[str, Callable[[ChangeLine], Any]] = {
    "project": lambda line: line.change.project.code,
    "kind": lambda line: _KINDS.index(ChangeKind(line.change.kind)),
    "days": lambda line: line.change.days_later,
    "money": lambda line: line.change.more_fen,
    "drafted": lambda line: line.change.drafted_at,
    "approved": lambda line: line.change.approved_on,
}


def change_lines(
    scope: Scope, *, projects: ProjectQuerySet, kind: str = "", state: str = ""
) -> list[ChangeLine]:
    """The changes of projects, those that wait first, then the latest. One query."""
    rows = ProjectChange.objects.visible_to(scope).filter(project__in=projects)
    if kind == PLANS:
        rows = rows.exclude(kind__in=ENROLMENT)
    elif kind == ENROLS:
        rows = rows.filter(kind__in=ENROLMENT)
    elif kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    rows = rows.select_related("project__street", "baseline", "drafted_by", "decided_by")
    found = [ChangeLine(row, effects_of(change=row)) for row in rows.order_by("-drafted_at", "-pk")]
    return sorted(found, key=lambda line: line.change.state != ChangeState.DRAFT)


def sums_of(lines: Sequence[ChangeLine]) -> Sums:
    """What the changes shown come to; only what is approved and about the plan counts in days and money."""
    approved = [
        line.change
        for line in lines
        if line.change.state == ChangeState.APPROVED and not line.change.is_of_enrolment
    ]
    return Sums(
        waiting=sum(line.change.state == ChangeState.DRAFT for line in lines),
        approved=len(approved),
        later=sum((change.days_later or 0) > 0 for change in approved),
        money=money_words(sum(change.more_fen or 0 for change in approved)),
    )
