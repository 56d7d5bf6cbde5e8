"""``manage.py load_holidays``: the State Council's arrangements that are known to this version."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from renovation.console.founding import load_holidays
from renovation.records.models import Holiday


class Command(BaseCommand):
    help = "录入本版本所知的国务院放假安排；已有的日子不动。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Add the days that the calendar does not have; what an administrator entered stays."""
        before = Holiday.objects.count()
        added = load_holidays(now=timezone.now())
        self.stdout.write(f"新录入 {added} 天，原有 {before} 天未动。")
