"""How the gates of one project stand: planned, frozen, expected, passed, and what keeps them shut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from .enums import EVIDENCE_REQUIRED, GateKind
from .gatekeeping import Finding, findings
from .models import Baseline, Gate, GateOpening, GatePromise, JointReview, Project
from .passing import counts, why_not_counted
from .plans import in_force


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate of a project on a day. ``planned_on`` is the day worked to, ``frozen_on`` that of the baseline in
    force, ``deadline_on`` that of the programme."""

    kind: GateKind
    on: date
    gate: Gate | None
    planned_on: date | None
    frozen_on: date | None
    deadline_on: date | None
    findings: tuple[Finding, ...] = ()
    promises: tuple[GatePromise, ...] = ()
    reviews: tuple[JointReview, ...] = ()
    #: Entered as passed before the portal, waiting for the second person.
    opening: GateOpening | None = None
    #: Whether the project counts in its programme.
    is_entered: bool = True

    @property
    def actual_on(self) -> date | None:
        """The day it was passed, or is claimed to have been."""
        return self.gate.actual_on if self.gate else None

    @property
    def forecast_on(self) -> date | None:
        """The day it is expected."""
        return self.gate.forecast_on if self.gate else None

    @property
    def counts(self) -> bool:
        """Whether it is passed in the sense of the figures."""
        return self.gate is not None and counts(self.gate)

    @property
    def is_claim(self) -> bool:
        """Whether it has a day and waits for its evidence."""
        return self.actual_on is not None and not self.counts

    @property
    def why_not_counted(self) -> str:
        """The sentence on a day without its evidence, "" for any other gate."""
        return why_not_counted(self.gate) if self.gate is not None else ""

    @property
    def needs_evidence(self) -> bool:
        """Whether it counts only with a file."""
        return self.kind in EVIDENCE_REQUIRED

    @property
    def days_late(self) -> int:
        """Days after the planned day: of the passing, or up to today; 0 where it is not late. 列入计划 is late
        only once passed: until the entry is approved nobody is late to be in, after it what the gate still lacks
        is said by its checks."""
        if self.planned_on is None:
            return 0
        if self.kind is GateKind.PROGRAMMED and not self.counts:
            return 0
        day = self.actual_on if self.counts and self.actual_on else self.on
        return max((day - self.planned_on).days, 0)

    @property
    def shut_by(self) -> tuple[Finding, ...]:
        """The checks that keep it shut, or that do not hold although it was passed."""
        return tuple(each for each in self.findings if each.refuses)

    @property
    def excepted(self) -> tuple[Finding, ...]:
        """The checks that an exception stands for."""
        return tuple(each for each in self.findings if each.is_excepted)

    @property
    def open_promises(self) -> tuple[GatePromise, ...]:
        """Papers that have not come in."""
        return tuple(row for row in self.promises if row.received_on is None)

    @property
    def overdue_promises(self) -> tuple[GatePromise, ...]:
        """Papers that should have come in."""
        return tuple(row for row in self.open_promises if row.due_on < self.on)


def lines_of(*, project: Project, on: date, openings: Iterable[GateOpening] = ()) -> list[GateLine]:
    """All gates of a project in order; a constant number of queries beside those of the declared checks.
    ``openings`` are the opening entries that wait, as far as the reader may see them."""
    waiting = {GateKind(row.kind): row for row in openings}
    known = {GateKind(row.kind): row for row in project.gates.select_related("evidence")}
    baselines = project.baselines.prefetch_related("nodes")
    frozen = frozen_days(plan=in_force(baselines=list(baselines), on=on))
    deadlines = {GateKind(row.gate): row.due_on for row in project.programme.deadlines.all()}
    promises: defaultdict[str, list[GatePromise]] = defaultdict(list)
    for promise in project.gate_promises.select_related("received_file", "received_by"):
        promises[promise.gate].append(promise)
    reviews: defaultdict[str, list[JointReview]] = defaultdict(list)
    for review in project.joint_reviews.select_related("file").prefetch_related("opinions"):
        reviews[review.gate].append(review)
    found: defaultdict[GateKind, list[Finding]] = defaultdict(list)
    for each in findings(project=project, gates=GateKind, on=on):
        found[each.check.gate].append(each)
    return [
        GateLine(
            kind=kind,
            on=on,
            gate=known.get(kind),
            planned_on=planned_day(kind=kind, gate=known.get(kind), frozen=frozen.get(kind)),
            frozen_on=frozen.get(kind),
            deadline_on=deadlines.get(kind),
            findings=_bearing(known.get(kind), found[kind]),
            promises=tuple(promises[kind.value]),
            reviews=tuple(reviews[kind.value]),
            opening=waiting.get(kind),
            is_entered=project.is_entered,
        )
        for kind in GateKind
    ]


def _bearing(gate: Gate | None, found: Sequence[Finding]) -> tuple[Finding, ...]:
    """What was passed before the portal is not checked."""
    return () if gate is not None and gate.is_opening and gate.actual_on else tuple(found)


def frozen_days(*, plan: Baseline | None) -> dict[GateKind, date]:
    """The days of the gates as a baseline froze them; its nodes are prefetched."""
    if plan is None:
        return {}
    days = {GateKind(row.gate): row.planned_on for row in plan.nodes.all()}
    return days | {
        GateKind.STARTED: plan.planned_start_on,
        GateKind.COMPLETED: plan.planned_completion_on,
    }


def planned_day(*, kind: GateKind, gate: Gate | None, frozen: date | None) -> date | None:
    """The day worked to: of 开工 and 完工 the plan's, of the others the gate's own, else the frozen one."""
    if kind in {GateKind.STARTED, GateKind.COMPLETED}:
        return frozen
    return gate.planned_on if gate is not None and gate.planned_on else frozen
