"""The explanations of variances that a bureau owes, for 待办."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q

from projects.funding.enums import EventState, Stage
from projects.funding.models import Forecast, FundingEvent
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.periods import Quarter

from .listing import Judged, judged


def explanations_owed(*, scope: Scope, today: date) -> list[Judged]:
    """The lines that wait for an explanation from who keeps the money ledger, the first last day in front. One
    query where nothing was paid or forecast in a quarter that is over, none for who explains nothing."""
    if not scope.can(Permission.FUNDING_WRITE):
        return []
    bureau = bureau_in(scope)
    if bureau is None:
        return []
    this = Quarter.of(today)
    approved = {"project": OuterRef("pk"), "state": EventState.APPROVED}
    paid = FundingEvent.objects.filter(stage=Stage.PAID, effective_on__lt=this.start, **approved)
    meant = Forecast.objects.filter(
        Q(year__lt=this.year) | Q(year=this.year, quarter_number__lt=this.number), **approved
    )
    rows = Project.objects.visible_to(scope).filter(
        Exists(paid) | Exists(meant), approved_on__isnull=False
    )
    projects = list(rows.order_by("street__order", "code"))
    if not projects:
        return []
    quarter = Quarter.of(min(project.entered_on for project in projects))
    quarters = []
    while quarter < this:
        quarters.append(quarter)
        quarter = quarter.next()
    found = judged(projects=projects, bureau=bureau, quarters=quarters, today=today)
    waiting = [one for one in found if one.waits]
    return sorted(waiting, key=lambda one: (one.due_on or date.max, one.line.quarter))
