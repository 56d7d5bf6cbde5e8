"""Who answers and who closes a finding: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from projects.funding.enums import FindingAct
from projects.funding.models import AuditFinding
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.records.acting import hands

from .flow import FLOW


def check_act(*, finding: AuditFinding, act: FindingAct, scope: Scope) -> None:
    """Raises Forbidden: the owner or the bureau answers; whoever owns or answered it does not close it."""
    step = FLOW.transition(finding.state, act)
    if step.permission not in scope.permissions:
        raise Forbidden(f"您没有{FLOW.act_label(finding.state, act)}的权限。")
    if act is FindingAct.ANSWER:
        is_owner = finding.owner_id in scope.persons
        if not is_owner and not scope.can(Permission.FUNDING_WRITE):
            raise Forbidden("只有责任岗位和区局经办能报整改。")
    elif act is FindingAct.CLOSE and scope.persons & (
        {finding.owner_id} | hands(finding, "answered_by")
    ):
        raise Forbidden("责任岗位和报整改的人不能自己销号。")


def open_acts(*, finding: AuditFinding, scope: Scope) -> list[FindingAct]:
    """The acts that the page offers, in the order of the flow."""
    found = []
    for act in FLOW.available(finding.state, scope.permissions):
        try:
            check_act(finding=finding, act=FindingAct(act), scope=scope)
        except Forbidden:
            continue
        found.append(FindingAct(act))
    return found


def why_not(*, finding: AuditFinding, scope: Scope) -> str:
    """Why closing is not offered to who might; "" where there is nothing to say."""
    if FindingAct.CLOSE not in FLOW.available(finding.state, scope.permissions):
        return ""
    try:
        check_act(finding=finding, act=FindingAct.CLOSE, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""
