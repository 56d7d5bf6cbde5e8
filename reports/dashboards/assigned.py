"""交办事项 on 总览: how many are open and overdue now, with the way to their rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.face.navigation import address
from supervision.dispatch.enums import OPEN_STATES, OWED_STATES, ItemState
from supervision.dispatch.models import DispatchItem


@dataclass(frozen=True, slots=True)
class AssignedNow:
    """Items in sight that are in force and not settled: all, those overdue, those that wait to be closed."""

    open_count: int
    overdue_count: int
    reported_count: int
    href: str

    @property
    def overdue_href(self) -> str:
        return f"{self.href}?state=overdue" if self.href else ""

    @property
    def reported_href(self) -> str:
        return f"{self.href}?state=reported" if self.href else ""


def assigned_now(*, scope: Scope, today: date) -> AssignedNow | None:
    """None where nothing is open, and for who may not open their list. One query, none for who has no part in them."""
    if not (scope.can(Permission.RETURN_READ) or scope.can(Permission.DISPATCH_ANSWER)):
        return None
    rows = DispatchItem.objects.visible_to(scope).filter(state__in=OPEN_STATES)
    counts = rows.aggregate(
        open=Count("pk", distinct=True),
        overdue=Count("pk", filter=Q(state__in=OWED_STATES, due_on__lt=today), distinct=True),
        reported=Count("pk", filter=Q(state=ItemState.REPORTED), distinct=True),
    )
    if not counts["open"]:
        return None
    return AssignedNow(
        counts["open"], counts["overdue"], counts["reported"], address("dispatch:items")
    )
