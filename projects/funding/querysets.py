"""Queries over funding."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from .enums import EventState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import FundingEvent


class FundingEventQuerySet(models.QuerySet["FundingEvent"]):
    def visible_to(self, scope: Scope) -> FundingEventQuerySet:
        """Events of projects in the scope's streets; for whom only the approved is meant, only those.

        A company sees none: money is not its business (its scope holds no street).
        """
        rows = self.filter(project__street_id__in=scope.organisation_ids)
        return rows.filter(state=EventState.APPROVED) if scope.approved_only else rows

    def as_of(self, day: date, *, pending: bool = False) -> FundingEventQuerySet:
        """What counts at the end of a day: approved events, pending ones only where asked for."""
        states = [EventState.APPROVED, EventState.PENDING] if pending else [EventState.APPROVED]
        return self.filter(effective_on__lte=day, state__in=states)
