"""The projects of the list as their roster has them, so that what the list exports comes back in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from projects.ledger.books.attached import Beside, Shown, attached
from projects.ledger.models import Programme, Project
from projects.ledger.roster import workbook
from projects.ledger.roster.context import known_projects
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.documents.sheets import Sheet


def roster_to_change(
    *, programme: Programme, codes: Collection[str], scope: Scope, now: datetime
) -> tuple[Sheet, ...]:
    """The sheets of the roster (年度计划), and of what makes a project stand out (特色和样板), with the projects of some
    codes; none for who does not keep the ledger."""
    if not scope.can(Permission.LEDGER_WRITE):
        return ()
    projects = Project.objects.visible_to(scope).filter(programme=programme)
    known = [each for code, each in known_projects(projects).items() if code in codes]
    row_count = len(workbook.lines(known, with_drafts=True)[0])
    sheet, _ = workbook.sheets(
        bureau=programme.bureau,
        year=programme.year,
        programme=programme,
        known=known,
        with_drafts=True,
        now=now,
    )
    return attached(
        scope=scope,
        slugs=("features",),
        year=programme.year,
        shown=Shown(codes=codes),
        besides=[Beside(pipeline=workbook.CODE, sheet=sheet, row_count=row_count)],
        now=now,
    )
