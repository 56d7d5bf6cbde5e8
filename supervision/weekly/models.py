"""Reporting weeks, returns with their versions and states, report rows, judgements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, Pledge, User
from renovation.core.periods import FIRST_DAY, LAST_DAY
from renovation.core.wording import chinese_date
from renovation.intake.models import Upload

from .burden.models import ReturnOpening as ReturnOpening
from .enums import FollowUpAct, FollowUpState, LateReason, Light, ReturnAct, ReturnState
from .querysets import (
    FollowUpQuerySet,
    FormDraftQuerySet,
    ReportingContactQuerySet,
    ReportingWeekQuerySet,
    ReturnExceptionQuerySet,
    StatusJudgementQuerySet,
    WeeklyReturnQuerySet,
)
from .review_waivers.models import ReviewWaiver
from .rule_waivers.models import ReportQuestion as ReportQuestion
from .rule_waivers.models import RuleWaiver as RuleWaiver


class ReportingWeek(models.Model):
    """The three moments of a week for a bureau. They follow the calendar until the due moment and are frozen then, those
    of a week that asks for nothing once it is over: a calendar row changed later does not move them (MEASURES.md,
    Returns)."""

    bureau = models.ForeignKey(Organisation, models.PROTECT, related_name="reporting_weeks")
    week_start = models.DateField("周一")
    is_asked = models.BooleanField("要求报送", default=True)
    opens_at = models.DateTimeField("开始")
    due_at = models.DateTimeField("截止", null=True)
    closes_at = models.DateTimeField("关闭", null=True)
    frozen_at = models.DateTimeField("锁定时间", null=True, blank=True)

    objects = ReportingWeekQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-week_start"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bureau", "week_start"], name="reporting_week_once"),
            models.CheckConstraint(
                condition=Q(is_asked=False) | Q(due_at__isnull=False, closes_at__gte=F("due_at")),
                name="reporting_week_moments_in_order",
            ),
            models.CheckConstraint(
                condition=Q(week_start__gte=FIRST_DAY, week_start__lte=LAST_DAY),
                name="reporting_week_in_known_years",
            ),
        ]
        verbose_name = verbose_name_plural = "报送周"


class ReturnException(models.Model):
    """Moves the closing moment of a street in a week, by name, with a reason, until a moment."""

    street = models.ForeignKey(Organisation, models.PROTECT, related_name="return_exceptions")
    week_start = models.DateField("周一")
    closes_at = models.DateTimeField("延至")
    reason = models.CharField("原因", max_length=200)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="批准人")
    granted_at = models.DateTimeField("批准时间")

    objects = ReturnExceptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-granted_at"]
        verbose_name = verbose_name_plural = "延后关闭"


#: Of two acts on a return, neither is done by or for who did or had done the other.
_PAIRS = (("submitted", "reviewed"), ("submitted", "approved"), ("reviewed", "approved"))


def differ(first: str, second: str) -> Q:
    """Nobody stands on both sides of two acts, neither in person nor by a stand-in (CAPABILITIES.md F6)."""
    found = Q()
    for one, other in (("by", "for"), ("for", "by"), ("for", "for")):
        mine, theirs = f"{first}_{one}", f"{second}_{other}"
        found &= Q(**{mine: None}) | Q(**{theirs: None}) | ~Q(**{mine: F(theirs)})
    return found


class WeeklyReturn(models.Model):
    """The return of a street for a week, one row a version; a correction is a new version."""

    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="weekly_returns", verbose_name="街道"
    )
    week_start = models.DateField("周一", db_index=True)
    version = models.PositiveSmallIntegerField("版次", default=1)
    state = models.CharField(
        "状态", max_length=10, choices=ReturnState.choices, default=ReturnState.DRAFT, db_index=True
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reason = models.CharField("更正原因", max_length=200, blank=True)
    late_reason = models.CharField("迟报原因", max_length=200, blank=True)
    late_code = models.CharField("迟报类别", max_length=8, choices=LateReason.choices, blank=True)
    is_opening = models.BooleanField("期初导入", default=False)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField("建立时间")
    #: The first submission of this version and the due moment it met (a later sending back undoes neither).
    first_submitted_at = models.DateTimeField("首次报送时间", null=True, blank=True)
    due_at_met = models.DateTimeField("当时的截止时间", null=True, blank=True)
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    #: In whose place (AB岗); None for oneself. The same beside the other three.
    submitted_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    #: The acceptance of 真实性承诺 that it was sent under; None where the bureau had no wording.
    pledge = models.ForeignKey(
        Pledge, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="真实性承诺"
    )
    reviewed_at = models.DateTimeField("街道审核时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    #: Under which the street's review was left out when it was sent; None where the street reviews.
    review_waiver = models.ForeignKey(
        ReviewWaiver, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField("核定时间", null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_back_at = models.DateTimeField("退回时间", null=True, blank=True)
    sent_back_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_back_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    comment = models.CharField("退回意见", max_length=500, blank=True)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = WeeklyReturnQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-week_start", "street__order", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["street", "week_start", "version"], name="return_version_once"
            ),
            models.CheckConstraint(
                condition=Q(late_code="") | ~Q(late_reason=""), name="return_late_code_has_words"
            ),
            models.CheckConstraint(
                condition=Q(version=1) | (~Q(correction_reason="") & Q(supersedes__isnull=False)),
                name="return_correction_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by=None)
                | Q(reviewed_by=None)
                | ~Q(submitted_by=F("reviewed_by")),
                name="return_reviewer_did_not_submit",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by=None)
                | Q(approved_by=None)
                | ~Q(submitted_by=F("approved_by")),
                name="return_approver_did_not_submit",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None)
                | Q(approved_by=None)
                | ~Q(reviewed_by=F("approved_by")),
                name="return_approver_did_not_review",
            ),
            *(
                models.CheckConstraint(
                    condition=differ(first, second),
                    name=f"return_{second}_stands_for_nobody_{first}",
                )
                for first, second in _PAIRS
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "reviewed", "approved", "published"])
                | Q(is_opening=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="return_submitted_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published"])
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="return_approved_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reviewed", "approved", "published"])
                | Q(is_opening=True)
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False)
                | Q(review_waiver__isnull=False),
                name="return_was_reviewed_or_waived",
            ),
        ]
        verbose_name = verbose_name_plural = "周报"

    def __str__(self) -> str:
        return f"{self.street} {chinese_date(self.week_start)}一周的周报"

    @property
    def edition(self) -> str:
        """Which version and which submission of it somebody looks at; an act on another one is stale."""
        sent = self.submitted_at.isoformat() if self.submitted_at else ""
        return f"{self.version} {sent}".strip()


class ReturnEvent(models.Model):
    """An act on a return: who, when, from which state to which, with what comment. Append-only."""

    weekly_return = models.ForeignKey(WeeklyReturn, models.PROTECT, related_name="events")
    act = models.CharField("操作", max_length=10, choices=ReturnAct.choices)
    from_state = models.CharField("原状态", max_length=10, blank=True)
    to_state = models.CharField("新状态", max_length=10)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    #: In whose place (AB岗); None for oneself.
    stands_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    comment = models.CharField("意见", max_length=500, blank=True)
    #: When it was asked for, where it waited for its turn and is kept behind it; None where ``at`` is that moment.
    asked_at = models.DateTimeField("提出时间", null=True, blank=True)
    #: What stood in the return when it was submitted, so that an approver sees what changed since.
    rows = models.JSONField("当时内容", default=list)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asked_at=None) | Q(asked_at__lt=F("at")),
                name="return_event_asked_before_its_turn",
            ),
        ]

    @property
    def judged_at(self) -> datetime:
        """By which it is told whether it came in time: when it was asked for. ``at`` is its place among the acts."""
        return self.asked_at or self.at


class WeeklyReport(models.Model):
    """What a return says of one project: cumulative progress and investment at the week's Sunday."""

    weekly_return = models.ForeignKey(WeeklyReturn, models.PROTECT, related_name="reports")
    project = models.ForeignKey(Project, models.PROTECT, related_name="weekly_reports")
    progress_percent = models.DecimalField(
        "本周累计形象进度（%）",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    completed_investment_fen = models.BigIntegerField("累计完成投资（分）", null=True, blank=True)
    work_done = models.CharField("本周完成情况", max_length=500, blank=True)
    problems = models.CharField("存在问题", max_length=500, blank=True)
    coordination = models.CharField("需协调事项", max_length=500, blank=True)
    next_plan = models.CharField("下周计划", max_length=500, blank=True)
    workers_count = models.PositiveIntegerField("在场人数", null=True, blank=True)
    claimed_start_on = models.DateField("实际开工日期", null=True, blank=True)
    claimed_completion_on = models.DateField("实际完工日期", null=True, blank=True)
    is_unchanged = models.BooleanField("无变化", default=False)
    #: Who stated 经核实本周无变化, and when; empty for rows from before statements were kept.
    unchanged_at = models.DateTimeField("声明无变化时间", null=True, blank=True)
    unchanged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="声明人"
    )
    explanation = models.CharField("情况说明", max_length=500, blank=True)
    upload = models.ForeignKey(
        Upload, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来自文件"
    )
    source_row = models.PositiveIntegerField("来自行", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间")
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["weekly_return", "project__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["weekly_return", "project"], name="report_once_per_project"
            ),
            models.CheckConstraint(
                condition=Q(progress_percent=None)
                | (Q(progress_percent__gte=0) & Q(progress_percent__lte=100)),
                name="report_progress_in_range",
            ),
            models.CheckConstraint(
                condition=Q(completed_investment_fen=None) | Q(completed_investment_fen__gte=0),
                name="report_investment_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(unchanged_at=None, unchanged_by=None)
                | Q(is_unchanged=True, unchanged_at__isnull=False, unchanged_by__isnull=False),
                name="report_unchanged_at_and_by",
            ),
        ]
        verbose_name = verbose_name_plural = "项目周报"

    @property
    def edition(self) -> str:
        """Which writing of the row somebody looks at."""
        return self.updated_at.isoformat()


class FormDraft(models.Model):
    """What a person has typed in the browser form about one project and not yet written into the return: every cell
    as it was typed, also what cannot be read. ``base`` is the edition of the stored row that was looked at."""

    street = models.ForeignKey(
        Organisation, models.PROTECT, related_name="form_drafts", verbose_name="街道"
    )
    week_start = models.DateField("周一")
    version = models.PositiveSmallIntegerField("版次")
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="form_drafts", verbose_name="项目"
    )
    person = models.ForeignKey(
        User, models.PROTECT, related_name="form_drafts", verbose_name="填报人"
    )
    cells = models.JSONField("各格内容", default=dict)
    base = models.CharField("所见的版本", max_length=40, blank=True)
    saved_at = models.DateTimeField("保存时间")

    objects = FormDraftQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["street", "week_start", "version", "project", "person"],
                name="form_draft_once_per_person_and_project",
            )
        ]
        verbose_name = verbose_name_plural = "填报草稿"

    @property
    def edition(self) -> str:
        """Which saving of the draft somebody looks at."""
        return self.saved_at.isoformat()


class ReportingContact(models.Model):
    """Whom to call about a street's returns: a post or a name, and the number; one a street."""

    street = models.OneToOneField(
        Organisation, models.PROTECT, related_name="reporting_contact", verbose_name="街道"
    )
    person = models.CharField("联系人", max_length=40)
    phone = models.CharField("电话", max_length=30)
    updated_at = models.DateTimeField("更新时间")
    updated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="更新人")

    history = HistoricalRecords()
    objects = ReportingContactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["street"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(person="") & ~Q(phone=""), name="reporting_contact_is_whole"
            )
        ]
        verbose_name = verbose_name_plural = "报送联系人"

    def __str__(self) -> str:
        return f"{self.person} {self.phone}"


class FollowUp(models.Model):
    """核实事项: a question of the bureau about what a return says of one project, with a day for the answer.

    The street answers by ``due_on``; ``owner`` is the person of the bureau who sees it to its end. ``row`` is what
    stood in the return when it was asked. Asked again it keeps its number of rounds; nothing of it changes the
    return: a wrong figure is mended by a correction.
    """

    weekly_return = models.ForeignKey(
        WeeklyReturn, models.PROTECT, related_name="follow_ups", verbose_name="周报"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="follow_ups", verbose_name="项目"
    )
    question = models.CharField("要核实的问题", max_length=200)
    #: What is asked now: the question, or what was asked again last.
    asking = models.CharField("现在要答的问题", max_length=400)
    row = models.JSONField("提出时的填报内容")
    due_on = models.DateField("答复期限")
    state = models.CharField(
        "状态",
        max_length=8,
        choices=FollowUpState.choices,
        default=FollowUpState.OPEN,
        db_index=True,
    )
    rounds = models.PositiveSmallIntegerField("第几次问", default=1)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    asked_at = models.DateTimeField("提出时间")
    #: The answer of the present round, empty while it is open.
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answered_on = models.DateField("答复日期", null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="了结人"
    )
    closed_on = models.DateField("了结日期", null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(question="") & ~Q(asking=""), name="follow_up_asks_something"
            ),
            models.CheckConstraint(condition=Q(rounds__gte=1), name="follow_up_counted_from_one"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_by__isnull=False, closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_by=None, closed_on=None)),
                name="follow_up_closed_on_and_by",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_on=None)
                | Q(answered_by__isnull=False, answered_on__isnull=False),
                name="follow_up_answered_on_and_by",
            ),
            models.CheckConstraint(
                condition=(Q(state="open") & Q(answered_by=None))
                | (Q(state="answered") & Q(answered_by__isnull=False))
                | Q(state="closed"),
                name="follow_up_state_and_answer_agree",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | Q(answered_by=None) | ~Q(closed_by=F("answered_by")),
                name="follow_up_closed_by_another_than_answered",
            ),
            models.UniqueConstraint(
                fields=["weekly_return", "project"],
                condition=~Q(state="closed"),
                name="follow_up_one_unsettled_per_row",
            ),
        ]
        verbose_name = verbose_name_plural = "核实事项"

    def __str__(self) -> str:
        return f"{self.project} {self.question}"

    def late_days(self, today: date) -> int:
        """Days past the day of the answer: up to today while it is open, else up to the answer; 0 in time."""
        end = self.answered_on or self.closed_on or today
        return max(0, (end - self.due_on).days)


class FollowUpStep(models.Model):
    """An act on a follow-up with its words; append-only."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="steps")
    act = models.CharField("操作", max_length=10, choices=FollowUpAct.choices)
    text = models.CharField("内容", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    #: In whose place (AB岗); None for oneself.
    stands_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        ordering: ClassVar = ["pk"]


class StatusJudgement(models.Model):
    """The light of a project at the end of a week, with what led to it; a new row when it is judged
    anew on other facts or under other rules, the newest one counts."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="judgements")
    week_start = models.DateField("周一")
    light = models.CharField("亮灯", max_length=8, choices=Light.choices)
    physical_percent = models.DecimalField("形象进度", max_digits=4, decimal_places=1, null=True)
    scheduled_percent = models.DecimalField("序时进度", max_digits=4, decimal_places=1, null=True)
    deviation_points = models.DecimalField("偏差", max_digits=5, decimal_places=1, null=True)
    reasons = models.JSONField("依据")
    rules = models.JSONField("所用规则")
    judged_at = models.DateTimeField("判定时间")

    objects = StatusJudgementQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["project", "week_start", "pk"]
        indexes: ClassVar = [models.Index(fields=["week_start", "project"])]
        verbose_name = verbose_name_plural = "亮灯判定"
