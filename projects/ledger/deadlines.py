"""Deadlines of a programme by gate (10月底前全部开工): setting them, and who has not passed yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from renovation.accounts.models import User
from renovation.core.wording import chinese_date, in_words
from renovation.records.services import audit

from .enums import GateKind
from .facts import ProjectFacts
from .models import GateDeadline, Programme
from .sheets import Cell, mark_of, refuse_stale, seen_numbers, written_since


@dataclass(frozen=True, slots=True)
class DeadlineValues:
    """The day and the document that sets it."""

    due_on: date
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineStanding:
    """A deadline on a day: how many of the projects in scope have passed the gate with its evidence, and
    which have not."""

    gate: GateKind
    due_on: date
    document_number: str
    on: date
    total: int
    missing: tuple[ProjectFacts, ...]

    @property
    def passed(self) -> int:
        """Projects that have passed."""
        return self.total - len(self.missing)

    @property
    def days_left(self) -> int:
        """Days to the deadline; below 0 once it is over."""
        return (self.due_on - self.on).days

    @property
    def days_over(self) -> int:
        """Days since the deadline; below 0 before it."""
        return -self.days_left


def start_deadline(*, programme: Programme) -> date | None:
    """The day by which all projects have started (全部开工期限); None where none is set. One query."""
    return (
        GateDeadline.objects.filter(programme=programme, gate=GateKind.STARTED)
        .values_list("due_on", flat=True)
        .first()
    )


def standings(
    *, deadlines: Sequence[GateDeadline], projects: Sequence[ProjectFacts], on: date
) -> list[DeadlineStanding]:
    """Every deadline over the projects of the programme that are in scope on a day, in order of its day."""
    found = []
    for row in sorted(deadlines, key=lambda row: (row.due_on, row.pk)):
        gate = GateKind(row.gate)
        missing = tuple(each for each in projects if not each.passed_on(gate, on))
        found.append(
            DeadlineStanding(gate, row.due_on, row.document_number, on, len(projects), missing)
        )
    return found


@transaction.atomic
def set_deadlines(
    *,
    programme: Programme,
    wanted: Mapping[GateKind, DeadlineValues | None],
    seen: str | None = None,
    by: User,
    now: datetime,
) -> dict[str, list[Any]]:
    """Set (or with None take away) the deadlines of gates; what is not named stays. Returns what changed,
    which is also what the audit entry says. Raises ``SheetConflict`` where somebody changed a deadline since ``seen``
    (``deadlines_mark``; None looks at nothing)."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    if seen is not None:
        _refuse_stale(programme, seen)
    changes = write_deadlines(programme=programme, wanted=wanted, by=by)
    if changes:
        audit(
            act="programme.deadlines",
            sentence=f"修改{programme}的关口期限",
            by=by,
            now=now,
            target=programme,
            organisation=programme.bureau,
            changes=changes,
        )
    return changes


def _history(programme: Programme) -> QuerySet[Any]:
    rows: Any = GateDeadline
    found: QuerySet[Any] = rows.history.filter(programme_id=programme.pk)
    return found


def deadlines_mark(*, programme: Programme) -> str:
    """What the form of the deadlines carries; read it before the deadlines. One query."""
    return mark_of(_history(programme))


def _refuse_stale(programme: Programme, seen: str) -> None:
    history = _history(programme)
    (number,) = seen_numbers(seen, 1)
    cells = []
    for each in written_since(history=history, key="gate", seen=number):
        gate = GateKind(each.row.gate)
        for name, word, attribute, empty in (
            (f"due-{gate.value}", "期限", "due_on", None),
            (f"number-{gate.value}", "依据文号", "document_number", ""),
        ):
            before, after = (
                empty if row is None else getattr(row, attribute)
                for row in (each.before, each.after)
            )
            if before != after:
                shown = (in_words(before), in_words(after))
                cells.append((each, Cell(name, f"{gate.label}{word}", before, after, shown)))
    refuse_stale(cells=cells, noun="关口期限", mark=mark_of(history))


def write_deadlines(
    *, programme: Programme, wanted: Mapping[GateKind, DeadlineValues | None], by: User
) -> dict[str, list[Any]]:
    """``set_deadlines`` without its audit entry, in the caller's transaction."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    known = {GateKind(row.gate): row for row in programme.deadlines.all()}
    changes: dict[str, list[Any]] = {}
    for gate, values in wanted.items():
        row = known.get(gate)
        before = None if row is None else _said(row.due_on, row.document_number)
        after = None if values is None else _said(values.due_on, values.document_number)
        if before == after:
            continue
        changes[gate.value] = [before, after]
        _write(row or GateDeadline(programme=programme, gate=gate), values, by)
    return changes


def _write(row: GateDeadline, values: DeadlineValues | None, by: User) -> None:
    row._history_user = by  # type: ignore[attr-defined]
    if values is None:
        row.delete()
        return
    row.due_on, row.document_number = values.due_on, values.document_number
    row.save()


def _said(due_on: date, document_number: str) -> str:
    return "，".join(part for part in (chinese_date(due_on), document_number) if part)
