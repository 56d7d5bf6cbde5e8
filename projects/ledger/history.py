"""The history of a project with its parts: who changed what, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.db.models import QuerySet, Value

from renovation.accounts.models import Organisation
from renovation.core.wording import chinese_date, chinese_moment
from renovation.records.models import AuditEntry, StoredFile

from .models import (
    Baseline,
    Building,
    Commitment,
    Estate,
    Gate,
    GateException,
    GateOpening,
    GatePromise,
    JointReview,
    Party,
    Photo,
    Programme,
    Project,
    ProjectChange,
    ProjectDocument,
    Publication,
    StandardCheck,
    StandardItem,
    Survey,
)

#: Fields that say nothing to a reader.
SILENT = frozenset(
    {"id", "project", "version", "is_demo", "outline", "item_version", "checked_by", "checked_at"}
)
EMPTY = "空"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: its name, what it said before and what after, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One act on a project or a part of it."""

    at: datetime
    who: str
    what: str
    fields: tuple[FieldChange, ...]
    reason: str
    is_new: bool = False


#: What keeps a history that is told field by field: the project and its parts.
_TRACKED: tuple[type[models.Model], ...] = (
    Project,
    Estate,
    Party,
    Gate,
    Survey,
    Publication,
    Commitment,
    StandardCheck,
)


def changes_of(*, project: Project, approved_only: bool = False) -> list[Change]:
    """Everything that was changed on a project, its parts, plans and files, newest first. ``approved_only``
    leaves out plans, changes, exceptions and openings that another person has not approved.

    A constant number of queries. Estates and parties that were removed stay in it.
    """
    return changes_and_entries(project=project, approved_only=approved_only)[0]


def changes_and_entries(
    *, project: Project, approved_only: bool = False, of: QuerySet[Any, Any] | None = None
) -> tuple[list[Change], list[AuditEntry]]:
    """The same, and the audit entries of rows of another wing, newest first, which are read along with it."""
    acted, has_history = _what_there_is(project, approved_only, of)
    rows: list[Any] = []
    for model in _TRACKED:
        if model in has_history:
            records = _records_of(model, project).select_related("history_user")
            rows += [(model, record) for record in records.order_by("history_id")]
    estates = {record.id for model, record in rows if model is Estate}
    if estates:
        buildings = Building.history.filter(estate_id__in=estates).select_related("history_user")
        rows += [(Building, record) for record in buildings.order_by("history_id")]
    names = _names([record for _, record in rows])
    found = []
    before: dict[tuple[type[models.Model], int], Any] = {}
    for model, record in rows:
        older = before.get((model, record.id))
        before[model, record.id] = record
        fields = _fields(model, older, record, names)
        if fields or record.history_type != "~":
            found.append(
                Change(
                    at=record.history_date,
                    who=str(record.history_user) if record.history_user else "系统",
                    what=_what(model, record),
                    fields=fields,
                    reason=record.history_change_reason or "",
                    is_new=older is None,
                )
            )
    own = None if of is None else of.model._meta.label_lower
    entries = _entries(acted)
    found += [
        Change(
            at=entry.at,
            who=entry.actor_label,
            what=entry.sentence,
            fields=(),
            reason=entry.reason,
        )
        for entry in entries
        if entry.object_type != own
    ]
    found.reverse()  # what happened at the same moment: the later row first
    return (
        sorted(found, key=lambda change: change.at, reverse=True),
        [entry for entry in reversed(entries) if entry.object_type == own],
    )


@cache
def _history(model: type[models.Model]) -> Any:
    """Where a model keeps its history: a manager that is made anew whenever it is asked of the model."""
    return model.history  # type: ignore[attr-defined]


def _records_of(model: type[models.Model], project: Project) -> Any:
    """What a part of a project, or the project itself, was at each of its changes."""
    key = "id" if model is Project else "project_id"
    return _history(model).filter(**{key: project.pk})


def _what(model: type[models.Model], record: Any) -> str:
    act = {"+": "新增", "~": "修改", "-": "删除"}[record.history_type]
    if model is Project:
        return f"{act}项目"
    if model is Gate:
        return f"{act if act != '新增' else '登记'}关口“{record.get_kind_display()}”"
    noun = str(model._meta.verbose_name)
    if model is Party:
        label = f"{record.get_role_display()}　{record.name}"
    elif model is Building:
        label = record.number
    elif model in {Survey, Publication, Commitment}:
        label = record.get_kind_display()
    elif model is StandardCheck:
        label = record.get_verdict_display()
    else:
        label = record.name
    return f"{act}{noun}“{label}”"


def _fields(
    model: type[models.Model], older: Any, record: Any, names: Mapping[tuple[str, int], str]
) -> tuple[FieldChange, ...]:
    if record.history_type == "-":
        return ()
    found = []
    for field in model._meta.concrete_fields:
        if field.name in SILENT:
            continue
        new = getattr(record, field.attname)
        old = getattr(older, field.attname) if older is not None else None
        if old == new or (older is None and new in (None, "", False)):
            continue
        label = str(field.verbose_name)
        found.append(FieldChange(label, _shown(field, old, names), _shown(field, new, names)))
    return tuple(found)


def _shown(field: Any, value: Any, names: Mapping[tuple[str, int], str]) -> str:
    if value in (None, ""):
        return EMPTY
    if field.is_relation:
        return names.get((field.related_model._meta.label, value), f"（{value}）")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return chinese_moment(value)
    if isinstance(value, date):
        return chinese_date(value)
    return f"{value:,}" if isinstance(value, int | Decimal) and "area" in field.name else str(value)


def _names(records: Iterable[Any]) -> dict[tuple[str, int], str]:
    """The names of what the records point to, one query a model."""
    wanted: dict[type[models.Model], set[int]] = {
        Organisation: set(),
        Programme: set(),
        StoredFile: set(),
        Estate: set(),
        StandardItem: set(),
    }
    for record in records:
        for attribute, model in (
            ("street_id", Organisation),
            ("community_id", Organisation),
            ("organisation_id", Organisation),
            ("programme_id", Programme),
            ("evidence_id", StoredFile),
            ("file_id", StoredFile),
            ("estate_id", Estate),
            ("item_id", StandardItem),
        ):
            value = getattr(record, attribute, None)
            if value is not None:
                wanted[model].add(value)
    return {
        (model._meta.label, row.pk): _short(row)
        for model, ids in wanted.items()
        if ids
        for row in model._base_manager.filter(pk__in=ids)
    }


def _short(row: Any) -> str:
    """A street or a community as it is called on every page, anything else by its name."""
    return row.short_name if isinstance(row, Organisation) else str(row)


def _ids_of(model: type[models.Model], rows: Any, column: str) -> Any:
    """Rows as pairs of their model's label and their id, to be joined with others."""
    label = Value(model._meta.label_lower, output_field=models.CharField())
    return rows.order_by().values_list(label, column)


#: What counts once a second person approved it.
_DECIDED = (Baseline, ProjectChange, GateException, GateOpening)


#: What is told by its acts and keeps no history; of what keeps one the rows that were removed are told too.
_ACTED = (Baseline, ProjectDocument, Photo)
_ACTED_WITH_HISTORY = (ProjectChange, GatePromise, JointReview, GateException, GateOpening)


def _what_there_is(
    project: Project, approved_only: bool, of: QuerySet[Any, Any] | None
) -> tuple[set[tuple[str, str]], set[type[models.Model]]]:
    """What of a project is told best by its acts, from the audit log: plans and changes, promises, joint reviews and
    exceptions at gates, documents, photographs, with the rows ``of`` another wing, as (kind, id). And which of the
    tracked models have any history here: most projects have it of few. One query."""
    if approved_only:
        rows = [
            *(model._base_manager.filter(project=project, state="approved") for model in _DECIDED),
            *(
                model._base_manager.filter(project=project)
                for model in (ProjectDocument, Photo, GatePromise, JointReview)
            ),
        ]
        parts = [_ids_of(each.model, each, "pk") for each in rows]
    else:
        parts = [
            *(_ids_of(each, each._base_manager.filter(project=project), "pk") for each in _ACTED),
            *(_ids_of(each, _records_of(each, project), "id") for each in _ACTED_WITH_HISTORY),
        ]
    if of is not None:
        parts.append(_ids_of(of.model, of, "pk"))
    tracked = {model._meta.label: model for model in _TRACKED}
    for label, model in tracked.items():
        word = Value(label, output_field=models.CharField())
        parts.append(_records_of(model, project).order_by().values_list(word, Value(0)))
    found = set(parts[0].union(*parts[1:]))
    return (
        {(kind, str(pk)) for kind, pk in found if kind not in tracked},
        {tracked[kind] for kind, _ in found if kind in tracked},
    )


def _entries(acted: Collection[tuple[str, str]]) -> list[AuditEntry]:
    """The audit entries of rows, given as (kind, id), the oldest first. One query."""
    entries = AuditEntry.objects.filter(
        object_type__in={kind for kind, _ in acted}, object_id__among={pk for _, pk in acted}
    )
    return [
        entry for entry in entries.order_by("pk") if (entry.object_type, entry.object_id) in acted
    ]
