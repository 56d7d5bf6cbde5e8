"""Monthly targets (攻坚图月度目标) of a year's projects as a list; a change drafts the next version of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.baselining import values_of
from projects.ledger.enums import WorkKind
from projects.ledger.models import Baseline, Project
from projects.ledger.replanning import replan
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.periods import Month
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing

MONTH = Column(field="month", header="月份", longest=10, expected="写成 2025-05")
TARGET = Column(
    field="target_percent",
    header="累计目标(%)",
    kind=Kind.DECIMAL,
    places=1,
    minimum=Decimal(0),
    maximum=Decimal(100),
    percent=True,
    expected="0—100，最多一位小数，不低于上月",
)
TASK = Column(field="task", header="当月任务", longest=200, expected="200 个字以内")
WORK = Column(field="work_kind", header="主要作业", longest=20, expected="平台里的作业种类")
REASON = Column(
    field="reason",
    header="调整原因",
    longest=200,
    expected="改哪一行就写哪一行；同一项目写一次也行",
)
WRITES = (TARGET, TASK, WORK)
WORKS = {str(kind.label): kind for kind in WorkKind}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """The targets of the latest version of each plan, a draft included. Three queries."""
    plans: dict[int, Baseline] = {}
    rows = Baseline.objects.filter(project__in=projects).order_by("version")
    for row in rows.prefetch_related("targets", "nodes"):
        plans[row.project_id] = row
    lines = [
        Line(
            name=f"{project}　{Month.of(target.month_end_on).label}",
            values={
                PROJECT.field: project.code,
                NAME.field: project.name,
                MONTH.field: Month.of(target.month_end_on).key,
                TARGET.field: target.target_percent,
                TASK.field: target.task,
                WORK.field: str(target.get_work_kind_display()) if target.work_kind else None,
            },
            row=target,
        )
        for project in projects
        if (plan := plans.get(project.pk)) is not None
        for target in plan.targets.all()
    ]
    return lines, plans


def _month(change: Change) -> Month:
    try:
        return Month.from_key(str(change.values[MONTH.field]))
    except ValueError:
        raise Refusal(
            "list.month", "月份看不懂。", field=MONTH.field, expected=MONTH.expected
        ) from None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Draft one version for all changed months of a project; after an approved plan it is a change. Another
    person approves it."""
    project = changes[0].project
    plan = at.more.get(project.pk)
    if plan is None:
        raise Refusal("list.no_plan", f"{project}还没有计划，先拟定计划的起止和投资。")
    values = values_of(baseline=plan)
    targets, tasks = dict(values.targets), dict(values.tasks)
    kinds = dict(values.work_kinds)
    for change in changes:
        month = _month(change)
        targets[month] = change.values[TARGET.field]
        tasks[month] = change.values[TASK.field] or ""
        if (word := change.values[WORK.field]) is not None:
            kinds[month] = WORKS[str(word)]
    reasons = [
        str(change.values[REASON.field]) for change in changes if change.values[REASON.field]
    ]
    replan(
        project=project,
        latest=plan,
        values=replace(values, targets=targets, tasks=tasks, work_kinds=kinds),
        title="月度目标导入：调整月度目标",
        reason="；".join(dict.fromkeys(reasons)),
        by=by,
        now=at.now,
    )


def row_of(refusal: Refusal, changes: Sequence[Change]) -> Change | None:
    """A target that is refused is said at its month."""
    key = (refusal.field or "").removeprefix("target-")
    return next((change for change in changes if change.values[MONTH.field] == key), None)


TARGETS = ListBook(
    slug="targets",
    label="月度目标",
    hint="一个项目一个月一行，累计目标。改哪一行就写哪一行的调整原因；写入的是一版新计划的草案，由另一人批准。填数值，不填公式。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:drafts", args=[year]),
    result_word="看待批准的计划",
    columns=(PROJECT, NAME, MONTH, *WRITES, REASON),
    keys=(PROJECT, MONTH),
    writes=WRITES,
    needed=(TARGET,),
    known={WORK.field: lambda at: list(WORKS)},
    load=load,
    write=write,
    together=lambda change: change.project.code,
    at=row_of,
    last_step="批准",
    after="一个项目的改动写成一版新计划的草案，由另一人批准后生效。相同的行不动，表里没有的月份照旧。",
)
