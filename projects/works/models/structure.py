"""Illegal structures (拆违台账): found, notified, removed, made watertight again, each step with its day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Estate, Project
from projects.works.enums import StructureAct, StructureKind, StructureState
from projects.works.querysets import StructureQuerySet, StructureStepQuerySet
from renovation.accounts.models import User
from renovation.records.models import StoredFile


class IllegalStructure(models.Model):
    """A structure that has to go before the building is renovated (先拆违后治理).

    ``owner_sealed`` is who it belongs to, encrypted; it is shown to who handles the case, against a reason,
    and never to a company. ``state`` is where the last step led. ``built_on`` is the day on which it was built where
    that is known, never after the day on which it was found; ``stood_before`` says that it is older than the
    renovation and the day is not known. Neither: nobody knows since when it stood, only that it did when found.
    ``version`` rises with every change of what is known of it, not with a step.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="illegal_structures", verbose_name="项目"
    )
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小区"
    )
    building = models.CharField("楼栋", max_length=20, blank=True)
    location = models.CharField("位置", max_length=80)
    kind = models.CharField("类型", max_length=8, choices=StructureKind.choices)
    area_sqm = models.DecimalField(
        "面积（㎡）", max_digits=8, decimal_places=2, null=True, blank=True
    )
    needs_waterproofing = models.BooleanField("拆后须恢复防水", default=False)
    built_on = models.DateField("建成日期", null=True, blank=True)
    stood_before = models.BooleanField("改造前已有", default=False)
    note = models.CharField("说明", max_length=200, blank=True)
    owner_sealed = models.BinaryField("当事人", null=True, blank=True, editable=False)
    state = models.CharField(
        "状态", max_length=10, choices=StructureState.choices, default=StructureState.FOUND
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords(excluded_fields=["owner_sealed"])
    objects = StructureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "building", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(area_sqm=None) | Q(area_sqm__gt=0), name="structure_area_above_zero"
            ),
            models.CheckConstraint(condition=~Q(location=""), name="structure_has_location"),
            models.CheckConstraint(
                condition=Q(built_on=None) | Q(stood_before=False), name="structure_dated_once"
            ),
        ]
        verbose_name = verbose_name_plural = "违法建设"

    def __str__(self) -> str:
        return f"{self.building}{self.location}"


class StructureStep(models.Model):
    """A step in the case of a structure: what was done on which day, until when the next is due where the
    notice says so, and the evidence. Written once."""

    structure = models.ForeignKey(
        IllegalStructure, models.PROTECT, related_name="steps", verbose_name="违法建设"
    )
    act = models.CharField("办理", max_length=8, choices=StructureAct.choices)
    state = models.CharField("办理后状态", max_length=10, choices=StructureState.choices)
    occurred_on = models.DateField("日期")
    due_on = models.DateField("限期", null=True, blank=True)
    evidence = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="照片或文书",
    )
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")

    objects = StructureStepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["structure", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("occurred_on")),
                name="structure_step_due_after_it",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(act="notify"), name="structure_step_due_of_notice"
            ),
        ]
        verbose_name = verbose_name_plural = "拆违办理"
