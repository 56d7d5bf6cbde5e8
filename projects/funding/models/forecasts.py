"""What a project expects to pay in a quarter, in versions, and why it came otherwise (CAPABILITIES.md B3)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.funding.enums import EventState, VarianceReason
from projects.funding.querysets import ForecastQuerySet, VarianceExplanationQuerySet
from projects.ledger.models import Project
from renovation.accounts.models import User
from renovation.core.periods import Quarter

from .money import FundingSource

_QUARTER = Q(quarter_number__gte=1, quarter_number__lte=4)


class Forecast(models.Model):
    """A version of the forecast of 支付 of a project for a quarter.

    The version in force is the last one approved; when the quarter begins it is frozen: no version is made or
    approved any more (``funding.forecast.freeze_days`` may leave some days).
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="forecasts")
    year = models.PositiveSmallIntegerField("年度")
    quarter_number = models.PositiveSmallIntegerField("季度")
    version = models.PositiveSmallIntegerField("版次")
    state = models.CharField(
        "状态", max_length=8, choices=EventState.choices, default=EventState.PENDING
    )
    note = models.CharField("说明", max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="编制人")
    made_at = models.DateTimeField("编制时间")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    decided_at = models.DateTimeField("核定时间", null=True, blank=True)
    comment = models.CharField("退回原因", max_length=200, blank=True)

    objects = ForecastQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "year", "quarter_number", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "year", "quarter_number", "version"],
                name="forecast_version_once",
            ),
            models.UniqueConstraint(
                fields=["project", "year", "quarter_number"],
                condition=Q(state="pending"),
                name="forecast_one_version_waits",
            ),
            models.CheckConstraint(condition=_QUARTER, name="forecast_quarter_in_range"),
            models.CheckConstraint(
                condition=Q(state="pending")
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="forecast_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")),
                name="forecast_approver_did_not_make",
            ),
        ]
        verbose_name = verbose_name_plural = "用款预测"

    @property
    def quarter(self) -> Quarter:
        """The quarter that it speaks of."""
        return Quarter(self.year, self.quarter_number)


class ForecastLine(models.Model):
    """What a forecast expects to be paid from one source, in 分."""

    forecast = models.ForeignKey(Forecast, models.PROTECT, related_name="lines")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField("预测支付（分）")

    class Meta:
        ordering: ClassVar = ["forecast", "source__order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["forecast", "source"], name="forecast_line_once"),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0), name="forecast_line_not_negative"
            ),
        ]


class VarianceExplanation(models.Model):
    """Why a quarter came otherwise than forecast; append-only, the last one of a project, source and quarter
    counts. The two amounts (分) are those that were explained; ``forecast_fen`` is None where nothing was forecast."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="variance_explanations")
    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    quarter_number = models.PositiveSmallIntegerField("季度")
    reason = models.CharField("原因", max_length=12, choices=VarianceReason.choices)
    text = models.CharField("说明", max_length=300)
    forecast_fen = models.BigIntegerField("预测（分）", null=True)
    actual_fen = models.BigIntegerField("实际（分）")
    explained_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    explained_at = models.DateTimeField("说明时间")

    objects = VarianceExplanationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["project", "year", "quarter_number"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_QUARTER, name="explanation_quarter_in_range"),
            models.CheckConstraint(condition=~Q(text=""), name="explanation_has_words"),
        ]
        verbose_name = verbose_name_plural = "偏差说明"
