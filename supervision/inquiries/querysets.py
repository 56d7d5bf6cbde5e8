"""Queries over inquiries; every page starts from ``visible_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from .enums import InquiryState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Inquiry, StreetAnswer


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def visible_to(self, scope: Scope) -> InquiryQuerySet:
        """All of them for the bureau that asks; for a street those that were sent to it. Who is shown only
        what is approved has no part in it."""
        if scope.approved_only or scope.is_anonymous:
            return self.none()
        sent = Q(approved_at__isnull=False) & Q(
            pk__in=self.model._base_manager.filter(
                streets__street_id__among=scope.organisation_ids
            ).values("pk")
        )
        return self.filter(Q(bureau_id__among=scope.organisation_ids) | sent)

    def open(self) -> InquiryQuerySet:
        """Those that collect now."""
        return self.filter(state=InquiryState.OPEN)


class StreetAnswerQuerySet(models.QuerySet["StreetAnswer"]):
    def visible_to(self, scope: Scope) -> StreetAnswerQuerySet:
        """The answers of the streets in sight."""
        if scope.approved_only or scope.is_anonymous:
            return self.none()
        return self.filter(street_id__among=scope.organisation_ids)
