"""Queries over the switched-off reviews of streets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import ReviewWaiver


class ReviewWaiverQuerySet(models.QuerySet["ReviewWaiver"]):
    def visible_to(self, scope: Scope) -> ReviewWaiverQuerySet:
        """Those of the scope's streets."""
        return self.filter(street_id__among=scope.organisation_ids)

    def in_force_on(self, day: date) -> ReviewWaiverQuerySet:
        """Those under which a return sent on a day is not reviewed by its street."""
        return self.filter(ended_at=None, valid_from__lte=day, valid_to__gte=day)
