"""Queries over the alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from projects.ledger.models import Project

from .enums import AlarmState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import DivergenceAlarm


class DivergenceAlarmQuerySet(models.QuerySet["DivergenceAlarm"]):
    def visible_to(self, scope: Scope) -> DivergenceAlarmQuerySet:
        """Alarms of projects in the scope's streets; they rest on approved data alone."""
        return self.filter(project__in=Project.objects.in_streets_of(scope))

    def standing(self) -> DivergenceAlarmQuerySet:
        """Those that have not returned: open, or explained and still beyond the threshold."""
        return self.exclude(state=AlarmState.CLOSED)
