"""When a return was taken up, and how long it was worked at."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from renovation.accounts.models import Organisation
from supervision.weekly.querysets import ReturnOpeningQuerySet


class ReturnOpening(models.Model):
    """The moment at which a street first took up a return (opened the form, took the workbook), and the time worked at
    it since (``burden.working``). No person is kept.

    ``seen_at`` is the moment up to which the work is counted; None once the return was sent, and of one that was taken
    up before work was counted (then ``worked_seconds`` is None too).
    """

    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="return_openings", verbose_name="街道"
    )
    week_start = models.DateField("周一", db_index=True)
    version = models.PositiveSmallIntegerField("版次")
    opened_at = models.DateTimeField("首次打开时间")
    seen_at = models.DateTimeField("计到", null=True, blank=True)
    worked_seconds = models.PositiveIntegerField("填报用时（秒）", null=True, blank=True)

    objects = ReturnOpeningQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["street", "week_start", "version"], name="return_opening_once"
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None) | Q(worked_seconds__isnull=False),
                name="return_opening_is_counted",
            ),
        ]
        verbose_name = verbose_name_plural = "首次打开"
