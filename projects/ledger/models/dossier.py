"""One file per project (一项目一档): typed documents with versions, and photographs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from projects.ledger.enums import GateKind, PhotoStage
from projects.ledger.querysets import (
    DocumentKindQuerySet,
    PhotoQuerySet,
    ProjectDocumentQuerySet,
)
from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile, Work

from .estate import Estate
from .project import Project


class DocumentKind(models.Model):
    """A kind of document that a bureau files (批复、方案、合同…), and from which gate on it must be there."""

    bureau = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="区局")
    name = models.CharField("名称", max_length=30)
    order = models.PositiveSmallIntegerField("排序", default=0)
    required_at = models.CharField(
        "过哪个关口须有",
        max_length=12,
        choices=GateKind.choices,
        blank=True,
        help_text="项目过了这个关口还没有这类文件的，列为缺件；不选为可有可无。",
    )
    is_gate_evidence = models.BooleanField(
        "关口依据就是这类文件",
        default=False,
        help_text="登记这个关口时附的依据文件算作这类文件，不必再归档一次。",
    )
    is_plan = models.BooleanField(
        "一区一案的方案", default=False, help_text="这类文件在项目说明里作为改造方案列出。"
    )
    is_private = models.BooleanField(
        "不对外", default=False, help_text="加密保存，只给区局和街道看，如合同。"
    )
    is_active = models.BooleanField("使用中", default=True)
    version = models.PositiveIntegerField("版本", default=1)

    history = HistoricalRecords()
    objects = DocumentKindQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bureau", "name"], name="document_kind_once"),
        ]
        verbose_name = verbose_name_plural = "文件种类"

    def __str__(self) -> str:
        return self.name


class Removable(models.Model):
    """Something filed that may be taken off the page by somebody for a reason; the bytes stay."""

    removed_at = models.DateTimeField("撤下时间", null=True, blank=True)
    removed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤下人"
    )
    removal_reason = models.CharField("撤下原因", max_length=100, blank=True)

    class Meta:
        abstract = True


_REMOVED_WHOLE = Q(removed_at=None, removed_by=None, removal_reason="") | (
    Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")
)


class ProjectDocument(Removable):
    """A document of a project. A newer version points to the one it takes the place of; none is changed, and a
    wrong one is only taken off (triggers)."""

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="documents", verbose_name="项目"
    )
    kind = models.ForeignKey(DocumentKind, models.PROTECT, related_name="+", verbose_name="种类")
    title = models.CharField("题名", max_length=100)
    document_number = models.CharField("文号", max_length=60, blank=True)
    dated_on = models.DateField("成文日期", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    version = models.PositiveSmallIntegerField("版次", default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="successor", verbose_name="取代"
    )

    objects = ProjectDocumentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind__order", "kind", "title", "-version"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None)
                | Q(version__gt=1, supersedes__isnull=False),
                name="document_version_follows_one",
            ),
            models.CheckConstraint(
                condition=_REMOVED_WHOLE, name="document_removed_by_somebody_with_reason"
            ),
        ]
        verbose_name = verbose_name_plural = "项目文件"

    def __str__(self) -> str:
        return self.title


class Photo(Work, Removable):
    """A photograph of an estate before, during or after the works. The row is the job: a worker reads time and
    place out of the original, and makes the copies that may leave, which carry neither."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="photos", verbose_name="项目")
    estate = models.ForeignKey(
        Estate, models.SET_NULL, null=True, blank=True, related_name="photos", verbose_name="小区"
    )
    stage = models.CharField("时期", max_length=8, choices=PhotoStage.choices)
    spot = models.CharField("位置", max_length=40, help_text="在小区的哪里，如“3号楼北侧”。")
    note = models.CharField("说明", max_length=100, blank=True)
    original = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="原件")
    picture = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="图片"
    )
    thumbnail = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="缩略图"
    )
    width = models.PositiveIntegerField("宽", null=True, blank=True)
    height = models.PositiveIntegerField("高", null=True, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    latitude = models.DecimalField(
        "拍摄纬度", max_digits=8, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        "拍摄经度", max_digits=9, decimal_places=6, null=True, blank=True
    )
    #: 64 bits of how it looks, 16 hexadecimal digits; "" until the worker has seen it.
    look = models.CharField("图像指纹", max_length=16, blank=True)
    alike = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="相像的照片"
    )
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间")
    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["estate", "spot", "stage", "pk"]
        indexes: ClassVar = [models.Index(fields=["project", "stage"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_REMOVED_WHOLE, name="photo_removed_by_somebody_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(alike=None) | ~Q(alike=F("id")), name="photo_is_not_like_itself"
            ),
        ]
        verbose_name = verbose_name_plural = "照片"

    def __str__(self) -> str:
        return f"{self.get_stage_display()}　{self.spot}"
