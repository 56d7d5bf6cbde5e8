"""What became of a source: every change with its old and new words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from projects.funding.models import FundingSource
from renovation.face.values import Event
from renovation.face.wording import moment

_WORDS = {"name": "名称", "is_fiscal": "财政资金", "order": "排序", "is_active": "在用"}


def changes_of(*, source: FundingSource) -> list[Event]:
    """Newest first; two queries."""
    rows: list[Any] = list(source.history.select_related("history_user").order_by("history_id"))
    found = []
    for before, after in pairwise([None, *rows]):
        who = str(after.history_user) if after.history_user else "系统"
        words = "登记" if before is None else _difference(before, after)
        reason = after.history_change_reason or ""
        detail = f"{words}。原因：{reason}" if reason else words
        found.append(Event(moment(after.history_date), who, detail))
    return found[::-1]


def _difference(before: Any, after: Any) -> str:
    parts = []
    for name, word in _WORDS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            parts.append(f"{word}：{_said(old)} → {_said(new)}")
    return "；".join(parts) or "没有变化"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
