"""The Celery application: a nudge for rows that wait, never the keeper of a job (HOUSE.md §4.3)."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")

app = Celery("renovation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_the_portals_logging(**_kwargs: object) -> None:
    """Celery keeps its hands off: the handlers and the JSON format of ``settings.LOGGING`` serve the worker too."""
