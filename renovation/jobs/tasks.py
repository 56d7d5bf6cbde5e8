"""Tasks of the jobs: the minute's tick, the nudge of one run, the nudge of one paper."""

from celery import shared_task
from django.utils import timezone

from . import services
from .printing import services as printing


@shared_task(name="renovation.jobs.tasks.tick")
def tick() -> None:
    """What beat sends once a minute."""
    ticked = services.tick(now=timezone.now())
    for run_id in ticked.waiting:
        run.delay(run_id)
    for code in services.sweeps():
        sweep.delay(code)


@shared_task(name="renovation.jobs.tasks.run")
def run(run_id: int) -> None:
    """Do one run of the ledger, unless another worker has it."""
    services.execute(run_id=run_id, now=timezone.now())


@shared_task(name="renovation.jobs.tasks.sweep")
def sweep(code: str) -> None:
    """Look once for rows that wait."""
    services.sweep(code=code, now=timezone.now())


@shared_task(name="renovation.jobs.tasks.print_paper", acks_late=True)
def print_paper(printing_id: int) -> None:
    """Make the bytes of a paper, unless another worker has taken it."""
    printing.make(printing_id=printing_id, now=timezone.now())
