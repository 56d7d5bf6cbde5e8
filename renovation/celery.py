"""The Celery application: a nudge for rows that wait, never the keeper of a job (HOUSE.md §4.3)."""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renovation.settings")

app = Celery("renovation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_the_portals_logging(**_kwargs: object) -> None:
    """Celery keeps its hands off: the handlers and the JSON format of ``settings.LOGGING`` serve the worker too."""


@beat_init.connect
def tick_at_once(**_kwargs: object) -> None:
    """The first tick when the schedule starts: what waited while it was down waits no minute more."""
    app.send_task("renovation.jobs.tasks.tick")
