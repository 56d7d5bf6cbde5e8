"""``manage.py backup FILE``: database and files in one archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from renovation.records.archive import write_archive


class Command(BaseCommand):
    help = "把数据库和文件写进一个备份文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write beside the target and rename at the end, so that a half archive never has its name."""
        target: Path = options["file"]
        part = target.with_name(f"{target.name}.part")
        try:
            with part.open("wb") as stream:
                counts = write_archive(target=stream, now=timezone.now())
            part.replace(target)
        except OSError as fault:
            part.unlink(missing_ok=True)
            raise CommandError(f"写不了备份文件 {target}：{fault.strerror}。") from fault
        self.stdout.write(f"已备份 {sum(counts.values())} 行、{len(counts)} 张表到 {target}。")
