"""What a worker does for the intake."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task(name="renovation.intake.tasks.read_upload", acks_late=True)
def read_upload(upload_id: int) -> None:
    """Read an upload, unless another worker has taken it."""
    services.read(upload_id=upload_id, now=timezone.now())
