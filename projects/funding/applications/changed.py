"""What happened to an application since somebody opened its form: from the audit log, as it keeps no history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projects.funding.enums import ApplicationAct
from projects.funding.models import Application
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.records.models import AuditEntry

_FIELDS = {"source": "申请的资金", "title": "名称", "note": "说明"}
#: The acts that make a version; papers and links stand beside.
_VERSIONS = tuple(f"funding.application.{act}" for act in ("change", *ApplicationAct.values))


def changes_since(*, application: Application, version: int) -> list[str]:
    """Sentences on who changed what after a version, the newest first. One query.

    Each version after the first was made by one act, so the newest acts are those that were not seen.
    """
    entries = AuditEntry.objects.filter(
        object_type=Application._meta.label_lower,
        object_id=str(application.pk),
        act__in=_VERSIONS,
    ).order_by("-pk")
    return [
        sentence
        for entry in entries[: max(application.version - version, 0)]
        for sentence in _said(entry)
    ]


def _said(entry: AuditEntry) -> Iterator[str]:
    changes: dict[str, Any] = entry.changes or {}
    who = entry.actor_label
    if not entry.act.endswith(".change"):
        yield f"{who}：{entry.sentence}。"
        return
    for name, word in _FIELDS.items():
        if name in changes:
            old, new = changes[name]
            yield f"{who}把“{word}”由“{old or '空'}”改为“{new or '空'}”。"
    old, new = changes.get("items", [{}, {}])
    for code in sorted(old.keys() | new.keys()):
        if old.get(code) != new.get(code):
            yield f"{who}把 {code} 的申请由{_money(old.get(code))}改为{_money(new.get(code))}。"


def _money(fen: int | None) -> str:
    return "不申请" if not fen else f" {format_decimal(wanyuan_from_fen(fen), 2)} 万元"
