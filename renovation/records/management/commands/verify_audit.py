"""``manage.py verify_audit``: does the audit chain hold?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from renovation.records.archive import has_tables
from renovation.records.sealing import verify


class Command(BaseCommand):
    help = "核对审计链：完好时打印已封存和未封存的条数；有改动时指出第一处，退出码为 1。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Exit 0 with the counts, or 1 with the first broken entry (CONTRACT.md)."""
        if not has_tables():
            raise CommandError("数据库里还没有表：请先执行 manage.py migrate。", returncode=1)
        found = verify()
        if not found.holds:
            raise CommandError(f"审计链断开：{found.reason}", returncode=1)
        self.stdout.write(
            f"审计链完好：已封存 {found.sealed_count} 条，未封存 {found.unsealed_count} 条。"
        )
