"""Saving and removing a row of the ledger, with its history, its audit entry and the file handed in with it.

A tracked model with a field ``version`` is saved by ``save_row`` over the version that its reader saw
(``conflicts``); the form carries it in a field ``Seen``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction

from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.core.files import EVIDENCE_TYPES, NewFile
from renovation.records.services import audit, keep_file

from .conflicts import EditConflict, lock_seen
from .passing import changed_fields


class Seen(forms.IntegerField):
    """The hidden field of a form that holds the version its reader saw."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput(), required=False, **options)


def named(row: models.Model, names: Iterable[str]) -> str:
    """The fields' names in words, joined."""
    return "、".join(str(row._meta.get_field(name).verbose_name) for name in names)  # type: ignore[union-attr]


def locked(*, row: models.Model, seen_version: int) -> Any:
    """``lock_seen``, where a row that was removed meanwhile is a conflict too. Call it within a transaction."""
    noun = str(row._meta.verbose_name)
    try:
        return lock_seen(row=row, seen_version=seen_version, noun=noun)
    except ObjectDoesNotExist:
        raise EditConflict(
            f"您打开表单后，别人删除了这一条{noun}，没有可保存的地方。",
            changes=[f"这一条{noun}已被删除。"],
        ) from None


@transaction.atomic
def save_row(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Mapping[str, Sequence[models.Model]] | None = None,
    reason: str = "",
) -> models.Model:
    """Add a row, or change one that nobody changed since ``seen_version`` (raises ``EditConflict``).

    ``row`` is a filled-in instance, as a form leaves it; ``of`` names what it belongs to in the audit entry.
    ``file`` was handed in for its field ``file`` or ``evidence`` and is kept in the same transaction; that of a
    row with a ``private_name`` is encrypted and bears this name, for it may name residents. ``related`` gives the rows of its many-to-many fields. The version rises by one with every change; saving
    the same again changes nothing.
    """
    creating = row.pk is None
    if file is not None:
        _keep(row, file, organisation, by, now)
    names = [
        f.attname for f in row._meta.concrete_fields if not f.primary_key and f.name != "version"
    ]
    if creating:
        changes = {
            name: [None, str(getattr(row, name))]
            for name in names
            if getattr(row, name) not in (None, "", [])
        }
    else:
        present = locked(row=row, seen_version=seen_version)
        changes = changed_fields(present, {name: getattr(row, name) for name in names})
        changes |= _changed_relations(row, related or {})
        if not changes:
            return row
        row.version = present.version + 1  # type: ignore[attr-defined]
    row._history_user = by  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    row.save()
    for name, rows in (related or {}).items():
        getattr(row, name).set(rows)
    audit(
        act=f"{row._meta.model_name}.{'create' if creating else 'update'}",
        sentence=f"{'新增' if creating else '修改'}{of}的{row._meta.verbose_name}{row}",
        by=by,
        now=now,
        target=row,
        organisation=organisation,
        changes=changes,
        reason=reason,
    )
    return row


def _keep(
    row: models.Model, file: NewFile, organisation: Organisation, by: User, now: datetime
) -> None:
    field = "evidence" if hasattr(row, "evidence_id") else "file"
    private_name: str = getattr(row, "private_name", "")
    if private_name:
        file = replace(file, name=f"{private_name}.{EVIDENCE_TYPES[file.content_type]}")
    stored = keep_file(
        file=file, organisation=organisation, by=by, now=now, is_private=bool(private_name)
    )
    setattr(row, field, stored)


def _changed_relations(
    row: models.Model, related: Mapping[str, Sequence[models.Model]]
) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    for name, rows in related.items():
        old, new = (sorted(map(str, each)) for each in (getattr(row, name).all(), rows))
        if old != new:
            changes[name] = ["、".join(old), "、".join(new)]
    return changes


@transaction.atomic
def remove_row(
    *, row: models.Model, organisation: Organisation, of: str, reason: str, by: User, now: datetime
) -> None:
    """Remove a row; its history stays. Refuses without a reason (``ledger.reason``)."""
    if not reason.strip():
        raise Refusal("ledger.reason", "删除须写明原因。", field="reason")
    row._history_user = by  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    audit(
        act=f"{row._meta.model_name}.delete",
        sentence=f"删除{of}的{row._meta.verbose_name}{row}",
        by=by,
        now=now,
        target=row,
        organisation=organisation,
        reason=reason,
    )
    row.delete()
