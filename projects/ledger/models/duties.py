"""Who answers and how a project is carried: the leading group, surveys and visits, publications,
and dated records of party branches, duties and days on site."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import (
    VISITS,
    CommitmentKind,
    LeadingRank,
    PublicationKind,
    SurveyKind,
)
from projects.ledger.querysets import (
    CommitmentQuerySet,
    LeadingPostQuerySet,
    PublicationQuerySet,
    SurveyQuerySet,
)
from renovation.accounts.models import Organisation
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile

from .project import Project


class LeadingPost(models.Model):
    """A post of the bureau's leading group or its office: the post, never a person's name."""

    bureau = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="区局")
    rank = models.CharField("组内职务", max_length=16, choices=LeadingRank.choices)
    post = models.CharField(
        "岗位", max_length=40, help_text="写岗位，不写个人姓名，如“建管科科长”。"
    )
    department = models.CharField(
        "科室",
        max_length=30,
        blank=True,
        help_text="财审科、建管科、质安站、燃气科、清洁取暖科、行业发展科等。",
    )
    answers_for = models.CharField("负责事项", max_length=300)
    projects = models.ManyToManyField(
        Project, blank=True, related_name="leading_posts", verbose_name="负责项目"
    )
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords(m2m_fields=[projects])
    objects = LeadingPostQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="leading_post_ends_after_start",
            ),
        ]
        verbose_name = verbose_name_plural = "领导小组岗位"

    def __str__(self) -> str:
        return f"{self.get_rank_display()}　{self.post}"


class Survey(models.Model):
    """两清两访: a survey of what is there or needed, or a round of visits with the households counted."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="surveys", verbose_name="项目"
    )
    kind = models.CharField("事项", max_length=12, choices=SurveyKind.choices)
    done_on = models.DateField("完成日期")
    household_count = models.PositiveIntegerField("走访户数（户）", null=True, blank=True)
    finding = models.CharField("情况", max_length=500)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="材料"
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "done_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(VISITS)) | Q(household_count__isnull=False),
                name="visit_counts_households",
            ),
        ]
        verbose_name = verbose_name_plural = "摸底走访"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {chinese_date(self.done_on)}"


class Publication(models.Model):
    """四公开: plan, investment, progress or acceptance made public, where and when."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="publications", verbose_name="项目"
    )
    kind = models.CharField("公开事项", max_length=12, choices=PublicationKind.choices)
    published_on = models.DateField("公开日期")
    channel = models.CharField(
        "公开渠道", max_length=60, help_text="如“小区公示栏”“街道微信公众号”“区政府网站”。"
    )
    note = models.CharField("说明", max_length=200, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公示件"
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "published_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(channel=""), name="publication_has_channel"),
        ]
        verbose_name = verbose_name_plural = "公开"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {chinese_date(self.published_on)}"


class Commitment(models.Model):
    """A dated record of how a project is carried: party branch, first in charge, days on site, officials
    who go first, contributions with points."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="commitments", verbose_name="项目"
    )
    kind = models.CharField("类别", max_length=16, choices=CommitmentKind.choices)
    who = models.CharField("岗位或组织", max_length=60, help_text="写岗位或组织，不写个人姓名。")
    detail = models.CharField("内容", max_length=300)
    schedule = models.CharField(
        "在场时间", max_length=60, blank=True, help_text="驻点办公填，如“每周二、四 9:00—11:00”。"
    )
    starts_on = models.DateField("起")
    ends_on = models.DateField("止", null=True, blank=True)
    points = models.PositiveSmallIntegerField("积分（分）", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "starts_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="commitment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kind=CommitmentKind.POINTS, points__isnull=False)
                | (~Q(kind=CommitmentKind.POINTS) & Q(points=None)),
                name="commitment_points_where_they_belong",
            ),
            models.CheckConstraint(
                condition=~Q(kind=CommitmentKind.ON_SITE) | ~Q(schedule=""),
                name="commitment_on_site_says_when",
            ),
        ]
        verbose_name = verbose_name_plural = "组织保障记录"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}　{self.who}"
