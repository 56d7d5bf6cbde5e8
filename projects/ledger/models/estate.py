"""Residential estates and their buildings; typed quantities stand here."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import BuildingStructure
from projects.ledger.querysets import BuildingQuerySet, EstateQuerySet
from renovation.accounts.models import Organisation

from .project import Project


def project_and_estate(project: str, estate: str) -> str:
    """“东关片区改造 一号院”; the name once where project and estate are called the same, as most are."""
    return estate if project == estate else f"{project} {estate}"


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

    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    #: The corners of the ground as [latitude, longitude] in text, in order; the last joins the first.
    outline = models.JSONField("轮廓", default=list, blank=True)
    #: Raised by every edit, see ``editing``.
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = EstateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "name"], name="estate_once_per_project"),
            models.CheckConstraint(condition=Q(area_sqm__gt=0), name="estate_has_area"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="estate_place_is_whole",
            ),
        ]
        verbose_name = verbose_name_plural = "小区"

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """Project and estate in words; wants the project at hand."""
        return project_and_estate(self.project.name, self.name)


class Building(models.Model):
    """A building (幢) of an estate, where it is known. The estate's quantities stay the official ones; the
    sums over its buildings are compared with them."""

    estate = models.ForeignKey(
        Estate, models.CASCADE, related_name="buildings", verbose_name="小区"
    )
    number = models.CharField("楼号", max_length=20, help_text="如“3号楼”“西 2 幢”。")
    unit_count = models.PositiveSmallIntegerField("单元数（个）", null=True, blank=True)
    floor_count = models.PositiveSmallIntegerField("层数（层）", null=True, blank=True)
    household_count = models.PositiveIntegerField("户数（户）")
    area_sqm = models.DecimalField("建筑面积（㎡）", max_digits=12, decimal_places=2)
    year_built = models.PositiveSmallIntegerField("建成年份", null=True, blank=True)
    structure = models.CharField(
        "结构", max_length=16, choices=BuildingStructure.choices, blank=True
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = BuildingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["estate", "number"], name="building_once_per_estate"),
            models.CheckConstraint(condition=Q(area_sqm__gt=0), name="building_has_area"),
        ]
        verbose_name = verbose_name_plural = "楼幢"

    def __str__(self) -> str:
        return self.number
