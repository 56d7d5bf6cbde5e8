"""Passing gates: dates, evidence, and everything that has to hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file

from .conflicts import check_seen
from .enums import EVIDENCE_REQUIRED, GateKind
from .gatekeeping import is_passing, refuse_what_does_not_hold
from .models import Gate, Project

#: Stands for “not given” where None means “empty”.
KEEP: Any = object()


def changed_fields(row: models.Model, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field → [old, new] as text for what ``values`` would change on a row."""
    changes: dict[str, list[Any]] = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            changes[name] = [None if part is None else str(part) for part in (old, new)]
    return changes


@transaction.atomic
def record_gate(
    *,
    project: Project,
    kind: GateKind,
    values: Mapping[str, Any],
    evidence: NewFile | None,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> Gate:
    """``pass_gate`` with a file that was just handed in; the file is kept in the same transaction."""
    return pass_gate(
        project=project,
        kind=kind,
        evidence=keep_file(file=evidence, organisation=project.street, by=by, now=now),
        by=by,
        now=now,
        seen_version=seen_version,
        **values,
    )


@transaction.atomic
def pass_gate(
    *,
    project: Project,
    kind: GateKind,
    actual_on: date | None,
    by: User | None,
    now: datetime,
    evidence: StoredFile | None = None,
    planned_on: date | None = KEEP,
    forecast_on: date | None = KEEP,
    document_number: str = KEEP,
    note: str = KEEP,
    is_opening: bool = False,
    seen_version: int | None = None,
) -> Gate:
    """Set the dates and the evidence of a gate. What requires evidence counts only once it has some.

    What is not given, and evidence that is None, stays as it is. ``seen_version`` is the version that a
    person's form was opened with, 0 for a gate that was not there yet.

    Refuses an actual date in the future (``gate.future``), one before an earlier gate of the works
    (``gate.order``: 完工 not before 开工, 竣工验收 not before 完工), and, when the gate begins to count or its
    date changes while it counts, whatever its checks find (``gate.checks``, all sentences at once). A claim
    without its evidence is no passing and is not checked, nor is what was passed before the portal
    (``is_opening``: of a gate that had no actual date; ``openings`` sees to the second person). Another date
    on such a gate makes it one like any other, with evidence and checks. A date that counted is taken away only with a note
    (``gate.reason``). Raises ``EditConflict`` where somebody else was quicker.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    gate = Gate.objects.filter(project=project, kind=kind).first() or Gate(
        project=project, kind=kind, is_opening=is_opening, version=0
    )
    if seen_version is not None:
        check_seen(row=gate, seen_version=seen_version, noun="关口")
    counted = counts(gate)
    opens = is_opening and not gate._state.adding and gate.actual_on is None
    closes = gate.is_opening and not is_opening and actual_on != gate.actual_on
    if actual_on is not None:
        check_day(project=project, kind=kind, actual_on=actual_on, now=now)
    elif counted:
        _check_taking_back(project, kind, gate.note if note is KEEP else note)
    values = {
        "actual_on": actual_on,
        "planned_on": planned_on,
        "forecast_on": forecast_on,
        "evidence": evidence if evidence is not None else KEEP,
        "document_number": document_number,
        "note": note,
        "is_opening": True if opens else False if closes else KEEP,
    }
    values = {name: value for name, value in values.items() if value is not KEEP}
    changes = changed_fields(gate, values)
    if not changes:
        return gate
    for name in changes:
        setattr(gate, name, values[name])
    begins = counts(gate) and (not counted or "actual_on" in changes)
    if actual_on is not None and begins and not gate.is_opening:
        refuse_what_does_not_hold(project=project, gate=kind, on=actual_on)
    gate.version += 1
    gate._history_user = by  # type: ignore[attr-defined]
    gate.save()
    audit(
        act="gate.set",
        sentence=f"{project}关口“{kind.label}”"
        + (f"实际 {chinese_date(actual_on)}" if actual_on else "未过"),
        by=by,
        now=now,
        target=gate,
        organisation=project.street,
        changes=changes,
    )
    return gate


WORKS_ORDER = (GateKind.STARTED, GateKind.COMPLETED, GateKind.ACCEPTED)


def _check_taking_back(project: Project, kind: GateKind, note: str) -> None:
    """A gate that counted is taken back with a reason, and never from under a later gate of the works."""
    if kind in WORKS_ORDER:
        later = WORKS_ORDER[WORKS_ORDER.index(kind) + 1 :]
        standing = [
            GateKind(row.kind) for row in project.gates.filter(kind__in=later) if counts(row)
        ]
        if standing:
            raise Refusal(
                "gate.order",
                f"“{standing[0].label}”已经登记，不能取消“{kind.label}”的日期；先改“{standing[0].label}”。",
                field="actual_on",
            )
    if not note.strip():
        raise Refusal("gate.reason", "取消已经登记的实际日期，请在“说明”里写明原因。", field="note")


def check_day(
    *,
    project: Project,
    kind: GateKind,
    actual_on: date,
    now: datetime,
    waiting: Mapping[GateKind, date] | None = None,
) -> None:
    """Refuses a day in the future (``gate.future``) and one out of the order of the works (``gate.order``);
    ``waiting`` are days of other gates that are entered and not approved yet."""
    if actual_on > local_day(now):
        raise Refusal("gate.future", "实际日期不能晚于今天。", field="actual_on")
    if kind not in WORKS_ORDER:
        return
    place = WORKS_ORDER.index(kind)
    dates: dict[str, date] = dict(waiting or {}) | {
        gate.kind: gate.actual_on
        for gate in project.gates.filter(kind__in=WORKS_ORDER)
        if gate.actual_on is not None
    }
    for earlier in WORKS_ORDER[:place]:
        if earlier in dates and dates[earlier] > actual_on:
            raise Refusal(
                "gate.order",
                f"“{kind.label}”不能早于“{earlier.label}”（{chinese_date(dates[earlier])}）。",
                field="actual_on",
            )
    for later in WORKS_ORDER[place + 1 :]:
        if later in dates and dates[later] < actual_on:
            raise Refusal(
                "gate.order",
                f"“{kind.label}”不能晚于“{later.label}”（{chinese_date(dates[later])}）。",
                field="actual_on",
            )


def judged_day(*, project: Project, kind: GateKind, on: date, with_claim: bool = False) -> date:
    """The day by which a condition is judged that only what came before a gate can break: ``on``, or the gate's own
    day once it counts, so that nothing later reproaches a passing that was in order. ``with_claim`` takes also the
    day of a gate that waits for its evidence. While the gate is being passed or given another day it is ``on``. The
    project's gates are prefetched."""
    own = next((row for row in project.gates.all() if row.kind == kind), None)
    if own is None or own.actual_on is None or is_passing(project, kind):
        return on
    return min(on, own.actual_on) if with_claim or counts(own) else on


def why_not_counted(gate: Gate) -> str:
    """What is said of a gate that has a day and waits for its evidence, "" of any other."""
    if gate.actual_on is None or counts(gate):
        return ""
    label = GateKind(gate.kind).label
    return f"“{label}”填了日期，但没有依据文件，暂不计入{label}率。"


def counts(gate: Gate) -> bool:
    """Whether a gate is passed in the sense of the figures: a date, and evidence where it is required."""
    return gate.actual_on is not None and (
        gate.kind not in EVIDENCE_REQUIRED or gate.evidence_id is not None or gate.is_opening
    )
