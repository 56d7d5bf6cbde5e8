"""Queries over funding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from projects.ledger.models import Project
from projects.ledger.querysets import ProjectQuerySet

from .enums import ApplicationState, EventState, FindingState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import (
        Application,
        ApplicationItem,
        AuditFinding,
        Forecast,
        FundingEvent,
        FundingSource,
        ProjectAccount,
        StatementBalance,
        VarianceExplanation,
    )


class FundingSourceQuerySet(models.QuerySet["FundingSource"]):
    def visible_to(self, scope: Scope) -> FundingSourceQuerySet:
        """The sources that all bureaus share, and those of the scope's own; a visitor sees none."""
        return self.none() if scope.is_anonymous else self.of_bureau(scope.bureau_id)

    def of_bureau(self, bureau_id: int | None) -> FundingSourceQuerySet:
        """What projects of a bureau may get money from: what all share, and its own."""
        return self.filter(Q(bureau=None) | Q(bureau_id=bureau_id))

    def in_use(self) -> FundingSourceQuerySet:
        """Those that may be chosen."""
        return self.filter(is_active=True)


class FundingEventQuerySet(models.QuerySet["FundingEvent"]):
    def visible_to(self, scope: Scope) -> FundingEventQuerySet:
        """Events of projects in the scope's streets; for whom only the approved is meant, only those.

        A company sees none: money is not its business (its scope holds no street).
        """
        rows = self.filter(project__in=Project.objects.in_streets_of(scope))
        return rows.filter(state=EventState.APPROVED) if scope.approved_only else rows

    def as_of(self, day: date, *, pending: bool = False) -> FundingEventQuerySet:
        """What counts at the end of a day: approved events, pending ones only where asked for."""
        states = [EventState.APPROVED, EventState.PENDING] if pending else [EventState.APPROVED]
        return self.filter(effective_on__lte=day, state__in=states)


class ForecastQuerySet(models.QuerySet["Forecast"]):
    def visible_to(self, scope: Scope) -> ForecastQuerySet:
        """Forecasts of projects in the scope's streets; for whom only the approved is meant, only those."""
        rows = self.filter(project__in=Project.objects.in_streets_of(scope))
        return rows.filter(state=EventState.APPROVED) if scope.approved_only else rows

    def approved(self) -> ForecastQuerySet:
        return self.filter(state=EventState.APPROVED)


class VarianceExplanationQuerySet(models.QuerySet["VarianceExplanation"]):
    def visible_to(self, scope: Scope) -> VarianceExplanationQuerySet:
        """Explanations about projects in the scope's streets."""
        return self.filter(project__in=Project.objects.in_streets_of(scope))


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, scope: Scope) -> ApplicationQuerySet:
        """Applications of the scope's bureau, for a street those with a project of its own; for whom only the
        approved is meant, only what is decided about projects in sight."""
        own: Any = self.model._meta.get_field("items").related_model
        items = own.objects.filter(project__in=Project.objects.in_streets_of(scope))
        asked = Q(pk__in=items.values("application"))
        if scope.approved_only:
            return self.filter(asked).decided()
        return self.filter(Q(bureau_id__among=scope.organisation_ids) | asked)

    def decided(self) -> ApplicationQuerySet:
        return self.filter(state__in=[ApplicationState.GRANTED, ApplicationState.REFUSED])


class ApplicationItemQuerySet(models.QuerySet["ApplicationItem"]):
    def visible_to(self, scope: Scope) -> ApplicationItemQuerySet:
        """Items about projects in the scope's streets."""
        return self._told(scope, Project.objects.in_streets_of(scope))

    def counted_for(self, scope: Scope) -> ApplicationItemQuerySet:
        """Those in sight, and those about projects that were in a street of the scope before they moved: their
        figures of those days are that street's. For figures alone."""
        if scope.party_ids:
            return self.visible_to(scope)
        return self._told(scope, Project.objects.counted_for(scope))

    def _told(self, scope: Scope, projects: ProjectQuerySet) -> ApplicationItemQuerySet:
        rows = self.filter(project__in=projects)
        decided = [ApplicationState.GRANTED, ApplicationState.REFUSED]
        return rows.filter(application__state__in=decided) if scope.approved_only else rows


class ProjectAccountQuerySet(models.QuerySet["ProjectAccount"]):
    def visible_to(self, scope: Scope) -> ProjectAccountQuerySet:
        """Accounts of projects in the scope's streets; the council has no business with them."""
        if scope.approved_only:
            return self.none()
        return self.filter(project__in=Project.objects.in_streets_of(scope))

    def open_on(self, day: date) -> ProjectAccountQuerySet:
        """Opened by the day and not closed before it."""
        return self.filter(opened_on__lte=day).filter(Q(closed_on=None) | Q(closed_on__gte=day))


class StatementBalanceQuerySet(models.QuerySet["StatementBalance"]):
    def visible_to(self, scope: Scope) -> StatementBalanceQuerySet:
        """Statements of the accounts in sight."""
        if scope.approved_only:
            return self.none()
        return self.filter(account__project__in=Project.objects.in_streets_of(scope))


class AuditFindingQuerySet(models.QuerySet["AuditFinding"]):
    def visible_to(self, scope: Scope) -> AuditFindingQuerySet:
        """Findings about projects in the scope's streets; the council is shown those that are closed."""
        rows = self.filter(project__in=Project.objects.in_streets_of(scope))
        return rows.filter(state=FindingState.CLOSED) if scope.approved_only else rows

    def open(self) -> AuditFindingQuerySet:
        """Neither closed nor settled before the portal: 期初 counts for nothing until it is approved."""
        return self.exclude(state=FindingState.CLOSED).filter(settled_on=None)

    def overdue_on(self, day: date) -> AuditFindingQuerySet:
        """Open although the deadline lies before the day."""
        return self.open().filter(deadline_on__lt=day)
