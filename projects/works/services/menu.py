"""Keeping the menu: a bureau adds classes and items of its own and changes what it may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from projects.ledger.conflicts import check_seen
from projects.ledger.passing import changed_fields
from projects.works.enums import Outcome
from projects.works.models import MenuClass, MenuItem, WorkItem
from projects.works.outcomes import COUNTED
from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.records.services import audit

#: What cannot change once projects use an item: their quantities would mean something else.
FIXED_ONCE_USED = ("unit", "places")


@transaction.atomic
def save_item(
    *,
    bureau: Organisation,
    values: Mapping[str, Any],
    reason: str,
    by: User,
    now: datetime,
    menu_item: MenuItem | None = None,
    seen_version: int | None = None,
) -> MenuItem:
    """Add an item of the bureau's own, or change one that nobody changed since ``seen_version`` (raises
    ``EditConflict``).

    Refuses a unit that its outcome is not counted in (``menu.unit``), a change of unit or decimals of what
    projects use (``menu.used``), a name that is there already (``menu.name``), and a change without reason
    (``menu.reason``).
    """
    if menu_item is not None:
        row = MenuItem.objects.select_for_update().get(pk=menu_item.pk)
        if seen_version is not None:
            check_seen(row=row, seen_version=seen_version, noun="条目")
    else:
        row = MenuItem(bureau=bureau, code=_new_code(bureau), order=_next_order())
    _check_unit(values)
    others = MenuItem.objects.offered_by(bureau.pk).filter(name=values["name"])
    if others.exclude(pk=row.pk).exists():
        raise Refusal("menu.name", "菜单里已有这个名称。", field="name")
    changes = (
        changed_fields(row, values)
        if menu_item is not None
        else {name: [None, str(value)] for name, value in values.items()}
    )
    if menu_item is not None:
        if not changes:
            return row
        if not reason.strip():
            raise Refusal("menu.reason", "修改须写明原因。", field="reason")
        used = WorkItem.objects.filter(menu_item=menu_item).exists()
        fixed = [name for name in FIXED_ONCE_USED if name in changes]
        if used and fixed:
            raise Refusal(
                "menu.used",
                "已有项目用了这一条，计量单位和小数位数不能改；请停用它，另加一条。",
                field=fixed[0],
            )
    for name, value in values.items():
        setattr(row, name, value)
    if menu_item is not None:
        row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row._change_reason = reason.strip()  # type: ignore[attr-defined]
    row.save()
    audit(
        act="menu.update" if menu_item else "menu.create",
        sentence=f"{'修改' if menu_item else '新增'}改造菜单“{row}”",
        by=by,
        now=now,
        target=row,
        organisation=bureau,
        reason=reason,
        changes=changes,
    )
    return row


@transaction.atomic
def add_class(
    *, bureau: Organisation, name: str, meaning: str, by: User, now: datetime
) -> MenuClass:
    """Add a class of the bureau's own. Refuses a name that is there already (``menu.name``)."""
    known = MenuClass.objects.filter(bureau=None) | MenuClass.objects.filter(bureau=bureau)
    if known.filter(name=name).exists():
        raise Refusal("menu.name", "已有这个类别。", field="name")
    number = MenuClass.objects.filter(bureau=bureau).count() + 1
    row = MenuClass(
        bureau=bureau,
        code=f"own-{number}",
        name=name,
        meaning=meaning,
        order=100 + number,
    )
    row._history_user = by  # type: ignore[attr-defined]
    row.save(force_insert=True)
    audit(
        act="menu.class",
        sentence=f"新增改造类别“{row}”",
        by=by,
        now=now,
        target=row,
        organisation=bureau,
    )
    return row


def _check_unit(values: Mapping[str, Any]) -> None:
    outcome = values.get("outcome")
    if outcome and values["unit"] not in COUNTED[Outcome(outcome)].units:
        counted = COUNTED[Outcome(outcome)]
        raise Refusal(
            "menu.unit",
            f"计入“{Outcome(outcome).label}”的条目，计量单位须为{counted.unit_words}。",
            field="unit",
            found=values["unit"],
            expected=counted.unit_words,
        )


def _new_code(bureau: Organisation) -> str:
    return f"own-{MenuItem.objects.filter(bureau=bureau).count() + 1}"


def _next_order() -> int:
    last = MenuItem.objects.order_by("order").values_list("order", flat=True).last()
    return (last or 0) + 1
