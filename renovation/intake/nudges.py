"""The nudge that makes a worker look at a row at once; a lost one is healed by the sweeper."""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
READ_UPLOAD = "renovation.intake.tasks.read_upload"


def nudge_after_commit(upload_id: int) -> None:
    """Send the nudge once the running transaction is committed."""
    transaction.on_commit(partial(nudge, upload_id))


def nudge(upload_id: int) -> None:
    """Send the nudge by its name; a queue that cannot be reached is only noted, the row waits."""
    try:
        current_app.send_task(READ_UPLOAD, kwargs={"upload_id": upload_id}, retry=False)
    except (OperationalError, OSError) as fault:
        log.warning(
            "nudge_lost", task=READ_UPLOAD, upload_id=upload_id, reason=type(fault).__name__
        )
