"""Queries over the ledger; every page and endpoint starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from renovation.accounts.enums import Permission
from renovation.records.querysets import WorkQuerySet

from .enums import EVIDENCE_REQUIRED, BaselineState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import (
        Baseline,
        Building,
        Commitment,
        DocumentKind,
        Estate,
        Gate,
        LeadingPost,
        Party,
        Photo,
        Programme,
        Project,
        ProjectDocument,
        Publication,
        StandardCheck,
        StandardItem,
        Survey,
    )

Row = TypeVar("Row", bound=models.Model)


def in_scope(day: date, path: str = "") -> Q:
    """What a project that is in scope on a day fulfils, of rows that are of a project by a path (``project__``)."""
    return Q(**{f"{path}approved_on__lte": day}) & (
        Q(**{f"{path}cancelled_on": None}) | Q(**{f"{path}cancelled_on__gt": day})
    )


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, scope: Scope) -> ProgrammeQuerySet:
        """Programmes of the scope's bureau."""
        return self.filter(bureau_id=scope.bureau_id)


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, scope: Scope) -> ProjectQuerySet:
        """Projects of the scope's streets, and those a company of the scope is a party to; what nobody approved
        into the programme only for whom more than the approved is meant."""
        rows = Q(street_id__among=scope.organisation_ids)
        if scope.party_ids:
            theirs = self.model._base_manager.filter(parties__organisation_id__in=scope.party_ids)
            rows |= Q(pk__in=theirs.values("pk"))
        return self._of_them(rows, scope)

    def _of_them(self, rows: Q, scope: Scope) -> ProjectQuerySet:
        """Of some rows those that a scope is meant to know of."""
        found = self.filter(rows)
        return found.filter(approved_on__isnull=False) if scope.approved_only else found

    def in_streets_of(self, scope: Scope) -> ProjectQuerySet:
        """Those in sight that lie in the scope's own streets: what is no business of a company, which is only a
        party to projects (money, households), is read by these."""
        return self.visible_to(scope).filter(street_id__among=scope.organisation_ids)

    def counted_for(self, scope: Scope) -> ProjectQuerySet:
        """Those in sight, and those that were in a street of the scope before they moved: their figures of those
        days are that street's. For figures alone (``read_ledger`` with the scope's streets)."""
        if scope.party_ids or not scope.organisation_ids:
            return self.visible_to(scope)
        here = Q(street_id__among=scope.organisation_ids)
        left = Q(pk__in=self._left(scope.organisation_ids), approved_on__isnull=False)
        return self._of_them(here | left, scope)

    def ever_of_street(self, street_id: int) -> ProjectQuerySet:
        """Those that belong to a street or ever left it."""
        return self.filter(Q(street_id=street_id) | Q(pk__in=self._left([street_id])))

    def _left(self, streets: Collection[int]) -> models.QuerySet[Any, Any]:
        """The ids of the projects that ever left one of some streets."""
        former: Any = self.model._meta.get_field("former_streets").related_model
        rows: models.QuerySet[Any, Any] = former.objects.filter(street_id__among=streets)
        return rows.values("project_id")

    def in_scope_on(self, day: date) -> ProjectQuerySet:
        """Approved into the programme on or before a day and not cancelled by it (MEASURES.md)."""
        return self.filter(in_scope(day))


class GateQuerySet(models.QuerySet["Gate"]):
    def visible_to(self, scope: Scope) -> GateQuerySet:
        """Gates of the projects in sight."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(scope))

    def counting(self) -> GateQuerySet:
        """Without claims: what requires evidence has it, or stands from before the portal (``facts.GateFacts``)."""
        return self.exclude(kind__in=EVIDENCE_REQUIRED, evidence=None, is_opening=False)


class GateDeadlineQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> GateDeadlineQuerySet:
        """Deadlines of the programmes of the scope's bureau."""
        return self.filter(programme__bureau_id=scope.bureau_id)


class RestWindowQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> RestWindowQuerySet:
        """Windows of the scope's bureau."""
        return self.filter(bureau_id=scope.bureau_id)

    def touching(self, start: date, end: date) -> RestWindowQuerySet:
        """Windows that have a day between two days, both included."""
        return self.filter(from_on__lte=end, to_on__gte=start)


class RestReasonQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> RestReasonQuerySet:
        """Reasons of the plans in sight."""
        plan: Any = self.model._meta.get_field("baseline").related_model
        return self.filter(baseline__in=plan.objects.visible_to(scope))


class OfProjectQuerySet(models.QuerySet[Any]):
    """Rows with a foreign key ``project``."""

    def visible_to(self, scope: Scope) -> Self:
        """Rows of the projects in sight."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(scope))


class DecidedQuerySet(OfProjectQuerySet):
    """Rows of a project that a second person approves: changes, exceptions at gates."""

    def visible_to(self, scope: Scope) -> Self:
        """Of the projects in sight; those that wait or were sent back only for whom more than the approved is
        meant."""
        rows = super().visible_to(scope)
        return rows.filter(state="approved") if scope.approved_only else rows


class BaselineQuerySet(models.QuerySet["Baseline"]):
    def visible_to(self, scope: Scope) -> BaselineQuerySet:
        """Plans of the projects in sight; drafts only for whom more than the approved is meant."""
        project: Any = self.model._meta.get_field("project").related_model
        rows = self.filter(project__in=project.objects.visible_to(scope))
        return rows.approved() if scope.approved_only else rows

    def approved(self) -> BaselineQuerySet:
        return self.filter(state=BaselineState.APPROVED)


class PartQuerySet(models.QuerySet[Row]):
    """Rows that belong to a project by ``project``."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the projects in sight."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(scope))


class EstateQuerySet(PartQuerySet["Estate"]):
    """Estates."""


class BuildingQuerySet(models.QuerySet["Building"]):
    def visible_to(self, scope: Scope) -> BuildingQuerySet:
        """Buildings of the estates in sight."""
        estate: Any = self.model._meta.get_field("estate").related_model
        return self.filter(estate__in=estate.objects.visible_to(scope))


class PartyQuerySet(PartQuerySet["Party"]):
    def valid_on(self, day: date) -> PartyQuerySet:
        """In office on a day, both ends included."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )


class ProjectDocumentQuerySet(PartQuerySet["ProjectDocument"]):
    def visible_to(self, scope: Scope) -> Self:
        """Of the projects in sight; kinds that are kept private only for who works with the streets."""
        rows = super().visible_to(scope)
        return rows if scope.can(Permission.RETURN_READ) else rows.filter(kind__is_private=False)


class PhotoQuerySet(WorkQuerySet["Photo"]):
    def visible_to(self, scope: Scope) -> PhotoQuerySet:
        """Photographs of the projects in sight."""
        project: Any = self.model._meta.get_field("project").related_model
        return self.filter(project__in=project.objects.visible_to(scope))

    def shown(self) -> PhotoQuerySet:
        """Those that were not taken off."""
        return self.filter(removed_at=None)


class OfBureauQuerySet(models.QuerySet[Row]):
    """Rows that belong to a bureau."""

    def visible_to(self, scope: Scope) -> Self:
        """Those of the scope's bureau."""
        return self.filter(bureau_id=scope.bureau_id)


class DocumentKindQuerySet(OfBureauQuerySet["DocumentKind"]):
    """Kinds of documents."""


class StandardItemQuerySet(OfBureauQuerySet["StandardItem"]):
    """The 20 standards."""


class LeadingPostQuerySet(OfBureauQuerySet["LeadingPost"]):
    def valid_on(self, day: date) -> LeadingPostQuerySet:
        """In office on a day, both ends included."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))

    def with_projects(self, scope: Scope) -> LeadingPostQuerySet:
        """With those of their projects that are in sight: who reads the roster of the bureau reads of no project
        of another street. One query more."""
        projects: Any = self.model._meta.get_field("projects").related_model
        seen = projects._default_manager.visible_to(scope)
        return self.prefetch_related(Prefetch("projects", seen))


class StandardCheckQuerySet(PartQuerySet["StandardCheck"]):
    """How projects stand by the standards."""


class SurveyQuerySet(PartQuerySet["Survey"]):
    """Surveys and visits."""


class PublicationQuerySet(PartQuerySet["Publication"]):
    """What was made public."""


class CommitmentQuerySet(PartQuerySet["Commitment"]):
    """How projects are carried."""
