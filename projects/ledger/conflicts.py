"""Two people edit the same row: the second is told who changed what, and nothing typed is lost.

A tracked model with a ``version`` is locked and compared by ``lock_seen``; a service then saves it with
``version`` raised by one. The form carries ``seen_version`` as a hidden field and comes back with status 409,
the changes above it (``ledger/conflict.html``) and the present version in the hidden field: what was shown
has been seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from simple_history.models import DeletedObject

from renovation.core.errors import ChangedMeanwhile
from renovation.core.wording import in_words

Row = TypeVar("Row", bound=models.Model)
#: Fields whose changes say nothing to a reader.
SILENT = frozenset({"version"})
#: Fields of which several are chosen.
SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
#: So many acts back a reader is told of.
LONGEST_HISTORY = 20


class EditConflict(ChangedMeanwhile):
    """Somebody else changed the row since the form was opened; ``changes`` says what and who, ``version``
    is the present one. ``present`` is, by field, what each changed field is now, ``stood`` what it was when the form
    was opened; a field is missing there where it named a row that is gone."""

    #: Whether fields that the reader left alone show the present values (``take_over``).
    taken_over = False
    #: Whether what the reader saves next stands in place of what others wrote, not beside it (``trail``).
    replaces = True

    def __init__(
        self,
        message: str,
        *,
        changes: list[str],
        version: int = 0,
        stood: Mapping[str, Any] | None = None,
        present: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__("ledger.changed_meanwhile", message)
        self.changes = changes
        self.version = version
        self.stood, self.present = stood or {}, present or {}


def take_over(form: forms.BaseForm, conflict: EditConflict) -> None:
    """Show the present values in the fields that were left as they stood; what was typed stays. ``form`` is bound to
    data that may be written, and has been found valid. The page says so only where every field that was changed is
    one of the form under its own name and could be shown, so that none stands unseen as it was."""
    conflict.taken_over = (
        put_present(form, conflict)
        and bool(conflict.stood)
        and conflict.stood.keys() == conflict.present.keys() <= form.fields.keys()
        and not any(isinstance(field, SEVERAL) for field in form.fields.values())
    )


def put_present(form: forms.BaseForm, conflict: EditConflict) -> bool:
    """Write the present values of the fields that were left as they stood into the form's data; whether all of them
    could be. A value that its field does not read back (a choice that is closed by now) is not put in its box: that
    field stays as it was sent."""
    every = True
    for name, before in conflict.stood.items():
        if name in form.fields and is_left(form.cleaned_data.get(name), before):
            every = put(form, name, conflict.present[name]) and every
    return every


def is_left(typed: Any, stood: Any) -> bool:
    """Whether a field was left as it stood; a browser writes the ends of lines in its own way."""
    if isinstance(typed, str) and isinstance(stood, str):
        return typed.replace("\r\n", "\n") == stood.replace("\r\n", "\n")
    return bool(typed == stood)


def put(form: forms.BaseForm, name: str, present: Any) -> bool:
    """Write a present value into the form's data; whether its field reads it back (several of a choice of several)."""
    field, data = form.fields[name], cast("QueryDict", form.data)
    sent = _as_sent(field.prepare_value(present))
    if not _reads_back(field, sent, present):
        return False
    if sent:
        data.setlist(name, sent)
    else:
        data.pop(name, None)
    return True


def _as_sent(shown: Any) -> list[str]:
    """As a browser sends what a field shows: nothing of a box that is not ticked, an empty text for an empty field."""
    if isinstance(shown, list | tuple):
        return [str(each) for each in shown]
    if shown is False:
        return []
    return ["" if shown is None else "on" if shown is True else str(shown)]


def _reads_back(field: forms.Field, sent: list[str], present: Any) -> bool:
    """Whether a field makes the same value of what is sent; a text that is empty says None too."""
    data = MultiValueDict({"it": sent} if sent else {})
    try:
        found = field.clean(field.widget.value_from_datadict(data, MultiValueDict(), "it"))
    except ValidationError:
        return False
    if isinstance(field, SEVERAL):
        return set(found) == set(present)
    return bool(found == present) or (found in (None, "") and present in (None, ""))


def lock_seen(*, row: Row, seen_version: int, noun: str) -> Row:
    """The row as it stands, locked for the running transaction.

    Raises ``EditConflict`` where its version is not ``seen_version``; ``noun`` is what the sentence calls it.
    """
    present = type(row)._default_manager.select_for_update().get(pk=row.pk)
    check_seen(row=present, seen_version=seen_version, noun=noun)
    return present


def check_seen(*, row: models.Model, seen_version: int, noun: str) -> None:
    """As ``lock_seen`` for a row that the caller holds; a row made since the form was opened counts as
    changed (its form was opened with 0)."""
    version: int = row.version  # type: ignore[attr-defined]
    if version != seen_version:
        raise EditConflict(
            f"您打开表单后，别人改过这个{noun}。请看下面的改动，再决定是否保存。",
            changes=changes_since(row=row, version=seen_version),
            version=version,
            **_values_since(row=row, version=seen_version),
        )


def _values_since(*, row: models.Model, version: int) -> dict[str, dict[str, Any]]:
    """``stood`` and ``present`` of a tracked row: its own fields that differ from what a version said, none where that
    version is not in the history (a row made since). What named a row that is gone is in ``present`` alone. One query,
    and one for each related row."""
    history: Any = row.history  # type: ignore[attr-defined]
    seen = history.filter(version=version).order_by("-history_id").first()
    if seen is None:
        return {"stood": {}, "present": {}}
    changed = [
        field.name
        for field in row._meta.concrete_fields
        if field.name not in SILENT
        and hasattr(seen, field.attname)
        and getattr(seen, field.attname) != getattr(row, field.attname)
    ]
    stood: dict[str, Any] = {}
    for name in changed:
        with suppress(ObjectDoesNotExist):  # the row that it named was removed
            stood[name] = getattr(seen, name)
    return {"stood": stood, "present": {name: getattr(row, name) for name in changed}}


def changes_since(*, row: models.Model, version: int) -> list[str]:
    """Sentences on what happened to a tracked row after a version, newest first."""
    records = list(row.history.order_by("-history_id")[:LONGEST_HISTORY])  # type: ignore[attr-defined]
    said: list[str] = []
    for newer, older in itertools.pairwise([*records, None]):
        if newer.version <= version:
            break
        who = str(newer.history_user) if newer.history_user else "系统"
        if older is None:
            if newer.history_type == "+":
                said += [
                    f"{who}填了“{name}”：{shown}。" for name, shown in _filled(type(row), newer)
                ]
            break
        for change in newer.diff_against(older, foreign_keys_are_objs=True).changes:
            if change.field in SILENT:
                continue
            field: Any = row._meta.get_field(change.field)
            shown = _shown(field, change.old), _shown(field, change.new)
            said.append(said_of(who=who, what=field.verbose_name, before=shown[0], after=shown[1]))
    return said


def said_of(*, who: object, what: object, before: str, after: str) -> str:
    """One change as its reader is told of it."""
    return f"{who}把“{what}”由“{before or '空'}”改为“{after or '空'}”。"


def said_between(*, who: object, older: Row, newer: Row, names: Iterable[str]) -> list[str]:
    """What somebody said otherwise with a new row that took the place of another (a next version)."""
    said = []
    for name in names:
        field: Any = newer._meta.get_field(name)
        old, new = getattr(older, name), getattr(newer, name)
        if old != new:
            shown = _shown(field, old), _shown(field, new)
            said.append(said_of(who=who, what=field.verbose_name, before=shown[0], after=shown[1]))
    return said


def _filled(model: type[models.Model], record: Any) -> list[tuple[str, str]]:
    """(name, value) of what a new row says, without keys and what was left empty."""
    found = []
    for field in model._meta.concrete_fields:
        value = getattr(record, field.attname)
        if field.primary_key or field.is_relation or field.name in SILENT or value in (None, ""):
            continue
        if not isinstance(value, bool) and field.default != value:
            found.append((str(field.verbose_name), _shown(field, value)))
    return found


def _shown(field: Any, value: Any) -> str:
    if value in (None, ""):
        return "空"
    if isinstance(value, DeletedObject):
        return f"已删除的{field.verbose_name}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.many_to_many:  # the history keeps the rows of the join table
        return (
            "、".join(sorted(str(each[field.m2m_reverse_field_name()]) for each in value)) or "空"
        )
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return in_words(value)
