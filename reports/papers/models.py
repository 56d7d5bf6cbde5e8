"""A paper: compiled once into a frozen snapshot, rendered many times, issued as bytes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile, Work

from .enums import Format, PaperAct, PaperKind, PaperState
from .querysets import DocumentQuerySet, RenditionQuerySet


class Document(models.Model):
    """A paper of a kind about an organisation and a period, one row a version.

    ``snapshot`` is the compiled paper (a frozen dataclass as JSON) with its ``digest``; a draft is
    compiled anew until a person signs or issues it, then nothing changes any more (a database trigger
    says so too). ``texts`` are the edited passages of a draft by their key.
    """

    kind = models.CharField("种类", max_length=16, choices=PaperKind.choices)
    bureau = models.ForeignKey(
        Organisation, models.PROTECT, related_name="documents", verbose_name="制发单位"
    )
    subject = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="内容范围"
    )
    period_key = models.CharField("期", max_length=40)
    version = models.PositiveSmallIntegerField("版次", default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    correction_reason = models.CharField("更正原因", max_length=200, blank=True)
    title = models.CharField("标题", max_length=120)
    state = models.CharField(
        "状态", max_length=10, choices=PaperState.choices, default=PaperState.DRAFT
    )
    snapshot = models.JSONField("内容", default=dict)
    digest = models.CharField("摘要", max_length=64)
    compiled_at = models.DateTimeField("编制时间")
    texts = models.JSONField("修改过的文字", default=dict)
    #: Numbers in the text that a person declared to be none of the paper's figures: place → reason.
    outside_figures = models.JSONField("非本通报指标", default=dict)
    number = models.CharField("文号", max_length=60, null=True, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField("审核时间", null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    original = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="正本扫描件",
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-compiled_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject", "period_key", "version"], name="document_version_once"
            ),
            models.UniqueConstraint(fields=["bureau", "number"], name="document_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "issued"])
                | Q(kind__in=["dispatch_sheet", "minutes"])
                | Q(signed_at__isnull=False, signed_by__isnull=False, approved_by__isnull=False),
                name="bulletin_signed_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(kind="minutes")
                | Q(state="issued", signed_at__isnull=False, signed_by__isnull=False),
                name="minutes_paper_is_signed",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | Q(approved_by=None) | ~Q(signed_by=F("approved_by")),
                name="document_signer_did_not_approve",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False, issued_by__isnull=False),
                name="document_issued_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued", kind="bulletin") | Q(number__isnull=False),
                name="bulletin_issued_with_number",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction_reason=""),
                name="document_correction_has_reason",
            ),
        ]
        verbose_name = verbose_name_plural = "文件"

    def __str__(self) -> str:
        return self.title


class DocumentStep(models.Model):
    """One line of the approval sheet (拟稿单). Append-only."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="steps")
    act = models.CharField("环节", max_length=14, choices=PaperAct.choices)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField("岗位", max_length=80)
    at = models.DateTimeField("时间")
    opinion = models.CharField("意见", max_length=500, blank=True)
    #: What the step was taken on: the digest of the snapshot at that moment.
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    #: What the signer accepted by a tick of their own (reach.Shortfall.acceptance), word for word.
    accepted = models.CharField("签发时知悉", max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(accepted="") | Q(act="sign", by__isnull=False),
                name="step_accepted_by_who_signs",
            )
        ]


class Rendition(Work):
    """The bytes of a document in a format; the row is the job.

    ``digest`` is that of everything that is printed: the snapshot and what is laid over it (number,
    dates, the mark of a draft, the steps of the approval form).
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="renditions")
    format = models.CharField("格式", max_length=10, choices=Format.choices)
    digest = models.CharField("内容摘要", max_length=64)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )

    objects = RenditionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "format", "digest"], name="rendition_once_per_digest"
            )
        ]
