"""Who may do what with meetings, minutes and items: ``check_…`` raises, ``can_…`` answers, one body."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.acting import hands

from .enums import (
    AnswererKind,
    ItemAct,
    ItemState,
    MeetingAct,
    MeetingState,
    MinutesAct,
    MinutesState,
)
from .flow import ITEM, MEETING, MINUTES
from .models import DispatchItem, DispatchMeeting, ItemExtension, Minutes

P = Permission
ANOTHER_SIGNS = "记录过、提请过的人不能自己签发，请另一人签发。"
ANOTHER_CLOSES = "报办结的人不能自己办结，请另一人核。"
ANOTHER_GRANTS = "申请延期的人不能自己批，请另一人决定。"

#: Acts of who answers; the bureau does all others.
ANSWERING = frozenset({ItemAct.ACCEPT, ItemAct.NOTE, ItemAct.REPORT, ItemAct.ASK_EXTENSION})
#: Acts about an extension that waits.
DECIDING = frozenset({ItemAct.GRANT_EXTENSION, ItemAct.REFUSE_EXTENSION})


# -- the bureau --------------------------------------------------------------------------------------
def can_write(*, scope: Scope) -> bool:
    """Whether somebody prepares meetings and assigns items: the bureau's people."""
    return scope.can(P.DISPATCH_WRITE) and scope.bureau_id in scope.home_ids


def check_write(*, scope: Scope) -> None:
    """Raises Forbidden where ``can_write`` says no."""
    if not can_write(scope=scope):
        raise Forbidden("周调度会和交办由区局办理。")


def _check_home(*, bureau_id: int, scope: Scope) -> None:
    if bureau_id not in scope.home_ids:
        raise Forbidden("周调度会和交办由区局办理。")


# -- meetings ----------------------------------------------------------------------------------------
def check_meeting_act(*, meeting: DispatchMeeting, act: MeetingAct, scope: Scope) -> None:
    """Raises StateConflict (not in this state) or Forbidden."""
    step = MEETING.transition(meeting.state, act)
    _check_home(bureau_id=meeting.bureau_id, scope=scope)
    if step.permission not in scope.permissions:
        raise Forbidden(f"您没有{MEETING.act_label(meeting.state, act)}的权限。")


def check_agenda(*, meeting: DispatchMeeting, scope: Scope) -> None:
    """Topics may be changed by this post now: until minutes are signed. Raises Forbidden or StateConflict."""
    _check_home(bureau_id=meeting.bureau_id, scope=scope)
    check_write(scope=scope)
    check_topics_open(meeting=meeting)


def check_topics_open(*, meeting: DispatchMeeting) -> None:
    """The topics are not settled yet; raises StateConflict. One query of a held meeting."""
    if meeting.state == MeetingState.CALLED_OFF:
        raise StateConflict(f"{meeting.title}已取消，议题不再修改。", state=meeting.state)
    if (
        meeting.state == MeetingState.HELD
        and meeting.minutes.exclude(state=MinutesState.RECORDING).exists()
    ):
        raise StateConflict(f"{meeting.title}的纪要已提请签发，议题不再修改。", state=meeting.state)


def can_change_agenda(*, meeting: DispatchMeeting, scope: Scope) -> bool:
    """Whether changing topics is offered."""
    return _may(partial(check_agenda, meeting=meeting, scope=scope))


def meeting_acts(*, meeting: DispatchMeeting, scope: Scope) -> list[MeetingAct]:
    """The acts that the page offers, in the order of the flow."""
    acts = [MeetingAct(name) for name in MEETING.available(meeting.state, scope.permissions)]
    return [
        act
        for act in acts
        if _may(partial(check_meeting_act, meeting=meeting, act=act, scope=scope))
    ]


# -- minutes -----------------------------------------------------------------------------------------
def check_record(*, minutes: Minutes, scope: Scope) -> None:
    """Their words may be changed by this post now; raises Forbidden or StateConflict."""
    _check_home(bureau_id=minutes.meeting.bureau_id, scope=scope)
    check_write(scope=scope)
    if minutes.state != MinutesState.RECORDING:
        raise StateConflict(
            f"{minutes}{'正在等签发，请先退回再改' if minutes.state == MinutesState.SUBMITTED else '已签发，要改的请另作更正'}。",
            state=minutes.state,
        )


def can_record(*, minutes: Minutes, scope: Scope) -> bool:
    """Whether changing the words is offered."""
    return _may(partial(check_record, minutes=minutes, scope=scope))


def check_minutes_act(*, minutes: Minutes, act: MinutesAct, scope: Scope) -> None:
    """Raises StateConflict or Forbidden: who ever wrote in this version or submitted it does not sign it."""
    step = MINUTES.transition(minutes.state, act)
    _check_home(bureau_id=minutes.meeting.bureau_id, scope=scope)
    if step.permission not in scope.permissions:
        raise Forbidden(f"您没有{MINUTES.act_label(minutes.state, act)}的权限。")
    if act is MinutesAct.SIGN:
        check_another_signs(minutes=minutes, persons=scope.persons)


def check_another_signs(*, minutes: Minutes, persons: Collection[int]) -> None:
    """Raises Forbidden where one of these persons wrote in this version or submitted it. One query."""
    if not Minutes.objects.filter(pk=minutes.pk).by_others(persons).exists():
        raise Forbidden(ANOTHER_SIGNS)


def minutes_acts(*, minutes: Minutes, scope: Scope) -> list[MinutesAct]:
    """The acts that the page offers, in the order of the flow."""
    acts = [MinutesAct(name) for name in MINUTES.available(minutes.state, scope.permissions)]
    return [
        act
        for act in acts
        if _may(partial(check_minutes_act, minutes=minutes, act=act, scope=scope))
    ]


def why_not_sign(*, minutes: Minutes, scope: Scope) -> str:
    """Why signing is not offered to who could; "" where there is nothing to say."""
    if MinutesAct.SIGN not in MINUTES.available(minutes.state, scope.permissions):
        return ""
    return _why_not(partial(check_minutes_act, minutes=minutes, act=MinutesAct.SIGN, scope=scope))


# -- items -------------------------------------------------------------------------------------------
def answers(*, item: DispatchItem, scope: Scope) -> bool:
    """Whether somebody acts for who answers: the street, the section's bureau, the party itself, and, since many a
    party has no account, the street of the party's project."""
    if not scope.can(P.DISPATCH_ANSWER):
        return False
    if item.organisation_id is not None and item.organisation_id in scope.home_ids:
        return True
    return (
        item.answerer_kind == AnswererKind.PARTY
        and item.project is not None
        and item.project.street_id in scope.home_ids
    )


def check_item_act(
    *,
    item: DispatchItem,
    act: ItemAct,
    scope: Scope,
    extension: ItemExtension | None = None,
) -> None:
    """Raises StateConflict or Forbidden: who answers signs for, reports and asks; the bureau does all else; who
    reported does not close, who asked does not grant. ``extension`` is the one that waits, where one does."""
    step = ITEM.transition(item.state, act)
    if step.permission not in scope.permissions:
        raise Forbidden(f"您没有{ITEM.act_label(item.state, act)}的权限。")
    if act in ANSWERING:
        if not answers(item=item, scope=scope):
            raise Forbidden(f"这件事由{item.answerer_name}办理。")
    else:
        _check_home(bureau_id=item.bureau_id, scope=scope)
    if act is ItemAct.CLOSE and scope.persons & hands(item, "reported_by"):
        raise Forbidden(ANOTHER_CLOSES)
    if act is ItemAct.ASK_EXTENSION and extension is not None:
        raise StateConflict("已有一份延期申请待批。", state=item.state)
    if act in DECIDING:
        if extension is None:
            raise StateConflict("没有待批的延期申请。", state=item.state)
        if scope.persons & hands(extension, "asked_by"):
            raise Forbidden(ANOTHER_GRANTS)


def item_acts(
    *, item: DispatchItem, scope: Scope, extension: ItemExtension | None
) -> list[ItemAct]:
    """The acts that the page offers, in the order of the flow."""
    acts = [ItemAct(name) for name in ITEM.available(item.state, scope.permissions)]
    return [
        act
        for act in acts
        if _may(partial(check_item_act, item=item, act=act, scope=scope, extension=extension))
    ]


def why_not_close(*, item: DispatchItem, scope: Scope) -> str:
    """Why closing is not offered to who could; "" where there is nothing to say."""
    if item.state != ItemState.REPORTED or not scope.can(P.DISPATCH_WRITE):
        return ""
    return _why_not(partial(check_item_act, item=item, act=ItemAct.CLOSE, scope=scope))


def _may(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refusal:
        return False
    return True


def _why_not(check: Callable[[], None]) -> str:
    try:
        check()
    except Forbidden as forbidden:
        return forbidden.message
    return ""
