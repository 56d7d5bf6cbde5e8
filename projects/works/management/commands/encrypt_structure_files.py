"""``manage.py encrypt_structure_files``: evidence of illegal structures that was kept before it was encrypted."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects.works.services.structures import encrypt_evidence


class Command(BaseCommand):
    help = "把加密保存之前存入的拆违照片和文书加密，原来的明文件删除；可以重复运行。"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print how many files were encrypted; 0 where there was nothing to do."""
        self.stdout.write(f"已加密 {encrypt_evidence(now=timezone.now())} 个拆违文件。")
