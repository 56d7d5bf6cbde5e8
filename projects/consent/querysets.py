"""Queries over consent. Rounds and rates are for who sees the project, households for the street alone."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, FilteredRelation, OuterRef, Q

from projects.ledger.enums import ChangeKind, ChangeState, GateKind
from projects.ledger.models import Gate, Project, ProjectChange, ProjectDocument
from renovation.accounts.enums import Permission
from renovation.core.calendar import local_moment

from . import sealing
from .enums import Purpose, RoundState, Standing

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Answer, CareVisit, Household, Link, Round


#: What changes the scheme that residents were asked about.
OF_THE_SCHEME = (ChangeKind.SCOPE, ChangeKind.DESIGN)


def filed_after(scheme: Any, opened_at: Any, opened_on: Any, day: date) -> Q:
    """Plan documents that were filed after a round was opened, by the end of a day, and are listed. A first
    version that is dated on or before the opening was only filed late: it is what was asked about. What took the
    place of the version that the round asks about came after it whatever the moments say: a filing that waited for
    the opening has the earlier one."""
    new = Q(version__gt=1) | Q(dated_on=None) | Q(dated_on__gt=opened_on)
    return Q(
        Q(supersedes=scheme) | (new & Q(file__stored_at__gt=opened_at)),
        kind__is_plan=True,
        removed_at=None,
        file__stored_at__lt=local_moment(day + timedelta(days=1), time(0)),
    )


def approved_after(opened_on: Any, day: date) -> Q:
    """Changes of scope or design that were approved on a later day than a round was opened, by a day."""
    return Q(
        kind__in=OF_THE_SCHEME,
        state=ChangeState.APPROVED,
        approved_on__gt=opened_on,
        approved_on__lte=day,
    )


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

    def overtaken_on(self, day: date) -> RoundQuerySet:
        """The rounds about the scheme that count on a day, the newest of each project, where the scheme was
        changed since they were opened."""
        own = OuterRef("project")
        mates = self.model._base_manager.filter(
            project=own, purpose=Purpose.SCHEME, opened_on__lte=day
        )
        later = mates.filter(
            Q(opened_on__gt=OuterRef("opened_on"))
            | Q(opened_on=OuterRef("opened_on"), number__gt=OuterRef("number"))
        )
        documents = ProjectDocument.objects.filter(project=own).filter(
            filed_after(OuterRef("scheme"), OuterRef("opened_at"), OuterRef("opened_on"), day)
        )
        changes = ProjectChange.objects.filter(project=own).filter(
            approved_after(OuterRef("opened_on"), day)
        )
        return self.filter(
            ~Exists(later),
            Exists(documents) | Exists(changes),
            purpose=Purpose.SCHEME,
            opened_on__lte=day,
        )

    def before_start(self) -> RoundQuerySet:
        """Of projects whose works have not begun: a start that is only claimed, without its evidence, is none."""
        begun = Gate.objects.counting().filter(
            project=OuterRef("project"), kind=GateKind.STARTED, actual_on__isnull=False
        )
        return self.filter(~Exists(begun))


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

    def to_call_on(self) -> HouseholdQuerySet:
        """Those at whose door somebody should call (敲门行动)."""
        return self.exclude(care="")

    def never_visited(self) -> HouseholdQuerySet:
        """Where nobody called yet; a visit that was withdrawn is none."""
        standing = FilteredRelation("visits", condition=Q(visits__withdrawn_at=None))
        return self.alias(standing_visit=standing).filter(standing_visit=None)


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

    def standing(self) -> CareVisitQuerySet:
        """Neither withdrawn nor corrected: what counts."""
        return self.filter(withdrawn_at=None)

    def waiting(self) -> CareVisitQuerySet:
        """With a need that is not served."""
        return self.standing().filter(has_needs=True, served_on=None)
