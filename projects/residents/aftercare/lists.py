"""The list of after-care over all projects in sight: which estates a filter chooses, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from projects.ledger.models import Estate
from projects.ledger.querysets import ProjectQuerySet
from projects.residents.models import Handover
from renovation.accounts.scope import Scope
from renovation.face.ordering import in_order

from .register import Care, care_of

SORTS: Mapping[str, Callable[[Care], Any]] = {
    "project": lambda care: (care.estate.project.code, care.estate.pk),
    "households": lambda care: care.estate.household_count,
    "fee": lambda care: getattr(care.management.row, "fee_fen", None) if care.management else None,
    "balance": lambda care: care.fund.balance_fen,
    "until": lambda care: care.management.row.until_on if care.management else None,
    "handed": lambda care: care.handover.handed_on if care.handover else None,
}
_FIRST = {"lacking": 0, "unhanded": 1, "complete": 2, "not_due": 3}


def care_listed(
    scope: Scope,
    *,
    projects: ProjectQuerySet,
    on: date,
    term_days: int,
    form: str = "",
    state: str = "",
    sort: str = "",
) -> list[Care]:
    """The estates of projects in scope on a day: what lacks a plan first, what is not due last."""
    rows = care_of(
        estates=Estate.objects.filter(project__in=projects.in_scope_on(on)).order_by(
            "project__street__order", "project__code", "pk"
        ),
        on=on,
        handovers=Handover.objects.visible_to(scope),
    )
    if form:
        rows = [care for care in rows if care.management and care.management.row.form == form]  # type: ignore[union-attr]
    if state == "expired":
        rows = [care for care in rows if care.expired]
    elif state == "ending":
        rows = [care for care in rows if care.ends_within(term_days)]
    elif state == "no_fund":
        rows = [care for care in rows if care.completed_on and care.fund.balance_fen is None]
    elif state:
        rows = [care for care in rows if care.state == state]
    return in_order(sorted(rows, key=lambda care: _FIRST[care.state]), sort, SORTS)
