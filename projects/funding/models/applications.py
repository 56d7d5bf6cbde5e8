"""Applications for money of a higher level (争取上级资金, CAPABILITIES.md B7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.funding.enums import ApplicationFileKind, ApplicationState
from projects.funding.querysets import ApplicationItemQuerySet, ApplicationQuerySet
from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile

from .money import FundingEvent, FundingSource


class Application(models.Model):
    """A package of projects for which a bureau asks a fund for money; its states are a flow
    (``applications.flow``). What is granted is no 下达: that comes by its own document."""

    bureau = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="区局")
    source = models.ForeignKey(
        FundingSource, models.PROTECT, related_name="applications", verbose_name="申请的资金"
    )
    title = models.CharField("名称", max_length=80)
    state = models.CharField(
        "状态",
        max_length=8,
        choices=ApplicationState.choices,
        default=ApplicationState.DRAFT,
        db_index=True,
    )
    document_number = models.CharField("申报文号", max_length=60, blank=True)
    reported_on = models.DateField("申报日期", null=True, blank=True)
    decision_number = models.CharField("批复文号", max_length=60, blank=True)
    decided_on = models.DateField("批复日期", null=True, blank=True)
    refusal_reason = models.CharField("未获批原因", max_length=200, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟报人")
    drafted_at = models.DateTimeField("拟报时间")
    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记批复的人"
    )
    decided_at = models.DateTimeField("登记批复时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-drafted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="draft")
                | (
                    Q(reported_on__isnull=False, reported_by__isnull=False) & ~Q(document_number="")
                ),
                name="application_reported_with_document",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "reported"])
                | Q(decided_on__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="application_decided_on_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | ~Q(decision_number=""),
                name="application_granted_by_document",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refusal_reason=""),
                name="application_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None) | Q(decided_on__gte=F("reported_on")),
                name="application_decided_after_report",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("reported_by")),
                name="application_decider_did_not_report",
            ),
        ]
        verbose_name = verbose_name_plural = "上级资金申请"

    def __str__(self) -> str:
        return self.title


class ApplicationItem(models.Model):
    """A project of the package: what is asked for it and, once decided, granted, in 分."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="items")
    project = models.ForeignKey(Project, models.PROTECT, related_name="application_items")
    asked_fen = models.BigIntegerField("申请（分）")
    granted_fen = models.BigIntegerField("批复（分）", null=True, blank=True)

    objects = ApplicationItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["application", "project__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "project"], name="application_item_once"
            ),
            models.CheckConstraint(condition=Q(asked_fen__gt=0), name="application_item_asks"),
            models.CheckConstraint(
                condition=Q(granted_fen=None) | Q(granted_fen__gte=0),
                name="application_item_grant_not_negative",
            ),
        ]


class ApplicationFile(models.Model):
    """A paper of an application: what was sent, or how it was decided."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="files")
    kind = models.CharField("种类", max_length=8, choices=ApplicationFileKind.choices)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]


class GrantedAllocation(models.Model):
    """A 下达 that came from a granted application; an event comes from one at most."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="allocations")
    event = models.OneToOneField(FundingEvent, models.PROTECT, related_name="granted_allocation")
    linked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField("关联时间")

    class Meta:
        ordering: ClassVar = ["pk"]
