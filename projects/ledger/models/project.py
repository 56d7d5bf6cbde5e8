"""A project: what one street renovates in a year."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import RenovationType
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.models import Organisation

from .programme import Programme


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
    feature = models.CharField(
        "特色",
        max_length=60,
        blank=True,
        help_text="一小区一特色，一句话，如“口袋花园串起三个院子”。",
    )
    is_model = models.BooleanField("示范样板", default=False)
    model_on = models.DateField("定为样板日期", null=True, blank=True)
    model_reason = models.CharField("定为样板的理由", max_length=200, blank=True)
    #: These three, the street and the programme of a project that counts are written by an approved change
    #: alone (``enrolment``); the database refuses anything else.
    approved_on = models.DateField("列入计划日期", null=True, blank=True)
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
            ),
            models.CheckConstraint(
                condition=Q(is_model=False) | (Q(model_on__isnull=False) & ~Q(model_reason="")),
                name="project_model_with_day_and_reason",
            ),
        ]
        verbose_name = verbose_name_plural = "项目"

    def __str__(self) -> str:
        return self.name

    @property
    def is_entered(self) -> bool:
        """Whether somebody approved that it counts."""
        return self.approved_on is not None

    @property
    def entered_on(self) -> date:
        """``approved_on`` of a project that is entered; ValueError for another."""
        if self.approved_on is None:
            raise ValueError(f"{self.code} is not entered")
        return self.approved_on

    def street_on(self, day: date) -> Organisation:
        """The street that it belonged to on a day. One query, none where ``former_streets__street`` is prefetched."""
        left: Any = self.former_streets.all()
        return next((row.street for row in left if row.until_on > day), self.street)
