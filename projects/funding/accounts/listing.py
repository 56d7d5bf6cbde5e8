"""The bureau's list of accounts: filtered and sorted by the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from projects.funding.models import ProjectAccount
from projects.ledger.models import Project
from renovation.accounts.scope import Scope
from renovation.face.ordering import in_order

from .register import ProjectLine, project_lines

WRONG = {"invalid_choice": "没有这个选项，已按全部显示。"}
KEYS = {
    "project": lambda line: line.project.name,
    "street": lambda line: (line.project.street.order, line.project.code),
    "received": lambda line: line.received_fen,
    "balance": lambda line: line.balance_fen,
    "unnamed": lambda line: line.unnamed_fen,
}


class AccountFilterForm(forms.Form):
    """Street, and whether only what is to be put right is shown."""

    street = forms.ChoiceField(label="街道", required=False, error_messages=WRONG)
    show = forms.ChoiceField(
        label="显示",
        required=False,
        choices=[("", "全部"), ("faults", "有问题的"), ("none", "没有专户的")],
        error_messages=WRONG,
    )

    def __init__(self, data: Any = None, *, streets: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        offered: Any = self.fields["street"]
        offered.choices = [("", "全部"), *streets]

    def chosen(self, name: str) -> str:
        """What was chosen, "" for everything and for what cannot be chosen."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(self.data.get(name) for name in self.fields)


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
