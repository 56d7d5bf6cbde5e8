"""Who keeps the list of sources: ``check_…`` raises, ``why_not_…`` answers."""

from __future__ import annotations

from projects.funding.models import FundingSource
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden


def is_alone(*, scope: Scope) -> bool:
    """Whether a bureau is the only one of its deployment. One query."""
    bureaus = Organisation.objects.filter(kind=OrganisationKind.BUREAU)
    return not bureaus.exclude(pk=scope.bureau_id).exists()


def why_not_edit(*, source: FundingSource, scope: Scope, alone: bool) -> str:
    """Why a source cannot be changed by somebody, "" where it can; ``alone`` as `is_alone` says.

    What all bureaus of a deployment share is changed by none of several; each adds sources of its own.
    """
    if not scope.can(Permission.FUNDING_WRITE):
        return "只有区局经办能修改资金来源。"
    if source.bureau_id is not None:
        return "" if source.bureau_id == scope.bureau_id else "这是别的区局的来源。"
    if not alone:
        return "这是各区局共用的来源，不能由一个区局修改；可以另加本局的来源。"
    return ""


def check_edit(*, source: FundingSource, scope: Scope) -> None:
    """Raises Forbidden with the reason where a source cannot be changed by somebody."""
    if why_not := why_not_edit(source=source, scope=scope, alone=is_alone(scope=scope)):
        raise Forbidden(why_not)
