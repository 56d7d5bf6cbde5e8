"""Findings of the audit that follows the works (工程跟踪审计, CAPABILITIES.md W17)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.funding.enums import FindingAct, FindingOrigin, FindingSeverity, FindingState
from projects.funding.querysets import AuditFindingQuerySet
from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile


class AuditFinding(models.Model):
    """Something that the audit found fault with. Its date and deadline never change: reopened, it keeps its
    clock and counts how often. One of years past that was closed before the portal knew its project comes in as
    answered with the day of its closing (``settled_on``), on which another person then closes it."""

    #: Numbers are the bureau's own, that of the project.
    bureau = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="区局")
    number = models.CharField("编号", max_length=20)
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="audit_findings", verbose_name="项目"
    )
    origin = models.CharField("来源", max_length=12, choices=FindingOrigin.choices)
    title = models.CharField("问题", max_length=80)
    detail = models.CharField("具体情况", max_length=500, blank=True)
    found_on = models.DateField("发现日期")
    amount_fen = models.BigIntegerField("涉及金额（分）", default=0)
    severity = models.CharField("程度", max_length=8, choices=FindingSeverity.choices)
    document_number = models.CharField("审计文号", max_length=60, blank=True)
    report = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审计文件"
    )
    responsible = models.CharField("责任单位", max_length=80)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="责任岗位")
    deadline_on = models.DateField("整改期限")
    state = models.CharField(
        "状态",
        max_length=8,
        choices=FindingState.choices,
        default=FindingState.OPEN,
        db_index=True,
    )
    reopen_count = models.PositiveSmallIntegerField("重新整改次数", default=0)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报整改的人"
    )
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="销号人"
    )
    closed_on = models.DateField("销号日期", null=True, blank=True)
    settled_on = models.DateField("期初销号日期", null=True, blank=True)

    objects = AuditFindingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["deadline_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bureau", "number"], name="finding_number_once_per_bureau"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0), name="finding_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(deadline_on__gte=F("found_on")), name="finding_deadline_after_finding"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_by__isnull=False, closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_by=None, closed_on=None)),
                name="finding_closed_on_and_by",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("owner")),
                name="finding_closed_by_another_than_owner",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | Q(answered_by=None) | ~Q(closed_by=F("answered_by")),
                name="finding_closed_by_another_than_answered",
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(settled_on__gte=F("found_on")),
                name="finding_settled_after_finding",
            ),
            models.CheckConstraint(
                condition=Q(settled_on=None)
                | Q(state="answered")
                | Q(state="closed", closed_on=F("settled_on")),
                name="finding_settled_is_closed_on_its_day",
            ),
        ]
        verbose_name = verbose_name_plural = "审计问题"

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        """Neither closed nor settled before the portal (`AuditFindingQuerySet.open`)."""
        return self.state != FindingState.CLOSED and self.settled_on is None

    def overdue_days(self, today: date) -> int:
        """Days past the deadline: up to today while it is open, up to the closing where it is closed, also before
        the portal; 0 where in time."""
        end = self.closed_on or self.settled_on or today
        return max(0, (end - self.deadline_on).days)


class FindingStep(models.Model):
    """An act on a finding with its words and evidence; append-only."""

    finding = models.ForeignKey(AuditFinding, models.PROTECT, related_name="steps")
    act = models.CharField("操作", max_length=10, choices=FindingAct.choices)
    from_state = models.CharField("原状态", max_length=8, blank=True)
    to_state = models.CharField("新状态", max_length=8)
    text = models.CharField("内容", max_length=500, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering: ClassVar = ["pk"]
