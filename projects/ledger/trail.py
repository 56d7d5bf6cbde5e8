"""Two people at what keeps no history of its own (drafts, entries that are only added, acts of a state machine): who
was slower is told from the audit log what others did since the form was opened.

The form carries the newest act that its reader saw in a field ``Seen`` named ``seen_version``, as a form of a row with
a version does (``conflicts``); its view answers the ``EditConflict`` in the same way. What a draft said then is known
from the log in words, so that a field was left alone where it still says the same in words (``take_over``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.db import models
from django.db.models import Max, QuerySet

from renovation.accounts.models import named
from renovation.records.models import AuditEntry

from .conflicts import LONGEST_HISTORY, EditConflict, is_left, put, said_of


class Overtaken(EditConflict):
    """Others acted since the form was opened: what the reader sends next comes after it."""

    replaces = False


class Redrafted(EditConflict):
    """Others wrote a draft anew since the form was opened; ``words`` is what each field that they changed said then."""

    def __init__(
        self, message: str, *, changes: list[str], version: int, words: Mapping[str, str]
    ) -> None:
        super().__init__(message, changes=changes, version=version)
        self.words = words


def take_over(
    form: forms.BaseForm,
    conflict: EditConflict,
    *,
    typed: Mapping[str, str],
    present: Mapping[str, Any],
) -> None:
    """As ``conflicts.take_over`` for a draft: ``typed`` is what the form says in words, ``present`` what each field of it
    is now. The page says so where every field that was changed is one of the form and could be shown."""
    if not isinstance(conflict, Redrafted):
        return
    left = [name for name, stood in conflict.words.items() if is_left(typed.get(name), stood)]
    shown = [name in form.fields and put(form, name, present[name]) for name in left]
    conflict.taken_over = (
        bool(conflict.words) and conflict.words.keys() <= form.fields.keys() and all(shown)
    )


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
    they are done. ``words`` names the fields of a draft, whose entries say old and new (``Redrafted``); without it the
    sentences are told with their reasons (``Overtaken``). One query."""
    newer = _acts(rows, acts).filter(pk__gt=seen).select_related("actor", "stands_for")
    entries = list(newer.order_by("-pk"))
    if not entries:
        return
    message = f"您打开表单后，别人办过{noun}。请看下面的改动，再决定是否保存。"
    told = entries[:LONGEST_HISTORY]
    changes = [sentence for entry in told for sentence in _said(entry, words or {})]
    if not words:
        raise Overtaken(message, changes=changes, version=entries[0].pk)
    stood = stood_in(entries, words)
    raise Redrafted(message, changes=changes, version=entries[0].pk, words=stood)


def stood_in(entries: Iterable[AuditEntry], names: Collection[str]) -> dict[str, str]:
    """What the fields that acts changed said before the first of them, in words; the newest act first."""
    stood: dict[str, str] = {}
    for entry in entries:
        changes: dict[str, Any] = entry.changes or {}
        stood |= {name: changes[name][0] or "" for name in names if name in changes}
    return stood


def _said(entry: AuditEntry, words: Mapping[str, str]) -> Iterator[str]:
    changes: dict[str, Any] = entry.changes or {}
    who = named(entry.actor, entry.stands_for)
    told = [(words[name], *changes[name]) for name in words if name in changes]
    for what, before, after in told:
        yield said_of(who=who, what=what, before=before or "", after=after or "")
    if not told:
        reason = f"（{entry.reason.rstrip('。')}）" if entry.reason else ""
        yield f"{who}：{entry.sentence}{reason}。"
