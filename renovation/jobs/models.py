"""Schedules as rows and runs as a ledger (HOUSE.md §4.4); the papers of lower wings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from simple_history.models import HistoricalRecords

from renovation.accounts.models import Organisation
from renovation.records.models import Work

from .printing.models import Printing as Printing
from .querysets import RunQuerySet, ScheduleQuerySet


class Schedule(models.Model):
    """When a kind of job that a wing declared in its ``schedules.py`` runs for an organisation."""

    kind = models.CharField("任务", max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="schedules", verbose_name="单位"
    )
    rule = models.JSONField("时间规则", default=dict)
    is_enabled = models.BooleanField("启用", default=True)
    starts_at = models.DateTimeField("从何时起")

    history = HistoricalRecords()
    objects = ScheduleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "organisation"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "organisation"], name="schedule_once_per_kind")
        ]
        verbose_name = verbose_name_plural = "定时任务"


class Run(Work):
    """One run of a kind for a period and an organisation; there is never a second one."""

    kind = models.CharField("任务", max_length=60)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="runs", verbose_name="单位"
    )
    period_key = models.CharField("期", max_length=40)
    due_at = models.DateTimeField("应运行时间", db_index=True)
    result = models.JSONField("结果", default=dict)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-due_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "period_key", "organisation"], name="run_once_per_period"
            )
        ]
        verbose_name = verbose_name_plural = "运行记录"


class Heartbeat(models.Model):
    """When the tick last beat; read by ``/healthz``."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
