"""What one post records and another confirms; from then on it stays as it was written (triggers)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Estate, Project
from projects.residents.enums import Outcome, RecordState
from projects.residents.querysets import (
    EvaluationQuerySet,
    HandoverQuerySet,
    OpinionQuerySet,
)
from renovation.accounts.models import User
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile


class Confirmed(models.Model):
    """Recorded by one person, confirmed by another, withdrawn with a reason (``flows.HANDOVER``)."""

    state = models.CharField(
        "状态", max_length=10, choices=RecordState.choices, default=RecordState.DRAFT
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    withdrawn_reason = models.CharField("作废原因", max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        abstract = True


def two_people(name: str) -> list[models.BaseConstraint]:
    """Confirmed in full, by another than who recorded it, on a file; withdrawn with a reason."""
    unconfirmed, confirmed = (
        Q(confirmed_by=None, confirmed_at=None),
        Q(confirmed_by__isnull=False, confirmed_at__isnull=False, file__isnull=False),
    )
    return [
        models.CheckConstraint(
            condition=(Q(state="draft") & unconfirmed)
            | (Q(state="confirmed") & confirmed)
            | (Q(state="withdrawn") & (unconfirmed | confirmed)),
            name=f"{name}_confirmed_in_full",
        ),
        models.CheckConstraint(
            condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("recorded_by")),
            name=f"{name}_confirmed_by_another",
        ),
        models.CheckConstraint(
            condition=(
                ~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
            )
            | (
                Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_reason="")
            ),
            name=f"{name}_withdrawn_says_why",
        ),
    ]


class Handover(Confirmed):
    """An estate is handed over to who looks after it (移交管养; [淄川2025]): who to whom, when, what.

    ``items`` is a list of ``{"name", "quantity", "unit", "keeper"}`` in text (``handover_items``), in order.
    """

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="handovers", verbose_name="小区"
    )
    handed_on = models.DateField("移交日期")
    handed_by = models.CharField("移交单位", max_length=80)
    taken_by = models.CharField("接收单位", max_length=80)
    items = models.JSONField("移交清单", default=list)
    note = models.CharField("遗留问题和约定", max_length=300, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移交文件"
    )

    history = HistoricalRecords()
    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "-pk"]
        constraints: ClassVar = [
            *two_people("handover"),
            models.UniqueConstraint(
                fields=["estate"],
                condition=Q(state__in=["draft", "confirmed"]),
                name="handover_one_standing",
            ),
            models.CheckConstraint(
                condition=~Q(handed_by="") & ~Q(taken_by=""), name="handover_names_both"
            ),
        ]
        verbose_name = verbose_name_plural = "移交管养"

    def __str__(self) -> str:
        return f"{self.estate}移交"


class Evaluation(Confirmed):
    """What residents and the administration found together after completion (共评; [黄石答复] 五共).

    ``base_count`` is how many were asked for a verdict; who gave none is in it.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="evaluations", verbose_name="项目"
    )
    held_on = models.DateField("共评日期")
    resident_count = models.PositiveIntegerField("居民（人）")
    representative_count = models.PositiveIntegerField("居民代表（人）")
    street_count = models.PositiveSmallIntegerField("街道社区（人）")
    bureau_count = models.PositiveSmallIntegerField("区局（人）")
    base_count = models.PositiveIntegerField("参评人数（人）")
    satisfied_count = models.PositiveIntegerField("满意（人）")
    basic_count = models.PositiveIntegerField("基本满意（人）")
    unsatisfied_count = models.PositiveIntegerField("不满意（人）")
    summary = models.CharField("评价结论", max_length=500)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="共评记录"
    )

    history = HistoricalRecords()
    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "-held_on", "-pk"]
        constraints: ClassVar = [
            *two_people("evaluation"),
            models.UniqueConstraint(
                fields=["project", "held_on"],
                condition=Q(state__in=["draft", "confirmed"]),
                name="evaluation_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    base_count__gte=F("satisfied_count") + F("basic_count") + F("unsatisfied_count")
                ),
                name="evaluation_verdicts_within_base",
            ),
            models.CheckConstraint(
                condition=Q(
                    base_count__gte=1,
                    base_count__lte=F("resident_count") + F("representative_count"),
                ),
                name="evaluation_base_took_part",
            ),
        ]
        verbose_name = verbose_name_plural = "共同评价"

    def __str__(self) -> str:
        return f"{chinese_date(self.held_on)}共评"

    @property
    def private_name(self) -> str:
        """What its file is called: it names residents, and so may the name it came under (``editing.save_row``)."""
        return f"{self.project}{self}记录"

    @property
    def silent_count(self) -> int:
        """Who was asked and gave no verdict."""
        return self.base_count - self.satisfied_count - self.basic_count - self.unsatisfied_count


class Opinion(models.Model):
    """What was said at an evaluation and what became of it; that is written once."""

    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, related_name="opinions", verbose_name="共同评价"
    )
    content = models.CharField("意见", max_length=300)
    outcome = models.CharField("处理结果", max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField("办理情况", max_length=300, blank=True)
    answered_on = models.DateField("办理日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["evaluation", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(content=""), name="opinion_says_something"),
            models.CheckConstraint(
                condition=Q(outcome="", answer="", answered_on=None, answered_by=None)
                | (
                    ~Q(outcome="")
                    & ~Q(answer="")
                    & Q(answered_on__isnull=False, answered_by__isnull=False)
                ),
                name="opinion_answered_in_full",
            ),
        ]
        verbose_name = verbose_name_plural = "共评意见"

    def __str__(self) -> str:
        return self.content[:30]
