"""Gates that were passed before the portal (期初): entered by one, approved by another, as opening money is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from renovation.records.services import audit

from .conflicts import check_seen
from .enums import GateKind, OpeningAct, OpeningState
from .models import Gate, GateOpening, Project
from .opening_flow import FLOW
from .passing import KEEP, check_day, pass_gate


@dataclass(frozen=True, slots=True)
class OpeningValues:
    """A gate's day, and what its paper says, as entered."""

    actual_on: date | None
    document_number: str = ""
    note: str = ""


@transaction.atomic
def record_opening(
    *,
    project: Project,
    kind: GateKind,
    values: OpeningValues,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> GateOpening:
    """Enter a gate that was passed before the portal knew its project; another person approves it.

    ``seen_version`` is that of the gate as it was read. Refuses no day, a gate that has its day, a day on or
    after the one on which the project came into the portal, one that waits already (all ``gate.opening``),
    and a day out of the order of the works (``gate.order``), what waits of the other gates included.
    """
    Project.objects.select_for_update().get(pk=project.pk)
    gate = Gate.objects.filter(project=project, kind=kind).first()
    if seen_version is not None:
        check_seen(row=gate or Gate(version=0), seen_version=seen_version, noun="关口")
    actual_on = _check(project, gate, values.actual_on)
    waiting = {
        GateKind(row.kind): row.actual_on
        for row in GateOpening.objects.filter(project=project, state=OpeningState.PENDING)
    }
    if kind in waiting:
        raise Refusal(
            "gate.opening",
            f"这个关口的期初登记（{chinese_date(waiting[kind])}）等另一人核定；要改的，先退回或撤回。",
            field="actual_on",
        )
    check_day(project=project, kind=kind, actual_on=actual_on, now=now, waiting=waiting)
    row = GateOpening(
        project=project,
        kind=kind,
        actual_on=actual_on,
        document_number=values.document_number.strip(),
        note=values.note.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    row._history_user = by  # type: ignore[attr-defined]
    row.save(force_insert=True)
    audit(
        act="gate_opening.record",
        sentence=f"登记{row}的期初日期 {chinese_date(actual_on)}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes={"actual_on": [None, str(actual_on)]},
    )
    return row


def _check(project: Project, gate: Gate | None, actual_on: date | None) -> date:
    """期初 is for what was passed before the ledger knew the project."""
    if actual_on is None:
        raise Refusal("gate.opening", "期初的关口要有实际日期。", field="actual_on")
    if gate is not None and gate.actual_on is not None:
        raise Refusal(
            "gate.opening",
            f"这个关口已登记实际日期 {chinese_date(gate.actual_on)}，不能改为期初。",
            field="is_opening",
        )
    first = project.history.order_by("history_date", "pk").first()
    entered = local_day(first.history_date) if first is not None else None
    if entered is None or actual_on >= entered:
        since = f"（{chinese_date(entered)}）" if entered else ""
        raise Refusal(
            "gate.opening",
            f"项目登记到平台的那一天{since}起过的关口不是期初，请按关口办理。",
            field="is_opening",
        )
    return actual_on


@transaction.atomic
def decide_opening(
    *,
    opening: GateOpening,
    act: OpeningAct,
    comment: str,
    scope: Scope,
    by: User,
    now: datetime,
) -> GateOpening:
    """Approve, return or withdraw an opening entry; approving it passes the gate (``pass_gate``).

    Raises what ``core.flow`` raises, ``Forbidden`` for who entered it and would approve, and refuses a gate
    that got its day meanwhile (``gate.opening``).
    """
    project = Project.objects.select_for_update().get(pk=opening.project_id)
    row: GateOpening = GateOpening.objects.select_related("project__street").get(pk=opening.pk)
    step = FLOW.check(row.state, act, scope.permissions, comment)
    if act == OpeningAct.APPROVE:
        if hands(row, "recorded_by") & by.persons:
            raise Forbidden("登记期初的人不能自己核定。")
        _pass(row, project, by, now)
    row.state = OpeningState(step.to)
    row.decided_by, row.decided_at, row.comment = by, now, comment.strip()
    row._history_user = by  # type: ignore[attr-defined]
    row.save(update_fields=["state", "decided_by", "decided_at", "comment"])
    audit(
        act=f"gate_opening.{act.value}",
        sentence=f"{OpeningAct(act).label}{row}的期初日期 {chinese_date(row.actual_on)}",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        reason=row.comment,
        changes={"state": [OpeningState.PENDING.value, row.state]},
    )
    return row


def _pass(row: GateOpening, project: Project, by: User, now: datetime) -> None:
    kind = GateKind(row.kind)
    gate = Gate.objects.filter(project=project, kind=kind, actual_on__isnull=False).first()
    if gate is not None and gate.actual_on is not None:
        raise Refusal(
            "gate.opening",
            f"这个关口已登记实际日期 {chinese_date(gate.actual_on)}，请退回这项期初登记。",
        )
    pass_gate(
        project=project,
        kind=kind,
        actual_on=row.actual_on,
        document_number=row.document_number or KEEP,
        note=row.note or KEEP,
        is_opening=True,
        by=by,
        now=now,
    )


@transaction.atomic
def approve_openings(
    *, openings: Sequence[GateOpening], scope: Scope, by: User, now: datetime
) -> int:
    """Approve opening entries, all or none, each as ``decide_opening`` does; how many. A refusal names the
    gate."""
    order = list(GateKind)
    for row in sorted(openings, key=lambda row: (row.project_id, order.index(GateKind(row.kind)))):
        try:
            decide_opening(
                opening=row, act=OpeningAct.APPROVE, comment="", scope=scope, by=by, now=now
            )
        except Refusal as refusal:
            refusal.message = f"{row}：{refusal.message}一个也没有核定。"
            raise
    return len(openings)
