"""应开未开 in sight of somebody who has to do with it, apart from its words: the frame of every page counts it."""

from __future__ import annotations

from datetime import date

from projects.ledger.late_starts import LateStart, late_starts
from projects.ledger.models import Programme, Project
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope

#: Who is told of it.
_TOLD = frozenset(
    {
        Permission.RETURN_FILL,
        Permission.RETURN_REVIEW,
        Permission.RETURN_SEND_BACK,
        Permission.PAPER_SIGN,
    }
)


def late_in(scope: Scope, today: date) -> list[LateStart]:
    """The projects of the newest programme whose planned start has passed and that have no proven start. Two
    queries."""
    if scope.bureau_id is None or scope.party_ids or not _TOLD & scope.permissions:
        return []
    programme = Programme.objects.visible_to(scope).filter(approved_on__lte=today).first()
    if programme is None:
        return []
    rows = Project.objects.visible_to(scope).filter(programme=programme)
    return late_starts(projects=rows, on=today)
