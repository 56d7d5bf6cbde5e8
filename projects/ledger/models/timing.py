"""What bounds the works in time: deadlines of a programme, and windows in which kinds of work rest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import GateKind, RestCause, WorkKind
from projects.ledger.querysets import GateDeadlineQuerySet, RestWindowQuerySet
from renovation.accounts.models import Organisation

from .programme import Programme


class GateDeadline(models.Model):
    """The day by which every project of a programme has passed a gate (10月底前全部开工), and what says so."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="deadlines", verbose_name="年度计划"
    )
    gate = models.CharField("关口", max_length=12, choices=GateKind.choices)
    due_on = models.DateField("期限")
    document_number = models.CharField("依据文号", max_length=60, blank=True)

    history = HistoricalRecords()
    objects = GateDeadlineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["programme", "due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "gate"], name="gate_deadline_once")
        ]
        verbose_name = verbose_name_plural = "关口期限"

    def __str__(self) -> str:
        return f"{self.programme} {self.get_gate_display()}期限"


class RestWindow(models.Model):
    """Days in which a kind of work rests in a district (停工期), both ends included."""

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="rest_windows", verbose_name="区局"
    )
    cause = models.CharField("原因类别", max_length=10, choices=RestCause.choices)
    work_kind = models.CharField("停哪类作业", max_length=12, choices=WorkKind.choices)
    from_on = models.DateField("起")
    to_on = models.DateField("止")
    reason = models.CharField("停工要求", max_length=200)
    document_number = models.CharField("依据文号", max_length=60, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = RestWindowQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["from_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="rest_window_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rest_window_has_reason"),
        ]
        verbose_name = verbose_name_plural = "停工期"

    def __str__(self) -> str:
        return f"{self.get_cause_display()}（{self.get_work_kind_display()}）"
