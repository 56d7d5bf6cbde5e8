"""Queries over schedules and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from renovation.records.querysets import WorkQuerySet

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Run, Schedule


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def visible_to(self, scope: Scope) -> ScheduleQuerySet:
        """Schedules of the scope's organisations."""
        return self.filter(organisation_id__among=scope.organisation_ids)


class RunQuerySet(WorkQuerySet["Run"]):
    def visible_to(self, scope: Scope) -> RunQuerySet:
        """Runs of the scope's organisations."""
        return self.filter(organisation_id__among=scope.organisation_ids)
