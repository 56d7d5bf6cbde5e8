"""What waits at the residents' side for the posts of a street: contradictions, and needs found at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Value

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope

from .enums import Standing
from .models import Answer, CareVisit


@dataclass(frozen=True, slots=True)
class Waiting:
    """Households of a project that wait since ``since``: for a decision in the round ``number``, or (0) for
    a need to be met."""

    code: str
    name: str
    number: int
    count: int
    since: date


def waiting_for(*, scope: Scope) -> list[Waiting]:
    """Contradictions for who may decide them and recorded neither side, needs for who calls at the doors; the
    oldest first. One query, none for everybody else."""
    wanted: list[QuerySet[Any, tuple[Any, ...]]] = []
    if scope.can(Permission.CONSENT_DECIDE):
        rows = Answer.objects.visible_to(scope).filter(standing=Standing.HELD)
        own = Answer.objects.filter(
            Q(recorded_by=scope.user_id) | Q(witness=scope.user_id),
            round=OuterRef("round"),
            household=OuterRef("household"),
            standing__in=[Standing.CURRENT, Standing.HELD],
        )
        wanted.append(
            rows.filter(~Exists(own), round__project__cancelled_on=None)
            .order_by()
            .values_list("round__project__code", "round__project__name", "round__number")
            .annotate(count=Count("household", distinct=True), since=Min("answered_on"))
        )
    if scope.can(Permission.CONSENT_WRITE):
        project = "household__estate__project"
        visits = CareVisit.objects.visible_to(scope).waiting()
        wanted.append(
            visits.filter(**{f"{project}__cancelled_on": None})
            .order_by()
            .annotate(number=Value(0, output_field=IntegerField()))
            .values_list(f"{project}__code", f"{project}__name", "number")
            .annotate(count=Count("household", distinct=True), since=Min("visited_on"))
        )
    if not wanted:
        return []
    found = wanted[0].union(*wanted[1:], all=True) if len(wanted) > 1 else wanted[0]
    return sorted((Waiting(*row) for row in found), key=lambda row: (row.since, row.code))
