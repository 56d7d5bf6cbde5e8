"""The version of the plan that a change departs from: what was approved while its form was open."""

from __future__ import annotations

from datetime import date

from renovation.core.wording import chinese_date
from renovation.records.acting import who

from .conflicts import EditConflict
from .models import Baseline, Project
from .plans import side_by_side


def check_departure(*, project: Project, present: Baseline | None, departs_version: int) -> None:
    """Raises ``EditConflict`` where the newest approved plan is not the version that a form was opened on
    (0: the project had none). Its ``changes`` say what each version since then changed, its ``version`` is
    the present one."""
    version = present.version if present is not None else 0
    if version != departs_version:
        raise EditConflict(
            f"您打开表单后，第 {version} 版计划批准了。请看下面的改动，再决定怎么变更。",
            changes=approved_since(project=project, version=departs_version),
            version=version,
        )


def approved_since(*, project: Project, version: int) -> list[str]:
    """Sentences on the plans of a project that were approved after a version, newest first: who approved
    each, and what it says otherwise than the one before it."""
    rows = (
        Baseline.objects.approved()
        .filter(project=project)
        .select_related("approved_by")
        .prefetch_related("targets", "nodes")
    )
    plans = {row.version: row for row in rows}
    said: list[str] = []
    for number in sorted((each for each in plans if each > version), reverse=True):
        plan = plans[number]
        before = max((each for each in plans if each < number), default=None)
        said.append(
            f"{who(plan, 'approved_by')}批准了第 {number} 版计划，{_day(plan.approved_on)}起执行。"
        )
        if before is None:
            continue
        for line in side_by_side(baselines=[plans[before], plan]):
            (old, _), (new, changed) = line.cells
            if changed:
                said.append(f"第 {number} 版把“{line.name}”由“{_said(old)}”改为“{_said(new)}”。")
    return said


def _day(day: date | None) -> str:
    return chinese_date(day) if day is not None else ""


def _said(text: str) -> str:
    """A cell of a plan in words: a day as people write it, 空 for nothing."""
    try:
        return chinese_date(date.fromisoformat(text))
    except ValueError:
        return text or "空"
