"""The nudge that makes a worker print a row at once; a lost one is healed by the sweep."""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
PRINT = "renovation.jobs.tasks.print_paper"


def nudge_after_commit(printing_id: int) -> None:
    """Send the nudge once the running transaction is committed."""
    transaction.on_commit(partial(nudge, printing_id))


def nudge(printing_id: int) -> None:
    """Send the nudge by its name; a queue that cannot be reached is only noted, the row waits."""
    try:
        current_app.send_task(PRINT, kwargs={"printing_id": printing_id}, retry=False)
    except (OperationalError, OSError) as fault:
        log.warning("nudge_lost", task=PRINT, printing_id=printing_id, reason=type(fault).__name__)
