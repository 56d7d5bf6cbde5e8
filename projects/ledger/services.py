"""Writing the ledger: projects with their estates, parties, baselines and gates.

Every service writes an audit entry in its transaction; tracked models also keep their history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Month
from renovation.records.services import audit

from .conflicts import EditConflict, lock_seen
from .editing import named
from .enums import BaselineState, GateKind
from .models import Baseline, Gate, MonthlyTarget, Project
from .passing import changed_fields, counts, pass_gate, record_gate

#: What callers name by this module.
__all__ = [
    "BaselineValues",
    "EditConflict",
    "approve_baseline",
    "changed_fields",
    "counts",
    "create_project",
    "discard_baseline",
    "draft_baseline",
    "pass_gate",
    "record_gate",
    "update_project",
]


@dataclass(frozen=True, slots=True)
class BaselineValues:
    """A plan as entered: dates, money in 分, area in ㎡, cumulative targets in percent by month."""

    planned_start_on: date
    planned_completion_on: date
    planned_investment_fen: int
    area_sqm: Decimal
    targets: Mapping[Month, Decimal]
    tasks: Mapping[Month, str]
    document_number: str = ""
    reason: str = ""


@transaction.atomic
def create_project(*, values: Mapping[str, Any], by: User, now: datetime) -> Project:
    """Add a project to a programme; a gate 列入计划 is passed with it."""
    project = Project(**values)
    project._history_user = by  # type: ignore[attr-defined]
    project.save(force_insert=True)
    gate = Gate(project=project, kind=GateKind.PROGRAMMED, actual_on=project.approved_on)
    gate._history_user = by  # type: ignore[attr-defined]
    gate.save(force_insert=True)
    audit(
        act="project.create",
        sentence=f"新建项目{project}（{project.code}）",
        by=by,
        now=now,
        target=project,
        organisation=project.street,
        changes={name: [None, str(value)] for name, value in values.items() if value is not None},
    )
    return project


@transaction.atomic
def update_project(
    *,
    project: Project,
    values: Mapping[str, Any],
    seen_version: int,
    by: User,
    now: datetime,
    reason: str = "",
) -> Project:
    """Change a project that nobody changed since version ``seen_version``.

    Raises ``EditConflict`` with who changed what meanwhile; nothing is written then.
    """
    present = lock_seen(row=project, seen_version=seen_version, noun="项目")
    changes = changed_fields(present, values)
    if not changes:
        return present
    for name in changes:
        setattr(present, name, values[name])
    present.version += 1
    present._history_user = by  # type: ignore[attr-defined]
    present._change_reason = reason  # type: ignore[attr-defined]
    present.save(update_fields=[*changes, "version"])
    audit(
        act="project.update",
        sentence=f"修改项目{present}：{named(present, changes)}",
        by=by,
        now=now,
        target=present,
        organisation=present.street,
        changes=changes,
        reason=reason,
    )
    return present


@transaction.atomic
def draft_baseline(
    *, project: Project, values: BaselineValues, by: User, now: datetime, is_opening: bool = False
) -> Baseline:
    """Draft the next version of a project's plan; a change to an approved one needs a reason.

    Refuses a second draft (``baseline.draft_open``), targets that fall (``baseline.targets_fall``) or lie
    outside the plan's months (``baseline.targets_outside``), and a change without reason
    (``baseline.reason``).
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
        )
        for month, percent in sorted(values.targets.items())
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


@transaction.atomic
def approve_baseline(*, baseline: Baseline, approved_on: date, by: User, now: datetime) -> Baseline:
    """Approve a drafted plan; from ``approved_on`` it is in force and cannot be changed.

    Refuses the drafter (``Forbidden``), a date in the future or before the version in force.
    """
    if baseline.drafted_by_id == by.pk:
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
            f"批准日期不能早于上一版（{older.approved_on:%Y-%m-%d}）。",
            field="approved_on",
        )
    changed = Baseline.objects.filter(pk=baseline.pk, state=BaselineState.DRAFT).update(
        state=BaselineState.APPROVED, approved_on=approved_on, approved_by=by
    )
    baseline.refresh_from_db()
    if not changed:
        raise StateConflict("这一版计划已经批准。", state=baseline.state)
    audit(
        act="baseline.approve",
        sentence=f"批准{baseline.project}第 {baseline.version} 版计划",
        by=by,
        now=now,
        target=baseline,
        organisation=baseline.project.street,
        changes={"state": ["draft", "approved"], "approved_on": [None, str(approved_on)]},
    )
    return baseline


@transaction.atomic
def discard_baseline(*, baseline: Baseline, by: User, now: datetime) -> None:
    """Throw away a draft; an approved version stays (``StateConflict``)."""
    row = Baseline.objects.select_for_update().get(pk=baseline.pk)
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
    row.delete()
