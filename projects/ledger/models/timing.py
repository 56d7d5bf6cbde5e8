"""What bounds the works in time: deadlines of a programme, and windows in which kinds of work rest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import GateKind, RestCause, WorkKind
from projects.ledger.querysets import (
    GateDeadlineQuerySet,
    RestReasonQuerySet,
    RestWindowQuerySet,
)
from renovation.accounts.models import Organisation, User
from renovation.core.wording import chinese_date

from .baseline import Baseline
from .programme import Programme


class GateDeadline(models.Model):
    """The day by which every project of a programme has passed a gate (10月底前全部开工), and what says so."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="deadlines", verbose_name="年度计划"
    )
    gate = models.CharField("关口", max_length=12, choices=GateKind.choices)
    due_on = models.DateField("期限")
    document_number = models.CharField("依据文号", max_length=60, blank=True)

    history = HistoricalRecords()
    objects = GateDeadlineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["programme", "due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "gate"], name="gate_deadline_once")
        ]
        verbose_name = verbose_name_plural = "关口期限"

    def __str__(self) -> str:
        return f"{self.programme} {self.get_gate_display()}期限"


class RestWindow(models.Model):
    """Days in which a kind of work rests in a district (停工期), both ends included.

    ``set_at`` is when its days or its kind of work were last set or widened while it was not over; plans in force
    whose works fall into it and that were approved before say a reason since (``RestReason``). None asks nothing of
    them: it was set when it was over, or before this was kept.
    """

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="rest_windows", verbose_name="区局"
    )
    cause = models.CharField("原因类别", max_length=10, choices=RestCause.choices)
    work_kind = models.CharField("停哪类作业", max_length=12, choices=WorkKind.choices)
    from_on = models.DateField("起")
    to_on = models.DateField("止")
    reason = models.CharField("停工要求", max_length=200)
    document_number = models.CharField("依据文号", max_length=60, blank=True)
    set_at = models.DateTimeField("起止确定时间", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = RestWindowQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["from_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="rest_window_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rest_window_has_reason"),
        ]
        verbose_name = verbose_name_plural = "停工期"

    def __str__(self) -> str:
        return f"{self.get_cause_display()}（{self.get_work_kind_display()}）"

    @property
    def words(self) -> str:
        """高温停工期（2025年7月11日—2025年8月5日，外墙）."""
        days = f"{chinese_date(self.from_on)}—{chinese_date(self.to_on)}"
        return f"{self.get_cause_display()}停工期（{days}，{self.get_work_kind_display()}）"


class RestReason(models.Model):
    """Why the works of an approved plan go on in a window in which they should rest. Written once.

    ``is_of_approval``: said by who approved the plan, for the windows that stood then; else said afterwards, for a
    window that was added or changed. ``window_words`` stay where the window is taken away.
    """

    baseline = models.ForeignKey(
        Baseline, models.PROTECT, related_name="rest_reasons", verbose_name="计划"
    )
    window = models.ForeignKey(
        RestWindow,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reasons",
        verbose_name="停工期",
    )
    window_words = models.CharField("停工期内容", max_length=120)
    reason = models.CharField("理由", max_length=300)
    is_of_approval = models.BooleanField("批准计划时写明", default=False)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填写人")
    said_at = models.DateTimeField("填写时间")

    objects = RestReasonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["baseline", "said_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="rest_reason_says_something"),
        ]
        verbose_name = verbose_name_plural = "停工期内施工的理由"

    def __str__(self) -> str:
        return f"{self.baseline} {self.window_words}"
