"""Why a project is behind, as its street said it.

A report has two places for words: 存在问题, and 情况说明, which is asked for where a figure is striking. What was
said of a figure that rose too fast or went beyond the plan is no reason for being behind, and is not quoted as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from renovation.core.periods import Week
from renovation.records.services import values_in_force

from .checks import questions_of
from .comparison import Terms, contexts_of
from .enums import APPROVED_STATES, ReturnAct
from .kept import NOTICED
from .models import ReportQuestion, ReturnEvent, WeeklyReport, WeeklyReturn
from .parameters import COMPLETED_SHARE, JUMP_POINTS
from .values import ReportValues

#: The rules that ask for words because a cumulative figure fell; the others that do ask because it rose.
_OF_FALLS = frozenset({"W201", "W202"})
#: Whether the version of a report was sent since what is asked is kept: from then on its event keeps the remarks too.
_KEEPS = Exists(
    ReturnEvent.objects.filter(
        weekly_return=OuterRef("weekly_return"),
        act=ReturnAct.SUBMIT,
        **{f"rows__0__{NOTICED}__isnull": False},
    )
)


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
        .annotate(
            keeps=Case(
                When(Q(explanation="") | ~Q(problems=""), then=Value(value=False)), default=_KEEPS
            )
        )
        .select_related("project", "weekly_return__street")
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
    when the version was sent, so that a later correction of an earlier week takes nothing of it back. A rule that was
    waived asked for nothing; of figures that were brought in (期初) no rule asks about a rise."""
    if not rows:
        return set()
    returns = {row.project_id: row.weekly_return_id for row in rows}
    asked: defaultdict[int, set[str]] = defaultdict(set)
    told: set[int] = set()
    kept = ReportQuestion.objects.filter(
        weekly_return__in=set(returns.values()), project__in=returns.keys()
    )
    for project_id, return_id, rule, waiver_id in kept.values_list(
        "project_id", "weekly_return_id", "rule", "waiver_id"
    ):
        if returns[project_id] == return_id:
            told.add(project_id)
            if not waiver_id:
                asked[project_id].add(rule)
    asked |= _asked_then(
        [
            row
            for row in rows
            if row.project_id not in told and not row.keeps and not row.weekly_return.is_opening  # type: ignore[attr-defined]
        ]
    )
    return {project_id for project_id, rules in asked.items() if not rules & _OF_FALLS}


def _asked_then(rows: list[WeeklyReport]) -> dict[int, set[str]]:
    """What the rules asked about rows of versions that were sent before it was kept, as far as it can be told from
    their figures, the plan in force then and the earlier figures beside which they were approved. The queries of the
    comparison for each such version."""
    of_version: defaultdict[WeeklyReturn, list[WeeklyReport]] = defaultdict(list)
    for row in rows:
        of_version[row.weekly_return].append(row)
    found: dict[int, set[str]] = {}
    for version, members in of_version.items():
        week = Week(version.week_start)
        values = values_in_force(organisation=version.street, on=week.end)
        terms = Terms(week, values[JUMP_POINTS.key], completed_share=values[COMPLETED_SHARE.key])
        projects = [row.project for row in members]
        contexts = contexts_of(projects=projects, week=week, at=version.approved_at)
        for row in members:
            context = contexts[row.project.code]
            if rules := {code for code, _, _ in questions_of(ReportValues.of(row), context, terms)}:
                found[row.project_id] = rules
    return found
