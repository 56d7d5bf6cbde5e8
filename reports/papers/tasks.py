"""What a worker does for papers."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from . import renditions


@shared_task(name="reports.papers.tasks.render", acks_late=True)
def render(rendition_id: int) -> None:
    """Render a row, unless another worker has taken it."""
    renditions.make(rendition_id=rendition_id, now=timezone.now())
