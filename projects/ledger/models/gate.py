"""Gates of a project: planned, passed, and the evidence."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from simple_history.models import HistoricalRecords

from projects.ledger.enums import GateKind
from projects.ledger.querysets import GateQuerySet
from renovation.records.models import StoredFile

from .project import Project


class Gate(models.Model):
    """A gate of a project: when it is planned, when it was passed, and the evidence for it.

    The planned dates of 开工 and 完工 are the baseline's; ``planned_on`` holds those of the other gates.
    A gate with an actual date but without the evidence it requires is a claim and does not count.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="gates", verbose_name="项目")
    kind = models.CharField("关口", max_length=12, choices=GateKind.choices)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    forecast_on = models.DateField("预计日期", null=True, blank=True)
    actual_on = models.DateField("实际日期", null=True, blank=True)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据文件"
    )
    document_number = models.CharField("文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    is_opening = models.BooleanField("期初导入", default=False)
    #: Raised by every edit; the edit form refuses to write over a change it has not seen.
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = GateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "kind"], name="gate_once_per_project")
        ]
        verbose_name = verbose_name_plural = "关口"

    def __str__(self) -> str:
        return f"{self.project} {self.get_kind_display()}"
