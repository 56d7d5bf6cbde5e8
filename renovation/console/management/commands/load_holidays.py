"""``manage.py load_holidays``: the State Council's arrangements that are known to this version."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from renovation.console.services import save_holiday
from renovation.core.holidays import HOLIDAYS
from renovation.records.models import Holiday


class Command(BaseCommand):
    help = "录入本版本所知的国务院放假安排；已有的日子不动。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Add the days that the calendar does not have; what an administrator entered stays."""
        present = set(Holiday.objects.values_list("day", flat=True))
        now = timezone.now()
        fresh = [row for row in HOLIDAYS if row.day not in present]
        for row in fresh:
            day = Holiday(day=row.day, is_workday=row.is_workday, name=row.name, source=row.source)
            save_holiday(holiday=day, by=None, now=now)
        self.stdout.write(f"新录入 {len(fresh)} 天，原有 {len(present)} 天未动。")
