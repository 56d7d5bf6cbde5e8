"""Money of a project, per source: planned amounts, and events that are corrected but never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.funding.enums import EventState, Stage
from projects.funding.querysets import FundingEventQuerySet, FundingSourceQuerySet
from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile


class FundingSource(models.Model):
    """A source of money (DOMAIN.md §2.5); the list is data. ``bureau`` is None for what all bureaus share."""

    bureau = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_sources",
        verbose_name="区局",
    )
    code = models.SlugField("代码", max_length=30)
    name = models.CharField("名称", max_length=40)
    is_fiscal = models.BooleanField("财政资金", default=True)
    order = models.PositiveSmallIntegerField("排序", default=0)
    #: A source that is no longer used stays with what it gave and is not offered any more.
    is_active = models.BooleanField("在用", default=True)
    #: Raised by every edit; the edit form refuses to write over a change it has not seen.
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = FundingSourceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(bureau=None), name="funding_source_shared_code_once"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(bureau=None), name="funding_source_shared_name_once"
            ),
            models.UniqueConstraint(
                fields=["bureau", "code"], name="funding_source_code_once_per_bureau"
            ),
            models.UniqueConstraint(
                fields=["bureau", "name"], name="funding_source_name_once_per_bureau"
            ),
        ]
        verbose_name = verbose_name_plural = "资金来源"

    def __str__(self) -> str:
        return self.name


class FundingPlan(models.Model):
    """The amount planned for a project from a source (计划)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="funding_plans")
    source = models.ForeignKey(
        FundingSource, models.PROTECT, related_name="+", verbose_name="资金来源"
    )
    planned_fen = models.BigIntegerField("计划（分）")

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["project", "source__order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "source"], name="funding_plan_once"),
            models.CheckConstraint(
                condition=Q(planned_fen__gte=0), name="funding_plan_not_negative"
            ),
        ]
        verbose_name = verbose_name_plural = "资金计划"


class FundingEvent(models.Model):
    """Money allocated, received, released or paid on a day, by a document.

    An error is mended by an adjusting event that points to what it corrects, carries a reason and counts
    from the date of the corrected one (``effective_on``); its own date stays in ``occurred_on``.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="funding_events")
    source = models.ForeignKey(
        FundingSource, models.PROTECT, related_name="+", verbose_name="资金来源"
    )
    stage = models.CharField("环节", max_length=10, choices=Stage.choices)
    amount_fen = models.BigIntegerField("金额（分）")
    occurred_on = models.DateField("日期")
    effective_on = models.DateField("计入日期", db_index=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    reason = models.CharField("更正原因", max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=EventState.choices, default=EventState.PENDING
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核定人"
    )
    approved_at = models.DateTimeField("核定时间", null=True, blank=True)
    is_opening = models.BooleanField("期初导入", default=False)

    objects = FundingEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["effective_on", "pk"]
        indexes: ClassVar = [models.Index(fields=["project", "stage", "effective_on"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="funding_event_not_zero"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0) | Q(corrects__isnull=False),
                name="funding_event_negative_only_as_correction",
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(reason=""), name="funding_correction_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False) | Q(effective_on=F("occurred_on")),
                name="funding_event_counts_from_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="funding_event_approved_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("recorded_by")),
                name="funding_approver_did_not_record",
            ),
        ]
        verbose_name = verbose_name_plural = "资金台账"
