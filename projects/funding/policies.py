"""Who may see, record and decide on money: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.records.acting import hands

from .enums import EventState
from .models import FundingEvent


def can_record(*, scope: Scope) -> bool:
    """Bureau staff keep the money ledger."""
    return scope.can(Permission.FUNDING_WRITE)


def check_decide(*, event: FundingEvent, scope: Scope) -> None:
    """A reviewer other than who recorded it; raises Forbidden."""
    if not scope.can(Permission.FUNDING_APPROVE):
        raise Forbidden("只有区局审核岗能核定资金。")
    if hands(event, "recorded_by") & scope.persons:
        raise Forbidden("登记的人不能自己核定。")


def why_not_decide(*, event: FundingEvent, scope: Scope) -> str:
    """Why 核定 and 退回 are not offered, "" where they are."""
    if event.state != EventState.PENDING:
        return f"这笔登记{event.get_state_display()}"
    try:
        check_decide(event=event, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""


def can_correct(*, event: FundingEvent, scope: Scope) -> bool:
    """Whether the form for a correction is offered."""
    return (
        can_record(scope=scope) and event.state == EventState.APPROVED and event.corrects_id is None
    )


def can_name_account(*, event: FundingEvent, scope: Scope) -> bool:
    """Whether the page offers to say through which account an entry went."""
    return (
        can_record(scope=scope) and event.state != EventState.REJECTED and event.corrects_id is None
    )
