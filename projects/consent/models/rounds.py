"""A round of asking, and the personal links that were given out for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.consent.enums import Purpose, RoundState
from projects.consent.querysets import LinkQuerySet, RoundQuerySet
from projects.ledger.models import Project, ProjectDocument
from projects.works.models import MenuItem
from renovation.accounts.models import User
from renovation.records.models import StoredFile

from .archive import Household


class Round(models.Model):
    """A round (征询轮次): a question about a version of the plan, put to every household of a project.

    Drafted by one post, opened by another; from then on its words are immutable (a trigger). A changed plan
    is a new round; what was answered in an older one does not count for it. ``scheme`` is the version of the
    filed plan (一区一案) that a round about the scheme asks about; rounds of before, and of projects that have
    filed none, tell their plan by ``plan_version`` alone.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="consent_rounds", verbose_name="项目"
    )
    number = models.PositiveSmallIntegerField("轮次")
    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField("征询事项", max_length=12, choices=Purpose.choices)
    plan_version = models.CharField(
        "方案版本", max_length=60, help_text="给居民看的那一版，如“改造方案 2025年4月第二稿”。"
    )
    plan_document = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="方案文件"
    )
    scheme = models.ForeignKey(
        ProjectDocument,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="一区一案方案",
    )
    question = models.CharField("问题", max_length=200)
    summary = models.TextField("方案摘要", max_length=2000)
    items = models.ManyToManyField(
        MenuItem, related_name="+", blank=True, verbose_name="群众点单条目"
    )
    most_items = models.PositiveSmallIntegerField("每户最多选", default=0)
    closes_on = models.DateField("截止日期")
    state = models.CharField(
        "状态", max_length=8, choices=RoundState.choices, default=RoundState.DRAFT
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟定人")
    drafted_at = models.DateTimeField("拟定时间")
    opened_on = models.DateField("开始日期", null=True, blank=True)
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="开始人"
    )
    opened_at = models.DateTimeField("开始时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="截止人"
    )
    closed_at = models.DateTimeField("截止时间", null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["project", "purpose"],
                condition=Q(state="open"),
                name="round_one_open_per_purpose",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_on=None, opened_at=None, opened_by=None)
                | (
                    ~Q(state="draft")
                    & Q(opened_on__isnull=False, opened_at__isnull=False, opened_by__isnull=False)
                ),
                name="round_open_has_opener",
            ),
            models.CheckConstraint(
                condition=(~Q(state="closed") & Q(closed_at=None, closed_by=None))
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="round_closed_has_closer",
            ),
            models.CheckConstraint(
                condition=Q(opened_by=None) | ~Q(opened_by=F("drafted_by")),
                name="round_opener_did_not_draft",
            ),
            models.CheckConstraint(
                condition=Q(opened_on=None) | Q(closes_on__gte=F("opened_on")),
                name="round_closes_after_opening",
            ),
        ]
        verbose_name = verbose_name_plural = "征询轮次"

    def __str__(self) -> str:
        return f"{self.project}第{self.number}轮征询"

    @property
    def title(self) -> str:
        """第1轮 改造意愿."""
        return f"第{self.number}轮　{self.get_purpose_display()}"


class Link(models.Model):
    """That a household was given a personal link for a round. The token stands nowhere; ``reference`` names
    the invitation on the public side, which knows nothing of households."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="links")
    household = models.ForeignKey(Household, models.PROTECT, related_name="links")
    reference = models.UUIDField(unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "household"],
                condition=Q(revoked_at=None),
                name="link_one_valid_per_household_and_round",
            )
        ]
