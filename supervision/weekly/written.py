"""What the open return of a street and week says already, in the columns of the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.intake.pipelines import Value

from .columns import wanyuan
from .enums import ReturnState
from .models import WeeklyReport


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """A row of the open return: its values by field, and which writing of it that is."""

    values: Mapping[str, Value]
    edition: str


def written_rows(*, street: Organisation, week: Week) -> dict[int, WrittenRow]:
    """Project → its row in the draft or sent-back return, in its newest version. One query."""
    rows = WeeklyReport.objects.filter(
        weekly_return__street=street,
        weekly_return__week_start=week.start,
        weekly_return__state__in=[ReturnState.DRAFT, ReturnState.SENT_BACK],
    ).order_by("weekly_return__version")
    return {row.project_id: WrittenRow(_values(row), row.edition) for row in rows}


def _values(row: WeeklyReport) -> dict[str, Value]:
    fen = row.completed_investment_fen
    return {
        "progress_percent": row.progress_percent,
        "completed_investment": None if fen is None else wanyuan(fen),
        "work_done": row.work_done,
        "problems": row.problems,
        "coordination": row.coordination,
        "next_plan": row.next_plan,
        "workers_count": row.workers_count,
        "claimed_start_on": row.claimed_start_on,
        "claimed_completion_on": row.claimed_completion_on,
        "is_unchanged": row.is_unchanged or None,
        "explanation": row.explanation,
    }
