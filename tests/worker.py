"""A Celery worker whose tasks live at the moment that a test has set.

The file named by ``TEST_CLOCK_FILE`` holds an ISO instant; a task that starts reads it and runs from
there with a ticking clock. Without the file, or with an empty one, tasks run now. All else is the
worker of production.
"""

import os
import sys
from datetime import datetime
from pathlib import Path

import time_machine
from celery.signals import task_postrun, task_prerun

from renovation.celery import app

_travels: list[time_machine.travel] = []


def _enter(**_kwargs: object) -> None:
    text = Path(os.environ["TEST_CLOCK_FILE"]).read_text(encoding="utf-8").strip()
    if text:
        travel = time_machine.travel(datetime.fromisoformat(text), tick=True)
        travel.start()
        _travels.append(travel)


def _leave(**_kwargs: object) -> None:
    if _travels:
        _travels.pop().stop()


if __name__ == "__main__":
    if os.environ.get("TEST_CLOCK_FILE"):
        task_prerun.connect(_enter, weak=False)
        task_postrun.connect(_leave, weak=False)
    app.worker_main(sys.argv[1:])
