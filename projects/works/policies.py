"""Who may plan, enter and approve: ``check_…`` raises, ``can_…`` answers."""

from __future__ import annotations

from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.records.acting import hands

from .enums import PlanState
from .models import ItemPlan, MenuItem


def can_enter(*, scope: Scope) -> bool:
    """Street clerks and bureau staff record what is delivered, structures and the utilities' plans."""
    return scope.can(Permission.WORKS_WRITE)


def can_plan(*, scope: Scope) -> bool:
    """Who keeps the ledger plans what a project takes from the menu."""
    return scope.can(Permission.LEDGER_WRITE)


def can_see_owner(*, scope: Scope) -> bool:
    """Who an illegal structure belongs to is for those who handle the case, never for a company."""
    return scope.can(Permission.WORKS_WRITE) and not scope.approved_only


def check_decide(*, plan: ItemPlan, scope: Scope) -> None:
    """A reviewer other than who proposed it; raises Forbidden."""
    if not scope.can(Permission.LEDGER_APPROVE):
        raise Forbidden("只有区局审核岗能批准改造内容的调整。")
    if hands(plan, "proposed_by") & scope.persons:
        raise Forbidden("登记调整的人不能自己批准。")


def can_decide(*, plan: ItemPlan, scope: Scope) -> bool:
    """Whether 批准 and 退回 are offered."""
    if plan.state != PlanState.PENDING:
        return False
    try:
        check_decide(plan=plan, scope=scope)
    except Forbidden:
        return False
    return True


def why_not_edit(*, menu_item: MenuItem, scope: Scope) -> str:
    """Why an item of the menu cannot be changed by somebody, "" where it can.

    What all bureaus of a deployment share is changed by none of several; each adds items of its own.
    """
    if not scope.can(Permission.LEDGER_WRITE):
        return "只有区局经办能修改改造菜单。"
    if menu_item.bureau_id is not None:
        return "" if menu_item.bureau_id == scope.bureau_id else "这是别的区局的条目。"
    bureaus = Organisation.objects.filter(kind=OrganisationKind.BUREAU)
    if bureaus.exclude(pk=scope.bureau_id).exists():
        return "这是各区局共用的条目，不能由一个区局修改；可以另加本局的条目。"
    return ""


def check_edit(*, menu_item: MenuItem, scope: Scope) -> None:
    """Raises Forbidden with the reason where an item of the menu cannot be changed by somebody."""
    if why_not := why_not_edit(menu_item=menu_item, scope=scope):
        raise Forbidden(why_not)
