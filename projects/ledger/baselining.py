"""Plans: drafted by one, approved by another, superseded and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Month
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from renovation.records.services import audit

from .enums import BaselineState, GateKind, WorkKind
from .models import Baseline, BaselineNode, MonthlyTarget, Project, ProjectChange
from .rest_reasons import keep_reasons
from .rests import rested_in, rests_of, windows_of

#: The two gates whose planned days are fields of the plan itself.
OF_THE_PLAN = (GateKind.STARTED, GateKind.COMPLETED)


@dataclass(frozen=True, slots=True)
class BaselineValues:
    """A plan as entered: dates, money in 分, area in ㎡, cumulative targets in percent by month,
    what each month is mainly made of, and the planned days of the gates other than 开工 and 完工."""

    planned_start_on: date
    planned_completion_on: date
    planned_investment_fen: int
    area_sqm: Decimal
    targets: Mapping[Month, Decimal]
    tasks: Mapping[Month, str]
    document_number: str = ""
    reason: str = ""
    work_kinds: Mapping[Month, WorkKind] = field(default_factory=dict)
    nodes: Mapping[GateKind, date] = field(default_factory=dict)


def values_of(*, baseline: Baseline) -> BaselineValues:
    """A plan as it would be entered once more, without its document and reason; with targets and nodes."""
    targets = {Month.of(row.month_end_on): row for row in baseline.targets.all()}
    return BaselineValues(
        planned_start_on=baseline.planned_start_on,
        planned_completion_on=baseline.planned_completion_on,
        planned_investment_fen=baseline.planned_investment_fen,
        area_sqm=baseline.area_sqm,
        targets={month: row.target_percent for month, row in targets.items()},
        tasks={month: row.task for month, row in targets.items()},
        work_kinds={
            month: WorkKind(row.work_kind) for month, row in targets.items() if row.work_kind
        },
        nodes={GateKind(row.gate): row.planned_on for row in baseline.nodes.all()},
    )


@transaction.atomic
def draft_baseline(
    *, project: Project, values: BaselineValues, by: User, now: datetime, is_opening: bool = False
) -> Baseline:
    """Draft the next version of a project's plan; a change to an approved one needs a reason.

    Refuses a second draft (``baseline.draft_open``), targets that fall (``baseline.targets_fall``) or lie
    outside the plan's months (``baseline.targets_outside``), nodes out of the order of the gates
    (``baseline.nodes``), and a change without reason (``baseline.reason``).
    """
    Project.objects.select_for_update().get(pk=project.pk)
    latest = project.baselines.order_by("-version").first()
    if latest is not None and latest.state == BaselineState.DRAFT:
        raise Refusal("baseline.draft_open", "已有一版待批准的计划，请先批准或修改那一版。")
    if latest is not None and not values.reason.strip():
        raise Refusal("baseline.reason", "调整计划须写明原因。", field="reason")
    _check_targets(values)
    baseline = Baseline.objects.create(
        project=project,
        version=latest.version + 1 if latest else 1,
        planned_start_on=values.planned_start_on,
        planned_completion_on=values.planned_completion_on,
        planned_investment_fen=values.planned_investment_fen,
        area_sqm=values.area_sqm,
        document_number=values.document_number,
        reason=values.reason,
        drafted_by=by,
        is_opening=is_opening,
    )
    MonthlyTarget.objects.bulk_create(
        MonthlyTarget(
            baseline=baseline,
            month_end_on=month.end,
            target_percent=percent,
            task=values.tasks.get(month, ""),
            work_kind=values.work_kinds.get(month),
        )
        for month, percent in sorted(values.targets.items())
    )
    BaselineNode.objects.bulk_create(
        BaselineNode(baseline=baseline, gate=gate, planned_on=day)
        for gate, day in values.nodes.items()
        if gate not in OF_THE_PLAN
    )
    audit(
        act="baseline.draft",
        sentence=f"拟定{project}第 {baseline.version} 版计划",
        by=by,
        now=now,
        target=baseline,
        organisation=project.street,
        reason=values.reason,
        changes={
            "planned_start_on": [None, str(values.planned_start_on)],
            "planned_completion_on": [None, str(values.planned_completion_on)],
            "planned_investment_fen": [None, values.planned_investment_fen],
            "area_sqm": [None, str(values.area_sqm)],
            "targets": [None, {m.key: str(p) for m, p in sorted(values.targets.items())}],
            "nodes": [None, {gate.value: str(day) for gate, day in values.nodes.items()}],
        },
    )
    return baseline


def _check_targets(values: BaselineValues) -> None:
    if values.planned_completion_on <= values.planned_start_on:
        raise Refusal("baseline.dates", "计划完工须晚于计划开工。", field="planned_completion_on")
    before = Decimal(0)
    for month, percent in sorted(values.targets.items()):
        if not values.planned_start_on < month.end < values.planned_completion_on:
            raise Refusal(
                "baseline.targets_outside",
                f"{month.label}的月末不在计划开工与计划完工之间，不用填目标。",
                field=f"target-{month.key}",
            )
        if percent < before:
            raise Refusal(
                "baseline.targets_fall",
                f"{month.label}的累计目标（{percent}%）低于上月（{before}%）。",
                field=f"target-{month.key}",
            )
        before = percent
    _check_nodes(values)


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """A planned day that lies before that of the gate before it."""

    gate: GateKind
    on: date
    before: GateKind
    before_on: date

    def __str__(self) -> str:
        return f"“{self.gate.label}”（{chinese_date(self.on)}）早于前面的“{self.before.label}”（{chinese_date(self.before_on)}）"

    @property
    def node(self) -> GateKind:
        """The one of the two that is a node, not a date of the plan itself."""
        return self.before if self.gate in OF_THE_PLAN else self.gate


def out_of_order(*, values: BaselineValues) -> OutOfOrder | None:
    """The first planned day that does not follow the order of the gates."""
    days = dict(values.nodes) | {
        GateKind.STARTED: values.planned_start_on,
        GateKind.COMPLETED: values.planned_completion_on,
    }
    last: tuple[GateKind, date] | None = None
    for gate in GateKind:
        day = days.get(gate)
        if day is None:
            continue
        if last is not None and day < last[1]:
            return OutOfOrder(gate, day, *last)
        last = (gate, day)
    return None


def _check_nodes(values: BaselineValues) -> None:
    wrong = out_of_order(values=values)
    if wrong is not None:
        raise Refusal("baseline.nodes", f"{wrong}。", field=f"node-{wrong.node.value}")


@transaction.atomic
def approve_baseline(
    *, baseline: Baseline, approved_on: date, by: User, now: datetime, rest_reason: str = ""
) -> Baseline:
    """Approve a drafted plan; from ``approved_on`` it is in force and cannot be changed.

    Refuses the drafter (``Forbidden``), a date in the future or before the version in force, a plan that
    a change brings (``baseline.of_change``): that one is approved with its change, and one whose works fall into
    a 停工期 for them without a reason (``baseline.rests``); the reason stays with the version.
    """
    refuse_plan_of_change(baseline=baseline)
    return approve_drafted(
        baseline=baseline, approved_on=approved_on, by=by, now=now, rest_reason=rest_reason
    )


def refuse_plan_of_change(*, baseline: Baseline) -> None:
    """A plan that belongs to a change is decided with it."""
    if ProjectChange.objects.filter(baseline=baseline).exists():
        raise Refusal("baseline.of_change", "这一版计划由变更带来，请在“变更”里批准或撤回。")


@transaction.atomic
def approve_drafted(
    *, baseline: Baseline, approved_on: date, by: User, now: datetime, rest_reason: str = ""
) -> Baseline:
    """``approve_baseline`` whoever brought the plan."""
    Project.objects.select_for_update().get(
        pk=baseline.project_id
    )  # before its rows, as drafting does
    if hands(baseline, "drafted_by") & by.persons:
        raise Forbidden("拟定计划的人不能自己批准。")
    if approved_on > local_day(now):
        raise Refusal("baseline.future", "批准日期不能晚于今天。", field="approved_on")
    older = (
        Baseline.objects.approved()
        .filter(project=baseline.project, version__lt=baseline.version)
        .order_by("-version")
        .first()
    )
    if older is not None and older.approved_on is not None and approved_on < older.approved_on:
        raise Refusal(
            "baseline.before_present",
            f"批准日期不能早于上一版（{chinese_date(older.approved_on)}）。",
            field="approved_on",
        )
    reason = _reason_to_work(baseline, rest_reason.strip())
    changed = Baseline.objects.filter(pk=baseline.pk, state=BaselineState.DRAFT).update(
        state=BaselineState.APPROVED, approved_on=approved_on, approved_by=by, rest_reason=reason
    )
    if not changed:
        raise _decided_already(baseline)
    baseline.refresh_from_db()
    if reason is not None:
        _keep_reason(baseline, reason, by, now)
    audit(
        act="baseline.approve",
        sentence=f"批准{baseline.project}第 {baseline.version} 版计划",
        by=by,
        now=now,
        target=baseline,
        organisation=baseline.project.street,
        reason=reason or "",
        changes={"state": ["draft", "approved"], "approved_on": [None, str(approved_on)]},
    )
    return baseline


def _reason_to_work(baseline: Baseline, said: str) -> str | None:
    """Why works go on while they should rest; None where none of the plan's do."""
    bureau_id = baseline.project.programme.bureau_id
    found = rests_of(baselines=[baseline], bureau_id=bureau_id)[baseline.pk]
    if not found:
        return None
    if not said:
        more = f"等 {len(found)} 处" if len(found) > 1 else ""
        raise Refusal(
            "baseline.rests",
            f"计划有停工期内的施工：{found[0].sentence.removesuffix('。')}{more}。"
            "批准须写明停工期内施工的理由，或者退回调整。",
            field="rest_reason",
        )
    return said


def _keep_reason(baseline: Baseline, reason: str, by: User, now: datetime) -> None:
    """The reason answers for every window that stands now; one that is set later asks anew (``rest_reasons``)."""
    windows = windows_of(
        bureau_id=baseline.project.programme.bureau_id,
        start=baseline.planned_start_on,
        completion=baseline.planned_completion_on,
    )
    keep_reasons(
        plan=baseline,
        windows=rested_in(baseline=baseline, windows=windows),
        reason=reason,
        is_of_approval=True,
        by=by,
        now=now,
    )


def _decided_already(baseline: Baseline) -> StateConflict:
    """Somebody else was quicker: the draft was approved, or it was thrown away and its row is gone."""
    if Baseline.objects.filter(pk=baseline.pk).exists():
        return StateConflict("这一版计划已经批准。", state=BaselineState.APPROVED)
    return StateConflict("这一版计划草案已经被删除。", state="discarded")


@transaction.atomic
def discard_baseline(*, baseline: Baseline, by: User, now: datetime) -> None:
    """Throw away a draft; an approved version stays (``StateConflict``), and so does one that a change
    brings (``baseline.of_change``)."""
    refuse_plan_of_change(baseline=baseline)
    discard_drafted(baseline=baseline, by=by, now=now)


@transaction.atomic
def discard_drafted(*, baseline: Baseline, by: User, now: datetime) -> None:
    """``discard_baseline`` whoever brought the plan."""
    Project.objects.select_for_update().get(
        pk=baseline.project_id
    )  # before its rows, as drafting does
    row = Baseline.objects.filter(pk=baseline.pk).first()
    if row is None:
        raise _decided_already(baseline)
    if row.state != BaselineState.DRAFT:
        raise StateConflict("已批准的计划不能删除。", state=row.state)
    audit(
        act="baseline.discard",
        sentence=f"删除{row.project}第 {row.version} 版计划草案",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
    )
    row.targets.all().delete()
    row.nodes.all().delete()
    row.delete()
