"""The bytes of a paper; the row is the job."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from renovation.accounts.models import Organisation
from renovation.records.models import StoredFile, Work

from .querysets import PrintingQuerySet


class Printing(Work):
    """What a paper says (``snapshot``, canonical JSON) and its bytes, once for a kind and ``digest``.

    It knows nothing of the rows that were compiled: whoever may compile the same content may have the bytes.
    """

    kind = models.CharField("种类", max_length=40)
    digest = models.CharField("内容摘要", max_length=64)
    snapshot = models.TextField("内容")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="单位"
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )

    objects = PrintingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "digest"], name="printing_once_per_digest"),
            models.CheckConstraint(
                condition=~models.Q(work_state="done") | models.Q(file__isnull=False),
                name="printing_done_with_file",
            ),
        ]
        verbose_name = verbose_name_plural = "打印件"
