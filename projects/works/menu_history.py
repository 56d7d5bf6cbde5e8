"""What was changed on an item of the menu: who, when, from what to what, why."""

from __future__ import annotations

from typing import Any

from renovation.core.calendar import SHANGHAI
from renovation.core.wording import chinese_date
from renovation.face.values import Event

from .models import MenuClass, MenuItem

_NAMES = ("menu_class", "name", "unit", "places", "is_required", "layer", "outcome", "is_offered")


def changes_of(*, menu_item: MenuItem) -> list[Event]:
    """Every change of an item, newest first. Two queries."""
    classes = dict(MenuClass.objects.values_list("pk", "name"))
    found = []
    older: Any = None
    for record in menu_item.history.select_related("history_user").order_by("history_id"):
        said = []
        for name in _NAMES:
            field = MenuItem._meta.get_field(name)
            before = _shown(older, field, classes) if older is not None else ""
            after = _shown(record, field, classes)
            if older is not None and before != after:
                said.append(f"{field.verbose_name}：{before} → {after}")  # type: ignore[union-attr]
        who = str(record.history_user) if record.history_user else "平台"
        at = record.history_date.astimezone(SHANGHAI)
        act = "新增" if record.history_type == "+" else "修改"
        reason = record.history_change_reason or ""
        found.append(
            Event(
                label=chinese_date(at),
                title=f"{who}{act}",
                detail="；".join(part for part in (*said, reason) if part),
            )
        )
        older = record
    return found[::-1]


def _shown(record: Any, field: Any, classes: dict[int, str]) -> str:
    value = getattr(record, field.attname)
    if field.is_relation:
        return classes.get(value, "")
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value)) or "不计入"
    return str(value)
