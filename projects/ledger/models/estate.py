"""Residential estates; typed quantities stand here."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from renovation.accounts.models import Organisation

from .project import Project


class Estate(models.Model):
    """A residential estate (小区) within a project; typed quantities stand here."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="estates", verbose_name="项目"
    )
    community = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社区"
    )
    name = models.CharField("小区名称", max_length=80)
    address = models.CharField("地址", max_length=120, blank=True)
    year_built = models.PositiveSmallIntegerField(
        "建成年份",
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2030)],
    )
    building_count = models.PositiveIntegerField("楼栋数（栋）")
    household_count = models.PositiveIntegerField("户数（户）")
    area_sqm = models.DecimalField(
        "建筑面积（㎡）",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"))],
    )

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="estate_once_per_project"),
            models.CheckConstraint(condition=Q(area_sqm__gt=0), name="estate_has_area"),
        ]
        verbose_name = verbose_name_plural = "小区"

    def __str__(self) -> str:
        return self.name
