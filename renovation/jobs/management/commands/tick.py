"""``manage.py tick``: what the schedule does every minute, once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from renovation.jobs import services


class Command(BaseCommand):
    help = "办一次每分钟的调度：到期的任务登记并在本进程办完。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make the due runs and do them here, so that it also works where no worker runs."""
        now = timezone.now()
        ticked = services.tick(now=now)
        done = sum(services.execute(run_id=run_id, now=timezone.now()) for run_id in ticked.waiting)
        for code in services.sweeps():
            services.sweep(code=code, now=timezone.now())
        self.stdout.write(
            f"新登记 {ticked.made} 项（错过 {ticked.missed} 项），收回 {ticked.healed} 项，办理 {done} 项。"
        )
