"""Plans of the utilities (专营单位管线) on the ground of a project, and what was agreed with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Estate, Project
from projects.works.enums import CostBearer, UtilityKind, UtilityState
from projects.works.querysets import CoordinationQuerySet, UtilityPlanQuerySet
from renovation.accounts.models import User
from renovation.records.models import StoredFile


class UtilityPlan(models.Model):
    """What a utility means to do: on which stretch, from when to when, whether the surface is opened.

    ``stretch`` empty and ``estate`` None mean the whole ground of the project.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="utility_plans", verbose_name="项目"
    )
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小区"
    )
    kind = models.CharField("专业", max_length=10, choices=UtilityKind.choices)
    operator = models.CharField("专营单位", max_length=60)
    stretch = models.CharField("地段", max_length=60, blank=True)
    planned_from = models.DateField("计划开始")
    planned_to = models.DateField("计划完成")
    opens_surface = models.BooleanField("开挖路面", default=True)
    depth_cm = models.PositiveSmallIntegerField("埋深（厘米）", null=True, blank=True)
    cost_bearer = models.CharField(
        "费用承担", max_length=10, choices=CostBearer.choices, default=CostBearer.OPERATOR
    )
    contact = models.CharField("联系岗位", max_length=60)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="计划文件"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=UtilityState.choices, default=UtilityState.PLANNED
    )
    started_on = models.DateField("实际开始", null=True, blank=True)
    finished_on = models.DateField("实际完成", null=True, blank=True)
    withdrawal_reason = models.CharField("退出原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = UtilityPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["planned_from", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(planned_to__gte=F("planned_from")), name="utility_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(finished_on=None)
                | (Q(started_on__isnull=False) & Q(finished_on__gte=F("started_on"))),
                name="utility_finished_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_on__isnull=False),
                name="utility_done_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawal_reason=""),
                name="utility_withdrawn_has_reason",
            ),
        ]
        verbose_name = verbose_name_plural = "管线计划"

    def __str__(self) -> str:
        return f"{self.operator}{self.get_kind_display()}"


class Coordination(models.Model):
    """A coordination with a utility: when, who took part, what was agreed. Written once."""

    plan = models.ForeignKey(
        UtilityPlan, models.PROTECT, related_name="coordinations", verbose_name="管线计划"
    )
    held_on = models.DateField("协调日期")
    participants = models.CharField("参加单位", max_length=200)
    agreed = models.CharField("商定事项", max_length=300)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="纪要"
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    objects = CoordinationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["plan", "held_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(participants="") & ~Q(agreed=""), name="coordination_says_who_and_what"
            )
        ]
        verbose_name = verbose_name_plural = "管线协调"
