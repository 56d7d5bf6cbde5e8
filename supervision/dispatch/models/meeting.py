"""The meeting of a week, its topics, and its minutes by version."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.periods import FIRST_DAY, LAST_DAY, Week
from supervision.dispatch.enums import (
    MeetingAct,
    MeetingState,
    MinutesAct,
    MinutesState,
    Presence,
    TopicKind,
)
from supervision.dispatch.querysets import (
    DispatchMeetingQuerySet,
    MinutesQuerySet,
    TopicQuerySet,
)


class DispatchMeeting(models.Model):
    """周调度会 about a reporting week: one a week and bureau, a second one only with a reason.

    ``number`` counts those of a year (of the week's Sunday) that were held, so one that was called off leaves no
    gap; it is given when the meeting is held. What was said stands in the minutes, not here.
    """

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="dispatch_meetings", verbose_name="区局"
    )
    week_start = models.DateField("调度的周", db_index=True)
    year = models.PositiveSmallIntegerField("年份")
    number = models.PositiveSmallIntegerField("第几次", null=True, blank=True)
    extra_reason = models.CharField("加开原因", max_length=200, blank=True)
    state = models.CharField(
        "状态",
        max_length=12,
        choices=MeetingState.choices,
        default=MeetingState.AGENDA,
        db_index=True,
    )
    meets_at = models.DateTimeField("开会时间")
    place = models.CharField("地点", max_length=60)
    chair = models.CharField("主持", max_length=40)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟定人")
    planned_at = models.DateTimeField("拟定时间")
    #: When the machine last proposed topics from the facts of the week.
    proposed_at = models.DateTimeField("议题更新时间", null=True, blank=True)
    held_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="记录人"
    )
    held_at = models.DateTimeField("开始记录时间", null=True, blank=True)
    called_off_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取消人"
    )
    called_off_at = models.DateTimeField("取消时间", null=True, blank=True)
    called_off_reason = models.CharField("取消原因", max_length=200, blank=True)

    objects = DispatchMeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-week_start", "-meets_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bureau", "week_start"],
                condition=Q(extra_reason="") & ~Q(state="called_off"),
                name="dispatch_meeting_once_a_week",
            ),
            models.UniqueConstraint(
                fields=["bureau", "year", "number"], name="dispatch_meeting_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number__gte=1), name="dispatch_meeting_from_one"
            ),
            models.CheckConstraint(
                condition=Q(week_start__gte=FIRST_DAY, week_start__lte=LAST_DAY),
                name="dispatch_meeting_in_known_years",
            ),
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(chair=""), name="dispatch_meeting_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="held",
                    number__isnull=False,
                    held_by__isnull=False,
                    held_at__isnull=False,
                )
                | (~Q(state="held") & Q(number=None, held_by=None, held_at=None)),
                name="dispatch_meeting_held_is_numbered",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state="called_off",
                        called_off_by__isnull=False,
                        called_off_at__isnull=False,
                    )
                    & ~Q(called_off_reason="")
                )
                | (
                    ~Q(state="called_off")
                    & Q(called_off_by=None, called_off_at=None, called_off_reason="")
                ),
                name="dispatch_meeting_called_off_has_reason",
            ),
        ]
        verbose_name = verbose_name_plural = "周调度会"

    def __str__(self) -> str:
        return self.title

    @property
    def week(self) -> Week:
        """The reporting week that it is about."""
        return Week(self.week_start)

    @property
    def name(self) -> str:
        """2026年第48次周调度会; before it is held 第48周调度会."""
        if self.number is not None:
            return f"{self.year}年第{self.number}次周调度会"
        return f"{self.week.full_number}调度会"

    @property
    def title(self) -> str:
        """The name, with 加开 where it is the second one of its week."""
        return f"{self.name}（加开）" if self.extra_reason else self.name


class Topic(models.Model):
    """A topic of a meeting: proposed by the machine from the facts of the week (``source_key``) or added by a person.

    Struck topics stay, so that the machine does not propose them again; ``edited_at`` marks one whose words are a
    person's, which the machine leaves alone.
    """

    meeting = models.ForeignKey(DispatchMeeting, models.PROTECT, related_name="topics")
    place = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=12, choices=TopicKind.choices)
    title = models.CharField("议题", max_length=80)
    facts = models.CharField("情况", max_length=600, blank=True)
    street = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="街道"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="项目"
    )
    #: The earlier item that is not settled yet.
    item = models.ForeignKey(
        "DispatchItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        verbose_name="未了事项",
    )
    #: What the machine proposed it from (``red:ZCQ2026-003``); "" for a person's own.
    source_key = models.CharField("来源", max_length=60, blank=True)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="加入人"
    )
    added_at = models.DateTimeField("加入时间")
    edited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="修改人"
    )
    edited_at = models.DateTimeField("修改时间", null=True, blank=True)
    struck_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="删去人"
    )
    struck_at = models.DateTimeField("删去时间", null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["meeting", "place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "source_key"],
                condition=~Q(source_key=""),
                name="dispatch_topic_proposed_once",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="dispatch_topic_has_title"),
            models.CheckConstraint(
                condition=Q(struck_by=None, struck_at=None)
                | Q(struck_by__isnull=False, struck_at__isnull=False),
                name="dispatch_topic_struck_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(edited_by=None, edited_at=None)
                | Q(edited_by__isnull=False, edited_at__isnull=False),
                name="dispatch_topic_edited_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(source_key="") | Q(added_by__isnull=False),
                name="dispatch_topic_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(kind="item", item__isnull=False) | (~Q(kind="item") & Q(item=None)),
                name="dispatch_topic_item_agrees",
            ),
        ]
        verbose_name = verbose_name_plural = "议题"

    def __str__(self) -> str:
        return self.title


class Minutes(models.Model):
    """纪要 of a meeting, one row a version: when and where it met, who came, what was decided of each topic.

    Who recorded or submitted them does not sign them. Signed ones never change: a correction is the next version with
    its reason, which goes the same way; until it is signed the version before it is in force.
    """

    meeting = models.ForeignKey(DispatchMeeting, models.PROTECT, related_name="minutes")
    version = models.PositiveSmallIntegerField("版次", default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reason = models.CharField("更正原因", max_length=200, blank=True)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=MinutesState.choices,
        default=MinutesState.RECORDING,
        db_index=True,
    )
    met_at = models.DateTimeField("开会时间")
    place = models.CharField("地点", max_length=60)
    chair = models.CharField("主持", max_length=40)
    recorder = models.CharField("记录", max_length=40)
    summary = models.CharField("会议概况", max_length=1000, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="记录人")
    recorded_at = models.DateTimeField("记录时间")
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提请人"
    )
    submitted_at = models.DateTimeField("提请时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签发人"
    )
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["meeting", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "version"], name="dispatch_minutes_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None, correction_reason="")
                | (Q(version__gt=1, supersedes__isnull=False) & ~Q(correction_reason="")),
                name="dispatch_minutes_correction_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(place="") & ~Q(chair="") & ~Q(recorder=""),
                name="dispatch_minutes_are_whole",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("recorded_by")),
                name="dispatch_minutes_signer_did_not_record",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None)
                | Q(submitted_by=None)
                | ~Q(signed_by=F("submitted_by")),
                name="dispatch_minutes_signer_did_not_submit",
            ),
            models.CheckConstraint(
                condition=Q(state="recording", submitted_by=None, submitted_at=None)
                | (
                    ~Q(state="recording")
                    & Q(submitted_by__isnull=False, submitted_at__isnull=False)
                ),
                name="dispatch_minutes_submitted_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="signed", signed_by__isnull=False, signed_at__isnull=False)
                | (~Q(state="signed") & Q(signed_by=None, signed_at=None)),
                name="dispatch_minutes_signed_at_and_by",
            ),
        ]
        verbose_name = verbose_name_plural = "会议纪要"

    def __str__(self) -> str:
        edition = f"（第{self.version}版）" if self.version > 1 else ""
        return f"{self.meeting.name}纪要{edition}"


class Attendee(models.Model):
    """Who came, was excused or attended: an organisation of the portal or a name, with the post."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="attendees")
    place = models.PositiveSmallIntegerField("次序")
    presence = models.CharField("到会", max_length=10, choices=Presence.choices)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    name = models.CharField("单位名称", max_length=60)
    post = models.CharField("职务", max_length=40, blank=True)

    class Meta:
        ordering: ClassVar = ["minutes", "place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["minutes", "place"], name="dispatch_attendee_place_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="dispatch_attendee_has_name"),
        ]
        verbose_name = verbose_name_plural = "参会单位"

    def __str__(self) -> str:
        return f"{self.name}{self.post}"


class Decision(models.Model):
    """What was decided of a topic, in one version of the minutes."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="decisions")
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="decisions")
    text = models.CharField("议定事项", max_length=600)

    class Meta:
        ordering: ClassVar = ["minutes", "topic__place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["minutes", "topic"], name="dispatch_decision_once_a_topic"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="dispatch_decision_says_something"),
        ]
        verbose_name = verbose_name_plural = "议定事项"

    def __str__(self) -> str:
        return self.text


class MeetingStep(models.Model):
    """An act on a meeting or its minutes with its words; append-only."""

    meeting = models.ForeignKey(DispatchMeeting, models.PROTECT, related_name="steps")
    act = models.CharField(
        "操作", max_length=12, choices=[*MeetingAct.choices, *MinutesAct.choices]
    )
    from_state = models.CharField("原状态", max_length=12, blank=True)
    to_state = models.CharField("新状态", max_length=12)
    text = models.CharField("内容", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    #: In whose place (AB岗); None for oneself.
    stands_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering: ClassVar = ["pk"]
