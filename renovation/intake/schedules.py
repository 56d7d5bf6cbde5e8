"""The sweep over uploads whose nudge was lost or whose worker died."""

from __future__ import annotations

from datetime import datetime

from renovation.core.schedules import Sweep

from . import services


def _sweep(now: datetime) -> int:
    found = services.sweep(now=now)
    return found.requeued + found.failed + found.nudged


SWEEPS = [Sweep(code="intake.uploads", run=_sweep)]
