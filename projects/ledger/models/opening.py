"""Gates that were passed before the portal knew the project (期初), until a second person approves them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import GateKind, OpeningState
from projects.ledger.querysets import DecidedQuerySet
from renovation.accounts.models import User

from .project import Project


class GateOpening(models.Model):
    """What one person says of a gate that was passed before the portal. Nothing counts by it while it waits;
    once another person approves it, the gate is passed by it without evidence and checks, and it stays."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="gate_openings", verbose_name="项目"
    )
    kind = models.CharField("关口", max_length=12, choices=GateKind.choices)
    actual_on = models.DateField("实际日期")
    document_number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=OpeningState.choices, default=OpeningState.PENDING
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    decided_at = models.DateTimeField("核定时间", null=True, blank=True)
    comment = models.CharField("意见", max_length=200, blank=True)

    history = HistoricalRecords()
    objects = DecidedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=Q(state="pending"),
                name="gate_opening_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None, decided_by=None)
                | (~Q(state="pending") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="gate_opening_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("recorded_by")),
                name="gate_opening_approver_did_not_record",
            ),
        ]
        verbose_name = verbose_name_plural = "期初关口"

    def __str__(self) -> str:
        return f"{self.project}关口“{self.get_kind_display()}”"
