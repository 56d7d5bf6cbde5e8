"""The nudge that makes a worker render a row at once; a lost one is healed by the sweep."""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
RENDER = "reports.papers.tasks.render"


def nudge_after_commit(rendition_id: int) -> None:
    """Send the nudge once the running transaction is committed."""
    transaction.on_commit(partial(nudge, rendition_id))


def nudge(rendition_id: int) -> None:
    """Send the nudge by its name; a queue that cannot be reached is only noted, the row waits."""
    try:
        current_app.send_task(RENDER, kwargs={"rendition_id": rendition_id}, retry=False)
    except (OperationalError, OSError) as fault:
        log.warning(
            "nudge_lost", task=RENDER, rendition_id=rendition_id, reason=type(fault).__name__
        )
