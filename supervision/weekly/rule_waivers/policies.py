"""Who asks for a waiver and who decides it: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from datetime import date

from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal
from renovation.records.acting import hands
from supervision.weekly.policies import check_street

from .enums import RuleWaiverAct, RuleWaiverState
from .flow import FLOW
from .models import RuleWaiver

_ASKS = frozenset({Permission.RETURN_FILL, Permission.RETURN_REVIEW, Permission.RETURN_SEND_BACK})


def can_ask(*, scope: Scope) -> bool:
    """The people of a street who fill in or review its returns, and the bureau's who send them back."""
    return bool(_ASKS & scope.permissions)


def check_ask(*, scope: Scope, street: Organisation) -> None:
    """Raises Forbidden (another street, another post)."""
    check_street(scope=scope, street=street)
    if not can_ask(scope=scope):
        raise Forbidden("豁免由街道或区局经办申请。")


def can_decide(*, scope: Scope) -> bool:
    """The bureau's reviewers, who also grant later closing moments."""
    return scope.can(Permission.EXCEPTION_GRANT) and scope.bureau_id in scope.organisation_ids


def check_act(*, waiver: RuleWaiver, act: RuleWaiverAct, scope: Scope, today: date) -> None:
    """Raises StateConflict (not in this state), Forbidden (another street, no permission, who asked decides; who did
    not ask takes back), Refusal ``rule_waiver.over`` (approved or ended after its last day)."""
    step = FLOW.transition(waiver.state, act)
    check_street(scope=scope, street=waiver.street)
    if not scope.can(Permission(step.permission)):
        raise Forbidden(f"您没有{FLOW.act_label(waiver.state, act)}的权限。")
    if act is RuleWaiverAct.WITHDRAW:
        if not hands(waiver, "asked_by") & scope.persons:
            raise Forbidden("申请由申请人自己撤回。")
        return
    if not can_decide(scope=scope):
        raise Forbidden("豁免由区局审核岗批准。")
    if (
        act in {RuleWaiverAct.APPROVE, RuleWaiverAct.DECLINE}
        and hands(waiver, "asked_by") & scope.persons
    ):
        raise Forbidden("申请和批准不能是同一个人，请区局审核岗的另一人批准。")
    if act in {RuleWaiverAct.APPROVE, RuleWaiverAct.REVOKE} and waiver.ends_on < today:
        raise Refusal("rule_waiver.over", "这项豁免的期限已过。")


def open_acts(*, waiver: RuleWaiver, scope: Scope, today: date) -> list[RuleWaiverAct]:
    """The acts that the page offers, in the order of the flow."""
    found = []
    for name in FLOW.available(waiver.state, scope.permissions):
        act = RuleWaiverAct(name)
        try:
            check_act(waiver=waiver, act=act, scope=scope, today=today)
        except Refusal:
            continue
        found.append(act)
    return found


def is_waiting(waiver: RuleWaiver) -> bool:
    """Whether somebody is still to decide."""
    return waiver.state == RuleWaiverState.ASKED
