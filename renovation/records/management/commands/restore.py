"""``manage.py restore FILE``: read an archive into an empty portal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from renovation.core.errors import Refusal
from renovation.records.archive import read_archive


class Command(BaseCommand):
    help = "从备份文件恢复数据库和文件；数据库里已有数据时拒绝，除非加 --replace。"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to read, and whether present data may be thrown away."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="先清空现有数据")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore everything or nothing."""
        try:
            with options["file"].open("rb") as stream:
                counts = read_archive(source=stream, replace=options["replace"])
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as fault:
            raise CommandError(f"读不了备份文件 {options['file']}：{fault.strerror}。") from fault
        self.stdout.write(f"已恢复 {sum(counts.values())} 行、{len(counts)} 张表。")
