"""Queries over consent. Rounds and rates are for who sees the project, households for the street alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from projects.ledger.models import Project
from renovation.accounts.enums import Permission

from . import sealing
from .enums import RoundState, Standing

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Answer, CareVisit, Household, Link, Round


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, scope: Scope) -> RoundQuerySet:
        """Rounds of the projects in sight, drafts for those who draft; others see what was opened."""
        found = self.filter(project__in=Project.objects.visible_to(scope))
        if scope.can(Permission.RESIDENT_READ):
            return found
        return found.exclude(state=RoundState.DRAFT)

    def asked_by(self, day: date) -> RoundQuerySet:
        """Opened on or before a day, the newest first."""
        return self.filter(opened_on__lte=day).order_by("-opened_on", "-number")


class HouseholdQuerySet(models.QuerySet["Household"]):
    def visible_to(self, scope: Scope) -> HouseholdQuerySet:
        """Households of the scope's streets, for who may read the archive; nobody else sees any."""
        if not scope.can(Permission.RESIDENT_READ):
            return self.none()
        return self.filter(estate__project__in=Project.objects.in_streets_of(scope))

    def called(self, text: str) -> HouseholdQuerySet:
        """Whose name or phone is exactly what was typed."""
        names, phones = sealing.search_hashes(text)
        return self.filter(Q(name_hash__in=names) | Q(phone_hash__in=phones))


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, scope: Scope) -> AnswerQuerySet:
        """Answers of the households that the scope sees."""
        if not scope.can(Permission.RESIDENT_READ):
            return self.none()
        return self.filter(round__project__in=Project.objects.in_streets_of(scope))

    def speaking_on(self, day: date) -> AnswerQuerySet:
        """The one answer of each household and round that counts at the end of a day.

        It is the one that counts now or, on a day before that, the newest of those it replaced; what was set
        aside between them says nothing. Where an undecided contradiction stands, the household counts for
        nothing until somebody decides.
        """
        model = self.model
        mates = model._base_manager.filter(
            round=OuterRef("round"), household=OuterRef("household"), answered_on__lte=day
        )
        newer = Q(answered_on__gt=OuterRef("answered_on")) | Q(
            answered_on=OuterRef("answered_on"), pk__gt=OuterRef("pk")
        )
        counting = mates.filter(standing=Standing.CURRENT)
        later = mates.filter(newer, standing=Standing.REPLACED)
        replaced = Q(~Exists(counting), ~Exists(later), standing=Standing.REPLACED)
        return self.filter(
            Q(standing=Standing.CURRENT) | replaced,
            ~Exists(mates.filter(standing=Standing.HELD)),
            answered_on__lte=day,
        )


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, scope: Scope) -> LinkQuerySet:
        """Links of the households that the scope sees."""
        if not scope.can(Permission.RESIDENT_READ):
            return self.none()
        return self.filter(round__project__in=Project.objects.in_streets_of(scope))


class CareVisitQuerySet(models.QuerySet["CareVisit"]):
    def visible_to(self, scope: Scope) -> CareVisitQuerySet:
        """Visits to the households that the scope sees."""
        if not scope.can(Permission.RESIDENT_READ):
            return self.none()
        return self.filter(household__estate__project__in=Project.objects.in_streets_of(scope))

    def waiting(self) -> CareVisitQuerySet:
        """With a need that is not served."""
        return self.filter(has_needs=True, served_on=None)
