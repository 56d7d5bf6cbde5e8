"""What of a project's money waits for somebody beside the entries: forecasts, findings, applications."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.records.acting import by_others

from .enums import ApplicationState, EventState, FindingState
from .models import Application, AuditFinding, Forecast


@dataclass(frozen=True, slots=True)
class Waiting:
    """For a second person: versions of forecasts, answered findings, findings that were closed before the portal,
    applications without result."""

    forecasts: tuple[Forecast, ...]
    findings: tuple[AuditFinding, ...]
    settled: tuple[AuditFinding, ...] = ()
    applications: tuple[Application, ...] = ()

    @property
    def seen(self) -> str:
        """Changes with every finding that is brought in or decided."""
        return told(row.pk for row in self.settled)


def told(ids: Iterable[int]) -> str:
    """What a page carries of the rows that it told, so that nothing is approved which it did not."""
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()


def forecasts_waiting(*, scope: Scope) -> list[Forecast]:
    """Versions that another person has made and nobody has decided. One query."""
    rows = Forecast.objects.visible_to(scope).filter(state=EventState.PENDING)
    return list(
        by_others(rows, "made_by", scope.persons)
        .select_related("project__street", "made_by")
        .order_by("made_at", "pk")
    )


def findings_waiting(*, scope: Scope) -> list[AuditFinding]:
    """Answered findings that this person may close. One query."""
    rows = AuditFinding.objects.visible_to(scope).filter(state=FindingState.ANSWERED)
    return list(
        by_others(rows, "answered_by", scope.persons)
        .exclude(owner__in=scope.persons)
        .select_related("project__street")
        .order_by("deadline_on", "pk")
    )


def own_findings(*, scope: Scope, today: date) -> tuple[int, int]:
    """How many findings this person answers for that are open, and how many of them are overdue. One query."""
    rows = AuditFinding.objects.visible_to(scope).filter(
        state=FindingState.OPEN, owner__in=scope.persons
    )
    deadlines = list(rows.values_list("deadline_on", flat=True))
    return len(deadlines), sum(day < today for day in deadlines)


def waiting_for(*, scope: Scope) -> Waiting:
    """All that stands on the page 待核 beside the entries; for whom may decide. Three queries."""
    if not scope.can(Permission.FUNDING_APPROVE):
        return Waiting((), ())
    applications = Application.objects.visible_to(scope).filter(state=ApplicationState.REPORTED)
    findings = findings_waiting(scope=scope)
    return Waiting(
        forecasts=tuple(forecasts_waiting(scope=scope)),
        findings=tuple(row for row in findings if row.settled_on is None),
        settled=tuple(row for row in findings if row.settled_on is not None),
        applications=tuple(
            by_others(applications, "reported_by", scope.persons)
            .select_related("source")
            .order_by("reported_on", "pk")
        ),
    )
