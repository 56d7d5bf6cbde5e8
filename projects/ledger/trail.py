"""Two people at what keeps no history of its own (drafts, entries that are only added, acts of a state machine): who
was slower is told from the audit log what others did since the form was opened.

The form carries the newest act that its reader saw in a field ``Seen`` named ``seen_version``, as a form of a row with
a version does (``conflicts``); its view answers the ``EditConflict`` in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models import Max, QuerySet

from renovation.accounts.models import named
from renovation.records.models import AuditEntry

from .conflicts import LONGEST_HISTORY, EditConflict, said_of


class Overtaken(EditConflict):
    """Others acted since the form was opened: what the reader sends next comes after it."""

    replaces = False


def _acts(rows: Iterable[models.Model], acts: Collection[str]) -> QuerySet[AuditEntry]:
    """The acts of some kinds on rows of one model."""
    found = list(rows)
    if not found:
        return AuditEntry.objects.none()
    return AuditEntry.objects.filter(
        object_type=found[0]._meta.label_lower,
        object_id__in=[str(row.pk) for row in found],
        act__in=acts,
    )


def newest_act(*, rows: Iterable[models.Model], acts: Collection[str]) -> int:
    """What a form carries: the id of the newest of these acts, 0 where there is none. One query."""
    newest: int | None = _acts(rows, acts).aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def refuse_unseen(
    *,
    rows: Iterable[models.Model],
    acts: Collection[str],
    seen: int,
    noun: str,
    words: Mapping[str, str] | None = None,
) -> None:
    """Raise ``EditConflict`` where such an act is newer than what was seen. The caller holds the lock under which
    they are done. ``words`` names the fields of a draft, whose entries say old and new; without it the sentences are
    told with their reasons (``Overtaken``). One query."""
    newer = _acts(rows, acts).filter(pk__gt=seen).select_related("actor", "stands_for")
    entries = list(newer.order_by("-pk")[:LONGEST_HISTORY])
    if entries:
        raise (EditConflict if words else Overtaken)(
            f"您打开表单后，别人办过{noun}。请看下面的改动，再决定是否保存。",
            changes=[sentence for entry in entries for sentence in _said(entry, words or {})],
            version=entries[0].pk,
        )


def _said(entry: AuditEntry, words: Mapping[str, str]) -> Iterator[str]:
    changes: dict[str, Any] = entry.changes or {}
    who = named(entry.actor, entry.stands_for)
    told = [(words[name], *changes[name]) for name in words if name in changes]
    for what, before, after in told:
        yield said_of(who=who, what=what, before=before or "", after=after or "")
    if not told:
        reason = f"（{entry.reason.rstrip('。')}）" if entry.reason else ""
        yield f"{who}：{entry.sentence}{reason}。"
