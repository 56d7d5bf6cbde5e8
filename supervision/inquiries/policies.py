"""Who may do what with an inquiry: ``check_…`` raises, ``can_…`` answers, one body."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.acting import hands

from .enums import InquiryAct, InquiryState
from .flow import FLOW
from .models import Inquiry

ANOTHER = "拟定和提请的人不能自己批准，请另一人批准。"


def check_bureau(*, inquiry: Inquiry, scope: Scope) -> None:
    """Raises Forbidden where the scope does not work in the bureau that asks."""
    if inquiry.bureau_id not in scope.home_ids:
        raise Forbidden("收数由区局办理。")


def check_edit(*, inquiry: Inquiry, scope: Scope) -> None:
    """The draft may be changed by this post; raises Forbidden or StateConflict."""
    check_bureau(inquiry=inquiry, scope=scope)
    if not scope.can(Permission.INQUIRY_WRITE):
        raise Forbidden("只有区局经办岗能拟定临时收数。")
    if inquiry.state != InquiryState.DRAFT:
        raise StateConflict(
            f"“{inquiry.title}”{inquiry.get_state_display()}，不能再改内容和列。",
            state=inquiry.state,
        )


def can_edit(*, inquiry: Inquiry, scope: Scope) -> bool:
    """Whether changing the draft is offered."""
    try:
        check_edit(inquiry=inquiry, scope=scope)
    except Refusal:
        return False
    return True


def check_act(*, inquiry: Inquiry, act: InquiryAct, scope: Scope) -> None:
    """Raises StateConflict or Forbidden: who drafted or submitted does not approve or send back."""
    step = FLOW.transition(inquiry.state, act)
    check_bureau(inquiry=inquiry, scope=scope)
    if step.permission not in scope.permissions:
        raise Forbidden(f"您没有{FLOW.act_label(inquiry.state, act)}的权限。")
    if act is InquiryAct.APPROVE and scope.persons & (
        hands(inquiry, "drafted_by") | hands(inquiry, "submitted_by")
    ):
        raise Forbidden(ANOTHER)


def open_acts(*, inquiry: Inquiry, scope: Scope) -> list[InquiryAct]:
    """The acts that the page offers, in the order of the flow."""
    found = []
    for name in FLOW.available(inquiry.state, scope.permissions):
        act = InquiryAct(name)
        try:
            check_act(inquiry=inquiry, act=act, scope=scope)
        except Refusal:
            continue
        found.append(act)
    return found


def why_not_approve(*, inquiry: Inquiry, scope: Scope) -> str:
    """Why approving is not offered to who could; "" where there is nothing to say."""
    if InquiryAct.APPROVE not in FLOW.available(inquiry.state, scope.permissions):
        return ""
    try:
        check_act(inquiry=inquiry, act=InquiryAct.APPROVE, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""


def check_open(*, inquiry: Inquiry) -> None:
    """The inquiry takes answers now; raises StateConflict."""
    if inquiry.state != InquiryState.OPEN:
        raise StateConflict(
            f"“{inquiry.title}”{inquiry.get_state_display()}，不再收数。", state=inquiry.state
        )


def check_answer(*, inquiry: Inquiry, street: Organisation, scope: Scope) -> None:
    """This post answers for the street now; raises Forbidden or StateConflict."""
    if not scope.can(Permission.RETURN_FILL) or street.pk not in scope.home_ids:
        raise Forbidden("只有本街道的填报岗能填。")
    check_open(inquiry=inquiry)


def can_answer(*, inquiry: Inquiry, street: Organisation, scope: Scope) -> bool:
    """Whether filling in is offered."""
    try:
        check_answer(inquiry=inquiry, street=street, scope=scope)
    except Refusal:
        return False
    return True
