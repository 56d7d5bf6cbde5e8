"""Is the portal at work: the age of the last tick, of the oldest waiting job, of the oldest waiting mail."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings

from renovation.records.models import Message, MessageState

from .models import Heartbeat, Run


@dataclass(frozen=True, slots=True)
class Health:
    """Ages in seconds, None where there is nothing to age. ``status`` is ok or late."""

    status: str
    tick_age_seconds: int | None
    queue_age_seconds: int | None
    mail_age_seconds: int | None

    def as_json(self) -> dict[str, object]:
        """As ``/healthz`` answers it."""
        return asdict(self)


def health(*, now: datetime) -> Health:
    """Look at the three ages; one beyond its limit (settings ``HEALTH_*_MINUTES``) makes it late."""
    beat = Heartbeat.objects.filter(name="tick").values_list("at", flat=True).first()
    waiting = (
        Run.objects.waiting(now=now)
        .order_by("not_before")
        .values_list("not_before", flat=True)
        .first()
    )
    mail = (
        Message.objects.filter(state=MessageState.QUEUED, next_attempt_at__lte=now)
        .order_by("next_attempt_at")
        .values_list("next_attempt_at", flat=True)
        .first()
    )
    ages = [_seconds(now, moment) for moment in (beat, waiting, mail)]
    limits = (
        settings.HEALTH_TICK_MINUTES,
        settings.HEALTH_QUEUE_MINUTES,
        settings.HEALTH_MAIL_MINUTES,
    )
    late = beat is None or any(
        age is not None and timedelta(seconds=age) > timedelta(minutes=limit)
        for age, limit in zip(ages, limits, strict=True)
    )
    return Health("late" if late else "ok", *ages)


def _seconds(now: datetime, moment: datetime | None) -> int | None:
    return None if moment is None else max(0, int((now - moment).total_seconds()))
