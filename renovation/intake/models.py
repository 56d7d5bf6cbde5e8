"""A workbook that came in, what was read from it, and what became of it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from renovation.accounts.models import Organisation, User
from renovation.records.models import StoredFile, Work

from .querysets import UploadQuerySet


class PlainEncoder(json.JSONEncoder):
    """JSON with Chinese characters as they are: half as much for the database to take in as with escapes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


class UploadState(models.TextChoices):
    RECEIVED = "received", "已收到"
    READING = "reading", "读取中"
    REFUSED = "refused", "没有采用"
    PREVIEW = "preview", "待确认"
    COMMITTED = "committed", "已写入"
    SUPERSEDED = "superseded", "已被新文件代替"


#: States in which an upload has still to be read.
UNREAD_STATES = (UploadState.RECEIVED, UploadState.READING)
#: States in which an upload still waits for something.
OPEN_STATES = (*UNREAD_STATES, UploadState.PREVIEW)


class Upload(Work):
    """One file on its way through ``receive → read → columns → checks → preview → commit``.

    ``workbook`` is the checksum of the portal's own workbook (``manifest``), "" for a table of one's own;
    ``columns`` maps a field to its column number; ``rows`` are what was read, one dict a row (see
    ``renovation.intake.rows``); ``faults`` what is wrong, each with sheet, cell, code, message, found,
    expected, severity; ``answers`` what the person said (see ``renovation.intake.answers``); of residents' data both are sealed. Bytes are
    kept before anything is parsed and the same upload can be read again under new rules. A target
    (pipeline, organisation, period) has one upload at most that is to be read and one that waits for a
    person: a new file supersedes the unread one at once, the one in preview only when it could be read.
    """

    pipeline = models.CharField("用途", max_length=40)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="uploads", verbose_name="单位"
    )
    period_key = models.CharField("期", max_length=40, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="文件")
    state = models.CharField(
        "状态", max_length=12, choices=UploadState.choices, default=UploadState.RECEIVED
    )
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    received_at = models.DateTimeField("上传时间")
    workbook = models.CharField("模板校验值", max_length=64, blank=True)
    sheet = models.CharField("工作表", max_length=80, blank=True)
    header_row = models.PositiveIntegerField("表头行", null=True, blank=True)
    columns = models.JSONField("列", default=dict)
    expected_count = models.PositiveIntegerField("应有行数", default=0)
    rows = models.JSONField("读到的行", default=list, encoder=PlainEncoder)
    faults = models.JSONField("差错", default=list, encoder=PlainEncoder)
    answers = models.JSONField("说明", default=dict)
    committed_at = models.DateTimeField("写入时间", null=True, blank=True)
    committed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="写入人"
    )

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-received_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["pipeline", "organisation", "period_key"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pipeline", "organisation", "period_key"],
                condition=Q(state__in=["received", "reading"]),
                name="upload_one_unread_per_target",
            ),
            models.UniqueConstraint(
                fields=["pipeline", "organisation", "period_key"],
                condition=Q(state="preview"),
                name="upload_one_preview_per_target",
            ),
            models.CheckConstraint(
                condition=Q(committed_at=None, committed_by=None)
                | Q(committed_at__isnull=False, committed_by__isnull=False),
                name="upload_committed_at_and_by",
            ),
        ]
        verbose_name = verbose_name_plural = "上传"

    def __str__(self) -> str:
        return f"{self.file} {self.get_state_display()}"
