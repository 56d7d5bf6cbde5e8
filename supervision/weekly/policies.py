"""Who may do what to a return, and when: ``check_…`` raises, ``can_…`` answers, one body each."""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.flow import Transition
from renovation.core.wording import chinese_moment

from .enums import ReturnAct, ReturnState
from .flow import FLOW
from .models import WeeklyReturn
from .weeks import Phase, WeekMoments

FILLABLE = frozenset({ReturnState.DRAFT, ReturnState.SENT_BACK})


def check_street(*, scope: Scope, street: Organisation) -> None:
    """The street belongs to the scope; raises Forbidden."""
    if street.pk not in scope.organisation_ids:
        raise Forbidden(f"您的岗位不管{street.short_name}的周报。")


def check_act(
    *, weekly_return: WeeklyReturn, act: ReturnAct, scope: Scope, comment: str = ""
) -> Transition:
    """The act fits the state, the post and the person.

    Who submitted, reviewed and approved differ pairwise (CONTRACT.md, States of a return), who acts in another's
    place counting as both. Raises, in this
    order: Forbidden (another street), StateConflict, Forbidden (no permission), Refusal at ``comment``,
    Forbidden (the same person again).
    """
    check_street(scope=scope, street=weekly_return.street)
    _check_way(weekly_return, act)
    step = FLOW.check(weekly_return.state, act, scope.permissions, comment)
    senders = {weekly_return.submitted_by_id, weekly_return.submitted_for_id}
    if act == ReturnAct.REVIEW and senders & scope.persons:
        raise Forbidden("报送和街道审核不能是同一个人，请由街道审核岗的另一人审核。")
    if act == ReturnAct.APPROVE:
        if senders & scope.persons:
            raise Forbidden("报送和核定不能是同一个人。")
        if {weekly_return.reviewed_by_id, weekly_return.reviewed_for_id} & scope.persons:
            raise Forbidden("街道审核和区局核定不能是同一个人。")
    if act == ReturnAct.CORRECT and _newer(weekly_return):
        raise StateConflict("这份周报已经有更正稿，请在更正稿上修改。", state=weekly_return.state)
    return step


def _check_way(weekly_return: WeeklyReturn, act: ReturnAct) -> None:
    """A submitted return is reviewed by its street, one sent while that was switched off approved by the bureau."""
    if weekly_return.state != ReturnState.SUBMITTED:
        return
    review_is_waived = weekly_return.review_waiver_id is not None
    if act == ReturnAct.REVIEW and review_is_waived:
        raise StateConflict(
            "这份周报报送时街道审核已经停用，由区局直接核定。", state=weekly_return.state
        )
    if act == ReturnAct.APPROVE and not review_is_waived:
        raise StateConflict(
            f"{FLOW.acts[act].refused}当前状态：{weekly_return.get_state_display()}。",
            state=weekly_return.state,
        )


def can_act(*, weekly_return: WeeklyReturn, act: ReturnAct, scope: Scope) -> bool:
    """Whether the button of an act is offered to somebody."""
    return not why_not(weekly_return=weekly_return, act=act, scope=scope)


def why_not(*, weekly_return: WeeklyReturn, act: ReturnAct, scope: Scope) -> str:
    """Why an act is not open to somebody, "" where it is; a comment is still to be written."""
    try:
        check_act(weekly_return=weekly_return, act=act, scope=scope, comment="—")
    except Refusal as refusal:
        return refusal.message
    return ""


def _newer(weekly_return: WeeklyReturn) -> bool:
    return WeeklyReturn.objects.filter(supersedes=weekly_return).exists()


def check_window(
    *,
    moments: WeekMoments,
    closes_at: datetime | None,
    now: datetime,
    is_reported: bool = False,
) -> Phase:
    """The week takes something in now; returns open or late.

    ``closes_at`` is the closing moment of the street, exceptions included. ``is_reported`` lets in what was
    reported in time and sent back after the closing moment: that is mended, not reported anew. The refusal
    (``week.not_asked``, ``week.not_open``, ``week.closed``) names the rule that holds it.
    """
    phase = moments.phase(now, closes_at=closes_at)
    label = moments.week.label
    if phase is Phase.NOT_ASKED:
        raise Refusal("week.not_asked", f"{label}没有工作日，按规定不要求报送周报。")
    if phase is Phase.BEFORE:
        raise Refusal(
            "week.not_open",
            f"{label}周报自{chinese_moment(moments.opens_at)}起填报（每周一0:00开始），现在还没有开始。",
        )
    if phase is Phase.CLOSED and not is_reported and closes_at is not None:
        extended = closes_at != moments.closes_at
        rule = "准许延后的时间已过" if extended else "截止后的下一个工作日关闭"
        raise Refusal(
            "week.closed",
            f"{label}周报{moments.text}，已于{chinese_moment(closes_at)}关闭"
            f"（{rule}）。需要补报的，请区局审核岗准许延后关闭。",
        )
    return Phase.LATE if phase is Phase.CLOSED else phase


def check_fillable(*, weekly_return: WeeklyReturn, scope: Scope) -> None:
    """Rows of the return may be written by this post now; raises Forbidden or StateConflict."""
    check_fill(scope=scope, street=weekly_return.street)
    if weekly_return.state not in FILLABLE:
        raise StateConflict(
            f"周报现在是“{weekly_return.get_state_display()}”，不能修改；"
            "已报送的请先退回，已核定的请用更正。",
            state=weekly_return.state,
        )


def can_fill(*, weekly_return: WeeklyReturn, scope: Scope) -> bool:
    """Whether the form of a return is offered to somebody."""
    try:
        check_fillable(weekly_return=weekly_return, scope=scope)
    except Refusal:
        return False
    return True


def check_fill(*, scope: Scope, street: Organisation) -> None:
    """This post fills in returns of the street; raises Forbidden."""
    check_street(scope=scope, street=street)
    if not scope.can(Permission.RETURN_FILL):
        raise Forbidden("只有街道填报岗能填报周报。")


def check_grant(*, scope: Scope, street: Organisation) -> None:
    """This post grants exceptions to the street; raises Forbidden."""
    check_street(scope=scope, street=street)
    if not scope.can(Permission.EXCEPTION_GRANT):
        raise Forbidden("只有区局审核岗能准许延后关闭。")


def can_remind(*, scope: Scope) -> bool:
    """Whether somebody may remind streets of their returns: the bureau's people who send returns back."""
    return scope.can(Permission.RETURN_SEND_BACK) and scope.bureau_id in scope.organisation_ids


def check_remind(*, scope: Scope) -> None:
    """Raises Forbidden where `can_remind` says no."""
    if not can_remind(scope=scope):
        raise Forbidden("催报由区局办理。")


def can_see_burden(*, scope: Scope) -> bool:
    """Whether somebody sees what the returns cost the streets: who reads the returns of the whole bureau."""
    whole = scope.bureau_id is not None and scope.bureau_id in scope.organisation_ids
    return whole and scope.can(Permission.RETURN_READ) and not scope.approved_only


def check_burden(*, scope: Scope) -> None:
    """Raises Forbidden where `can_see_burden` says no."""
    if not can_see_burden(scope=scope):
        raise Forbidden("填报负担由区局统计。")


def check_contact(*, scope: Scope, street: Organisation) -> None:
    """The contact of a street is kept by the street itself and by the bureau; raises Forbidden."""
    own = street.pk in scope.home_ids and bool(
        {Permission.RETURN_FILL, Permission.RETURN_REVIEW} & scope.permissions
    )
    if not own and not can_remind(scope=scope):
        raise Forbidden(f"{street.short_name}的报送联系人由本街道或区局登记。")
