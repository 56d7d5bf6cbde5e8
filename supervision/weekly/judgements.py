"""Storing the lights of a week with their reasons and the rules that were used (HOUSE.md §4.6)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.measures import Approval, Unit, round_half_up
from renovation.core.periods import Week

from .facts import progress_facts, thresholds_in_force
from .models import StatusJudgement
from .weeks import reporting_spans


@transaction.atomic
def judge_week(*, bureau: Organisation, week: Week, now: datetime) -> int:
    """Judge every project that reports in a week, as of its Sunday, on what is approved; returns how many
    judgements are new. A judgement that says the same as the newest one of the week is not repeated."""
    reporting = {span.project.pk for span in reporting_spans(bureau=bureau) if span.covers(week)}
    projects = project_facts(projects=Project.objects.filter(pk__in=reporting), on=week.end)
    thresholds = thresholds_in_force(bureau=bureau, on=week.end)
    newest: dict[int, StatusJudgement] = {}
    rows = StatusJudgement.objects.filter(project__in=reporting, week_start=week.start)
    for row in rows.order_by("pk"):
        newest[row.project_id] = row
    places = Unit.PERCENT.places
    fresh = []
    for fact in progress_facts(
        projects=projects, on=week.end, approval=Approval.APPROVED, thresholds=thresholds
    ):
        judgement = fact.judgement
        scheduled = fact.scheduled_percent
        row = StatusJudgement(
            project_id=fact.project.pk,
            week_start=week.start,
            light=judgement.light,
            physical_percent=round_half_up(fact.physical_percent, places),
            scheduled_percent=None if scheduled is None else round_half_up(scheduled, places),
            deviation_points=None
            if scheduled is None
            else round_half_up(fact.physical_percent - scheduled, places),
            reasons=list(judgement.reasons),
            rules=thresholds.as_json(),
            judged_at=now,
        )
        if not _same(newest.get(fact.project.pk), row):
            fresh.append(row)
    StatusJudgement.objects.bulk_create(fresh)
    return len(fresh)


_COMPARED = (
    "light",
    "physical_percent",
    "scheduled_percent",
    "deviation_points",
    "reasons",
    "rules",
)


def _same(present: StatusJudgement | None, row: StatusJudgement) -> bool:
    return present is not None and all(
        getattr(present, name) == getattr(row, name) for name in _COMPARED
    )
