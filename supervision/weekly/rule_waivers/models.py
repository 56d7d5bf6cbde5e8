"""Waivers of rules, and what the rules asked about the rows of a return when it was submitted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User

from .enums import RuleWaiverState
from .querysets import RuleWaiverQuerySet


class RuleWaiver(models.Model):
    """豁免: a rule that asks for a reason asks a street, or one project of it, for none from ``starts_on`` to the end
    of ``ends_on``. Asked for by the street or the bureau, decided by another person of the bureau."""

    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="rule_waivers", verbose_name="街道"
    )
    #: None: every project of the street.
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rule_waivers",
        verbose_name="项目",
    )
    rule = models.CharField("规则", max_length=8, db_index=True)
    starts_on = models.DateField("从哪天起")
    ends_on = models.DateField("到哪天止")
    reason = models.CharField("原因", max_length=200)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=RuleWaiverState.choices,
        default=RuleWaiverState.ASKED,
        db_index=True,
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    #: Words of who decided, withdrew or ended it, the last ones.
    comment = models.CharField("意见", max_length=200, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="终止人"
    )
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)

    objects = RuleWaiverQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="rule_waiver_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="rule_waiver_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="rule_waiver_approver_did_not_ask",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["asked", "withdrawn"], decided_by=None, decided_at=None)
                    | Q(
                        state__in=["approved", "declined", "revoked"],
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                    )
                ),
                name="rule_waiver_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="revoked", ended_by__isnull=False, ended_at__isnull=False)
                    | (~Q(state="revoked") & Q(ended_by=None, ended_at=None))
                ),
                name="rule_waiver_ended_at_and_by",
            ),
        ]
        verbose_name = verbose_name_plural = "规则豁免"

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"

    @property
    def subject(self) -> str:
        """Whom it spares: 柳泉小区, or 松龄路街道各项目."""
        return self.project.name if self.project else f"{self.street.short_name}各项目"


class ReportQuestion(models.Model):
    """What a rule asked about a row of a return as it was submitted: a reason was given, or ``waiver`` spared it."""

    weekly_return = models.ForeignKey(
        "weekly.WeeklyReturn", models.PROTECT, related_name="questions", verbose_name="周报"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="report_questions", verbose_name="项目"
    )
    rule = models.CharField("规则", max_length=8)
    message = models.CharField("校验结果", max_length=300)
    waiver = models.ForeignKey(
        RuleWaiver, models.PROTECT, null=True, blank=True, related_name="uses", verbose_name="豁免"
    )

    class Meta:
        ordering: ClassVar = ["weekly_return", "project", "rule"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["weekly_return", "project", "rule"], name="report_question_once"
            ),
        ]
        verbose_name = verbose_name_plural = "校验提问"
