"""What the ledger wants done by the minute."""

from __future__ import annotations

from datetime import datetime

from renovation.core.schedules import Sweep

from .dossier import photos


def sweep_photos(now: datetime) -> int:
    """Heal photographs whose worker or nudge was lost."""
    return photos.sweep(now=now)


SWEEPS = [Sweep(code="ledger.photos", run=sweep_photos)]
