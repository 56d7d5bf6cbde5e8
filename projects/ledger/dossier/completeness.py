"""Which documents a project must have by now and has not. Pure functions over rows that are at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.models import DocumentKind, Gate, ProjectDocument


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind with what is filed under it: the newest versions, and the gate's evidence where that counts.

    ``due_since`` is the day on which the gate was passed that asks for the kind; None where none asks yet.
    """

    kind: DocumentKind
    documents: tuple[ProjectDocument, ...]
    evidence: Gate | None
    due_since: date | None

    @property
    def is_missing(self) -> bool:
        """Asked for and not there."""
        return self.due_since is not None and not self.documents and self.evidence is None

    @property
    def gate_label(self) -> str:
        """The gate's word, "" where the kind is not asked for."""
        return str(GateKind(self.kind.required_at).label) if self.kind.required_at else ""


def shelves(
    *,
    kinds: Iterable[DocumentKind],
    documents: Sequence[ProjectDocument],
    gates: Iterable[Gate],
    on: date,
) -> list[Shelf]:
    """The kinds in use, and those with something filed, in order, as they stand on a day."""
    passed = {
        gate.kind: gate for gate in gates if gate.actual_on is not None and gate.actual_on <= on
    }
    found = []
    for kind in kinds:
        filed = tuple(each for each in documents if each.kind_id == kind.pk)
        gate = passed.get(kind.required_at) if kind.required_at else None
        evidence = gate if gate and kind.is_gate_evidence and gate.evidence_id is not None else None
        if kind.is_active or filed:
            due = gate.actual_on if gate and kind.is_active else None
            found.append(Shelf(kind, filed, evidence, due))
    return found


def missing(rows: Sequence[Shelf]) -> list[Shelf]:
    """What is asked for and not there."""
    return [row for row in rows if row.is_missing]


def completeness(rows: Sequence[Shelf]) -> tuple[int, int]:
    """(how many of the kinds that are asked for by now are there, how many are asked for)."""
    asked = [row for row in rows if row.due_since is not None]
    return len(asked) - len(missing(rows)), len(asked)
