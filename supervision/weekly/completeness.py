"""Whether a return is whole: a row for every reporting project, and no row that breaks a rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal, Severity
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.intake.services import held_rows

from .checks import check_report, questions_of
from .comparison import WeekContext, load_context
from .kept import NOTICED, PROJECT_ID, noticed_as_json
from .models import ReportQuestion, WeeklyReport, WeeklyReturn
from .reporting import ReportingProject, is_reporting, reporting_in
from .values import ReportValues
from .weeks import bureau_of

#: How many things of a kind a sentence names before it counts the rest.
MOST_NAMED = 6


def check_reporting(*, street: Organisation, bureau: Organisation, week: Week) -> None:
    """A street without a project that reports in a week owes nothing: refuse its return
    (``return.not_expected``)."""
    if not is_reporting(street=street, bureau=bureau, week=week):
        raise _not_expected(street, week)


def reporting_here(
    *, street: Organisation, bureau: Organisation, week: Week
) -> list[ReportingProject]:
    """The projects of a street that report in a week; refuses where there is none
    (``return.not_expected``)."""
    found = reporting_in(street=street, bureau=bureau, week=week)
    if not found:
        raise _not_expected(street, week)
    return found


def _not_expected(street: Organisation, week: Week) -> Refusal:
    return Refusal(
        "return.not_expected",
        f"{street.short_name}{week.label}没有在报的项目，不需要报送周报。",
    )


def rows_to_submit(*, weekly_return: WeeklyReturn, now: datetime) -> list[dict[str, Any]]:
    """What stands in the rows of a return that is to be submitted, one for every reporting project, in order, and
    what the rules remark on each (``noticed``), for the event of the submission; what they ask is kept with the
    return.

    A row of a project that reports no more is dropped. Refuses a missing project (``return.missing_rows``,
    the sentence lists them), a row that the last file held back and nobody changed since
    (``return.held_rows``), and rows that break a rule or lack a reason (``return.faulty_rows``).
    """
    week = Week(weekly_return.week_start)
    bureau = bureau_of(weekly_return.street)
    projects = reporting_here(street=weekly_return.street, bureau=bureau, week=week)
    context = load_context(street=weekly_return.street, week=week, moment=now)
    weekly_return.reports.exclude(project__in=[project.pk for project in projects]).delete()
    reports = {
        report.project_id: report for report in weekly_return.reports.select_related("project")
    }
    missing = [project.name for project in projects if project.pk not in reports]
    if missing:
        raise Refusal(
            "return.missing_rows",
            f"还有 {len(missing)} 个项目没有填：{_named(missing)}。每个在报的项目都要有一行。",
        )
    held = held_rows(pipeline="weekly", organisation=weekly_return.street, period_key=week.key)
    waiting = [
        project.name
        for project in projects
        if project.code in held and reports[project.pk].updated_at <= held[project.code]
    ]
    if waiting:
        raise Refusal(
            "return.held_rows",
            f"上传的文件里还有 {len(waiting)} 个项目暂留：{_named(waiting)}。"
            "改好后重新上传，或在网页上改好这几行，再报送。",
        )
    faulty, said = [], []
    for project in projects:
        values = ReportValues.of(reports[project.pk])
        faults = check_report(values, context.projects[project.code], context.terms)
        of = {PROJECT_ID: project.pk, "project": project.code, "name": project.name}
        row = of | values.as_json()
        said.append(row | {NOTICED: noticed_as_json(faults)})
        heavy = [fault for fault in faults if fault.severity is not Severity.NOTICE]
        faulty += [f"{project.name}{heavy[0].message}"] if heavy else []
    if faulty:
        named = "；".join(faulty[:MOST_NAMED]) + ("等" if len(faulty) > MOST_NAMED else "")
        raise Refusal(
            "return.faulty_rows", f"有 {len(faulty)} 个项目要改正或说明后才能报送：{named}。"
        )
    found = [reports[project.pk] for project in projects]
    keep_questions(weekly_return=weekly_return, reports=found, context=context)
    return said


def keep_questions(
    *, weekly_return: WeeklyReturn, reports: Sequence[WeeklyReport], context: WeekContext
) -> None:
    """Keep what the rules ask about the rows of a return, and which waiver spared it; what was kept at an earlier
    submission of the same version goes. A figure that says the same as before asks nothing."""
    asked = [
        ReportQuestion(
            weekly_return=weekly_return,
            project_id=report.project_id,
            rule=code,
            message=message[:300],
            waiver_id=waiver.pk if waiver else None,
        )
        for report in reports
        for code, message, waiver in questions_of(
            ReportValues.of(report), context.projects[report.project.code], context.terms
        )
    ]
    weekly_return.questions.all().delete()
    ReportQuestion.objects.bulk_create(asked)


def _named(names: Sequence[str]) -> str:
    return join(names[:MOST_NAMED]) + ("等" if len(names) > MOST_NAMED else "")
