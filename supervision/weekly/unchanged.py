"""Rows that say 无变化: their figures are those of the earlier week, and somebody stated it on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.records.acting import who

from .comparison import contexts_of
from .models import WeeklyReport, WeeklyReturn
from .reporting import ReportingProject
from .values import ReportValues

#: The words of the statement.
WORDS = "经核实本周无变化"
#: The fields of a row that sign it.
SIGNED = ("unchanged_at", "unchanged_by_id")


@dataclass(frozen=True)
class Statement:
    """经核实本周无变化: by whom, when; the last of the rows where several were signed one by one."""

    by: str
    at: datetime


def signed(
    values: ReportValues, report: WeeklyReport | None, *, by: User, now: datetime
) -> dict[str, Any]:
    """Who states that the row is unchanged, and when: who did so first, while it stays so; nobody where it is not."""
    if not values.is_unchanged:
        return {"unchanged_at": None, "unchanged_by_id": None}
    if report is not None and report.unchanged_at is not None:
        return {}
    return {"unchanged_at": now, "unchanged_by_id": by.pk}


def statement_of(reports: Sequence[WeeklyReport]) -> Statement | None:
    """The statement that a whole return is unchanged (零报告); None where a row changed or is not signed."""
    if not reports:
        return None
    found = [
        (report.unchanged_at, who(report, "unchanged_by"))
        for report in reports
        if report.is_unchanged and report.unchanged_at is not None
    ]
    if len(found) < len(reports):
        return None
    at, by = max(found)
    return Statement(by=by, at=at)


def statements_of(returns: Iterable[WeeklyReturn]) -> dict[int, Statement]:
    """Return → its statement, of those that are unchanged as a whole. One query."""
    rows: dict[int, list[WeeklyReport]] = {}
    found = WeeklyReport.objects.filter(weekly_return__in=[each.pk for each in returns])
    for report in found.select_related("unchanged_by"):
        rows.setdefault(report.weekly_return_id, []).append(report)
    stated = {pk: statement_of(reports) for pk, reports in rows.items()}
    return {pk: statement for pk, statement in stated.items() if statement is not None}


def with_earlier_figures(
    rows: Sequence[ReportValues], reporting: Mapping[int, ReportingProject], week: Week
) -> list[ReportValues]:
    """The rows with the figures of unchanged ones filled in from the earlier week.

    ``reporting`` are the projects by key. Refuses 无变化 with another figure than before, or with no earlier
    one (``report.unchanged``).
    """
    if not any(values.is_unchanged for values in rows):
        return list(rows)
    unchanged = [reporting[values.project_id] for values in rows if values.is_unchanged]
    lasts = {
        context.project_id: context.last
        for context in contexts_of(projects=unchanged, week=week).values()
    }
    found = []
    for values in rows:
        if values.is_unchanged:
            last = lasts[values.project_id]
            name = reporting[values.project_id].name
            if last is None:
                raise Refusal(
                    "report.unchanged",
                    f"{name}以前没有报过数，不能填“无变化”。",
                    field="is_unchanged",
                )
            same = {None, last.progress_percent}
            if values.progress_percent not in same or values.completed_investment_fen not in {
                None,
                last.completed_investment_fen,
            }:
                raise Refusal(
                    "report.unchanged",
                    f"{name}填了“无变化”，数却与上周不同。",
                    field="is_unchanged",
                )
            values = replace(
                values,
                progress_percent=last.progress_percent,
                completed_investment_fen=last.completed_investment_fen,
            )
        found.append(values)
    return found
