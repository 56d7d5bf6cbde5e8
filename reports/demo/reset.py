"""Empties the database of a demo, guarded tables too."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from projects.works.seeds import plant
from renovation.accounts.models import User
from renovation.core.errors import Refusal


@transaction.atomic
def empty_database() -> None:
    """Delete every row but those that migrations planted. The triggers that guard approved rows are put aside and back, all in one transaction.

    Refuses (``demo.not_empty``) a database with users of whom none came with the demo.
    """
    if User.objects.exists() and not User.objects.filter(is_demo=True).exists():
        raise Refusal("demo.not_empty", "数据库里是正式数据，不能清空。")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers: list[tuple[Any, ...]] = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
            call_command("flush", interactive=False, verbosity=0)
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            # TRUNCATE, which flush uses there, fires no row triggers.
            call_command("flush", interactive=False, verbosity=0)
    plant(apps)
