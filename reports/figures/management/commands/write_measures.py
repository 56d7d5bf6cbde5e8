"""Write docs/measures.md from the declarations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from reports.figures.dictionary import markdown


class Command(BaseCommand):
    requires_system_checks = []
    help = "Write docs/measures.md from the declarations of the wings."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "measures.md"
        path.write_text(markdown(), encoding="utf-8")
        self.stdout.write(f"{path.name} written")
