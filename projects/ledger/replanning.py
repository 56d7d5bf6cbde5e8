"""Plans that a workbook brings: the first one of a project, and one after an approved plan, which is a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from renovation.accounts.models import User
from renovation.core.errors import Refusal

from .baselining import BaselineValues, draft_baseline
from .changes import ChangeValues, differences, draft_change
from .enums import BaselineState, ChangeKind
from .models import Baseline, Project

LONGEST_RATIONALE = 500
LONGEST_REASON = 200


def replan(
    *,
    project: Project,
    latest: Baseline | None,
    values: BaselineValues,
    title: str,
    reason: str,
    by: User,
    now: datetime,
) -> Baseline | None:
    """Draft a plan that a workbook brings; what is drafted, None where it says what is approved already.

    ``latest`` is the version that the workbook was compared with. After an approved one the new plan is a
    change (``draft_change``): 工期 where dates, targets or nodes differ, 金额 where only the investment does,
    else 范围. Refuses what drafting refuses, a change without reason (``baseline.reason``), and raises
    ``EditConflict`` where another version was approved meanwhile.
    """
    reason = reason.strip()
    if latest is None or latest.state != BaselineState.APPROVED:
        return draft_baseline(
            project=project, values=replace(values, reason=reason[:LONGEST_REASON]), by=by, now=now
        )
    differ = set(differences(base=latest, plan=values))
    if not differ:
        return None
    if not reason:
        raise Refusal("baseline.reason", "调整计划须写明原因。", field="reason")
    made = draft_change(
        project=project,
        values=ChangeValues(
            kind=_kind(differ),
            title=title,
            rationale=reason[:LONGEST_RATIONALE],
            plan=replace(values, reason=reason[:LONGEST_REASON]),
        ),
        departs_version=latest.version,
        by=by,
        now=now,
    )
    return made.baseline


def _kind(differ: set[str]) -> ChangeKind:
    if {"start_on", "completion_on", "targets", "nodes"} & differ:
        return ChangeKind.TIME
    return ChangeKind.MONEY if "investment_fen" in differ else ChangeKind.SCOPE
