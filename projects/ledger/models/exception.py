"""Recorded exceptions: a check of a gate that does not hold and is let stand by a named person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import ExceptionState, GateKind
from projects.ledger.querysets import DecidedQuerySet
from renovation.accounts.models import User
from renovation.records.models import StoredFile

from .project import Project


class GateException(models.Model):
    """One check of one project that need not hold (例外), with reason, document and approver.

    It stands while it is approved. Who asks does not approve. ``check_code`` is the code of a declared
    ``gatekeeping.GateCheck``; ``finding`` is what the check said when the exception was asked for.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="gate_exceptions", verbose_name="项目"
    )
    gate = models.CharField("关口", max_length=12, choices=GateKind.choices)
    check_code = models.CharField("核查事项", max_length=60)
    finding = models.CharField("不符合的情况", max_length=300)
    reason = models.CharField("理由", max_length=300)
    document_number = models.CharField("依据文号", max_length=60, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    state = models.CharField(
        "状态", max_length=10, choices=ExceptionState.choices, default=ExceptionState.ASKED
    )
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    comment = models.CharField("意见", max_length=200, blank=True)

    history = HistoricalRecords()
    objects = DecidedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "-requested_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "check_code"],
                condition=Q(state__in=["asked", "approved"]),
                name="gate_exception_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="gate_exception_has_reason"),
            models.CheckConstraint(
                condition=~Q(document_number="") | Q(file__isnull=False),
                name="gate_exception_has_document",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None, decided_by=None)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="gate_exception_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("requested_by")),
                name="gate_exception_approver_did_not_ask",
            ),
        ]
        verbose_name = verbose_name_plural = "关口例外"

    def __str__(self) -> str:
        return f"{self.project} {self.get_gate_display()}例外"
