"""Queries over the ledger; every page and endpoint starts from ``visible_to``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from .enums import BaselineState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Baseline, Gate, Programme, Project


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, scope: Scope) -> ProgrammeQuerySet:
        """Programmes of the scope's bureau."""
        return self.filter(bureau_id=scope.bureau_id)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, scope: Scope) -> ProjectQuerySet:
        """Projects of the scope's streets, and those a company of the scope is a party to."""
        rows = Q(street_id__in=scope.organisation_ids)
        if scope.party_ids:
            theirs = self.model._base_manager.filter(parties__organisation_id__in=scope.party_ids)
            rows |= Q(pk__in=theirs.values("pk"))
        return self.filter(rows)

    def in_scope_on(self, day: date) -> ProjectQuerySet:
        """Approved into the programme on or before a day and not cancelled by it (MEASURES.md)."""
        return self.filter(approved_on__lte=day).filter(
            Q(cancelled_on=None) | Q(cancelled_on__gt=day)
        )


class GateQuerySet(models.QuerySet["Gate"]):
    def visible_to(self, scope: Scope) -> GateQuerySet:
        """Gates of the projects in sight."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(scope))


class OfProjectQuerySet(models.QuerySet[Any]):
    """Rows with a foreign key ``project``."""

    def visible_to(self, scope: Scope) -> OfProjectQuerySet:
        """Rows of the projects in sight."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(scope))


class BaselineQuerySet(models.QuerySet["Baseline"]):
    def visible_to(self, scope: Scope) -> BaselineQuerySet:
        """Plans of the projects in sight; drafts only for whom more than the approved is meant."""
        project: Any = self.model._meta.get_field("project").related_model
        rows = self.filter(project__in=project.objects.visible_to(scope))
        return rows.approved() if scope.approved_only else rows

    def approved(self) -> BaselineQuerySet:
        return self.filter(state=BaselineState.APPROVED)
