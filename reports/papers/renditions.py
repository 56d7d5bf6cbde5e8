"""The bytes of papers: asked for as rows, made by a worker, healed by a sweep (HOUSE.md §4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from renovation.core.documents import pdf, xlsx
from renovation.core.errors import Refusal
from renovation.records.models import StoredFile, WorkState
from renovation.records.services import store_file

from .enums import Format, PaperKind, PaperState
from .models import Document, Rendition
from .nudges import nudge, nudge_after_commit
from .rendering import file_name, printed_digest, render

log = structlog.get_logger(__name__)

#: A rendering that is silent for longer than this is taken for abandoned (its worker was killed). Longer than
#: the time after which a worker is killed (``CELERY_TASK_TIME_LIMIT``), so that nothing is rendered twice at once.
LEASE = timedelta(minutes=20)
#: A row that waits for longer than this has lost its nudge.
PATIENCE = timedelta(seconds=45)
MOST_ATTEMPTS = 4

_CONTENT_TYPES = {
    Format.PDF: pdf.CONTENT_TYPE,
    Format.APPROVAL: pdf.CONTENT_TYPE,
    Format.XLSX: xlsx.CONTENT_TYPE,
}


def formats_of(document: Document) -> list[Format]:
    """What a paper is rendered as; only a bulletin has an approval form, minutes have no workbook."""
    if document.kind == PaperKind.MINUTES:
        return [Format.PDF]
    found = [Format.PDF, Format.XLSX]
    return [*found, Format.APPROVAL] if document.kind == PaperKind.BULLETIN else found


@transaction.atomic
def request(*, document: Document, formats: Iterable[str], now: datetime) -> list[Rendition]:
    """Ask for the bytes of the paper as it stands; what is made or under way is not asked for twice,
    what failed is tried again."""
    found = []
    issued = current(document=document) if document.state == PaperState.ISSUED else {}
    for each in map(Format, formats):
        if each in issued and issued[each].work_state == WorkState.DONE:
            found.append(issued[each])
            continue
        row, made = Rendition.objects.get_or_create(
            document=document,
            format=each,
            digest=printed_digest(document, each),
            defaults={"not_before": now},
        )
        again = not made and row.work_state == WorkState.FAILED
        if again and Rendition.objects.requeue(row.pk, now=now):
            Rendition.objects.filter(pk=row.pk).update(attempts=0, error="")
        if made or again:
            nudge_after_commit(row.pk)
        found.append(row)
    return found


def request_issued(*, document: Document, now: datetime) -> list[Rendition]:
    """Ask for everything that an issued paper is."""
    return request(document=document, formats=formats_of(document), now=now)


def current(*, document: Document) -> dict[str, Rendition]:
    """The renditions of the paper as it stands now, by format, in whatever state.

    Of an issued paper they are those that were first asked for when it was issued: these bytes are the
    document, whatever changes later in an account's name or in the layout.
    """
    if document.state == PaperState.ISSUED and document.issued_at is not None:
        rows = Rendition.objects.filter(document=document, not_before__gte=document.issued_at)
        found: dict[str, Rendition] = {}
        for row in rows.select_related("file").order_by("-pk"):
            if row.format not in found or row.work_state == WorkState.DONE:
                found[row.format] = row
        return found
    wanted = {each.value: printed_digest(document, each) for each in formats_of(document)}
    rows = Rendition.objects.filter(document=document, digest__in=list(wanted.values()))
    return {
        row.format: row
        for row in rows.select_related("file")
        if wanted.get(row.format) == row.digest
    }


def finished(*, document: Document) -> dict[str, StoredFile]:
    """The files of the paper as it stands now that are made, by format."""
    rows = current(document=document)
    return {
        name: row.file
        for name, row in rows.items()
        if row.work_state == WorkState.DONE and row.file is not None
    }


def make(*, rendition_id: int, now: datetime) -> bool:
    """Render one row; False where another worker has it. A refusal (a character without a glyph) is
    kept on the row in its own words, a fault is tried again."""
    if not Rendition.objects.claim(rendition_id, now=now):
        return False
    row = Rendition.objects.select_related(
        "document__bureau",
        "document__subject",
    ).get(pk=rendition_id)
    document, kind = row.document, Format(row.format)
    try:
        if printed_digest(document, kind) != row.digest:
            raise Refusal("rendition.outdated", "文件内容已有变化，这一份不再生成。")
        content = render(document, kind)
    except Refusal as refusal:
        Rendition.objects.fail(row.pk, error=refusal.message, now=now)
        return True
    except Exception as fault:
        log.exception("rendition_failed", rendition_id=row.pk, attempts=row.attempts)
        Rendition.objects.falter(
            row.pk,
            attempts=row.attempts,
            most_attempts=MOST_ATTEMPTS,
            error=f"生成时系统出错（{type(fault).__name__}），详见日志。",
            now=now,
        )
        return True
    with transaction.atomic():
        file = store_file(
            content=content,
            name=file_name(document, kind),
            content_type=_CONTENT_TYPES[kind],
            organisation=document.subject,
            by=None,
            now=now,
        )
        Rendition.objects.filter(pk=row.pk, work_state=WorkState.RUNNING).update(file=file)
        Rendition.objects.finish(row.pk, now=now)
    return True


def sweep(*, now: datetime) -> int:
    """Queue abandoned rows again and nudge those whose nudge was lost; returns how many were moved."""
    return Rendition.objects.heal(
        now=now,
        lease=LEASE,
        patience=PATIENCE,
        most_attempts=MOST_ATTEMPTS,
        given_up="多次生成都中断了，请重新生成。",
        nudge=nudge,
    )
