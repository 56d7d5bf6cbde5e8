"""What happened to an application since somebody opened its form: from the audit log, as it keeps no history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from projects.funding.enums import ApplicationAct
from projects.funding.models import Application
from projects.ledger.models import Project
from projects.ledger.trail import stood_in
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.records.models import AuditEntry

_FIELDS = {"source": "申请的资金", "title": "名称", "note": "说明"}
#: The acts that make a version; papers and links stand beside.
_VERSIONS = tuple(f"funding.application.{act}" for act in ("change", *ApplicationAct.values))


def changes_since(*, application: Application, version: int) -> tuple[list[str], dict[str, str]]:
    """Sentences on who changed what after a version, the newest first, and what each field of the form that they changed
    said then, in words (`ledger.trail.Redrafted`). Two queries.

    Each version after the first was made by one act, so the newest acts are those that were not seen.
    """
    newest = AuditEntry.objects.filter(
        object_type=Application._meta.label_lower,
        object_id=str(application.pk),
        act__in=_VERSIONS,
    ).order_by("-pk")
    entries = list(newest[: max(application.version - version, 0)])
    stood = stood_in(entries, _FIELDS)
    asked: dict[str, int] = {}
    for entry in entries:
        old, new = (entry.changes or {}).get("items", [{}, {}])
        asked |= {
            code: old.get(code, 0)
            for code in old.keys() | new.keys()
            if old.get(code) != new.get(code)
        }
    for project in Project.objects.filter(code__in=asked):
        stood[asked_field(project)] = str(asked[project.code])
    return [sentence for entry in entries for sentence in _said(entry)], stood


def asked_field(project: Project) -> str:
    """The field of the form in which stands what is asked for a project."""
    return f"asked-{project.pk}"


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
