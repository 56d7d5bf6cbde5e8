from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    name = "renovation.records"
    label = "records"
    verbose_name = "参数、日历和消息"

    def ready(self) -> None:
        """After every ``migrate`` the database refuses again what it has to refuse, and watches every table."""
        post_migrate.connect(_make_triggers, sender=self)


def _make_triggers(*, using: str, plan: Any = (), **_about: Any) -> None:
    if not plan:  # nothing was migrated: ``flush`` sends the same signal
        return
    from renovation.core.triggers import make_anew
    from renovation.core.written import watch_tables

    make_anew(connections[using])
    watch_tables(connections[using])
