"""Who looks after an estate once it is renovated (长效管理): committee, management, fee, maintenance fund."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Estate
from projects.residents.enums import CommitteeKind, FundMove, ManagementForm
from projects.residents.querysets import EstateRecordQuerySet, TenureQuerySet
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile


def _one_after_another(name: str) -> list[models.BaseConstraint]:
    """At most one stands, none begins twice, an end comes after the beginning and says why. (A comparison with
    NULL is neither true nor false, and a check lets it pass: what must be there is asked for by name.)"""
    return [
        models.UniqueConstraint(
            fields=["estate"], condition=Q(ended_on=None), name=f"{name}_one_standing"
        ),
        models.UniqueConstraint(fields=["estate", "since_on"], name=f"{name}_one_since"),
        models.CheckConstraint(
            condition=Q(until_on=None) | Q(until_on__gte=F("since_on")), name=f"{name}_term_ahead"
        ),
        models.CheckConstraint(
            condition=Q(ended_on=None, end_reason="")
            | (Q(ended_on__isnull=False, ended_on__gt=F("since_on")) & ~Q(end_reason="")),
            name=f"{name}_end_says_why",
        ),
    ]


class Committee(models.Model):
    """A committee of an estate's owners with its term ([淄川2025] 自改委→业委会).

    They follow one another: ``ended_on`` is the first day on which it no longer stands, the day of its
    successor where there is one; ``until_on`` the last day of its term.
    """

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="committees", verbose_name="小区"
    )
    kind = models.CharField("形式", max_length=12, choices=CommitteeKind.choices)
    since_on = models.DateField("成立日期")
    until_on = models.DateField("任期届满", null=True, blank=True)
    member_count = models.PositiveSmallIntegerField("人数（人）", null=True, blank=True)
    filing_number = models.CharField("备案号", max_length=60, blank=True)
    contact = models.CharField("联系岗位和电话", max_length=80, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="备案文件"
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=120, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = TenureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "since_on", "pk"]
        constraints: ClassVar = _one_after_another("committee")
        verbose_name = verbose_name_plural = "自治组织"

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def private_name(self) -> str:
        """What its file is called: it names residents, and so may the name it came under (``editing.save_row``)."""
        return f"{self.estate}{self}备案文件"


class Management(models.Model):
    """How and by whom an estate is looked after, from a day on, with the service contract and the fee.

    ``fee_fen`` is 分 per ㎡ and month, None where nothing is charged by area. A professional manager has a
    contract with an end and a fee. ``ended_on`` as for a committee.
    """

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="managements", verbose_name="小区"
    )
    form = models.CharField("管理方式", max_length=14, choices=ManagementForm.choices)
    manager = models.CharField("管理单位", max_length=80)
    since_on = models.DateField("合同起")
    until_on = models.DateField("合同止", null=True, blank=True)
    fee_fen = models.PositiveBigIntegerField("物业费（分/㎡·月）", null=True, blank=True)
    contact = models.CharField("联系岗位和电话", max_length=80, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="服务合同"
    )
    ended_on = models.DateField("终止日期", null=True, blank=True)
    end_reason = models.CharField("终止原因", max_length=120, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = TenureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "since_on", "pk"]
        constraints: ClassVar = [
            *_one_after_another("management"),
            models.CheckConstraint(condition=~Q(manager=""), name="management_names_manager"),
            models.CheckConstraint(
                condition=~Q(form="professional")
                | Q(until_on__isnull=False, fee_fen__isnull=False),
                name="management_professional_has_contract",
            ),
        ]
        verbose_name = verbose_name_plural = "管理方式"

    def __str__(self) -> str:
        return f"{self.get_form_display()}（{self.manager}）"


class FeeCollection(models.Model):
    """What was due of the fee in a period and what of it was collected, in 分; arrears of earlier periods are in
    neither."""

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="fee_collections", verbose_name="小区"
    )
    from_on = models.DateField("起")
    to_on = models.DateField("止")
    due_fen = models.PositiveBigIntegerField("应收（分）")
    collected_fen = models.PositiveBigIntegerField("实收（分）")
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = EstateRecordQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "-to_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["estate", "from_on"], name="fee_period_once"),
            models.CheckConstraint(
                condition=Q(to_on__gt=F("from_on")), name="fee_period_has_length"
            ),
            models.CheckConstraint(
                condition=Q(due_fen__gte=1, collected_fen__lte=F("due_fen")),
                name="fee_collected_of_due",
            ),
        ]
        verbose_name = verbose_name_plural = "物业费收缴"

    def __str__(self) -> str:
        return f"{chinese_date(self.from_on)}至{chinese_date(self.to_on)}"


class FundEntry(models.Model):
    """Money that came into the maintenance fund of an estate or was used of it, in 分.

    ``household_count`` is how many households have paid in by that day altogether, None for what was used.
    """

    estate = models.ForeignKey(
        Estate, models.PROTECT, related_name="fund_entries", verbose_name="小区"
    )
    move = models.CharField("事项", max_length=12, choices=FundMove.choices)
    moved_on = models.DateField("日期")
    amount_fen = models.PositiveBigIntegerField("金额（分）")
    household_count = models.PositiveIntegerField("累计交存户数（户）", null=True, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = EstateRecordQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "moved_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["estate"], condition=Q(move="established"), name="fund_established_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=1), name="fund_amount_above_zero"),
            models.CheckConstraint(
                condition=(Q(move="used", household_count=None) & ~Q(note=""))
                | (~Q(move="used") & Q(household_count__isnull=False, household_count__gte=1)),
                name="fund_says_who_paid_or_what_for",
            ),
        ]
        verbose_name = verbose_name_plural = "维修资金"

    def __str__(self) -> str:
        return f"{chinese_date(self.moved_on)}{self.get_move_display()}"
