"""The changes of an audit entry in words: the field's own name, the words of its choices, no programs' notation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from renovation.core.wording import in_words, join
from renovation.records.models import AuditEntry

#: What stands where a whole structure was written: the sentence of the entry says it in words.
WHOLE = "见内容"


@dataclass(frozen=True, slots=True)
class Changed:
    """A field before and after, in words; "" for nothing."""

    name: str
    before: str
    after: str


def changes_of(entry: AuditEntry) -> list[Changed]:
    """The fields that an act changed."""
    found = []
    for name, pair in entry.changes.items():
        field = _field(entry.object_type, name)
        before, after = (pair[0], pair[1]) if _is_pair(pair) else ("", pair)
        label = str(field.verbose_name) if field is not None else name
        found.append(Changed(label, _said(field, before), _said(field, after)))
    return found


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2


def _field(label: str, name: str) -> models.Field[Any, Any] | None:
    """The field of the entry's object, None where it is none or the model is gone."""
    try:
        field = apps.get_model(label)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def _said(field: models.Field[Any, Any] | None, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Mapping) or (
        isinstance(value, Sequence) and any(isinstance(each, Mapping | list) for each in value)
    ):
        return WHOLE
    if isinstance(value, list):
        return join(_said(field, each) for each in value)
    words = dict(field.flatchoices) if field is not None else {}
    return str(words.get(value, in_words(value)))
