"""Plans as approved: dates, money, area and monthly targets."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from projects.ledger.enums import BaselineState, GateKind, WorkKind
from projects.ledger.querysets import BaselineQuerySet
from renovation.accounts.models import User

from .project import Project


class Baseline(models.Model):
    """A plan of a project as approved: dates, money, area and monthly targets. The latest one approved
    on or before a day is in force on it; before the first, the first (MEASURES.md 序时进度)."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="baselines", verbose_name="项目"
    )
    version = models.PositiveSmallIntegerField("版次")
    state = models.CharField(
        "状态", max_length=8, choices=BaselineState.choices, default=BaselineState.DRAFT
    )
    planned_start_on = models.DateField("计划开工")
    planned_completion_on = models.DateField("计划完工")
    planned_investment_fen = models.BigIntegerField("计划投资（分）")
    area_sqm = models.DecimalField("建筑面积（㎡）", max_digits=12, decimal_places=2)
    document_number = models.CharField("批准文号", max_length=60, blank=True)
    reason = models.CharField("调整原因", max_length=200, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_on = models.DateField("批准日期", null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    is_opening = models.BooleanField("期初导入", default=False)
    #: Why works go on in a 停工期, said by who approved the plan; null where none does, so that the column is added
    #: without rebuilding the table of SQLite, which would lose its triggers.
    rest_reason = models.CharField("停工期内施工的理由", max_length=300, null=True, blank=True)

    objects = BaselineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="baseline_version_once"),
            models.CheckConstraint(
                condition=Q(planned_completion_on__gt=F("planned_start_on")),
                name="baseline_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(planned_investment_fen__gt=0), name="baseline_has_investment"
            ),
            models.CheckConstraint(condition=Q(area_sqm__gt=0), name="baseline_has_area"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(approved_on__isnull=False),
                name="baseline_approved_has_date",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="baseline_change_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | Q(drafted_by=None)
                | ~Q(approved_by=F("drafted_by")),
                name="baseline_approver_did_not_draft",
            ),
        ]
        verbose_name = verbose_name_plural = "基线"

    def __str__(self) -> str:
        return f"{self.project} 基线第 {self.version} 版"


class MonthlyTarget(models.Model):
    """The cumulative physical progress a baseline asks for at the end of a month (攻坚图月度目标)."""

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="targets")
    month_end_on = models.DateField("月末")
    target_percent = models.DecimalField(
        "累计目标（%）",
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    task = models.CharField("当月任务", max_length=200, blank=True)
    #: Null where it was not said, so that the column is added without rebuilding the table of SQLite,
    #: which would lose its triggers.
    work_kind = models.CharField(
        "主要作业", max_length=12, choices=WorkKind.choices, null=True, blank=True
    )

    class Meta:
        ordering: ClassVar = ["baseline", "month_end_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["baseline", "month_end_on"], name="monthly_target_once_per_month"
            ),
            models.CheckConstraint(
                condition=Q(target_percent__gte=0) & Q(target_percent__lte=100),
                name="monthly_target_in_range",
            ),
        ]
        verbose_name = verbose_name_plural = "月度目标"


class BaselineNode(models.Model):
    """The planned day of a gate as a baseline froze it (节点计划). 开工 and 完工 are the baseline's own."""

    baseline = models.ForeignKey(Baseline, models.CASCADE, related_name="nodes")
    gate = models.CharField("关口", max_length=12, choices=GateKind.choices)
    planned_on = models.DateField("计划日期")

    class Meta:
        ordering: ClassVar = ["baseline", "planned_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["baseline", "gate"], name="baseline_node_once"),
            models.CheckConstraint(
                condition=~Q(gate__in=["started", "completed"]),
                name="baseline_node_is_not_of_the_plan_itself",
            ),
        ]
        verbose_name = verbose_name_plural = "节点计划"
