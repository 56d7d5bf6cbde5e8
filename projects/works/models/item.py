"""What a project plans of the menu, in versions, and what of it was delivered, in dated entries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Estate, Project
from projects.works.enums import Origin, PlanState
from projects.works.querysets import CompletionQuerySet, ItemPlanQuerySet, WorkItemQuerySet
from renovation.accounts.models import User
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile

from .menu import MenuItem


class WorkItem(models.Model):
    """A menu item in a project, for one of its estates or (``estate`` None) for all of it.

    What is planned stands in its plans, what is done in its deliveries. It is never deleted: a removed item
    has a plan that says so.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="work_items", verbose_name="项目"
    )
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小区"
    )
    menu_item = models.ForeignKey(
        MenuItem, models.PROTECT, related_name="work_items", verbose_name="改造条目"
    )

    history = HistoricalRecords()
    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [
            "project",
            "menu_item__menu_class__order",
            "menu_item__order",
            "menu_item__code",
            "pk",
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "menu_item"],
                condition=Q(estate=None),
                name="work_item_once_per_project",
            ),
            models.UniqueConstraint(
                fields=["project", "estate", "menu_item"], name="work_item_once_per_estate"
            ),
        ]
        verbose_name = verbose_name_plural = "改造内容"

    def __str__(self) -> str:
        return str(self.menu_item)


class ItemPlan(models.Model):
    """A version of what is planned of an item: how much, why, when. The latest one approved on or before a
    day is in force on it; before the first, the first. ``is_removed`` takes the item out of the plan.

    A version after the project's baseline was approved needs a reason, and another person's approval.
    """

    item = models.ForeignKey(
        WorkItem, models.PROTECT, related_name="plans", verbose_name="改造内容"
    )
    version = models.PositiveSmallIntegerField("版次")
    quantity = models.DecimalField("计划数量", max_digits=12, decimal_places=2)
    is_removed = models.BooleanField("取消", default=False)
    origin = models.CharField("来由", max_length=8, choices=Origin.choices, default=Origin.REQUIRED)
    choice_round = models.PositiveSmallIntegerField("征询轮次", null=True, blank=True)
    planned_from = models.DateField("计划开始", null=True, blank=True)
    planned_to = models.DateField("计划完成", null=True, blank=True)
    reason = models.CharField("调整原因", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=PlanState.choices, default=PlanState.PENDING
    )
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    proposed_at = models.DateTimeField("登记时间")
    effective_on = models.DateField("生效日期", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)

    objects = ItemPlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["item", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "version"], name="item_plan_version_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state="pending"), name="item_plan_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, is_removed=False) | Q(quantity=0, is_removed=True),
                name="item_plan_quantity_unless_removed",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="item_plan_change_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(origin="chosen") | Q(choice_round=None),
                name="item_plan_round_only_where_chosen",
            ),
            models.CheckConstraint(
                condition=Q(planned_to=None)
                | Q(planned_from=None)
                | Q(planned_to__gte=F("planned_from")),
                name="item_plan_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(effective_on__isnull=False),
                name="item_plan_approved_has_date",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="item_plan_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="item_plan_approver_did_not_propose",
            ),
        ]
        verbose_name = verbose_name_plural = "改造内容计划"

    def __str__(self) -> str:
        return f"{self.item} 第 {self.version} 版"


class Completion(models.Model):
    """A quantity of an item that was finished and accepted on a day.

    It is never changed; what was wrong is withdrawn with a reason and entered anew. ``building`` names the
    building where it is known (屋面、外墙). ``explanation`` answers what the checks asked about.
    """

    item = models.ForeignKey(
        WorkItem, models.PROTECT, related_name="completions", verbose_name="改造内容"
    )
    quantity = models.DecimalField("完成数量", max_digits=12, decimal_places=2)
    delivered_on = models.DateField("完成日期", db_index=True)
    building = models.CharField("楼栋", max_length=60, blank=True)
    accepted_by = models.CharField("验收岗位", max_length=60)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    explanation = models.CharField("情况说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回原因", max_length=200, blank=True)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["delivered_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="completion_above_zero"),
            models.CheckConstraint(condition=~Q(accepted_by=""), name="completion_was_accepted"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawal_reason="")
                ),
                name="completion_withdrawn_at_by_and_why",
            ),
        ]
        verbose_name = verbose_name_plural = "完成登记"

    def __str__(self) -> str:
        return f"{self.item} {chinese_date(self.delivered_on)}"
