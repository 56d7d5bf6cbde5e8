"""Households of an estate and the visits to those that need one. What is personal is sealed at rest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.consent import sealing
from projects.consent.enums import Care
from projects.consent.querysets import CareVisitQuerySet, HouseholdQuerySet
from projects.ledger.models import Estate
from renovation.accounts.models import User


class Household(models.Model):
    """A household (一户) of an estate, known by building, unit and room.

    Name and phone are sealed and found by keyed hashes; the history keeps neither, nor why a household is
    called on. After the time of retention they are emptied (``purged_at``); the answers stay.
    """

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="households", verbose_name="小区"
    )
    building = models.CharField("楼栋", max_length=20)
    unit = models.CharField("单元", max_length=10, blank=True)
    room = models.CharField("室号", max_length=20)
    name_sealed = models.BinaryField("姓名（加密）", default=bytes)
    name_hash = models.CharField(max_length=64, blank=True, db_index=True)
    phone_sealed = models.BinaryField("电话（加密）", default=bytes)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)
    care = models.CharField("上门关注", max_length=8, choices=Care.choices, blank=True)
    listed_at = models.DateTimeField("列入时间")
    purged_at = models.DateTimeField("清除时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords(
        excluded_fields=["name_sealed", "name_hash", "phone_sealed", "phone_hash", "care"]
    )
    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "building", "unit", "room"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["estate", "building", "unit", "room"], name="household_once_per_estate"
            ),
            models.CheckConstraint(
                condition=~Q(building="") & ~Q(room=""), name="household_has_building_and_room"
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None)
                | Q(name_sealed=b"", name_hash="", phone_sealed=b"", phone_hash="", care=""),
                name="household_purged_is_empty",
            ),
        ]
        verbose_name = verbose_name_plural = "住户"

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """3号楼2单元501室."""
        return sealing.place_words(self.building, self.unit, self.room)

    def _lock(self, field: str) -> str:
        return f"consent.household:{self.estate_id}:{self.building}:{self.unit}:{self.room}:{field}"

    def keep(self, *, name: str, phone: str) -> None:
        """Seal a name and a phone into the fields; saves nothing."""
        form, digits = sealing.name_form(name), sealing.phone_digits(phone)
        self.name_sealed = sealing.seal(form, place=self._lock("name"))
        self.name_hash = sealing.name_hash(form)
        self.phone_sealed = sealing.seal(digits, place=self._lock("phone"))
        self.phone_hash = sealing.phone_hash(digits)

    def open_name(self) -> str:
        """The name as it is; for ``services.archive.reveal`` and the permitted export alone."""
        return sealing.unseal(self.name_sealed, place=self._lock("name"))

    def open_phone(self) -> str:
        """The phone as it is; as ``open_name``."""
        return sealing.unseal(self.phone_sealed, place=self._lock("phone"))

    @property
    def masked_name(self) -> str:
        """张**."""
        return sealing.mask_name(self.open_name())

    @property
    def masked_phone(self) -> str:
        """138****5678."""
        return sealing.mask_phone(self.open_phone())


class CareVisit(models.Model):
    """A visit to an elderly or disabled household (敲门行动): what was needed, and when it was done.

    What was entered wrongly is set aside (``withdrawn_at``, by whom and why) and stays to be read; where it was
    corrected, ``corrects`` of the new entry points to it. Only what stands counts (``standing``).
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="visits")
    visited_on = models.DateField("上门日期")
    needs_sealed = models.BinaryField("需求（加密）", default=bytes)
    has_needs = models.BooleanField("有需求", default=False)
    served_on = models.DateField("办妥日期", null=True, blank=True)
    served_sealed = models.BinaryField("办理情况（加密）", default=bytes)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")
    served_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        verbose_name="更正的记录",
    )
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="作废人"
    )
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    withdrawal_reason = models.CharField("作废原因", max_length=200, blank=True)

    history = HistoricalRecords(excluded_fields=["needs_sealed", "served_sealed"])
    objects = CareVisitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-visited_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(served_on=None) | Q(served_on__gte=F("visited_on")),
                name="care_visit_served_after_visit",
            ),
            models.CheckConstraint(
                condition=Q(served_on=None, served_by=None)
                | Q(served_on__isnull=False, served_by__isnull=False),
                name="care_visit_served_on_and_by",
            ),
            models.CheckConstraint(
                condition=Q(served_on=None) | Q(has_needs=True), name="care_visit_served_was_needed"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawal_reason="")
                ),
                name="care_visit_withdrawn_at_by_and_why",
            ),
        ]
        verbose_name = verbose_name_plural = "上门记录"

    def _lock(self, field: str) -> str:
        return f"consent.visit:{self.household_id}:{self.visited_on.isoformat()}:{field}"

    def keep_needs(self, text: str) -> None:
        """Seal what the household needs; saves nothing."""
        self.needs_sealed = sealing.seal(text, place=self._lock("needs"))
        self.has_needs = bool(text)

    def keep_served(self, text: str) -> None:
        """Seal what was done; saves nothing."""
        self.served_sealed = sealing.seal(text, place=self._lock("served"))

    @property
    def needs(self) -> str:
        """What the household needs, in words."""
        return sealing.unseal(self.needs_sealed, place=self._lock("needs"))

    @property
    def served(self) -> str:
        """What was done, in words."""
        return sealing.unseal(self.served_sealed, place=self._lock("served"))

    @property
    def is_open(self) -> bool:
        """Whether a need waits."""
        return self.stands and self.has_needs and self.served_on is None

    @property
    def stands(self) -> bool:
        """Whether it counts: it was neither withdrawn nor corrected."""
        return self.withdrawn_at is None
