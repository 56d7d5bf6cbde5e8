"""``manage.py encrypt_resident_files``: files that name residents, kept before they were encrypted."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.residents.services.private_files import encrypt_files


class Command(BaseCommand):
    help = (
        "把加密保存之前存入的备案文件、居民投入凭据、共评记录加密，原来的明文件删除；可以重复运行。"
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print how many files were encrypted; 0 where there was nothing to do."""
        self.stdout.write(f"已加密 {encrypt_files(now=timezone.now())} 个写有居民姓名的文件。")
