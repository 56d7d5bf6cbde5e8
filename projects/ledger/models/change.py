"""Changes of a project (变更): what was, what is to be, why, by which document, and who approved it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import ENROLMENT, ChangeKind, ChangeState
from projects.ledger.querysets import DecidedQuerySet, OfProjectQuerySet
from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile

from .baseline import Baseline
from .project import Project

_PAIRS = ("start_on", "completion_on", "investment_fen", "area_sqm")


def _both_or_none(name: str) -> Q:
    old, new = f"old_{name}__isnull", f"new_{name}__isnull"
    return Q(**{old: True, new: True}) | Q(**{old: False, new: False})


class ProjectChange(models.Model):
    """A change of a project. The pairs hold old and new value where the change touches them, both empty
    where it does not. One that touches the plan carries the baseline that it makes; both are approved in
    one act. One about the enrolment of the project carries the day from which it counts, or the street it
    moves to."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="changes", verbose_name="项目"
    )
    kind = models.CharField("类别", max_length=8, choices=ChangeKind.choices)
    title = models.CharField("变更事项", max_length=80)
    rationale = models.CharField("变更理由", max_length=500)
    old_text = models.CharField("变更前", max_length=500, blank=True)
    new_text = models.CharField("变更后", max_length=500, blank=True)
    old_start_on = models.DateField("原计划开工", null=True, blank=True)
    new_start_on = models.DateField("新计划开工", null=True, blank=True)
    old_completion_on = models.DateField("原计划完工", null=True, blank=True)
    new_completion_on = models.DateField("新计划完工", null=True, blank=True)
    old_investment_fen = models.BigIntegerField("原计划投资（分）", null=True, blank=True)
    new_investment_fen = models.BigIntegerField("新计划投资（分）", null=True, blank=True)
    old_area_sqm = models.DecimalField(
        "原建筑面积（㎡）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    new_area_sqm = models.DecimalField(
        "新建筑面积（㎡）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    effective_on = models.DateField("生效日期", null=True, blank=True)
    #: It enters no project but corrects the day from which one counts that was entered before, be it by a change or
    #: in the days before changes.
    corrects_entry = models.BooleanField("更正列入日期", default=False)
    to_street = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="移交到"
    )
    document_number = models.CharField("批准文号", max_length=60, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="变更文件"
    )
    state = models.CharField(
        "状态", max_length=10, choices=ChangeState.choices, default=ChangeState.DRAFT
    )
    departs_from = models.ForeignKey(
        Baseline, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原计划"
    )
    baseline = models.OneToOneField(
        Baseline,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="change",
        verbose_name="新计划",
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟定人")
    drafted_at = models.DateTimeField("拟定时间")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    comment = models.CharField("意见", max_length=200, blank=True)

    history = HistoricalRecords()
    objects = DecidedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-drafted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(rationale=""), name="change_has_rationale"),
            models.CheckConstraint(
                condition=~Q(new_text="")
                | Q(new_start_on__isnull=False)
                | Q(new_completion_on__isnull=False)
                | Q(new_investment_fen__isnull=False)
                | Q(new_area_sqm__isnull=False)
                | Q(baseline__isnull=False)
                | Q(state__in=["refused", "withdrawn"]),
                name="change_changes_something",
            ),
            *(
                models.CheckConstraint(
                    condition=_both_or_none(name), name=f"change_{name}_old_and_new"
                )
                for name in _PAIRS
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["enter", "cancel", "report"])
                | Q(effective_on__isnull=False),
                name="change_of_enrolment_has_day",
            ),
            models.CheckConstraint(
                condition=Q(corrects_entry=False) | Q(kind="enter"),
                name="change_corrects_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(kind="move", to_street__isnull=False)
                | (~Q(kind="move") & Q(to_street__isnull=True)),
                name="change_moves_to_street",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state="draft", kind__in=[kind.value for kind in ENROLMENT]),
                name="change_of_enrolment_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", decided_at=None, decided_by=None)
                | (~Q(state="draft") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="change_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(approved_on__isnull=False) & (~Q(document_number="") | Q(file__isnull=False))),
                name="change_approved_has_date_and_document",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("drafted_by")),
                name="change_approver_did_not_draft",
            ),
        ]
        verbose_name = verbose_name_plural = "变更"

    def __str__(self) -> str:
        return self.title

    @property
    def is_of_enrolment(self) -> bool:
        """Whether it says from when, where and until when the project counts."""
        return self.kind in ENROLMENT

    @property
    def days_later(self) -> int | None:
        """By how many days the completion moves, negative where it comes earlier; None where it stays."""
        if self.old_completion_on is None or self.new_completion_on is None:
            return None
        return (self.new_completion_on - self.old_completion_on).days

    @property
    def start_days_later(self) -> int | None:
        """By how many days the start moves; None where it stays."""
        if self.old_start_on is None or self.new_start_on is None:
            return None
        return (self.new_start_on - self.old_start_on).days

    @property
    def more_fen(self) -> int | None:
        """By how many 分 the planned investment grows; None where it stays."""
        if self.old_investment_fen is None or self.new_investment_fen is None:
            return None
        return self.new_investment_fen - self.old_investment_fen


class FormerStreet(models.Model):
    """The street that a project belonged to before an approved move: its weeks and figures of the days before
    ``until_on`` stay with it."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="former_streets", verbose_name="项目"
    )
    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="原属街道"
    )
    until_on = models.DateField("移交日期", help_text="从这一天起属于接收街道。")
    change = models.OneToOneField(
        ProjectChange, models.PROTECT, related_name="+", verbose_name="变更"
    )

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "until_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "until_on"], name="former_street_once_a_day")
        ]
        verbose_name = verbose_name_plural = "原属街道"

    def __str__(self) -> str:
        return f"{self.project}原属{self.street}"
