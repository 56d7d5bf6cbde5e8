"""What is renovated: programme, project, estate, parties, gates, baseline, monthly targets.

Monthly targets, planned dates, planned investment and area belong to a baseline, which is approved and
superseded but never edited; quantities stand on the estate; actual dates are gates with evidence.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile

from .enums import BaselineState, GateKind, PartyRole, RenovationType
from .querysets import BaselineQuerySet, GateQuerySet, ProgrammeQuerySet, ProjectQuerySet


class Programme(models.Model):
    """The renovation programme (年度计划) of a bureau for a year."""

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="programmes", verbose_name="区局"
    )
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("名称", max_length=80)
    approved_on = models.DateField("批准日期")
    document_number = models.CharField("批准文号", max_length=60, blank=True)
    start_deadline_on = models.DateField("全部开工期限", null=True, blank=True)

    history = HistoricalRecords()
    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bureau", "year"], name="programme_once_per_year")
        ]
        verbose_name = verbose_name_plural = "年度计划"

    def __str__(self) -> str:
        return self.name


class ProgrammeTotal(models.Model):
    """The official totals of a street in the programme's document; the ledger is checked against them."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="totals")
    street = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="街道")
    project_count = models.PositiveIntegerField("项目数（个）")
    household_count = models.PositiveIntegerField("户数（户）")
    area_sqm = models.DecimalField("建筑面积（㎡）", max_digits=12, decimal_places=2)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["street__order"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "street"], name="programme_total_once_per_street"
            )
        ]
        verbose_name = verbose_name_plural = "计划下达数"


class Project(models.Model):
    """A project of a programme in a street; it holds one estate or several."""

    code = models.CharField(
        "项目编号", max_length=30, unique=True, error_messages={"unique": "已有这个项目编号。"}
    )
    plan_code = models.CharField("计划编码", max_length=40, null=True, blank=True, unique=True)
    budget_code = models.CharField("预算编码", max_length=40, null=True, blank=True, unique=True)
    name = models.CharField("项目名称", max_length=80)
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="projects", verbose_name="年度计划"
    )
    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="projects", verbose_name="街道"
    )
    renovation_type = models.CharField(
        "改造类型", max_length=12, choices=RenovationType.choices, default=RenovationType.BASIC
    )
    approved_on = models.DateField("列入计划日期")
    cancelled_on = models.DateField("取消日期", null=True, blank=True)
    cancellation_reason = models.CharField("取消原因", max_length=200, blank=True)
    reporting_from = models.DateField(
        "开始报送", null=True, blank=True, help_text="不填从列入计划当周起报。"
    )
    note = models.TextField("备注", blank=True)
    is_demo = models.BooleanField("演示数据", default=False)
    #: Raised by every edit; the edit form refuses to write over a change it has not seen.
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["street__order", "code"]
        indexes: ClassVar = [models.Index(fields=["programme", "street"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cancelled_on=None) | ~Q(cancellation_reason=""),
                name="project_cancelled_with_reason",
            )
        ]
        verbose_name = verbose_name_plural = "项目"

    def __str__(self) -> str:
        return self.name


class Estate(models.Model):
    """A residential estate (小区) within a project; typed quantities stand here."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="estates", verbose_name="项目"
    )
    community = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    name = models.CharField("小区名称", max_length=80)
    address = models.CharField("地址", max_length=120, blank=True)
    year_built = models.PositiveSmallIntegerField(
        "建成年份",
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2030)],
    )
    building_count = models.PositiveIntegerField("楼栋数（栋）")
    household_count = models.PositiveIntegerField("户数（户）")
    area_sqm = models.DecimalField(
        "建筑面积（㎡）",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="estate_once_per_project"),
            models.CheckConstraint(condition=Q(area_sqm__gt=0), name="estate_has_area"),
        ]
        verbose_name = verbose_name_plural = "小区"

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """Who builds, supervises, designs or answers for a project, for how long, and how to reach them."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="parties", verbose_name="项目"
    )
    role = models.CharField("角色", max_length=16, choices=PartyRole.choices)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="单位账号",
    )
    name = models.CharField("名称", max_length=80)
    licence_number = models.CharField("资质证号", max_length=40, blank=True)
    contact = models.CharField("联系岗位", max_length=60, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="party_ends_after_start",
            )
        ]
        verbose_name = verbose_name_plural = "参建单位"

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"


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


class Gate(models.Model):
    """A gate of a project: when it is planned, when it was passed, and the evidence for it.

    The planned dates of 开工 and 完工 are the baseline's; ``planned_on`` holds those of the other gates.
    A gate with an actual date but without the evidence it requires is a claim and does not count.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="gates", verbose_name="项目")
    kind = models.CharField("关口", max_length=12, choices=GateKind.choices)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    forecast_on = models.DateField("预计日期", null=True, blank=True)
    actual_on = models.DateField("实际日期", null=True, blank=True)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    document_number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    is_opening = models.BooleanField("期初导入", default=False)

    history = HistoricalRecords()
    objects = GateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "kind"], name="gate_once_per_project")
        ]
        verbose_name = verbose_name_plural = "关口"

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"
