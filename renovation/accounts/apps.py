from typing import Any

from django.apps import AppConfig
from simple_history.signals import pre_create_historical_record


class AccountsConfig(AppConfig):
    name = "renovation.accounts"
    label = "accounts"
    verbose_name = "用户与单位"

    def ready(self) -> None:
        """The history of every tracked model names both persons of a stand-in (AB岗)."""
        pre_create_historical_record.connect(_name_both, dispatch_uid="stand_in")


#: As long as the reason of a row of history may be.
_LONGEST = 100


def _name_both(*, history_instance: Any, history_user: Any, **_about: Any) -> None:
    """History keeps the deputy as its user; its reason says in whose place. The library's one hook for it."""
    if getattr(history_user, "stands_for", None) is None:
        return
    reason = history_instance.history_change_reason
    said = f"{history_user}：{reason}" if reason else str(history_user)
    history_instance.history_change_reason = said[:_LONGEST]
