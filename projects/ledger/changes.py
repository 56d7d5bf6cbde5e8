"""Changes of a project: drafted with the plan they make, decided by another person in one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.files import NewFile
from renovation.core.periods import Month
from renovation.records.acting import hands
from renovation.records.services import audit, keep_file

from .baselining import BaselineValues, approve_drafted, discard_drafted, draft_baseline
from .change_flow import FLOW
from .departures import check_departure
from .enrolment import apply_enrolment, hold_streets
from .entering import asked_at_entry, let_in
from .enums import ChangeAct, ChangeKind, ChangeState, GateKind
from .gatekeeping import Finding
from .models import Baseline, Project, ProjectChange

#: Field of the plan → (name of the pair on the change, the kind that must touch it).
PAIRS = {
    "planned_start_on": "start_on",
    "planned_completion_on": "completion_on",
    "planned_investment_fen": "investment_fen",
    "area_sqm": "area_sqm",
}


@dataclass(frozen=True, slots=True)
class ChangeValues:
    """A change as entered. ``plan`` is the whole plan as it is to be, None where the project has none yet or
    the change leaves it alone."""

    kind: ChangeKind
    title: str
    rationale: str
    old_text: str = ""
    new_text: str = ""
    document_number: str = ""
    file: NewFile | None = None
    plan: BaselineValues | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What decides a change: for an approval the day from which it holds, its document, and why works go on in a
    停工期 where the plan that it brings asks for that."""

    act: ChangeAct
    comment: str = ""
    approved_on: date | None = None
    document_number: str = ""
    file: NewFile | None = None
    rest_reason: str = ""


def latest_approved(*, project: Project) -> Baseline | None:
    """The newest approved version of the plan, with targets and nodes."""
    rows = Baseline.objects.approved().filter(project=project)
    return rows.prefetch_related("targets", "nodes").order_by("-version").first()


def differences(*, base: Baseline, plan: BaselineValues) -> dict[str, tuple[Any, Any]]:
    """What a plan says otherwise than a baseline: pairs by name, and ``targets``, ``nodes`` where they differ."""
    found: dict[str, tuple[Any, Any]] = {}
    for field, name in PAIRS.items():
        old, new = getattr(base, field), getattr(plan, field)
        if old != new:
            found[name] = (old, new)
    old_targets = {
        Month.of(row.month_end_on): (row.target_percent, row.task, row.work_kind or None)
        for row in base.targets.all()
    }
    new_targets: dict[Month, tuple[Decimal, str, str | None]] = {
        month: (percent, plan.tasks.get(month, ""), plan.work_kinds.get(month))
        for month, percent in plan.targets.items()
    }
    if old_targets != new_targets:
        found["targets"] = (old_targets, new_targets)
    old_nodes = {GateKind(row.gate): row.planned_on for row in base.nodes.all()}
    if old_nodes != dict(plan.nodes):
        found["nodes"] = (old_nodes, dict(plan.nodes))
    return found


@transaction.atomic
def draft_change(
    *,
    project: Project,
    values: ChangeValues,
    by: User,
    now: datetime,
    departs_version: int | None = None,
) -> ProjectChange:
    """Record a change for approval; where it touches the plan, the next version is drafted with it.

    ``departs_version`` is the approved version that a person's form was opened on, 0 where there was none:
    raises ``EditConflict`` where another is approved by now, so that the new plan never undoes it unseen.

    Refuses, beside what ``draft_baseline`` refuses: no rationale (``change.rationale``), nothing changed
    (``change.nothing``), 工期 without a date, 金额 without an amount, 范围 without area or words
    (``change.kind``), and new words that repeat the old (``change.same_text``).
    """
    Project.objects.select_for_update().get(pk=project.pk)
    base = latest_approved(project=project)
    if departs_version is not None:
        check_departure(project=project, present=base, departs_version=departs_version)
    if not values.rationale.strip():
        raise Refusal("change.rationale", "变更须写明理由。", field="rationale")
    differ: dict[str, tuple[Any, Any]] = {}
    if values.plan is not None and base is not None:
        differ = differences(base=base, plan=values.plan)
    _check_kind(values, differ)
    change = ProjectChange(
        project=project,
        kind=values.kind,
        title=values.title.strip(),
        rationale=values.rationale.strip(),
        old_text=values.old_text.strip(),
        new_text=values.new_text.strip(),
        document_number=values.document_number.strip(),
        file=keep_file(file=values.file, organisation=project.street, by=by, now=now),
        drafted_by=by,
        drafted_at=now,
    )
    if differ and values.plan is not None:
        change.departs_from = base
        change.baseline = draft_baseline(project=project, values=values.plan, by=by, now=now)
        for name in set(differ) & set(PAIRS.values()):
            setattr(change, f"old_{name}", differ[name][0])
            setattr(change, f"new_{name}", differ[name][1])
    change._history_user = by  # type: ignore[attr-defined]
    change.save(force_insert=True)
    audit(
        act="change.draft",
        sentence=f"登记{project}的{ChangeKind(change.kind).label}变更：{change.title}",
        by=by,
        now=now,
        target=change,
        organisation=project.street,
        reason=change.rationale,
        changes=_said(change),
    )
    return change


def _check_kind(values: ChangeValues, differ: dict[str, tuple[Any, Any]]) -> None:
    new, old = values.new_text.strip(), values.old_text.strip()
    if new and new == old:
        raise Refusal("change.same_text", "变更后与变更前相同。", field="new_text")
    if not differ and not new:
        raise Refusal(
            "change.nothing", "没有改动：请改计划里的数，或写明变更前后的内容。", field="new_text"
        )
    kind = values.kind
    if kind == ChangeKind.TIME and not {"start_on", "completion_on", "targets", "nodes"} & set(
        differ
    ):
        raise Refusal(
            "change.kind", "工期变更须改计划开工、计划完工或节点。", field="planned_completion_on"
        )
    if kind == ChangeKind.MONEY and "investment_fen" not in differ:
        raise Refusal("change.kind", "金额变更须改计划投资。", field="planned_investment_fen")
    if kind == ChangeKind.SCOPE and "area_sqm" not in differ and not new:
        raise Refusal("change.kind", "范围变更须改面积，或写明变更前后的内容。", field="new_text")


def _said(change: ProjectChange) -> dict[str, list[Any]]:
    """The pairs for the audit entry."""
    said: dict[str, list[Any]] = {}
    for name in PAIRS.values():
        new = getattr(change, f"new_{name}")
        if new is not None:
            said[name] = [str(getattr(change, f"old_{name}")), str(new)]
    if change.new_text:
        said["text"] = [change.old_text, change.new_text]
    return said


@transaction.atomic
def decide_change(
    *,
    change: ProjectChange,
    decision: Decision,
    scope: Scope,
    by: User,
    now: datetime,
    conditions: Sequence[Finding] | None = None,
) -> ProjectChange:
    """Approve, refuse or withdraw a change; the plan it brings is approved or thrown away with it, and the exceptions
    that an entry stands on are approved with it (``entering.let_in``).

    ``conditions`` are the open ones of an entry, where the caller has read them under the lock of its project. Raises
    what ``core.flow`` raises, ``Forbidden`` for the drafter who would approve, what ``let_in``,
    ``approve_drafted`` and ``apply_enrolment`` refuse, ``change.approved_on`` without a day and
    ``change.document`` without number and file.
    """
    if change.is_of_enrolment and decision.act == ChangeAct.APPROVE:
        hold_streets(changes=[change], now=now)
    # The project first, as drafting does, so that two people never wait for each other.
    project: Project = (
        Project.objects.select_for_update(of=("self",))
        .select_related("street", "programme")
        .get(pk=change.project_id)
    )
    row: ProjectChange = (
        ProjectChange.objects.select_for_update(of=("self",))
        .select_related("baseline", "to_street")
        .get(pk=change.pk)
    )
    row.project, street = project, project.street
    step = FLOW.check(row.state, decision.act, scope.permissions, decision.comment)
    brought = row.baseline
    if decision.act == ChangeAct.APPROVE:
        _approve(row, decision, by, now)
        if conditions is None:
            conditions = asked_at_entry(changes=[row], on=local_day(now))[row]
        let_in(found=conditions, scope=scope, by=by, now=now)
    elif brought is not None:
        row.baseline = None
    row.state = ChangeState(step.to)
    row.decided_by, row.decided_at, row.comment = by, now, decision.comment.strip()
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    if decision.act == ChangeAct.APPROVE and row.is_of_enrolment:
        apply_enrolment(change=row, project=project, by=by, now=now)
    if decision.act != ChangeAct.APPROVE and brought is not None:
        discard_drafted(baseline=brought, by=by, now=now)
    audit(
        act=f"change.{decision.act.value}",
        sentence=f"{ChangeAct(decision.act).label}{row.project}的变更：{row.title}",
        by=by,
        now=now,
        target=row,
        organisation=street,
        reason=row.comment,
        changes={"state": [ChangeState.DRAFT.value, row.state]},
    )
    return row


def _approve(row: ProjectChange, decision: Decision, by: User, now: datetime) -> None:
    if hands(row, "drafted_by") & by.persons:
        raise Forbidden("登记变更的人不能自己批准。")
    if decision.approved_on is None:
        raise Refusal("change.approved_on", "批准须填批准日期。", field="approved_on")
    row.document_number = decision.document_number.strip() or row.document_number
    row.file = (
        keep_file(file=decision.file, organisation=row.project.street, by=by, now=now) or row.file
    )
    if not row.document_number and row.file is None:
        raise Refusal("change.document", "批准文号和变更文件至少填一样。", field="document_number")
    row.approved_on = decision.approved_on
    if row.baseline is not None:
        Baseline.objects.filter(pk=row.baseline.pk, state="draft").update(
            document_number=row.document_number
        )
        approve_drafted(
            baseline=row.baseline,
            approved_on=decision.approved_on,
            by=by,
            now=now,
            rest_reason=decision.rest_reason,
        )
    elif decision.approved_on > local_day(now):
        raise Refusal("change.future", "批准日期不能晚于今天。", field="approved_on")
