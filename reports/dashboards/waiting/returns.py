"""Weekly returns: to be filled in, mended, reviewed, approved; who did not return."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.face.wording import moment
from supervision.weekly.enums import ReturnState
from supervision.weekly.register import Entry, register_between
from supervision.weekly.weeks import Phase

from .items import Item, bureau_of

P = Permission


def returns(scope: Scope, now: datetime) -> Iterator[Item]:
    """What is to be filled in, reviewed or approved, and who did not return."""
    working = {P.RETURN_FILL, P.RETURN_REVIEW, P.RETURN_APPROVE}
    watching = scope.bureau_id in scope.organisation_ids and bool(
        {P.RETURN_SEND_BACK, P.PAPER_SIGN, P.SHEET_ISSUE} & scope.permissions
    )
    if not working & scope.permissions and not watching:
        return
    this_week = Week.of(local_day(now))
    register = register_between(
        bureau=bureau_of(scope),
        streets=scope.organisation_ids,
        first=this_week.shift(-3),
        last=this_week,
        now=now,
        tells_nil=False,
    )
    closed = next((line for line in register.lines if line.phase is Phase.CLOSED), None)
    for line in register.lines:
        for entry in line.expected:
            yield from _of_entry(entry, line.moments.due_at, scope)
    if watching and closed is not None:
        for entry in closed.missing:
            yield Item(
                title=f"{entry.street.short_name}第{entry.week.number}周周报未报",
                reason=f"{moment(entry.closes_at)} 已截止；{entry.project_count} 个项目的进度按更早一周计",
                act="查看报送",
                href=_return_address(entry),
                weight=20,
                is_alarm=True,
            )


def _of_entry(entry: Entry, due: datetime | None, scope: Scope) -> Iterator[Item]:
    latest, week = entry.latest, f"第{entry.week.number}周"
    street = entry.street.short_name
    if latest is not None and latest.state == ReturnState.SENT_BACK and scope.can(P.RETURN_FILL):
        yield Item(
            title=f"{week}周报被退回，请改正",
            reason=f"退回意见：{latest.comment}"
            if latest.comment
            else "请按退回意见改正后重新报送",
            act="改正周报",
            href=_return_address(entry),
            weight=8,
            is_alarm=True,
        )
    elif entry.is_open and (latest is None or latest.state == ReturnState.DRAFT):
        if scope.can(P.RETURN_FILL):
            late = entry.phase is Phase.LATE
            yield Item(
                title=f"填报{week}周报",
                reason=f"{moment(entry.closes_at)} 关闭，现在报送按迟报计"
                if late
                else f"{moment(due)} 截止，{entry.project_count} 个在报项目",
                act="填报",
                href=_return_address(entry),
                weight=9 if late else 15,
                is_alarm=late,
            )
    elif latest is not None and latest.state == ReturnState.SUBMITTED:
        if scope.can(P.RETURN_REVIEW) and latest.submitted_by_id != scope.user_id:
            yield Item(
                title=f"审核{street}{week}周报",
                reason=f"{moment(latest.submitted_at)} 报送，{entry.project_count} 个项目",
                act="审核",
                href=_return_address(entry),
                weight=12,
            )
    elif latest is not None and latest.state == ReturnState.REVIEWED:
        people = {latest.submitted_by_id, latest.reviewed_by_id}
        if scope.can(P.RETURN_APPROVE) and scope.user_id not in people:
            yield Item(
                title=f"核定{street}{week}周报",
                reason=f"街道 {moment(latest.reviewed_at)} 审核，{entry.project_count} 个项目",
                act="核定",
                href=_return_address(entry),
                weight=12,
            )


def _return_address(entry: Entry) -> str:
    return reverse("weekly:street_week", args=[entry.week.key, entry.street.code])
