"""What the wing wants done by the minute."""

from __future__ import annotations

from datetime import datetime

from renovation.core.schedules import Sweep

from .services import archive, links


def take_in(now: datetime) -> int:
    """Take in what residents answered by their links."""
    return links.take_in(now=now)


def forget(now: datetime) -> int:
    """Empty what is personal once its time of retention is over."""
    return archive.purge(now=now)


SWEEPS = [
    Sweep(code="consent.take_in", run=take_in),
    Sweep(code="consent.forget", run=forget),
]
