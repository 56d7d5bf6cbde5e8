"""What residents bring in beside the public money (共建): money, labour, materials ([黄石答复] 五共)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Project
from projects.residents.enums import Gift
from projects.residents.querysets import ContributionQuerySet
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile

from .confirmed import Confirmed, two_people


class Contribution(Confirmed):
    """A contribution of residents on a day: how many households or people, what and what for. It counts once a
    second person has confirmed it on its voucher.

    ``amount_fen`` in 分 for money, or what materials are worth; ``hours`` of labour; ``things`` names
    materials. ``is_in_funding``: the very money stands in the funding ledger under 居民出资, and is added up there,
    not here.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="contributions", verbose_name="项目"
    )
    given_on = models.DateField("日期")
    kind = models.CharField("类别", max_length=8, choices=Gift.choices)
    purpose = models.CharField("用途", max_length=100)
    household_count = models.PositiveIntegerField("户数（户）", null=True, blank=True)
    people_count = models.PositiveIntegerField("人数（人）", null=True, blank=True)
    amount_fen = models.PositiveBigIntegerField("金额（分）", null=True, blank=True)
    hours = models.PositiveIntegerField("工时（小时）", null=True, blank=True)
    things = models.CharField("物品", max_length=100, blank=True)
    is_in_funding = models.BooleanField("已记入资金台账“居民出资”", default=False)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="凭据"
    )

    history = HistoricalRecords()
    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-given_on", "-pk"]
        constraints: ClassVar = [
            *two_people("contribution"),
            models.CheckConstraint(
                condition=Q(
                    kind="money", amount_fen__isnull=False, amount_fen__gte=1, hours=None, things=""
                )
                | Q(
                    kind="labour",
                    hours__isnull=False,
                    hours__gte=1,
                    amount_fen=None,
                    things="",
                    is_in_funding=False,
                )
                | (Q(kind="material", hours=None, is_in_funding=False) & ~Q(things="")),
                name="contribution_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(household_count__isnull=False, household_count__gte=1)
                | Q(people_count__isnull=False, people_count__gte=1),
                name="contribution_says_how_many",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="contribution_says_what_for"),
        ]
        verbose_name = verbose_name_plural = "居民投入"

    def __str__(self) -> str:
        return f"{chinese_date(self.given_on)}{self.get_kind_display()}"

    @property
    def private_name(self) -> str:
        """What its file is called: it names residents, and so may the name it came under (``editing.save_row``)."""
        return f"{self.project}{self}凭据"
