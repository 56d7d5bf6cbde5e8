"""Why a project is behind, as its street said it.

A report has two places for words: 存在问题, and 情况说明, which is asked for where a figure is striking. What was
said of a figure that rose too fast or went beyond the plan is no reason for being behind, and is not quoted as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from renovation.core.errors import Severity
from renovation.core.periods import Week
from renovation.records.services import values_in_force

from .checks import SEVERITY, check_values
from .comparison import Terms, contexts_of
from .enums import APPROVED_STATES
from .models import WeeklyReport
from .parameters import JUMP_POINTS
from .values import ReportValues

#: The rules that ask for words because a cumulative figure fell; the others that do ask because it rose.
_OF_FALLS = frozenset({"W201", "W202"})


@dataclass(frozen=True, slots=True)
class Said:
    """The reason for being behind ("" where none was given) and the plan for the next week."""

    reason: str
    next_plan: str


def reasons_of(*, weeks: Mapping[int, Week]) -> dict[int, Said]:
    """What the approved report of each project (by id) in a week gives as the reason for being behind.

    存在问题, else the 情况说明 unless it answers for a rise alone. One query; those of the checks for each week, and
    those of the settings for each street, with a 情况说明 in doubt.
    """
    rows = (
        WeeklyReport.objects.filter(
            project_id__in=weeks,
            weekly_return__week_start__in={week.start for week in weeks.values()},
            weekly_return__state__in=APPROVED_STATES,
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
    """The projects whose 情况说明 was asked for by a figure that rose, and by none that fell."""
    together: defaultdict[Week, list[WeeklyReport]] = defaultdict(list)
    for row in rows:
        together[Week(row.weekly_return.week_start)].append(row)
    found = set()
    for week, members in together.items():
        contexts = contexts_of(projects=[row.project for row in members], week=week)
        streets = {row.weekly_return.street for row in members}
        limits = {
            street: values_in_force(organisation=street, on=week.end)[JUMP_POINTS.key]
            for street in streets
        }
        for row in members:
            points = limits[row.weekly_return.street]
            asked = {
                code
                for code, _ in check_values(
                    ReportValues.of(row), contexts[row.project.code], Terms(week, points)
                )
                if SEVERITY[code] is Severity.REASON
            }
            if asked and not asked & _OF_FALLS:
                found.add(row.project_id)
    return found
