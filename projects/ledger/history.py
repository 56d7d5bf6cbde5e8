"""The history of a project with its parts: who changed what, when, from what to what, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Value

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


def changes_of(*, project: Project, approved_only: bool = False) -> list[Change]:
    """Everything that was changed on a project, its parts, plans and files, newest first. ``approved_only``
    leaves out plans, changes, exceptions and openings that another person has not approved.

    A constant number of queries. Estates and parties that were removed stay in it.
    """
    rows: list[Any] = []
    tracked: tuple[tuple[type[models.Model], dict[str, Any]], ...] = (
        (Project, {"id": project.pk}),
        (Estate, {"project_id": project.pk}),
        (Party, {"project_id": project.pk}),
        (Gate, {"project_id": project.pk}),
        (Survey, {"project_id": project.pk}),
        (Publication, {"project_id": project.pk}),
        (Commitment, {"project_id": project.pk}),
        (StandardCheck, {"project_id": project.pk}),
    )
    told = _told(tracked)
    for number, (model, narrow) in enumerate(tracked):
        if number not in told:
            continue
        records = model.history.filter(**narrow).select_related("history_user")  # type: ignore[attr-defined]
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
    found += _acts(project, approved_only)
    found.reverse()  # what happened at the same moment: the later row first
    return sorted(found, key=lambda change: change.at, reverse=True)


def _told(tracked: Sequence[tuple[type[models.Model], dict[str, Any]]]) -> set[int]:
    """Which of the tracked models have any history here, by their place: most projects have it of few. One
    query."""
    parts = [
        model.history.filter(**narrow)  # type: ignore[attr-defined]
        .order_by()
        .values_list(Value(number, output_field=models.IntegerField()))
        for number, (model, narrow) in enumerate(tracked)
    ]
    return {number for (number,) in parts[0].union(*parts[1:])}


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


def _acts(project: Project, approved_only: bool) -> list[Change]:
    """What is told best by its acts, from the audit log: plans and changes, promises, joint reviews and
    exceptions at gates, documents, photographs. Two queries. Of what keeps a history the rows that were
    removed are in it too."""
    parts = [
        *(
            _ids_of(model, model._base_manager.filter(project=project), "pk")
            for model in (Baseline, ProjectDocument, Photo)
        ),
        *(
            _ids_of(model, model.history.filter(project_id=project.pk), "id")
            for model in (ProjectChange, GatePromise, JointReview, GateException, GateOpening)
        ),
    ]
    if approved_only:
        parts = [
            *(
                _ids_of(model, model._base_manager.filter(project=project, state="approved"), "pk")
                for model in _DECIDED
            ),
            *(
                _ids_of(model, model._base_manager.filter(project=project), "pk")
                for model in (ProjectDocument, Photo, GatePromise, JointReview)
            ),
        ]
    ids = [(kind, str(pk)) for kind, pk in parts[0].union(*parts[1:])]
    wanted = set(ids)
    entries = AuditEntry.objects.filter(
        object_type__in={kind for kind, _ in ids}, object_id__in={pk for _, pk in ids}
    ).order_by("pk")
    return [
        Change(
            at=entry.at,
            who=entry.actor_label,
            what=entry.sentence,
            fields=(),
            reason=entry.reason,
        )
        for entry in entries
        if (entry.object_type, entry.object_id) in wanted
    ]
