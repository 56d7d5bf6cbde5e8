"""Asking for the bytes of a paper, making them, healing what was interrupted (HOUSE.md §4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from renovation.accounts.models import Organisation
from renovation.core.documents import pdf
from renovation.core.errors import Refusal
from renovation.records.models import WorkState
from renovation.records.services import remove_file, store_file

from .declaring import PrintKind, print_kinds
from .models import Printing
from .nudges import nudge, nudge_after_commit

log = structlog.get_logger(__name__)

#: A printing that is silent for longer than this is taken for abandoned; longer than the time after which a worker
#: is killed (``CELERY_TASK_TIME_LIMIT``), so that nothing is made twice at once.
LEASE = timedelta(minutes=20)
#: A row that waits for longer than this has lost its nudge.
PATIENCE = timedelta(seconds=45)
MOST_ATTEMPTS = 4
#: A printing that was settled longer ago is cleared away: whoever opens the paper again has the same bytes made anew.
KEPT = timedelta(days=30)


@transaction.atomic
def ask(
    *,
    kind: PrintKind,
    content: object,
    organisation: Organisation,
    now: datetime,
    again: bool = False,
) -> Printing:
    """The row of a paper that says ``content``: made, under way, or asked for now. What failed stays as it is,
    unless it is asked for ``again``."""
    text = kind.frozen(content)
    row, made = Printing.objects.select_related("file").get_or_create(
        kind=kind.code,
        digest=kind.digest(text),
        defaults={"snapshot": text, "organisation": organisation, "not_before": now},
    )
    failed = again and row.work_state == WorkState.FAILED
    if failed and Printing.objects.requeue(row.pk, now=now):
        Printing.objects.filter(pk=row.pk).update(attempts=0, error="")
        row.refresh_from_db()
        made = True
    if made:
        nudge_after_commit(row.pk)
    return row


def asked_for(*, kind: PrintKind, digest: str, organisation: Organisation) -> Printing | None:
    """The row of an organisation under a digest, for a page that waits for it; None where there is none. It tells
    how far the row is: the bytes are for who compiles the content (`ask`). One query."""
    rows = Printing.objects.filter(kind=kind.code, digest=digest, organisation=organisation)
    return rows.select_related("file").first()


def make(*, printing_id: int, now: datetime) -> bool:
    """Make the bytes of one row; False where another worker has it. A refusal (a character without a glyph) is
    kept on the row in its own words, a fault is tried again, later each time."""
    if not Printing.objects.claim(printing_id, now=now):
        return False
    row = Printing.objects.select_related("organisation").get(pk=printing_id)
    try:
        kind = print_kinds()[row.kind]
        content = kind.thawed(row.snapshot)
        data = kind.render(content)
    except Refusal as refusal:
        Printing.objects.fail(row.pk, error=refusal.message, now=now)
        return True
    except Exception as fault:
        log.exception("printing_failed", printing_id=row.pk, attempts=row.attempts)
        Printing.objects.falter(
            row.pk,
            attempts=row.attempts,
            most_attempts=MOST_ATTEMPTS,
            error=f"生成时系统出错（{type(fault).__name__}），详见日志。",
            now=now,
        )
        return True
    with transaction.atomic():
        file = store_file(
            content=data,
            name=kind.name(content),
            content_type=pdf.CONTENT_TYPE,
            organisation=row.organisation,
            by=None,
            now=now,
        )
        Printing.objects.filter(pk=row.pk, work_state=WorkState.RUNNING).update(file=file)
        Printing.objects.finish(row.pk, now=now)
    return True


def sweep(*, now: datetime) -> int:
    """Queue abandoned rows again, nudge those whose nudge was lost, clear away what is old; returns how many were
    moved."""
    moved = Printing.objects.heal(
        now=now,
        lease=LEASE,
        patience=PATIENCE,
        most_attempts=MOST_ATTEMPTS,
        given_up="多次生成都中断了，请重新生成。",
        nudge=nudge,
    )
    for row in Printing.objects.settled_before(now - KEPT).select_related("file")[:50]:
        moved += _clear_away(row)
    return moved


@transaction.atomic
def _clear_away(row: Printing) -> bool:
    """Delete a row and its bytes; False where somebody asked for it again."""
    deleted, _ = Printing.objects.filter(pk=row.pk, work_state=row.work_state).delete()
    if deleted and row.file is not None:
        remove_file(file=row.file)
    return deleted > 0
