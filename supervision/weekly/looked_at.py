"""Which earlier figures an approver looks at beside a return that waits: those of 上周, and the remark on the street's
investment that follows from its past weeks.

Whether 上周 is 待核 or 已核定 is no part of it, nor a correction of a week long past that changes neither: nobody is
told to look again at what reads the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from projects.ledger.models import Project
from renovation.core.periods import Week
from renovation.records.services import values_in_force

from .comparison import ProjectContext, Terms, WeekContext
from .earlier import figures_before
from .models import WeeklyReturn
from .parameters import JUMP_POINTS, USUAL_FACTOR, USUAL_WEEKS
from .plausibility import street_unusual
from .weeks import bureau_of


def edition_of(
    *, told: Mapping[str, ProjectContext], spent: Mapping[str, int | None], context: WeekContext
) -> str:
    """Which earlier figures of projects (by code) somebody looks at beside the investment that a return says of them:
    16 hexadecimal digits. ``context`` knows the street and what holds in the week."""
    lasts = [
        [
            each.project_id,
            each.last.week.start.isoformat(),
            f"{each.last.progress_percent:.1f}",
            each.last.completed_investment_fen,
        ]
        for each in sorted(told.values(), key=lambda each: each.project_id)
        if each.last is not None
    ]
    remarks = [found.message for found in street_unusual(spent, replace(context, projects=told))]
    return sha256(json.dumps([lasts, remarks]).encode()).hexdigest()[:16]


def edition_before(*, weekly_return: WeeklyReturn) -> str:
    """The edition of the earlier figures that count now of the projects in a return. A constant number of queries."""
    street, week = weekly_return.street, Week(weekly_return.week_start)
    among = Project.objects.filter(weekly_reports__weekly_return=weekly_return)
    lasts, steps = figures_before(among=among, week=week)
    told: dict[str, ProjectContext] = {}
    spent: dict[str, int | None] = {}
    reports = weekly_return.reports.order_by()
    for pk, code, fen in reports.values_list(
        "project_id", "project__code", "completed_investment_fen"
    ):
        spent[code] = fen
        told[code] = ProjectContext(
            project_id=pk,
            code=code,
            name="",
            estates="",
            planned_start_on=None,
            planned_completion_on=None,
            planned_investment_fen=None,
            started_on=None,
            completed_on=None,
            last=lasts.get(pk),
            steps=steps.get(pk, ()),
        )
    values = values_in_force(organisation=street, on=week.end)
    terms = Terms(
        week,
        values[JUMP_POINTS.key],
        usual_weeks=values[USUAL_WEEKS.key],
        usual_factor=values[USUAL_FACTOR.key],
    )
    context = WeekContext(street, terms, told, {}, bureau_of(street))
    return edition_of(told=told, spent=spent, context=context)
