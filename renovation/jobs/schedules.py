"""The sweep over papers whose nudge was lost or whose worker died."""

from __future__ import annotations

from datetime import datetime

from renovation.core.schedules import Sweep

from .printing import services


def _sweep(now: datetime) -> int:
    return services.sweep(now=now)


SWEEPS = [Sweep(code="jobs.printings", run=_sweep)]
