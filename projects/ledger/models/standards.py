"""The 20 standards (20条衡量标准) and how each project stands by them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import StandardGroup, Verdict
from projects.ledger.querysets import StandardCheckQuerySet, StandardItemQuerySet
from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile

from .project import Project


class StandardItem(models.Model):
    """One standard of a bureau. Its text may be changed: the version rises, the history keeps the old text,
    and what was judged by the older text says so."""

    bureau = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="区局")
    number = models.PositiveSmallIntegerField(
        "条次", validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    group = models.CharField("类别", max_length=12, choices=StandardGroup.choices)
    text = models.CharField("内容", max_length=200)
    hint = models.CharField("怎样算符合", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    retired_on = models.DateField("停用日期", null=True, blank=True)

    history = HistoricalRecords()
    objects = StandardItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bureau", "number"], name="standard_number_once"),
        ]
        verbose_name = verbose_name_plural = "衡量标准"

    def __str__(self) -> str:
        return f"第 {self.number} 条"


class StandardCheck(models.Model):
    """How a project stands by a standard: verdict, evidence, note, who and when, by which version."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="standard_checks", verbose_name="项目"
    )
    item = models.ForeignKey(
        StandardItem, models.PROTECT, related_name="checks", verbose_name="标准"
    )
    item_version = models.PositiveIntegerField("标准版本")
    verdict = models.CharField("结论", max_length=16, choices=Verdict.choices)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核对人")
    checked_at = models.DateTimeField("核对时间")
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = StandardCheckQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "item__number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "item"], name="standard_check_once_per_project"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.MET) | ~Q(note=""),
                name="standard_not_met_has_note",
            ),
            models.CheckConstraint(
                condition=Q(item_version__gte=1),
                name="standard_check_has_version",
            ),
        ]
        verbose_name = verbose_name_plural = "标准核对"

    def __str__(self) -> str:
        return f"{self.project} {self.item} {self.get_verdict_display()}"

    @property
    def has_basis(self) -> bool:
        """Whether a file is attached or words say what the verdict rests on."""
        return self.evidence_id is not None or bool(self.note)
