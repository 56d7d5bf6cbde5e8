"""``manage.py found_bureau``: the first thing that is run on a new installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from renovation.console.founding import Founding, found_bureau
from renovation.core.errors import Refusal


class Command(BaseCommand):
    help = (
        "新装平台时建立区局：单位、第一个系统管理员、放假安排和定时任务。"
        "管理员的首个密码单独印在最后一行，只显示这一次，登录后须修改。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What is asked of a bureau; the city is optional."""
        parser.add_argument("--code", required=True, help="代码，如 zichuan-bureau")
        parser.add_argument("--name", required=True, help="全称，如 淄川区住房和城乡建设局")
        parser.add_argument("--short-name", required=True, help="简称，如 区住建局")
        parser.add_argument("--district", required=True, help="区划名称，如 淄川区")
        parser.add_argument("--prefix", required=True, help="发文代字，如 淄建发")
        parser.add_argument("--city", default="", help="上级，如 淄博市住房和城乡建设局")
        parser.add_argument("--admin", default="admin", help="管理员用户名")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was made, and the first password alone on the last line."""
        founding = Founding(
            code=options["code"],
            name=options["name"],
            short_name=options["short_name"],
            district_name=options["district"],
            document_prefix=options["prefix"],
            city=options["city"],
            admin=options["admin"],
        )
        try:
            bureau, password = found_bureau(founding=founding, by=None, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"已建立{bureau}和系统管理员“{founding.admin}”。"
            "登录后在“用户和单位”里添加街道、社区和各岗位。首个密码："
        )
        self.stdout.write(password)
