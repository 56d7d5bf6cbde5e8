"""A public notice of a project (公示), and the objections that came to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Project
from projects.residents.enums import Channel, NoticePoint, NoticeState, Outcome, Way
from projects.residents.querysets import NoticeQuerySet, ObjectionQuerySet
from renovation.accounts.models import User
from renovation.records.models import StoredFile


class Notice(models.Model):
    """A version of a notice at one of the five points ([黄石答复] 五节点公示与告知内容).

    Drafted by one post, published by another; from then on its words are immutable (a trigger), and ``told``
    is what the ledger said on ``posted_on``: estates, schedule, investment where it is told, and the parties
    as they were valid that day (``snapshot``). ``closes_on`` is the last day of the period as printed on it:
    ``period_days`` working days from the day after ``posted_on``. A changed notice is withdrawn and hung again
    as the next ``number``. ``node`` names the works of a notice at NODE, "" at the other points.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="notices", verbose_name="项目"
    )
    point = models.CharField("节点", max_length=12, choices=NoticePoint.choices)
    node = models.CharField("施工内容", max_length=40, blank=True)
    number = models.PositiveSmallIntegerField("版次", default=1)
    body = models.TextField("告知内容", max_length=2000)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="附图"
    )
    tells_investment = models.BooleanField("公示计划投资", default=False)
    period_days = models.PositiveSmallIntegerField("公示期（工作日）")
    channels = models.JSONField("公示渠道", default=list)
    place = models.CharField("张贴地点", max_length=80)
    feedback = models.CharField("意见反馈方式", max_length=120)
    state = models.CharField(
        "状态", max_length=10, choices=NoticeState.choices, default=NoticeState.DRAFT
    )
    told = models.JSONField("台账内容", default=dict, editable=False)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟定人")
    drafted_at = models.DateTimeField("拟定时间")
    posted_on = models.DateField("张贴日期", null=True, blank=True)
    closes_on = models.DateField("期满日期", null=True, blank=True)
    photo = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="张贴照片"
    )
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发布人"
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    concluded_on = models.DateField("结束日期", null=True, blank=True)
    conclusion = models.CharField("公示结果", max_length=300, blank=True)
    concluded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    concluded_at = models.DateTimeField("结束时间", null=True, blank=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "point", "node", "number"],
                condition=Q(posted_on__isnull=False),
                name="notice_number_once",
            ),
            models.UniqueConstraint(
                fields=["project", "point", "node"],
                condition=Q(state="draft"),
                name="notice_one_draft_per_point",
            ),
            models.UniqueConstraint(
                fields=["project", "point", "node"],
                condition=Q(state__in=["published", "concluded"]),
                name="notice_one_standing_per_point",
            ),
            models.CheckConstraint(
                condition=Q(point="node", node__gt="") | (~Q(point="node") & Q(node="")),
                name="notice_names_its_node",
            ),
            models.CheckConstraint(
                condition=Q(period_days__gte=1), name="notice_period_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(posted_on=None, closes_on=None, published_by=None, published_at=None)
                | Q(
                    posted_on__isnull=False,
                    closes_on__gt=F("posted_on"),
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="notice_posted_has_publisher",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn")
                | Q(state="draft", posted_on=None)
                | (Q(state__in=["published", "concluded"]) & Q(posted_on__isnull=False)),
                name="notice_state_fits_posting",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("drafted_by")),
                name="notice_publisher_did_not_draft",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(state="concluded")
                    & (Q(state="withdrawn") | Q(concluded_on=None, concluded_at=None))
                )
                | Q(
                    state="concluded",
                    concluded_on__gt=F("closes_on"),
                    concluded_by__isnull=False,
                    concluded_at__isnull=False,
                    photo__isnull=False,
                ),
                name="notice_concluded_after_its_period",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(state="withdrawn")
                    & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                )
                | (
                    Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_reason="")
                ),
                name="notice_withdrawn_says_why",
            ),
        ]
        verbose_name = verbose_name_plural = "公示"

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> str:
        """What it is about: 方案确定, 重要节点施工前（供水管网开挖）."""
        point = str(self.get_point_display())
        return f"{point}（{self.node}）" if self.node else point

    @property
    def title(self) -> str:
        """方案确定公示, with its number from the second on."""
        return f"{self.subject}公示" + (f"第{self.number}版" if self.number > 1 else "")

    @property
    def channel_words(self) -> str:
        """小区公示栏、居民微信群."""
        return "、".join(str(Channel(code).label) for code in self.channels)


class Objection(models.Model):
    """What somebody said against a notice. Who it was is sealed; what was answered is written once."""

    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="objections", verbose_name="公示"
    )
    number = models.PositiveSmallIntegerField("序号")
    raised_on = models.DateField("提出日期")
    way = models.CharField("提出方式", max_length=8, choices=Way.choices)
    who_sealed = models.BinaryField("提出人", null=True, blank=True, editable=False)
    content = models.CharField("内容", max_length=500)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间")
    outcome = models.CharField("处理结果", max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answer_way = models.CharField("答复方式", max_length=8, choices=Way.choices, blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_at = models.DateTimeField("答复登记时间", null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["notice", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "number"], name="objection_number_once"),
            models.CheckConstraint(condition=~Q(content=""), name="objection_says_something"),
            models.CheckConstraint(
                condition=Q(
                    outcome="",
                    answer="",
                    answer_way="",
                    answered_on=None,
                    answered_by=None,
                    answered_at=None,
                )
                | (
                    ~Q(outcome="")
                    & ~Q(answer="")
                    & ~Q(answer_way="")
                    & Q(
                        answered_on__gte=F("raised_on"),
                        answered_by__isnull=False,
                        answered_at__isnull=False,
                    )
                ),
                name="objection_answered_in_full",
            ),
        ]
        verbose_name = verbose_name_plural = "公示异议"

    def __str__(self) -> str:
        return f"第{self.number}条异议"
