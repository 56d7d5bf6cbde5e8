"""What of meetings and items waits for somebody, for 待办."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.face.todo import Item
from renovation.face.wording import day, moment
from renovation.records.acting import by_others, hands
from renovation.records.services import values_in_force

from .enums import OPEN_STATES, AnswererKind, ExtensionState, ItemState, MinutesState
from .models import DispatchItem, ItemExtension, Minutes
from .parameters import CARRIED_MARK
from .policies import answers

P = Permission


def waiting_for(*, scope: Scope, now: datetime) -> Iterator[Item]:
    """For who answers: to sign for, due, overdue, sent back. For the bureau: reported items to close, extensions to
    decide, minutes to sign. For a leader only minutes, and what was carried too often. At most three queries, none
    for who has no part in it."""
    parts = {P.DISPATCH_ANSWER, P.DISPATCH_WRITE, P.DISPATCH_SIGN}
    if not parts & scope.permissions:
        return
    if P.DISPATCH_SIGN in scope.permissions:
        yield from _minutes(scope, now)
    yield from _items(scope, now)


def _minutes(scope: Scope, now: datetime) -> Iterator[Item]:
    rows = Minutes.objects.visible_to(scope).filter(state=MinutesState.SUBMITTED)
    for row in rows.by_others(scope.persons).select_related("meeting", "submitted_by"):
        yield Item(
            title=f"签发{row}",
            reason=f"{moment(row.submitted_at, now)} 提请；签发后交办事项生效",
            act="审阅签发",
            href=reverse("dispatch:minutes_act", args=[row.meeting_id, "sign"]),
            weight=12,
        )


def _items(scope: Scope, now: datetime) -> Iterator[Item]:
    rows = (
        DispatchItem.objects.visible_to(scope)
        .filter(state__in=OPEN_STATES)
        .with_carried()
        .with_asked()
        .with_sent_back()
        .select_related("project", "bureau", "reported_by")
        .order_by("due_on", "pk")
    )
    found = list(rows)
    if not found:
        return
    decides = scope.can(P.DISPATCH_WRITE)
    asked = _decidable(scope) if decides and any(_asked(row) for row in found) else set()
    for row in found:
        if answers(item=row, scope=scope):
            yield from _for_answerer(row, now)
        if decides:
            yield from _for_bureau(row, scope, now, is_asked=row.pk in asked)
    if not decides and scope.can(P.DISPATCH_SIGN):
        yield from _for_leader([row for row in found if _carried(row) > 1], now)


def _asked(row: DispatchItem) -> bool:
    return row.asked_until is not None  # type: ignore[attr-defined]


def _carried(row: DispatchItem) -> int:
    found: int = row.carried_count  # type: ignore[attr-defined]
    return found


def _was_sent_back(row: DispatchItem) -> bool:
    found: bool = row.was_sent_back  # type: ignore[attr-defined]
    return found


def _decidable(scope: Scope) -> set[int]:
    """Items whose extension another person asked for. One query."""
    waiting = ItemExtension.objects.visible_to(scope).filter(state=ExtensionState.ASKED)
    return set(by_others(waiting, "asked_by", scope.persons).values_list("item", flat=True))


def _for_answerer(row: DispatchItem, now: datetime) -> Iterator[Item]:
    late = row.overdue_days(local_day(now))
    page = reverse("dispatch:item", args=[row.pk])
    due = f"{day(row.due_on)}到期" + (f"，已逾期 {late} 天" if late else "")
    if row.state == ItemState.TO_ACCEPT:
        yield Item(
            title=f"签收 {row.code}",
            reason=f"{row.task}；{due}",
            act="签收",
            href=page,
            weight=9 if late else 13,
            is_alarm=late > 0,
        )
    elif row.state == ItemState.WORKING:
        near = (row.due_on - local_day(now)).days <= 1
        if late or near or _was_sent_back(row):
            back = "退回重办；" if _was_sent_back(row) else ""
            yield Item(
                title=f"办结 {row.code}",
                reason=f"{back}{row.task}；{due}",
                act="报办结",
                href=page,
                weight=9 if late else 14,
                is_alarm=late > 0,
            )


def _for_bureau(
    row: DispatchItem, scope: Scope, now: datetime, *, is_asked: bool
) -> Iterator[Item]:
    """What its follower does next; where the follower reported it, or asked for the time, anybody else does."""
    page = reverse("dispatch:item", args=[row.pk])
    mine = row.owner_id in scope.persons
    if row.state == ItemState.REPORTED:
        reporters = hands(row, "reported_by")
        if (mine or row.owner_id in reporters) and not scope.persons & reporters:
            yield Item(
                title=f"核实办结 {row.code}",
                reason=f"{row.answerer_name} {moment(row.reported_at, now)} 报办结；{row.task}",
                act="核实",
                href=page,
                weight=15,
            )
    elif is_asked and (mine or row.answerer_kind == AnswererKind.SECTION):
        until = day(row.asked_until)  # type: ignore[attr-defined]
        yield Item(
            title=f"定延期 {row.code}",
            reason=f"{row.answerer_name}申请由 {day(row.due_on)} 延至 {until}；{row.task}",
            act="定延期",
            href=page,
            weight=13,
        )
    elif mine and (late := row.overdue_days(local_day(now))):
        yield Item(
            title=f"{row.code} 逾期 {late} 天",
            reason=f"{row.answerer_name}没有报办结；{row.task}",
            act="查看",
            href=page,
            weight=20,
            is_alarm=True,
        )


def _for_leader(rows: Sequence[DispatchItem], now: datetime) -> Iterator[Item]:
    """Only what went up: carried over and over, and still not done."""
    if not rows:
        return
    mark = values_in_force(organisation=rows[0].bureau, on=local_day(now))[CARRIED_MARK.key]
    for row in rows:
        if _carried(row) >= mark:
            yield Item(
                title=f"{row.code} 上会 {_carried(row)} 次没有办结",
                reason=f"{row.answerer_name}：{row.task}；可考虑发函",
                act="查看",
                href=reverse("dispatch:item", args=[row.pk]),
                weight=20,
                is_alarm=True,
            )
