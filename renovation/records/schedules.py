"""What the records want done by the minute."""

from __future__ import annotations

from datetime import datetime

from renovation.core.schedules import Sweep

from . import mail, sealing
from .idempotency import KEPT
from .models import IdempotencyKey


def seal(now: datetime) -> int:
    """Seal the audit entries that are not sealed yet."""
    return sealing.seal(now=now)


def send_mail(now: datetime) -> int:
    """Send what is due, and say of what was cut short that its outcome is unknown."""
    mail.mark_unknown(now=now)
    return mail.send_due(now=now)


def drop_idempotency_keys(now: datetime) -> int:
    """Forget keys that are older than seven days."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]


SWEEPS = [
    Sweep(code="records.seal", run=seal),
    Sweep(code="records.mail", run=send_mail),
    Sweep(code="records.idempotency", run=drop_idempotency_keys),
]
