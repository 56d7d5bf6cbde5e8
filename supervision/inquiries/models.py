"""Inquiries with their columns, the rows that were asked, and the answers of the streets by version."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from projects.ledger.models import Programme, Project
from renovation.accounts.models import Organisation, User
from renovation.intake.models import Upload

from .enums import MOST_COLUMNS, ColumnKind, InquiryAct, InquiryState, Subject
from .querysets import InquiryQuerySet, StreetAnswerQuerySet


class Inquiry(models.Model):
    """One urgent question: what for, of which projects or streets, by when, approved by whom.

    Columns and rows are frozen by the approval, everything by the closing (triggers). ``due_at`` alone may
    move while it collects, by an act with a reason; ``first_due_at`` keeps what was approved.
    """

    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="inquiries", verbose_name="区局"
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="inquiries", verbose_name="年度计划"
    )
    number = models.SlugField("编号", max_length=20, unique=True)
    title = models.CharField("名称", max_length=40)
    purpose = models.CharField("用途", max_length=300)
    subject = models.CharField("按什么填", max_length=8, choices=Subject.choices)
    due_at = models.DateTimeField("最后期限")
    first_due_at = models.DateTimeField("批准时的期限", null=True, blank=True)
    state = models.CharField(
        "状态",
        max_length=10,
        choices=InquiryState.choices,
        default=InquiryState.DRAFT,
        db_index=True,
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟定人")
    drafted_at = models.DateTimeField("拟定时间")
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提请人"
    )
    submitted_at = models.DateTimeField("提请时间", null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    approved_at = models.DateTimeField("发出时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    #: Raised by every change of a draft; an edit or approval of an older state is refused.
    version = models.PositiveIntegerField("版本", default=1)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-drafted_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(title=""), name="inquiry_has_purpose"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("drafted_by")),
                name="inquiry_approver_did_not_draft",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | Q(submitted_by=None)
                | ~Q(approved_by=F("submitted_by")),
                name="inquiry_approver_did_not_submit",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "closed"])
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    first_due_at__isnull=False,
                    submitted_by__isnull=False,
                ),
                name="inquiry_open_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_by__isnull=False, closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_by=None, closed_at=None)),
                name="inquiry_closed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(first_due_at=None) | Q(due_at__gte=F("first_due_at")),
                name="inquiry_due_moves_later_only",
            ),
        ]
        verbose_name = verbose_name_plural = "临时收数"

    def __str__(self) -> str:
        return self.title

    @property
    def is_extended(self) -> bool:
        """Whether the last moment was moved after the approval."""
        return self.first_due_at is not None and self.due_at != self.first_due_at


class InquiryStreet(models.Model):
    """A street that is asked."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="streets")
    street = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="街道")

    class Meta:
        ordering: ClassVar = ["inquiry", "street__order", "street__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "street"], name="inquiry_street_once")
        ]


class AskedColumn(models.Model):
    """A column that a clerk fills in. ``place`` 1 to 10 is its place and makes its name (``c1``); ``minimum``
    and ``maximum`` bound numbers (amounts in 万元), ``earliest`` and ``latest`` days. ``near_code`` names what
    the portal knows under a similar name, where the author said that it is not the same."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="columns")
    place = models.PositiveSmallIntegerField("次序")
    label = models.CharField("列名", max_length=20)
    kind = models.CharField("填什么", max_length=8, choices=ColumnKind.choices)
    unit = models.CharField("单位", max_length=8, blank=True)
    places = models.PositiveSmallIntegerField("小数位数", default=0)
    minimum = models.DecimalField("不小于", max_digits=15, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField("不大于", max_digits=15, decimal_places=4, null=True, blank=True)
    earliest = models.DateField("不早于", null=True, blank=True)
    latest = models.DateField("不晚于", null=True, blank=True)
    options = models.JSONField("选项", default=list, blank=True)
    longest = models.PositiveSmallIntegerField("最多字数", default=200)
    is_required = models.BooleanField("必填", default=True)
    hint = models.CharField("填写说明", max_length=100, blank=True)
    near_code = models.CharField("相近的已有列", max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["inquiry", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "place"], name="asked_column_place_once"),
            models.UniqueConstraint(fields=["inquiry", "label"], name="asked_column_label_once"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_COLUMNS),
                name="asked_column_at_most_ten",
            ),
            models.CheckConstraint(
                condition=Q(minimum=None) | Q(maximum=None) | Q(minimum__lte=F("maximum")),
                name="asked_column_bounds_in_order",
            ),
            models.CheckConstraint(
                condition=Q(earliest=None) | Q(latest=None) | Q(earliest__lte=F("latest")),
                name="asked_column_days_in_order",
            ),
            models.CheckConstraint(
                condition=(Q(kind="choice") & ~Q(options=[])) | (~Q(kind="choice") & Q(options=[])),
                name="asked_column_choice_has_options",
            ),
        ]
        verbose_name = verbose_name_plural = "要填的列"

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """Its name in values, forms and workbooks: c1 … c10."""
        return f"c{self.place}"

    @property
    def shown_unit(self) -> str:
        """The unit beside the label; amounts are asked in 万元."""
        return "万元" if self.kind == ColumnKind.AMOUNT else self.unit

    @property
    def title(self) -> str:
        """欠缴维修资金（万元）"""
        return f"{self.label}（{self.shown_unit}）" if self.shown_unit else self.label

    @property
    def header(self) -> str:
        """As a workbook writes it: 欠缴维修资金(万元)"""
        return f"{self.label}({self.shown_unit})" if self.shown_unit else self.label


class FilledColumn(models.Model):
    """A column that the portal fills in itself (``projects.ledger.known``); it does not count as asked."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="filled_columns")
    code = models.CharField("已有的列", max_length=80)
    place = models.PositiveSmallIntegerField("次序")

    class Meta:
        ordering: ClassVar = ["inquiry", "place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["inquiry", "code"], name="filled_column_once"),
            models.UniqueConstraint(fields=["inquiry", "place"], name="filled_column_place_once"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_COLUMNS),
                name="filled_column_at_most_ten",
            ),
        ]
        verbose_name = verbose_name_plural = "平台填好的列"


class AskedRow(models.Model):
    """A row of the table, fixed by the approval: a project of a street, or the street itself. ``filled`` keeps
    what the portal knew when the inquiry was closed (code → text)."""

    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="rows")
    street = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+")
    filled = models.JSONField("平台填好的", default=dict, blank=True)

    class Meta:
        ordering: ClassVar = ["inquiry", "street__order", "project__code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inquiry", "project"],
                condition=Q(project__isnull=False),
                name="asked_row_once_per_project",
            ),
            models.UniqueConstraint(
                fields=["inquiry", "street"],
                condition=Q(project=None),
                name="asked_row_once_per_street",
            ),
        ]

    @property
    def key(self) -> str:
        """What names the row in a workbook: the code of the project, the short name of the street."""
        return self.project.code if self.project is not None else self.street.short_name

    @property
    def label(self) -> str:
        """What names it on a page."""
        return self.project.name if self.project is not None else self.street.short_name


class StreetAnswer(models.Model):
    """What a street answered, one row a version; nothing is written over. It is complete once every row of the
    street is filled in, and late where that came after the last moment in force then."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="answers")
    street = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="街道")
    version = models.PositiveSmallIntegerField("版次")
    answered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")
    answered_at = models.DateTimeField("填报时间")
    due_at_met = models.DateTimeField("当时的期限")
    is_complete = models.BooleanField("填齐")
    upload = models.ForeignKey(
        Upload, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="来自文件"
    )

    objects = StreetAnswerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["inquiry", "street__order", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["inquiry", "street", "version"], name="answer_version_once"
            ),
        ]
        verbose_name = verbose_name_plural = "答复"

    def __str__(self) -> str:
        return f"{self.street} {self.inquiry} 第 {self.version} 版"

    @property
    def is_late(self) -> bool:
        """Whether this version came after the last moment."""
        return self.answered_at > self.due_at_met


class StreetAnswerRow(models.Model):
    """One row of a version. ``values``: name of the column (c1) → integer, amount in 分, decimal or day as text,
    true or false, text; what was left empty is not there."""

    answer = models.ForeignKey(StreetAnswer, models.PROTECT, related_name="rows")
    row = models.ForeignKey(AskedRow, models.PROTECT, related_name="+")
    values = models.JSONField("填的内容", default=dict)

    class Meta:
        ordering: ClassVar = ["answer", "row"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "row"], name="answer_row_once")
        ]


class InquiryEvent(models.Model):
    """An act on an inquiry: who, when, why. Append-only."""

    inquiry = models.ForeignKey(Inquiry, models.PROTECT, related_name="events")
    act = models.CharField("操作", max_length=10, choices=InquiryAct.choices)
    from_state = models.CharField("原状态", max_length=10, blank=True)
    to_state = models.CharField("新状态", max_length=10)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    comment = models.CharField("意见", max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
