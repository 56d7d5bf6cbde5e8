"""The nudge that makes a worker develop a photograph at once; a lost one is healed by the sweep."""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
DEVELOP = "projects.ledger.tasks.develop_photo"


def nudge_after_commit(photo_id: int) -> None:
    """Send the nudge once the running transaction is committed."""
    transaction.on_commit(partial(nudge, photo_id))


def nudge(photo_id: int) -> None:
    """Send the nudge by its name; a queue that cannot be reached is only noted, the row waits."""
    try:
        current_app.send_task(DEVELOP, kwargs={"photo_id": photo_id}, retry=False)
    except (OperationalError, OSError) as fault:
        log.warning("nudge_lost", task=DEVELOP, photo_id=photo_id, reason=type(fault).__name__)
