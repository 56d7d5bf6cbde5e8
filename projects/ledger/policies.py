"""Who may change the ledger, and who may approve a plan: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.records.acting import hands

from .change_flow import FLOW as CHANGE_FLOW
from .enums import BaselineState, ChangeAct, ExceptionAct, OpeningAct
from .exception_flow import FLOW as EXCEPTION_FLOW
from .models import Baseline, GateException, GateOpening, Party, ProjectChange
from .opening_flow import FLOW as OPENING_FLOW


def can_write(*, scope: Scope) -> bool:
    """Bureau staff keep the ledger."""
    return scope.can(Permission.LEDGER_WRITE)


def can_read_history(*, scope: Scope) -> bool:
    """Who changed what is for those who read the figures, not for companies and observers."""
    return scope.can(Permission.FIGURES_READ)


def can_see_phone(*, party: Party, scope: Scope) -> bool:
    """Telephone numbers of contacts are for who works with the streets, and for the company itself."""
    return scope.can(Permission.RETURN_READ) or party.organisation_id in scope.party_ids


def can_file(*, scope: Scope) -> bool:
    """Who keeps the ledger and who fills in a street's return files what belongs to a project."""
    return scope.can(Permission.LEDGER_WRITE) or scope.can(Permission.RETURN_FILL)


def check_approve_baseline(*, baseline: Baseline, scope: Scope) -> None:
    """A reviewer other than the drafter; raises Forbidden."""
    if not scope.can(Permission.LEDGER_APPROVE):
        raise Forbidden("只有区局审核岗能批准计划。")
    if hands(baseline, "drafted_by") & scope.persons:
        raise Forbidden("拟定计划的人不能自己批准。")


def why_not_approve(*, baseline: Baseline, scope: Scope) -> str:
    """Why the button 批准 is not offered, "" where it is."""
    if baseline.state != BaselineState.DRAFT:
        return "已经批准"
    try:
        check_approve_baseline(baseline=baseline, scope=scope)
    except Forbidden as forbidden:
        return forbidden.message
    return ""


def can_discard_baseline(*, baseline: Baseline, scope: Scope) -> bool:
    """A draft is thrown away by who keeps the ledger, or by who would have to approve it."""
    return baseline.state == BaselineState.DRAFT and (
        scope.can(Permission.LEDGER_WRITE) or scope.can(Permission.LEDGER_APPROVE)
    )


def can_decide_exceptions(*, scope: Scope) -> bool:
    """Who approves exceptions from checks of gates."""
    return scope.can(Permission.LEDGER_APPROVE)


def exception_acts(*, exception: GateException, scope: Scope) -> list[tuple[str, str]]:
    """(act, word on the button) of what this person may do to an exception now."""
    acts = EXCEPTION_FLOW.available(exception.state, scope.permissions)
    if hands(exception, "requested_by") & scope.persons:
        acts = [act for act in acts if act != ExceptionAct.APPROVE]
    return [(act, EXCEPTION_FLOW.act_label(exception.state, act)) for act in acts]


def why_not_decide_exception(*, exception: GateException, scope: Scope) -> str:
    """Why the button 批准 is not offered on one that waits, "" where it is or nothing waits."""
    if not EXCEPTION_FLOW.may(exception.state, ExceptionAct.APPROVE):
        return ""
    if not scope.can(Permission.LEDGER_APPROVE):
        return "由区局审核岗批准。"
    return "申请例外的人不能自己批准。" if hands(exception, "requested_by") & scope.persons else ""


def change_acts(*, change: ProjectChange, scope: Scope) -> list[tuple[str, str]]:
    """(act, word on the button) of what this person may do to a change now."""
    acts = CHANGE_FLOW.available(change.state, scope.permissions)
    if hands(change, "drafted_by") & scope.persons:
        acts = [act for act in acts if act != ChangeAct.APPROVE]
    return [(act, CHANGE_FLOW.act_label(change.state, act)) for act in acts]


def why_not_approve_change(*, change: ProjectChange, scope: Scope) -> str:
    """Why the button 批准 is not offered on one that waits, "" where it is or nothing waits."""
    if not CHANGE_FLOW.may(change.state, ChangeAct.APPROVE):
        return ""
    if not scope.can(Permission.LEDGER_APPROVE):
        return "由区局审核岗批准。"
    return "登记变更的人不能自己批准。" if hands(change, "drafted_by") & scope.persons else ""


def opening_acts(*, opening: GateOpening, scope: Scope) -> list[tuple[str, str]]:
    """(act, word on the button) of what this person may do to an opening entry of a gate now."""
    acts = OPENING_FLOW.available(opening.state, scope.permissions)
    if hands(opening, "recorded_by") & scope.persons:
        acts = [act for act in acts if act != OpeningAct.APPROVE]
    return [(act, OPENING_FLOW.act_label(opening.state, act)) for act in acts]


def why_not_approve_opening(*, opening: GateOpening, scope: Scope) -> str:
    """Why the button 核定 is not offered on one that waits, "" where it is or nothing waits."""
    if not OPENING_FLOW.may(opening.state, OpeningAct.APPROVE):
        return ""
    if not scope.can(Permission.LEDGER_APPROVE):
        return "由区局审核岗核定。"
    return "登记期初的人不能自己核定。" if hands(opening, "recorded_by") & scope.persons else ""
