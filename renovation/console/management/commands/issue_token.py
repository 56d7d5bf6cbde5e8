"""``manage.py issue_token``: an API token, shown once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from renovation.accounts.enums import TokenScope
from renovation.accounts.models import User
from renovation.accounts.services import issue_token
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_moment
from renovation.records.services import audit


class Command(BaseCommand):
    help = "签发接口令牌，令牌单独印在最后一行，只显示这一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The user's name, one scope and a life in days."""
        parser.add_argument("--user", required=True)
        parser.add_argument("--scope", required=True, choices=TokenScope.values)
        parser.add_argument("--days", required=True, type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was issued, and the token alone on the last line."""
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"没有用户“{options['user']}”。")
        now = timezone.now()
        scope = TokenScope(options["scope"])
        try:
            with transaction.atomic():
                row, token = issue_token(user=user, scope=scope, days=options["days"], now=now)
                audit(
                    act="token.issue",
                    sentence=f"为{user}签发“{scope.label}”接口令牌，{chinese_moment(row.expires_at)}到期",
                    by=None,
                    now=now,
                    target=row,
                )
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"用户 {user.username}，范围 {scope.label}，有效期至 {chinese_moment(row.expires_at)}。"
        )
        self.stdout.write(token)
