"""What waits at the residents' side for the posts of a street: contradictions, a scheme to be asked about anew, needs
found at the door, and doors where nobody called yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import (
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse

from projects.ledger.enums import ExceptionState, GateKind
from projects.ledger.models import Gate, GateException, Project
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.wording import near_date
from renovation.face.todo import Item
from renovation.records.acting import done_by

from .enums import Purpose, RoundState, Standing
from .models import Answer, CareVisit, Household, Round
from .overtaken import CHECK

_HOME = "household__estate__project"


def waiting_for(*, scope: Scope, today: date) -> list[Item]:
    """Contradictions for who may decide them and recorded neither side; schemes that changed after residents were
    asked, needs and doors for who asks and calls; the oldest first. One query, none for everybody else."""
    wanted: list[QuerySet[Any, tuple[Any, ...]]] = []
    if scope.can(Permission.CONSENT_WRITE):
        wanted += [_needs(scope), _doors(scope), _schemes(scope, today)]
    if scope.can(Permission.CONSENT_DECIDE):
        wanted.append(_contradictions(scope))
    if not wanted:
        return []
    found = wanted[0].union(*wanted[1:], all=True) if len(wanted) > 1 else wanted[0]
    oldest_first = sorted(found, key=lambda row: (row[5] or date.max, row[1], row[0]))
    return [
        _TOLD[kind](code, name, number, count, near_date(since, today) if since else "")
        for kind, code, name, number, count, since in oldest_first
    ]


def _row(
    rows: QuerySet[Any, Any], kind: str, project: str, *, number: Any, count: Any, since: Any
) -> QuerySet[Any, tuple[Any, ...]]:
    """Kind, code, name, number of the round (0 where there is none), how many, since when."""
    found: QuerySet[Any, tuple[Any, ...]] = (
        rows.order_by()
        .annotate(
            kind=Value(kind, output_field=CharField()),
            of=Cast(number, IntegerField()) if isinstance(number, Value) else number,
        )
        .values_list("kind", f"{project}__code", f"{project}__name", "of")
        .annotate(count=count, since=since)
    )
    return found


def _contradictions(scope: Scope) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Answer.objects.visible_to(scope).filter(standing=Standing.HELD)
    own = Answer.objects.filter(
        done_by(Answer, "recorded_by", scope.persons) | Q(witness__in=scope.persons),
        round=OuterRef("round"),
        household=OuterRef("household"),
        standing__in=[Standing.CURRENT, Standing.HELD],
    )
    return _row(
        rows.filter(~Exists(own), round__project__cancelled_on=None),
        "decide",
        "round__project",
        number=F("round__number"),
        count=Count("household", distinct=True),
        since=Min("answered_on"),
    )


def _needs(scope: Scope) -> QuerySet[Any, tuple[Any, ...]]:
    return _row(
        CareVisit.objects.visible_to(scope).waiting().filter(**{f"{_HOME}__cancelled_on": None}),
        "serve",
        _HOME,
        number=Value(0),
        count=Count("household", distinct=True),
        since=Min("visited_on"),
    )


def _doors(scope: Scope) -> QuerySet[Any, tuple[Any, ...]]:
    """Households to call on where nobody called yet, until their project is handed over."""
    over = Gate.objects.filter(
        project=OuterRef("estate__project"), kind=GateKind.HANDED_OVER, actual_on__isnull=False
    )
    rows = Household.objects.visible_to(scope).to_call_on().never_visited()
    return _row(
        rows.filter(~Exists(over), estate__project__cancelled_on=None),
        "call",
        "estate__project",
        number=Value(0),
        count=Count("pk"),
        since=Cast(Value(None), DateField()),
    )


def _schemes(scope: Scope, today: date) -> QuerySet[Any, tuple[Any, ...]]:
    """Schemes that changed after residents were asked: until they are asked anew, an exception is asked for, or
    the works begin."""
    drafted = Round.objects.filter(
        project=OuterRef("project"), purpose=Purpose.SCHEME, state=RoundState.DRAFT
    )
    excepted = GateException.objects.filter(
        project=OuterRef("project"),
        check_code=CHECK,
        state__in=(ExceptionState.ASKED, ExceptionState.APPROVED),
    )
    rows = Round.objects.filter(
        project__in=Project.objects.in_streets_of(scope), project__cancelled_on=None
    )
    return _row(
        rows.overtaken_on(today).before_start().filter(~Exists(drafted), ~Exists(excepted)),
        "ask",
        "project",
        number=F("number"),
        count=Count("pk"),
        since=Min("opened_on"),
    )


# -- in words ----------------------------------------------------------------------------------------
def _decide(code: str, name: str, number: int, count: int, since: str) -> Item:
    return Item(
        title=f"认定{name}第{number}轮矛盾答复 {count} 户",
        reason=f"最早 {since} 答复；认定前都不计为同意",
        act="认定",
        href=reverse("consent:round", args=[code, number]),
        weight=18,
    )


def _ask(code: str, name: str, number: int, _count: int, since: str) -> Item:
    return Item(
        title=f"{name}方案已更新，重新征询方案意见",
        reason=f"第{number}轮 {since} 开始，问的是先前的方案；重新征询或批准例外前不能开工",
        act="看居民",
        href=reverse("consent:project", args=[code]),
        weight=22,
    )


def _serve(code: str, name: str, _number: int, count: int, since: str) -> Item:
    return Item(
        title=f"{name}敲门行动 {count} 户需求待办妥",
        reason=f"最早 {since} 上门",
        act="办理",
        href=reverse("consent:care", args=[code]),
        weight=27,
    )


def _call(code: str, name: str, _number: int, count: int, _since: str) -> Item:
    return Item(
        title=f"{name}敲门行动 {count} 户还没有上门",
        reason="名册标了上门关注，一次也没有上过门",
        act="登记上门",
        href=f"{reverse('consent:care', args=[code])}?visited=never",
        weight=28,
    )


_TOLD: dict[str, Callable[[str, str, int, int, str], Item]] = {
    "decide": _decide,
    "ask": _ask,
    "serve": _serve,
    "call": _call,
}
