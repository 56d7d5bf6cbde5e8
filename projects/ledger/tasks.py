"""What a worker does for the ledger."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from .dossier import photos


@shared_task(name="projects.ledger.tasks.develop_photo", acks_late=True)
def develop_photo(photo_id: int) -> None:
    """Develop a photograph, unless another worker has taken it."""
    photos.develop_photo(photo_id=photo_id, now=timezone.now())
