"""Stating that nothing changed, and of which projects it can be stated."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.records.services import audit
from supervision.weekly.comparison import ProjectContext
from supervision.weekly.models import WeeklyReport
from supervision.weekly.services import open_return, write_reports
from supervision.weekly.unchanged import WORDS
from supervision.weekly.values import ReportValues


@dataclass(frozen=True)
class Candidate:
    """A reporting project; ``why_not`` says why it cannot be stated unchanged, "" where it can."""

    project: ProjectContext
    why_not: str


def candidates(
    *,
    projects: Collection[ProjectContext],
    stored: Mapping[int, WeeklyReport],
    drafted: Collection[int],
) -> list[Candidate]:
    """Every project with whether 无变化 can be stated of it; ``drafted`` are those in which the person is typing."""
    return [
        Candidate(project, _why_not(project, stored.get(project.project_id), drafted))
        for project in projects
    ]


def _why_not(project: ProjectContext, report: WeeklyReport | None, drafted: Collection[int]) -> str:
    last = project.last
    if last is None:
        return "以前没有报过数，第一次要填本周的累计数"
    if report is not None and report.is_unchanged:
        return "已经声明"
    if project.project_id in drafted:
        return "您有还没有写入的草稿，先在填报页写入或清空"
    if report is None:
        return ""
    same = report.progress_percent in {None, last.progress_percent}
    if same and report.completed_investment_fen in {None, last.completed_investment_fen}:
        return ""
    return "已填的数与上周不同"


@transaction.atomic
def state_unchanged(
    *,
    street: Organisation,
    week: Week,
    seen: Mapping[int, tuple[Decimal, int]],
    by: User,
    now: datetime,
) -> list[WeeklyReport]:
    """State of projects that they are unchanged this week (经核实本周无变化), signed by a person at a moment; returns the
    rows that it wrote. What was said in words of them stays. ``seen`` are the projects, by id, with the earlier
    figures that the person signs: percent, 分.

    The return is opened where there is none. Refuses an empty choice (``unchanged.none``) and as ``open_return`` and
    ``write_reports`` do: another figure than the one that counts before, stored or seen, or no earlier one, is no
    lack of change (``report.unchanged``).
    """
    if not seen:
        raise Refusal("unchanged.none", "请勾选本周没有变化的项目。", field="projects")
    weekly_return = open_return(street=street, week=week, by=by, now=now)
    stored = {
        report.project_id: report for report in weekly_return.reports.filter(project_id__in=seen)
    }
    rows = []
    for project_id, (progress, fen) in seen.items():
        report = stored.get(project_id)
        values = ReportValues.of(report) if report else ReportValues(project_id=project_id)
        # What is written stays, and is refused where it is another figure.
        if values.progress_percent is None:
            values = replace(values, progress_percent=progress)
        if values.completed_investment_fen is None:
            values = replace(values, completed_investment_fen=fen)
        rows.append(replace(values, is_unchanged=True))
    written = write_reports(weekly_return=weekly_return, rows=rows, by=by, now=now)
    if written:
        names = weekly_return.reports.filter(pk__in=[report.pk for report in written])
        of = join(names.order_by("project__code").values_list("project__name", flat=True))
        audit(
            act="return.unchanged",
            sentence=f"声明{street.short_name}{week.label}{of}{WORDS}",
            by=by,
            now=now,
            target=weekly_return,
            organisation=street,
        )
    return written
