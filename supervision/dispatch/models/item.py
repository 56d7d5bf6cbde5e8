"""What is assigned, followed to its end: the item, its steps, the extensions that were asked for."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.ledger.models import Party, Project
from renovation.accounts.models import Organisation, User
from renovation.core.periods import Week
from renovation.records.models import StoredFile
from supervision.dispatch.enums import (
    OPEN_STATES,
    OWED_STATES,
    AnswererKind,
    ExtensionState,
    ItemAct,
    ItemOrigin,
    ItemState,
)
from supervision.dispatch.querysets import DispatchItemQuerySet, ItemExtensionQuerySet

from .meeting import DispatchMeeting, Topic


class DispatchItem(models.Model):
    """交办事项: what is to be done, how one will know that it is done, who answers, by which day, who follows it.

    ``week_start`` and ``number`` make its code (〔2026〕第48周-3). ``first_due_on`` never changes once it is in force;
    ``due_on`` is the day in force now, moved by granted extensions alone; ``limit_on`` is the day it is measured by: an
    extension granted before it was over moved it (MEASURES.md, 按时办结率), one granted later did not.
    """

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="dispatch_items", verbose_name="区局"
    )
    week_start = models.DateField("编号周次", db_index=True)
    number = models.PositiveSmallIntegerField("序号")
    origin = models.CharField("来源", max_length=8, choices=ItemOrigin.choices)
    meeting = models.ForeignKey(
        DispatchMeeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name="会议",
    )
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="items", verbose_name="议题"
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dispatch_items",
        verbose_name="项目",
    )
    task = models.CharField("交办内容", max_length=300)
    standard = models.CharField("完成标准", max_length=200)
    answerer_kind = models.CharField("谁来办", max_length=8, choices=AnswererKind.choices)
    #: The street; the account of the party where it has one; the bureau for a section of it.
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="参建单位"
    )
    answerer_name = models.CharField("责任单位", max_length=80)
    co_organisations = models.ManyToManyField(
        Organisation, related_name="+", blank=True, verbose_name="配合街道"
    )
    co_names = models.CharField("其他配合单位", max_length=120, blank=True)
    first_due_on = models.DateField("最初期限")
    due_on = models.DateField("办结期限", db_index=True)
    limit_on = models.DateField("计时期限")
    extension_count = models.PositiveSmallIntegerField("延期次数", default=0)
    send_back_count = models.PositiveSmallIntegerField("退回重办次数", default=0)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="跟办人")
    state = models.CharField(
        "状态",
        max_length=10,
        choices=ItemState.choices,
        default=ItemState.PLANNED,
        db_index=True,
    )
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="交办人")
    assigned_at = models.DateTimeField("登记时间")
    in_force_at = models.DateTimeField("交办时间", null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签收人"
    )
    accepted_at = models.DateTimeField("签收时间", null=True, blank=True)
    #: The report that stands now; empty after it was sent back.
    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报办结的人"
    )
    reported_at = models.DateTimeField("报办结时间", null=True, blank=True)
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    cancelled_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = DispatchItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bureau", "week_start", "number"], name="dispatch_item_code_once"
            ),
            models.CheckConstraint(
                condition=~Q(task="") & ~Q(standard="") & ~Q(answerer_name=""),
                name="dispatch_item_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(origin="meeting", meeting__isnull=False)
                | (~Q(origin="meeting") & Q(meeting=None, topic=None)),
                name="dispatch_item_origin_and_meeting_agree",
            ),
            models.CheckConstraint(
                condition=Q(
                    answerer_kind__in=["street", "section"],
                    organisation__isnull=False,
                    party=None,
                )
                | Q(answerer_kind="party", party__isnull=False, project__isnull=False),
                name="dispatch_item_answerer_agrees",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("limit_on"), limit_on__gte=F("first_due_on")),
                name="dispatch_item_due_moves_later_only",
            ),
            models.CheckConstraint(
                condition=Q(state="planned", in_force_at=None)
                | Q(state="cancelled")
                | (~Q(state__in=["planned", "cancelled"]) & Q(in_force_at__isnull=False)),
                name="dispatch_item_in_force_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "to_accept"], accepted_by=None, accepted_at=None)
                | Q(
                    state__in=["working", "reported", "done"],
                    accepted_by__isnull=False,
                    accepted_at__isnull=False,
                )
                | Q(state="cancelled"),
                name="dispatch_item_accepted_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["reported", "done"],
                    reported_by__isnull=False,
                    reported_at__isnull=False,
                )
                | Q(state="cancelled")
                | (
                    ~Q(state__in=["reported", "done", "cancelled"])
                    & Q(reported_by=None, reported_at=None)
                ),
                name="dispatch_item_reported_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_by__isnull=False, done_at__isnull=False)
                | (~Q(state="done") & Q(done_by=None, done_at=None)),
                name="dispatch_item_done_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="cancelled", cancelled_by__isnull=False, cancelled_at__isnull=False
                )
                | (~Q(state="cancelled") & Q(cancelled_by=None, cancelled_at=None)),
                name="dispatch_item_cancelled_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(done_by=None) | ~Q(done_by=F("reported_by")),
                name="dispatch_item_done_by_another_than_reported",
            ),
        ]
        verbose_name = verbose_name_plural = "交办事项"

    def __str__(self) -> str:
        return f"{self.code} {self.task}"

    @property
    def week(self) -> Week:
        """The week of its code: the one that its meeting is about, without a meeting the one of the day on which it was
        assigned."""
        return Week(self.week_start)

    @property
    def code(self) -> str:
        """〔2026〕第48周-3, the year that in which the number counts."""
        return f"〔{self.week.iso_year}〕第{self.week.number}周-{self.number}"

    @property
    def is_open(self) -> bool:
        """In force and not at its end."""
        return self.state in OPEN_STATES

    def overdue_days(self, today: date) -> int:
        """Days past the deadline in force while it is still owed; 0 in time, reported or over."""
        return max(0, (today - self.due_on).days) if self.state in OWED_STATES else 0


class ItemStep(models.Model):
    """An act on an item with its words and file; append-only."""

    item = models.ForeignKey(DispatchItem, models.PROTECT, related_name="steps")
    act = models.CharField("操作", max_length=16, choices=ItemAct.choices)
    from_state = models.CharField("原状态", max_length=10, blank=True)
    to_state = models.CharField("新状态", max_length=10)
    text = models.CharField("内容", max_length=500, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="附件"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    #: In whose place (AB岗); None for oneself.
    stands_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("时间")
    #: Who answered until a transfer, so that what is told of a day before it names who answered on that day.
    from_kind = models.CharField("原谁来办", max_length=8, choices=AnswererKind.choices, blank=True)
    from_organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原单位"
    )
    from_name = models.CharField("原责任单位", max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(act="transfer") & ~Q(from_kind="") & ~Q(from_name=""))
                | (~Q(act="transfer") & Q(from_kind="", from_name="", from_organisation=None)),
                name="dispatch_step_transfer_keeps_from_whom",
            ),
            models.CheckConstraint(
                condition=~Q(from_kind__in=["street", "section"])
                | Q(from_organisation__isnull=False),
                name="dispatch_step_from_answerer_agrees",
            ),
        ]


class ItemExtension(models.Model):
    """More time that was asked for: until when and why, and what another person decided. One waits at a time."""

    item = models.ForeignKey(DispatchItem, models.PROTECT, related_name="extensions")
    due_on_then = models.DateField("当时的期限")
    wanted_on = models.DateField("申请延至")
    reason = models.CharField("延期原因", max_length=300)
    state = models.CharField(
        "状态", max_length=8, choices=ExtensionState.choices, default=ExtensionState.ASKED
    )
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    asked_at = models.DateTimeField("申请时间")
    granted_on = models.DateField("准许延至", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    words = models.CharField("决定意见", max_length=300, blank=True)

    objects = ItemExtensionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state="asked"),
                name="dispatch_extension_one_waits",
            ),
            models.CheckConstraint(
                condition=Q(wanted_on__gt=F("due_on_then")) & ~Q(reason=""),
                name="dispatch_extension_asks_for_later",
            ),
            models.CheckConstraint(
                condition=Q(state="granted", granted_on__gt=F("due_on_then"))
                | (~Q(state="granted") & Q(granted_on=None)),
                name="dispatch_extension_granted_on",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by=None, decided_at=None)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="dispatch_extension_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "dropped"]) | ~Q(decided_by=F("asked_by")),
                name="dispatch_extension_decided_by_another",
            ),
        ]
        verbose_name = verbose_name_plural = "延期申请"
