"""When the review by a street is switched off, by whom and why."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from renovation.accounts.models import Organisation, User

from .querysets import ReviewWaiverQuerySet


class ReviewWaiver(models.Model):
    """街道审核停用: returns that a street sends on these days, both ends included, go to the bureau at once.

    Approved by a person of the bureau with a reason, never rewritten, ended earlier where ``ended_at`` says so.
    """

    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="review_waivers", verbose_name="街道"
    )
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    reason = models.CharField("原因", max_length=200)
    approved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="批准人")
    approved_at = models.DateTimeField("批准时间")
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提前结束人"
    )
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)

    objects = ReviewWaiverQuerySet.as_manager()

    class Meta:
        app_label = "weekly"
        ordering: ClassVar = ["-valid_from", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="review_waiver_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="review_waiver_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="review_waiver_ended_at_and_by",
            ),
        ]
        verbose_name = verbose_name_plural = "街道审核停用"

    def __str__(self) -> str:
        return f"{self.street}街道审核停用"

    def standing_on(self, today: date) -> str:
        """``now``, ``coming`` or ``over``."""
        if self.ended_at is not None or self.valid_to < today:
            return "over"
        return "now" if self.valid_from <= today else "coming"
