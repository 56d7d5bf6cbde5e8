"""A meeting with residents (议事), the matters raised at it, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Project
from projects.residents.enums import MeetingKind
from projects.residents.querysets import MatterQuerySet, MeetingQuerySet
from renovation.accounts.models import User
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile


class Meeting(models.Model):
    """A meeting of a project's residents: when, where, of what kind, how many came ([黄石答复] 议事场次)."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="meetings", verbose_name="项目"
    )
    held_on = models.DateField("日期")
    kind = models.CharField("形式", max_length=10, choices=MeetingKind.choices)
    place = models.CharField("地点", max_length=60)
    attended = models.PositiveIntegerField("到会人数（人）")
    summary = models.TextField("议题和结论", max_length=1000)
    file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="签到或纪要",
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(attended__gte=1), name="meeting_somebody_came"),
            models.CheckConstraint(condition=~Q(place=""), name="meeting_has_place"),
        ]
        verbose_name = verbose_name_plural = "议事"

    def __str__(self) -> str:
        return f"{chinese_date(self.held_on)}{self.get_kind_display()}"


class Matter(models.Model):
    """Something raised at a meeting: who solves it until when, and the day, the words and the evidence of its
    solution. What is solved stays as it was written (a trigger)."""

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="matters", verbose_name="议事"
    )
    content = models.CharField("问题", max_length=200)
    owner = models.CharField("解决单位或岗位", max_length=60)
    due_on = models.DateField("期限")
    solved_on = models.DateField("解决日期", null=True, blank=True)
    result = models.CharField("解决情况", max_length=300, blank=True)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证"
    )
    solved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["meeting", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(solved_on=None, result="", evidence=None, solved_by=None)
                | (
                    ~Q(result="")
                    & Q(
                        solved_on__isnull=False,
                        evidence__isnull=False,
                        solved_by__isnull=False,
                    )
                ),
                name="matter_solved_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(content="") & ~Q(owner=""), name="matter_says_what_and_who"
            ),
        ]
        verbose_name = verbose_name_plural = "议事问题"

    def __str__(self) -> str:
        return self.content[:30]
