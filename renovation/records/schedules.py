"""What the records want done by the minute."""

from __future__ import annotations

from datetime import datetime

from renovation.core import written
from renovation.core.schedules import Sweep

from . import sealing, sending, settling
from .idempotency import KEPT
from .models import IdempotencyKey


def seal(now: datetime) -> int:
    """Seal the audit entries that are not sealed yet."""
    return sealing.seal(now=now)


def send_messages(now: datetime) -> int:
    """Send what is due, and say of what was cut short that its outcome is unknown."""
    sending.mark_unknown(now=now)
    return sending.send_due(now=now)


def settle_messages(now: datetime) -> int:
    """Settle the reminders of which nothing is wanted any more."""
    return settling.settle_overtaken(now=now)


def drop_idempotency_keys(now: datetime) -> int:
    """Forget keys that are older than seven days."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]


def tend_notes(_now: datetime) -> int:
    """Thin out the notes of which transaction wrote a table."""
    return written.tend_notes()


SWEEPS = [
    Sweep(code="records.seal", run=seal),
    Sweep(code="records.messages", run=send_messages),
    Sweep(code="records.settled", run=settle_messages),
    Sweep(code="records.idempotency", run=drop_idempotency_keys),
    Sweep(code="records.written", run=tend_notes),
]
