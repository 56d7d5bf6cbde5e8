"""Planned amounts of a project by source: set one by one or all at once, and warned of where 下达 goes past them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from projects.ledger.models import Project
from projects.ledger.sheets import Cell, mark_of, refuse_stale, seen_numbers, written_since
from projects.ledger.usual import usual_of
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import ChangedMeanwhile, Refusal
from renovation.records.services import audit

from .enums import EventState, Stage
from .models import FundingEvent, FundingPlan, FundingSource
from .services import COUNTING, lock, wanyuan


def _history(project: Project) -> QuerySet[Any]:
    rows: Any = FundingPlan
    found: QuerySet[Any] = rows.history.filter(project_id=project.pk)
    return found


def plans_mark(*, project: Project) -> str:
    """What the form of the planned amounts carries; read it before the amounts. One query."""
    return mark_of(_history(project))


def _refuse_stale_plans(project: Project, seen: str) -> None:
    history = _history(project)
    (number,) = seen_numbers(seen, 1)
    names = {source.pk: source.name for source in FundingSource.objects.all()}
    cells = []
    for each in written_since(history=history, key="source_id", seen=number):
        source_id = each.row.source_id
        before, after = (row and row.planned_fen for row in (each.before, each.after))
        old, new = ("" if fen is None else wanyuan(fen) for fen in (before, after))
        if before != after:
            label = f"{names[source_id]}计划"
            cells.append((each, Cell(f"planned-{source_id}", label, before, after, (old, new))))
    refuse_stale(cells=cells, noun="计划金额", mark=mark_of(history))


@transaction.atomic
def set_plan(
    *,
    project: Project,
    source: FundingSource,
    planned_fen: int,
    reason: str = "",
    by: User,
    now: datetime,
) -> FundingPlan:
    """Set the amount planned for a project from a source; the audit entry keeps a ``reason`` that was given."""
    lock(project=project)
    if planned_fen < 0:
        raise Refusal("funding.plan", "计划金额不能是负数。", field="planned")
    plan = FundingPlan.objects.filter(project=project, source=source).first()
    before = plan.planned_fen if plan else None
    plan = plan or FundingPlan(project=project, source=source)
    if before != planned_fen:
        plan.planned_fen = planned_fen
        plan._history_user = by  # type: ignore[attr-defined]
        plan.save()
        audit(
            act="funding.plan",
            sentence=f"{project}“{source}”计划定为 {wanyuan(planned_fen)}",
            by=by,
            now=now,
            target=plan,
            organisation=project.street,
            changes={"planned_fen": [before, planned_fen]},
            reason=reason,
        )
    return plan


@transaction.atomic
def change_plan(
    *,
    project: Project,
    source: FundingSource,
    seen_fen: int | None,
    planned_fen: int,
    by: User,
    now: datetime,
) -> FundingPlan:
    """``set_plan`` in place of what a preview showed; raises ``ChangedMeanwhile`` where another amount is planned than
    ``seen_fen`` (None: none)."""
    lock(project=project)
    rows = FundingPlan.objects.filter(project=project, source=source)
    if rows.values_list("planned_fen", flat=True).first() != seen_fen:
        raise ChangedMeanwhile("funding.plan.changed", f"“{source}”的计划金额刚被别人改过。")
    return set_plan(project=project, source=source, planned_fen=planned_fen, by=by, now=now)


@transaction.atomic
def set_plans(
    *,
    project: Project,
    planned: Mapping[FundingSource, int | None],
    seen: str | None = None,
    explanation: str = "",
    by: User,
    now: datetime,
) -> None:
    """Set the planned amounts of several sources; None where a source has none, which takes away what was
    planned before. Refuses a source that has events but no plan any more (``funding.plan``).

    Asks for an ``explanation``, which the audit entries keep, where the sum grows to more a ㎡ than is usual
    (``funding.plan.unusual``). Raises ``SheetConflict`` where somebody changed a planned amount of the project since ``seen`` (``plans_mark``; None
    looks at nothing).
    """
    lock(project=project)
    if seen is not None:
        _refuse_stale_plans(project, seen)
    before = _planned_fen(project)
    for source, amount in planned.items():
        if amount is not None:
            set_plan(
                project=project,
                source=source,
                planned_fen=amount,
                reason=explanation,
                by=by,
                now=now,
            )
            continue
        plan = FundingPlan.objects.filter(project=project, source=source).first()
        if plan is None:
            continue
        if FundingEvent.objects.filter(project=project, source=source, state__in=COUNTING).exists():
            raise Refusal(
                "funding.plan",
                f"“{source}”已经有登记，计划不能空着；没有计划的填 0。",
                field=f"planned-{source.pk}",
            )
        audit(
            act="funding.plan",
            sentence=f"{project}“{source}”取消计划",
            by=by,
            now=now,
            target=plan,
            organisation=project.street,
            changes={"planned_fen": [plan.planned_fen, None]},
            reason=explanation,
        )
        plan._history_user = by  # type: ignore[attr-defined]
        plan.delete()
    if not explanation.strip() and _planned_fen(project) > before:
        _ask_unusual(project, now)


def _planned_fen(project: Project) -> int:
    return sum(FundingPlan.objects.filter(project=project).values_list("planned_fen", flat=True))


def _ask_unusual(project: Project, now: datetime) -> None:
    fen = _planned_fen(project)
    usual = usual_of(bureau=project.programme.bureau, project_ids=[project.pk], on=local_day(now))
    if usual.is_much(project_id=project.pk, fen=fen):
        raise Refusal(
            "funding.plan.unusual",
            f"各来源合计 {usual.working(project_id=project.pk, fen=fen)}，高于每平方米常见的 {usual.range}。"
            "请核对单位是不是万元、小数点；没有填错的，写明原因再保存。",
            field="explanation",
        )


def plan_warnings(*, project: Project) -> list[str]:
    """Sentences for sources where 下达 is above 计划; a warning, not a fault (MEASURES.md)."""
    planned = dict(FundingPlan.objects.filter(project=project).values_list("source", "planned_fen"))
    allocated: dict[int, int] = {}
    names: dict[int, str] = {}
    events = FundingEvent.objects.filter(
        project=project, stage=Stage.ALLOCATED, state=EventState.APPROVED
    ).select_related("source")
    for event in events:
        allocated[event.source_id] = allocated.get(event.source_id, 0) + event.amount_fen
        names[event.source_id] = str(event.source)
    return [
        f"“{names[source]}”下达 {wanyuan(total)}，超过计划 {wanyuan(planned.get(source, 0))}。"
        for source, total in allocated.items()
        if total > planned.get(source, 0)
    ]
