"""What waits at the residents' side for the posts of a street: contradictions, and needs found at the door."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.wording import near_date
from renovation.face.todo import Item
from renovation.records.acting import done_by

from .enums import Standing
from .models import Answer, CareVisit


def waiting_for(*, scope: Scope, today: date) -> list[Item]:
    """Contradictions for who may decide them and recorded neither side, needs for who calls at the doors; the
    oldest first. One query, none for everybody else."""
    wanted: list[QuerySet[Any, tuple[Any, ...]]] = []
    if scope.can(Permission.CONSENT_DECIDE):
        rows = Answer.objects.visible_to(scope).filter(standing=Standing.HELD)
        own = Answer.objects.filter(
            done_by(Answer, "recorded_by", scope.persons) | Q(witness__in=scope.persons),
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
    oldest_first = sorted(found, key=lambda row: (row[4], row[0]))
    return [
        (_decide if number else _serve)(code, name, number, count, near_date(since, today))
        for code, name, number, count, since in oldest_first
    ]


def _decide(code: str, name: str, number: int, count: int, since: str) -> Item:
    return Item(
        title=f"认定{name}第{number}轮矛盾答复 {count} 户",
        reason=f"最早 {since} 答复；认定前都不计为同意",
        act="认定",
        href=reverse("consent:round", args=[code, number]),
        weight=18,
    )


def _serve(code: str, name: str, _number: int, count: int, since: str) -> Item:
    return Item(
        title=f"{name}敲门行动 {count} 户需求待办妥",
        reason=f"最早 {since} 上门",
        act="办理",
        href=reverse("consent:care", args=[code]),
        weight=27,
    )
