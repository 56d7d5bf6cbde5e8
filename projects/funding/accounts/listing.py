"""The bureau's list of accounts: filtered and sorted by the address."""

from __future__ import annotations

from datetime import date

from projects.funding.models import ProjectAccount
from projects.ledger.models import Project
from renovation.accounts.scope import Scope
from renovation.face.filtering import FilterForm, choice
from renovation.face.ordering import in_order

from .register import ProjectLine, project_lines

KEYS = {
    "project": lambda line: line.project.name,
    "street": lambda line: (line.project.street.order, line.project.code),
    "received": lambda line: line.received_fen,
    "balance": lambda line: line.balance_fen,
    "unnamed": lambda line: line.unnamed_fen,
}


class AccountFilterForm(FilterForm):
    """Street, and whether only what is to be put right is shown."""

    street = choice("街道")
    show = choice("显示", [("faults", "有问题的"), ("none", "没有专户的")])


def list_accounts(
    *, scope: Scope, form: AccountFilterForm, sort: str, today: date
) -> list[ProjectLine]:
    """The projects with money that fit the filter; seven queries."""
    projects = Project.objects.visible_to(scope).select_related("street")
    if street := form.chosen("street"):
        projects = projects.filter(street__code=street)
    lines = project_lines(
        projects=list(projects.order_by("street__order", "code")),
        accounts=ProjectAccount.objects.visible_to(scope),
        today=today,
    )
    show = form.chosen("show")
    if show == "faults":
        lines = [line for line in lines if line.faults]
    elif show == "none":
        lines = [line for line in lines if not line.accounts]
    return in_order(lines, sort, KEYS)
