"""Who asks, answers and closes: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal
from renovation.records.acting import hands
from supervision.weekly.enums import FollowUpAct, ReturnState
from supervision.weekly.models import FollowUp, WeeklyReturn
from supervision.weekly.policies import check_street

from .flow import FLOW

#: Returns that have been sent; a draft is not yet anybody's word.
ASKABLE = frozenset(
    {ReturnState.SUBMITTED, ReturnState.REVIEWED, ReturnState.APPROVED, ReturnState.PUBLISHED}
)


def can_ask(*, scope: Scope) -> bool:
    """The bureau's people who send returns back ask about their rows."""
    return scope.can(Permission.RETURN_SEND_BACK) and scope.bureau_id in scope.organisation_ids


def check_ask(*, weekly_return: WeeklyReturn, scope: Scope) -> None:
    """Raises Forbidden (another bureau's street, not the bureau) or Refusal (nothing was sent yet)."""
    check_street(scope=scope, street=weekly_return.street)
    if not can_ask(scope=scope):
        raise Forbidden("提请核实由区局办理。")
    if weekly_return.state not in ASKABLE:
        raise Refusal("follow_up.not_sent", "街道报送以后才能提请核实。")


def check_act(*, follow_up: FollowUp, act: FollowUpAct, scope: Scope) -> None:
    """Raises StateConflict (not in this state) or Forbidden: the street answers, the bureau does all else, and
    who answered does not close."""
    step = FLOW.transition(follow_up.state, act)
    check_street(scope=scope, street=follow_up.weekly_return.street)
    if not scope.can(Permission(step.permission)):
        raise Forbidden(f"您没有{FLOW.act_label(follow_up.state, act)}的权限。")
    if act is not FollowUpAct.ANSWER and not can_ask(scope=scope):
        raise Forbidden("核实事项由区局了结。")
    if act is FollowUpAct.CLOSE and hands(follow_up, "answered_by") & scope.persons:
        raise Forbidden("答复的人不能自己了结。")


def open_acts(*, follow_up: FollowUp, scope: Scope) -> list[FollowUpAct]:
    """The acts that the page offers, in the order of the flow."""
    found = []
    for name in FLOW.available(follow_up.state, scope.permissions):
        act = FollowUpAct(name)
        try:
            check_act(follow_up=follow_up, act=act, scope=scope)
        except Forbidden:
            continue
        found.append(act)
    return found
