"""Queries over the wing; every page starts from ``visible_to``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from projects.ledger.models import Project
from renovation.accounts.enums import Permission

from .enums import POSTED, NoticeState, RecordState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import (
        Contribution,
        Evaluation,
        Handover,
        Matter,
        Meeting,
        Notice,
        Objection,
        Opinion,
    )


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, scope: Scope) -> NoticeQuerySet:
        """Notices of the projects in sight; what never hung on a wall only for who works with residents."""
        rows = self.filter(project__in=Project.objects.visible_to(scope))
        return rows if scope.can(Permission.RESIDENT_READ) else rows.exclude(posted_on=None)

    def standing(self) -> NoticeQuerySet:
        """On the wall, or concluded; not withdrawn."""
        return self.filter(state__in=POSTED)

    def running(self) -> NoticeQuerySet:
        """On the wall now."""
        return self.filter(state=NoticeState.PUBLISHED)


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, scope: Scope) -> ObjectionQuerySet:
        """Objections of the projects in sight, for who works with residents; nobody else reads any."""
        if not scope.can(Permission.RESIDENT_READ):
            return self.none()
        return self.filter(notice__project__in=Project.objects.visible_to(scope))

    def open(self) -> ObjectionQuerySet:
        """Not answered."""
        return self.filter(outcome="")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, scope: Scope) -> MeetingQuerySet:
        """Meetings of the projects in sight."""
        return self.filter(project__in=Project.objects.visible_to(scope))


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, scope: Scope) -> MatterQuerySet:
        """Matters of the projects in sight."""
        return self.filter(meeting__project__in=Project.objects.visible_to(scope))

    def open(self) -> MatterQuerySet:
        """Not solved."""
        return self.filter(solved_on=None)


class EstateRecordQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> EstateRecordQuerySet:
        """What is recorded of the estates of the projects in sight."""
        return self.filter(estate__project__in=Project.objects.visible_to(scope))


class TenureQuerySet(EstateRecordQuerySet):
    def standing(self, on: date) -> TenureQuerySet:
        """Begun and not ended by a day; whether its term is over is another question (``in_force``)."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=on), since_on__lte=on)

    def in_force(self, on: date) -> TenureQuerySet:
        """Standing on a day, and its term or contract not over: the last day itself still counts."""
        return self.standing(on).filter(Q(until_on=None) | Q(until_on__gte=on))


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, scope: Scope) -> HandoverQuerySet:
        """Hand-overs in sight; what nobody confirmed only for who works with residents."""
        rows = self.filter(estate__project__in=Project.objects.visible_to(scope))
        return rows if scope.can(Permission.RESIDENT_READ) else rows.confirmed()

    def confirmed(self) -> HandoverQuerySet:
        """Confirmed by a second person, and not withdrawn."""
        return self.filter(state=RecordState.CONFIRMED)


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, scope: Scope) -> EvaluationQuerySet:
        """Evaluations in sight; what nobody confirmed only for who works with residents."""
        rows = self.filter(project__in=Project.objects.visible_to(scope))
        return rows if scope.can(Permission.RESIDENT_READ) else rows.confirmed()

    def confirmed(self) -> EvaluationQuerySet:
        """Confirmed by a second person, and not withdrawn."""
        return self.filter(state=RecordState.CONFIRMED)


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def visible_to(self, scope: Scope) -> OpinionQuerySet:
        """Opinions at evaluations in sight, for who works with residents."""
        if not scope.can(Permission.RESIDENT_READ):
            return self.none()
        return self.filter(evaluation__project__in=Project.objects.visible_to(scope))

    def open(self) -> OpinionQuerySet:
        """Nothing has become of them yet."""
        return self.filter(outcome="")


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def visible_to(self, scope: Scope) -> ContributionQuerySet:
        """Contributions in sight; what nobody confirmed only for who works with residents."""
        rows = self.filter(project__in=Project.objects.visible_to(scope))
        return rows if scope.can(Permission.RESIDENT_READ) else rows.confirmed()

    def confirmed(self) -> ContributionQuerySet:
        """Confirmed by a second person, and not withdrawn."""
        return self.filter(state=RecordState.CONFIRMED)
