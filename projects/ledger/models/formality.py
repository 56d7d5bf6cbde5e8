"""Preliminary formalities (前期手续): joint reviews of departments, and papers that were promised."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import NEVER_PROMISED, GateKind, Opinion, PromiseForm
from projects.ledger.querysets import OfProjectQuerySet
from renovation.accounts.models import User
from renovation.records.models import StoredFile

from .project import Project


class GatePromise(models.Model):
    """A paper that a gate was passed without (容缺、告知承诺): which, who promised it until when, and when
    it came in. ``missing_gate`` is the earlier gate that is itself still open, where it is one: a formality, never
    one of ``NEVER_PROMISED``. Rows of an earlier release that name one of those are kept and open nothing; the
    database takes no new one."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="gate_promises", verbose_name="项目"
    )
    gate = models.CharField("关口", max_length=12, choices=GateKind.choices)
    form = models.CharField(
        "办理方式", max_length=10, choices=PromiseForm.choices, default=PromiseForm.TOLERATED
    )
    lacks = models.CharField("缺少的材料", max_length=120)
    missing_gate = models.CharField(
        "缺少的手续", max_length=12, choices=GateKind.choices, blank=True
    )
    promised_by = models.CharField("承诺单位", max_length=80)
    promised_on = models.DateField("承诺日期")
    due_on = models.DateField("补齐期限")
    document_number = models.CharField("承诺书编号", max_length=60, blank=True)
    received_on = models.DateField("补齐日期", null=True, blank=True)
    received_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="补齐材料"
    )
    received_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收件登记"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = OfProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        indexes: ClassVar = [models.Index(fields=["received_on", "due_on"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "gate", "lacks"], name="gate_promise_once_per_paper"
            ),
            models.CheckConstraint(condition=~Q(lacks=""), name="gate_promise_names_a_paper"),
            models.CheckConstraint(
                condition=~Q(promised_by=""), name="gate_promise_names_who_promised"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("promised_on")), name="gate_promise_due_after_promised"
            ),
            models.CheckConstraint(
                condition=Q(received_on=None) | Q(received_on__gte=F("promised_on")),
                name="gate_promise_received_after_promised",
            ),
        ]
        verbose_name = verbose_name_plural = "容缺承诺"

    def __str__(self) -> str:
        return self.lacks

    @property
    def opens(self) -> GateKind | None:
        """The earlier gate that need not be passed before this one, None where the promise is of a paper alone."""
        if not self.missing_gate or self.missing_gate in NEVER_PROMISED:
            return None
        return GateKind(self.missing_gate)

    @property
    def has_no_effect(self) -> bool:
        """Whether it names a gate that no promise may leave out."""
        return self.missing_gate in NEVER_PROMISED


class JointReview(models.Model):
    """A joint review (联审、联合审批) of departments for a gate: 计划申报联审 before 列入计划, 方案联审 and
    others after it."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="joint_reviews", verbose_name="项目"
    )
    gate = models.CharField("关口", max_length=12, choices=GateKind.choices)
    title = models.CharField("名称", max_length=80)
    held_on = models.DateField("联审日期")
    document_number = models.CharField("会议纪要或批复文号", max_length=60, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联审意见"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = OfProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["held_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "gate", "title"], name="joint_review_once"),
        ]
        verbose_name = verbose_name_plural = "部门联审"

    def __str__(self) -> str:
        return self.title


class DepartmentOpinion(models.Model):
    """What one department said in a joint review, and on which day."""

    review = models.ForeignKey(JointReview, models.CASCADE, related_name="opinions")
    department = models.CharField("部门", max_length=40)
    opinion = models.CharField(
        "意见", max_length=12, choices=Opinion.choices, default=Opinion.PENDING
    )
    given_on = models.DateField("出具日期", null=True, blank=True)
    note = models.CharField("意见内容", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["review", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["review", "department"], name="department_opinion_once"
            ),
            models.CheckConstraint(
                condition=Q(opinion="pending", given_on=None)
                | (~Q(opinion="pending") & Q(given_on__isnull=False)),
                name="department_opinion_given_has_date",
            ),
        ]
        verbose_name = verbose_name_plural = "部门意见"

    def __str__(self) -> str:
        return self.department
