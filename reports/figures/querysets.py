"""Queries over the alarms."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

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

    def standing_on(self, day: date) -> DivergenceAlarmQuerySet:
        """Those that stood at the end of a day: opened by then, and closed later or not yet."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), opened_on__lte=day)
