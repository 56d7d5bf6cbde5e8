"""Why a project is behind, as its street said it.

A report has two places for words: 存在问题, and 情况说明, which is asked for where a figure is striking. What was
said of a figure that rose too fast or went beyond the plan is no reason for being behind, and is not quoted as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from renovation.core.periods import Week

from .enums import APPROVED_STATES
from .models import ReportQuestion, WeeklyReport

#: The rules that ask for words because a cumulative figure fell; the others that do ask because it rose.
_OF_FALLS = frozenset({"W201", "W202"})


@dataclass(frozen=True, slots=True)
class Said:
    """The reason for being behind ("" where none was given) and the plan for the next week."""

    reason: str
    next_plan: str


def reasons_of(*, weeks: Mapping[int, Week]) -> dict[int, Said]:
    """What the approved report of each project (by id) in a week gives as the reason for being behind.

    存在问题, else the 情况说明 unless it answers for a rise alone. One query; one more with a 情况说明 in doubt.
    """
    rows = (
        WeeklyReport.objects.filter(
            project_id__in=weeks,
            weekly_return__week_start__in={week.start for week in weeks.values()},
            weekly_return__state__in=APPROVED_STATES,
        )
        .select_related("weekly_return")
        .order_by("weekly_return__version")
    )
    latest = {
        row.project_id: row
        for row in rows
        if weeks[row.project_id].start == row.weekly_return.week_start
    }
    of_rises = _of_rises([row for row in latest.values() if row.explanation and not row.problems])
    return {
        pk: Said(row.problems or ("" if pk in of_rises else row.explanation), row.next_plan)
        for pk, row in latest.items()
    }


def _of_rises(rows: list[WeeklyReport]) -> set[int]:
    """The projects whose 情况说明 was asked for by a figure that rose, and by none that fell: what was asked was kept
    when the version was sent, so that a later correction of an earlier week takes nothing of it back."""
    if not rows:
        return set()
    returns = {row.project_id: row.weekly_return_id for row in rows}
    asked: defaultdict[int, set[str]] = defaultdict(set)
    kept = ReportQuestion.objects.filter(
        weekly_return__in=set(returns.values()), project__in=returns.keys()
    )
    for project_id, return_id, rule in kept.values_list("project_id", "weekly_return_id", "rule"):
        if returns[project_id] == return_id:
            asked[project_id].add(rule)
    return {project_id for project_id, rules in asked.items() if not rules & _OF_FALLS}
