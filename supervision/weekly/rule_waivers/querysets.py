"""Queries over waivers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from renovation.core.calendar import local_day

from .enums import HELD, STANDING, RuleWaiverState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import RuleWaiver


class RuleWaiverQuerySet(models.QuerySet["RuleWaiver"]):
    def visible_to(self, scope: Scope) -> RuleWaiverQuerySet:
        """Waivers of the scope's streets; for who is shown approved figures only, those that were approved."""
        rows = self.filter(street_id__among=scope.organisation_ids)
        return rows.filter(state__in=HELD) if scope.approved_only else rows

    def in_force_at(self, moment: datetime) -> RuleWaiverQuerySet:
        """Those that hold at a moment: from their first day, but not before they were approved, up to the end of
        their last day (Asia/Shanghai), but not after they were ended."""
        day = local_day(moment)
        return self.filter(
            Q(ended_at=None) | Q(ended_at__gt=moment),
            state__in=HELD,
            decided_at__lte=moment,
            starts_on__lte=day,
            ends_on__gte=day,
        )

    def held_between(self, first: date, last: date) -> RuleWaiverQuerySet:
        """Those that were approved and hold, or were meant to hold, on a day from ``first`` to ``last``."""
        return self.filter(state__in=HELD, starts_on__lte=last, ends_on__gte=first)

    def standing(self) -> RuleWaiverQuerySet:
        """Asked for or approved."""
        return self.filter(state__in=STANDING)

    def asked(self) -> RuleWaiverQuerySet:
        """Waiting for the bureau."""
        return self.filter(state=RuleWaiverState.ASKED)
