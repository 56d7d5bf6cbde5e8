"""The renovation programme of a bureau and its official totals by street."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from simple_history.models import HistoricalRecords

from projects.ledger.querysets import ProgrammeQuerySet
from renovation.accounts.models import Organisation


class Programme(models.Model):
    """The renovation programme (年度计划) of a bureau for a year."""

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="programmes", verbose_name="区局"
    )
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("名称", max_length=80)
    approved_on = models.DateField("批准日期")
    document_number = models.CharField("批准文号", max_length=60, blank=True)

    history = HistoricalRecords()
    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bureau", "year"], name="programme_once_per_year")
        ]
        verbose_name = verbose_name_plural = "年度计划"

    def __str__(self) -> str:
        return self.name


class ProgrammeTotal(models.Model):
    """The official totals of a street in the programme's document; the ledger is checked against them. Money of the
    centre goes by area, households, buildings and estates (DOMAIN.md §2.1); a document that leaves estates or buildings
    out leaves them empty."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="totals")
    street = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="街道")
    project_count = models.PositiveIntegerField("项目数（个）")
    estate_count = models.PositiveIntegerField("小区数（个）", null=True, blank=True)
    building_count = models.PositiveIntegerField("楼栋数（栋）", null=True, blank=True)
    household_count = models.PositiveIntegerField("户数（户）")
    area_sqm = models.DecimalField("建筑面积（㎡）", max_digits=12, decimal_places=2)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["street__order"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "street"], name="programme_total_once_per_street"
            )
        ]
        verbose_name = verbose_name_plural = "计划下达数"
