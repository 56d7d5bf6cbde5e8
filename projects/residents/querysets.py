"""Queries over the wing; every page starts from ``visible_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from projects.ledger.models import Project
from renovation.accounts.enums import Permission

from .enums import POSTED, NoticeState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Matter, Meeting, Notice, Objection


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
