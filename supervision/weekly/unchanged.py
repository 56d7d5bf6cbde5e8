"""Rows that say 无变化: their figures are those of the earlier week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from renovation.core.errors import Refusal
from renovation.core.periods import Week

from .comparison import contexts_of
from .reporting import ReportingProject
from .values import ReportValues


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
