"""Asking for the bytes of a paper, making them, healing what was interrupted (HOUSE.md §4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from renovation.accounts.models import Organisation
from renovation.core.documents import pdf
from renovation.core.errors import Refusal
from renovation.records.models import WorkState
from renovation.records.services import store_file

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
        Printing.objects.fail(
            row.pk, error=f"生成时系统出错（{type(fault).__name__}），详见日志。", now=now
        )
        if row.attempts < MOST_ATTEMPTS:
            Printing.objects.requeue(row.pk, now=now, delay=timedelta(minutes=row.attempts**2))
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
    """Queue abandoned rows again and nudge those whose nudge was lost; returns how many were moved."""
    moved = 0
    for row in Printing.objects.abandoned(now=now, lease=LEASE):
        if row.attempts >= MOST_ATTEMPTS:
            Printing.objects.fail(row.pk, error="多次生成都中断了，请重新生成。", now=now)
        else:
            moved += Printing.objects.requeue(row.pk, now=now)
    waiting = (
        Printing.objects.waiting(now=now - PATIENCE).order_by("pk").values_list("pk", flat=True)
    )
    for pk in waiting[:50]:
        nudge(pk)
        moved += 1
    return moved
