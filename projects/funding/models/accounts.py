"""Accounts of a project's money, the account of each movement, and what the bank says at a month's end
(专户存储、专账管理、专款专用: CAPABILITIES.md W17)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.funding.querysets import ProjectAccountQuerySet, StatementBalanceQuerySet
from projects.ledger.models import Project
from renovation.accounts.models import User
from renovation.records.models import StoredFile

from .money import FundingEvent


class ProjectAccount(models.Model):
    """A bank account (专户) that keeps the money of one project.

    The number is encrypted at rest; ``number_hash`` is its keyed hash, so that no account is entered twice, and
    ``number_tail`` the last four digits, all that pages show.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="accounts", verbose_name="项目"
    )
    name = models.CharField("户名", max_length=80)
    bank = models.CharField("开户银行", max_length=80)
    number_sealed = models.BinaryField("账号（密文）", editable=False)
    number_hash = models.CharField("账号摘要", max_length=64, unique=True, editable=False)
    number_tail = models.CharField("账号后四位", max_length=4, editable=False)
    purpose = models.CharField("用途", max_length=200)
    opened_on = models.DateField("开户日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    #: Raised by every change; the form of a change says which one its reader saw.
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords(excluded_fields=["number_sealed", "number_hash"])
    objects = ProjectAccountQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "opened_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="account_closes_after_opening",
            ),
        ]
        verbose_name = verbose_name_plural = "资金专户"

    def __str__(self) -> str:
        return f"{self.bank}（尾号 {self.number_tail}）"

    @property
    def masked(self) -> str:
        """The number as pages show it: **** **** **** 0123."""
        return f"**** **** **** {self.number_tail}"


class AccountNaming(models.Model):
    """Which account a movement went through; append-only, the last one of an event counts, a change has a
    reason."""

    event = models.ForeignKey(FundingEvent, models.PROTECT, related_name="account_namings")
    account = models.ForeignKey(ProjectAccount, models.PROTECT, related_name="namings")
    reason = models.CharField("改记原因", max_length=200, blank=True)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField("登记时间")

    class Meta:
        ordering: ClassVar = ["pk"]


class StatementBalance(models.Model):
    """The balance on a bank statement at a month's end, with its scan; a mistyped one gets a new version."""

    account = models.ForeignKey(ProjectAccount, models.PROTECT, related_name="statements")
    month_end_on = models.DateField("月末")
    version = models.PositiveSmallIntegerField("版次")
    balance_fen = models.BigIntegerField("对账单余额（分）")
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, related_name="+", verbose_name="对账单扫描件"
    )
    explanation = models.CharField("差额说明", max_length=200, blank=True)
    reason = models.CharField("更正原因", max_length=200, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间")

    objects = StatementBalanceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["account", "month_end_on", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "month_end_on", "version"], name="statement_version_once"
            ),
            models.CheckConstraint(
                condition=Q(balance_fen__gte=0), name="statement_balance_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="statement_correction_has_reason"
            ),
        ]
        verbose_name = verbose_name_plural = "对账单余额"
