"""What every act on an item has in common: the lock, the compare-and-swap of its state, the step, the audit entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import User
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file
from supervision.dispatch.enums import ItemAct
from supervision.dispatch.flow import ITEM
from supervision.dispatch.models import DispatchItem, ItemStep

from .settling import settle_item

#: The acts that move an item on, for who acts on it second (``ledger.trail``).
MOVING = tuple(f"dispatch.item.{act}" for act in ItemAct if act is not ItemAct.ASSIGN)


def item_seen(*, item: DispatchItem) -> int:
    """What a form that moves an item on carries. One query."""
    return newest_act(rows=[item], acts=MOVING)


def lock(item: DispatchItem, seen: int | None) -> DispatchItem:
    """The row of an item, locked for the running transaction; refuses where somebody moved it on since ``seen``."""
    rows = DispatchItem.objects.select_for_update(of=("self",)).select_related("bureau", "owner")
    locked = rows.get(pk=item.pk)
    if seen is not None:
        refuse_unseen(rows=[locked], acts=MOVING, seen=seen, noun="这件交办事项")
    return locked


def move(
    item: DispatchItem,
    act: ItemAct,
    text: str,
    *,
    file: NewFile | None = None,
    seen: int | None = None,
    by: User,
    now: datetime,
    **values: Any,
) -> DispatchItem:
    """Do an act of the table: the state with what goes with it, the step, the audit entry. Refuses no words where the
    table asks for them (``comment.missing``)."""
    locked = lock(item, seen)
    before = locked.state
    step = ITEM.transition(before, act)
    label = ITEM.act_label(before, act)
    if step.needs_comment and not text.strip():
        raise Refusal("comment.missing", f"{label}时请写明情况。", field="text")
    stored = keep_file(file=file, organisation=locked.bureau, by=by, now=now)
    changed = DispatchItem.objects.filter(pk=locked.pk, state=before).update(
        state=step.to, **values
    )
    if not changed:
        item.refresh_from_db()
        raise StateConflict(ITEM.refusal(item.state, act), state=item.state)
    item.refresh_from_db()
    keep(item, act, before, text, stored, by, now, left=locked if act is ItemAct.TRANSFER else None)
    audit_item(
        item, act, label, by=by, now=now, reason=text, changes={"state": [before, item.state]}
    )
    settle_item(item=item, before=locked, now=now)
    return item


def keep(
    item: DispatchItem,
    act: ItemAct,
    before: str,
    text: str,
    file: StoredFile | None,
    by: User,
    now: datetime,
    *,
    left: DispatchItem | None = None,
) -> None:
    """Add a step. Of a transfer ``left`` is the item as it was, so that who answered until then stays known."""
    ItemStep.objects.create(
        item=item,
        act=act,
        from_state=before,
        to_state=item.state,
        text=text.strip()[:500],
        file=file,
        by=by,
        stands_for=by.stands_for,
        at=now,
        from_kind=left.answerer_kind if left is not None else "",
        from_organisation_id=left.organisation_id if left is not None else None,
        from_name=left.answerer_name if left is not None else "",
    )


def audit_item(
    item: DispatchItem,
    act: ItemAct,
    word: str,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    audit(
        act=f"dispatch.item.{act}",
        sentence=f"{word}：{item.code} {item.task}",
        by=by,
        now=now,
        target=item,
        organisation=item.bureau,
        reason=reason,
        changes=changes,
    )
