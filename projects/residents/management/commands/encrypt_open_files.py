"""``manage.py encrypt_open_files``: files that name residents or owners, kept before they were encrypted."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.residents.services.private_files import encrypt_files
from projects.works.services.structures import encrypt_evidence


class Command(BaseCommand):
    help = (
        "把加密保存之前存入的拆违照片和文书、备案文件、居民投入凭据、共评记录加密，原来的明文件删除；"
        "可以重复运行。"
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print how many files of each kind were encrypted; 0 where there was nothing to do."""
        now = timezone.now()
        evidence, named = encrypt_evidence(now=now), encrypt_files(now=now)
        self.stdout.write(f"已加密 {evidence} 个拆违文件、{named} 个写有居民姓名的文件。")
