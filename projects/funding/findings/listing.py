"""The list of findings: filtered and sorted by the address, the overdue named, their money in sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.funding.enums import FindingSeverity, FindingState
from projects.funding.models import AuditFinding
from projects.funding.querysets import AuditFindingQuerySet
from projects.ledger.models import Project
from renovation.accounts.enums import Role
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.face.ordering import in_order

from .forms import FindingFilterForm


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding and how late it is (days past the deadline, 0 in time)."""

    row: AuditFinding
    overdue_days: int

    @property
    def is_overdue(self) -> bool:
        """Late and still not closed, nor settled before the portal."""
        return self.overdue_days > 0 and self.row.is_open

    @property
    def kind(self) -> str:
        """How its state is drawn."""
        kinds = {FindingState.OPEN: "active", FindingState.ANSWERED: "waiting"}
        return kinds.get(FindingState(self.row.state), "quiet")


@dataclass(frozen=True, slots=True)
class FindingTable:
    """The lines that fit, and what they come to."""

    lines: tuple[FindingLine, ...]
    open_count: int
    overdue_count: int
    closed_count: int
    amount_fen: int
    open_fen: int


_WEIGHT = {each.value: place for place, each in enumerate(FindingSeverity)}
KEYS: dict[str, Any] = {
    "number": lambda line: line.row.number,
    "project": lambda line: line.row.project.name,
    "amount": lambda line: line.row.amount_fen,
    "severity": lambda line: _WEIGHT[line.row.severity],
    "found": lambda line: line.row.found_on,
    "deadline": lambda line: line.row.deadline_on,
    "late": lambda line: line.overdue_days,
}


def lines_of(*, rows: AuditFindingQuerySet, today: date) -> list[FindingLine]:
    """Findings with their lateness; those not closed first, by deadline. One query."""
    found = [
        FindingLine(row, row.overdue_days(today))
        for row in rows.select_related("project__street", "owner").order_by("deadline_on", "pk")
    ]
    return sorted(found, key=lambda line: line.row.state == FindingState.CLOSED)


def finding_table(*, scope: Scope, form: FindingFilterForm, sort: str, today: date) -> FindingTable:
    """The findings in sight that fit. One query."""
    rows = AuditFinding.objects.visible_to(scope)
    state = form.chosen("state")
    if state == "overdue":
        rows = rows.overdue_on(today)
    elif state:
        rows = rows.filter(state=state)
    for name in ("severity", "origin"):
        if chosen := form.chosen(name):
            rows = rows.filter(**{name: chosen})
    if street := form.chosen("street"):
        rows = rows.filter(project__street__code=street)
    lines = in_order(lines_of(rows=rows, today=today), sort, KEYS)
    still = [line for line in lines if line.row.is_open]
    return FindingTable(
        lines=tuple(lines),
        open_count=len(still),
        overdue_count=sum(line.is_overdue for line in still),
        closed_count=sum(line.row.state == FindingState.CLOSED for line in lines),
        amount_fen=sum(line.row.amount_fen for line in lines),
        open_fen=sum(line.row.amount_fen for line in still),
    )


def owners_of(*, project: Project, today: date) -> list[User]:
    """Who may answer for a finding of a project: clerks of the bureau and of its street. One query."""
    bureau: Organisation = project.programme.bureau
    rows = User.objects.filter(
        is_active=True,
        memberships__organisation__in=[bureau.pk, project.street_id],
        memberships__role__in=[Role.BUREAU, Role.CLERK],
    )
    return list(rows.distinct().order_by("post_name", "username"))
