"""What passes to another when a person leaves the post: items that a person of the bureau follows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.handing import MatterWords, OpenMatter
from renovation.core.wording import chinese_date

from .enums import FINAL_STATES
from .items.services import hand_over
from .models import DispatchItem
from .querysets import DispatchItemQuerySet


def _items(organisations: Collection[int]) -> DispatchItemQuerySet:
    rows = DispatchItem.objects.exclude(state__in=FINAL_STATES)
    return rows.filter(bureau_id__in=organisations)


def _words(row: DispatchItem) -> MatterWords:
    return MatterWords(
        name=str(row),
        detail=f"{row.answerer_name}办理，{row.get_state_display()}，办结期限 {chinese_date(row.due_on)}",
    )


def _refusal(row: DispatchItem, scope: Scope) -> str:
    if row.bureau_id not in scope.home_ids:
        return "接收人不在区局"
    return "" if scope.can(Permission.DISPATCH_WRITE) else "接收人不是区局经办、审核岗"


def _pass_on(*, row: DispatchItem, to: User, said: str, by: User, now: datetime) -> None:
    hand_over(item=row, owner=to, text=said, by=by, now=now)


MATTERS = [
    OpenMatter(
        code="dispatch.item",
        label="交办事项",
        unit="件",
        column="dispatch.DispatchItem.owner",
        open_rows=_items,
        words=_words,
        refusal=_refusal,
        pass_on=_pass_on,
    )
]
