"""Handing a file back: as it came in, or marked with its faults. One that holds residents' data against a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.core.documents.annotate import annotate
from renovation.core.errors import Fault
from renovation.records.services import audit, read_file, reason_in_words

from . import services
from .models import Upload
from .pipelines import pipeline_of


def original(*, upload: Upload) -> tuple[str, bytes]:
    """The file as it came in: (file name, bytes)."""
    return upload.file.name, read_file(file=upload.file)


def annotated(*, upload: Upload) -> tuple[str, bytes]:
    """The file handed back with its faults at their cells: (file name, .xlsx bytes).

    Raises Refusal where the bytes are no workbook at all.
    """
    faults = [Fault.from_json(fault) for fault in upload.faults]
    content = annotate(read_file(file=upload.file), upload.file.name, faults)
    stem = upload.file.name.rpartition(".")[0] or upload.file.name
    return f"{stem}（标注）.xlsx", content


@transaction.atomic
def allow(*, upload: Upload, reason: str, by: User, now: datetime) -> None:
    """Log that a file with residents' data leaves the portal; refuses without a reason (``audit.reason``)."""
    words = reason_in_words(reason=reason)
    pipeline = pipeline_of(upload.pipeline)
    period = pipeline.describe(services.target_of(upload=upload), now).period
    audit(
        act="upload.open",
        sentence=f"下载{period}{pipeline.label}上传的文件",
        by=by,
        now=now,
        target=upload,
        organisation=upload.organisation,
        reason=words,
    )
