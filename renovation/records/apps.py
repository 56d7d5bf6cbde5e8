from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    name = "renovation.records"
    label = "records"
    verbose_name = "参数、日历和消息"

    def ready(self) -> None:
        """After every ``migrate`` the database refuses again what it has to refuse."""
        post_migrate.connect(_refuse_again, sender=self)


def _refuse_again(*, using: str, plan: Any = (), **_about: Any) -> None:
    if not plan:  # nothing was migrated: ``flush`` sends the same signal
        return
    from renovation.core.triggers import make_anew

    make_anew(connections[using])
