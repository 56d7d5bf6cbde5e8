"""The alarm 支付与进度背离: opened when a project crosses the threshold, followed week by week, closed when it returns.

The rows stand here and not in a lower wing, because the figure that they watch joins two wings (money of
``projects.funding``, progress of ``supervision.weekly``): here alone both are known, and nothing below needs them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from projects.ledger.models import Project
from renovation.accounts.models import User

from .enums import AlarmState, Direction
from .querysets import DivergenceAlarmQuerySet


class DivergenceAlarm(models.Model):
    """One time that a project's payments left its progress behind, or fell behind it.

    ``value_points`` is the figure as shown when it was opened, ``threshold_points`` the setting that it crossed and
    ``rule`` which row of the setting that was (its id and first day, empty for the default).
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="divergence_alarms")
    direction = models.CharField("方向", max_length=8, choices=Direction.choices)
    opened_on = models.DateField("报警日期")
    value_points = models.DecimalField("背离（百分点）", max_digits=6, decimal_places=1)
    threshold_points = models.DecimalField("界限（百分点）", max_digits=5, decimal_places=1)
    rule = models.JSONField("所用规则", default=dict)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=AlarmState.choices,
        default=AlarmState.OPEN,
        db_index=True,
    )
    explanation = models.CharField("说明", max_length=300, blank=True)
    explained_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="说明人"
    )
    explained_at = models.DateTimeField("说明时间", null=True, blank=True)
    closed_on = models.DateField("解除日期", null=True, blank=True)
    closing = models.CharField("解除原因", max_length=100, blank=True)

    objects = DivergenceAlarmQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-opened_on", "project__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project"],
                condition=~Q(state="closed"),
                name="divergence_alarm_one_stands",
            ),
            models.UniqueConstraint(
                fields=["project", "opened_on"], name="divergence_alarm_once_a_week"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on=None)),
                name="divergence_alarm_closed_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="explained")
                | (Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(explanation="")),
                name="divergence_alarm_explained_by",
            ),
        ]
        verbose_name = verbose_name_plural = "付款背离报警"

    def __str__(self) -> str:
        return f"{self.project} {self.get_direction_display()}"


class AlarmReading(models.Model):
    """The figure of an alarm at the end of a week, with its two sides in percent as shown."""

    alarm = models.ForeignKey(DivergenceAlarm, models.PROTECT, related_name="readings")
    week_start = models.DateField("周一")
    value_points = models.DecimalField("背离（百分点）", max_digits=6, decimal_places=1)
    paid_percent = models.DecimalField("支付占计划投资（%）", max_digits=6, decimal_places=1)
    physical_percent = models.DecimalField("形象进度（%）", max_digits=5, decimal_places=1)
    read_at = models.DateTimeField("计算时间")

    class Meta:
        ordering: ClassVar = ["alarm", "week_start"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alarm", "week_start"], name="alarm_reading_once_a_week"
            )
        ]
