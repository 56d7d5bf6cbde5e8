"""Filing documents: typed, versioned, never changed; taking off what was filed by mistake."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from projects.ledger.models import DocumentKind, Photo, Project, ProjectDocument
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.services import audit, keep_file

from .kinds import KINDS
from .versions import chain, newest


@transaction.atomic
def adopt_kinds(*, bureau: Organisation, by: User, now: datetime) -> list[DocumentKind]:
    """Take over the portal's kinds of documents for a bureau that has none (``StateConflict`` otherwise)."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    if DocumentKind.objects.filter(bureau=bureau).exists():
        raise StateConflict("本局已有文件种类。", state="adopted")
    made = []
    for order, kind in enumerate(KINDS, start=1):
        row = DocumentKind(
            bureau=bureau,
            name=kind.name,
            order=order * 10,
            required_at=kind.required_at or "",
            is_gate_evidence=kind.is_gate_evidence,
            is_plan=kind.is_plan,
            is_private=kind.is_private,
        )
        row._history_user = by  # type: ignore[attr-defined]
        row.save()
        made.append(row)
    audit(
        act="documentkind.adopt",
        sentence=f"启用平台内置的 {len(made)} 个文件种类",
        by=by,
        now=now,
        target=bureau,
        organisation=bureau,
    )
    return made


@transaction.atomic
def file_document(
    *,
    project: Project,
    values: Mapping[str, Any],
    file: NewFile,
    supersedes: ProjectDocument | None,
    by: User,
    now: datetime,
) -> ProjectDocument:
    """File a document, or the next version of one. Kinds that are kept private are encrypted at rest.

    ``supersedes`` is the version that the new one follows; what was taken off behind it is passed over, so
    that a wrong version, once taken off, is in nobody's way.

    Refuses bytes that are listed in the project already (``document.twice``), a date in the future
    (``document.future``), and a version after one that another listed version follows (``StateConflict``).
    """
    Project.objects.select_for_update().get(pk=project.pk)
    kind: DocumentKind = supersedes.kind if supersedes is not None else values["kind"]
    every = list(ProjectDocument.objects.filter(project=project).select_related("kind", "file"))
    if supersedes is not None:
        supersedes = _last(supersedes, every)
    _check_new(newest(every), file)
    dated_on = values.get("dated_on")
    if dated_on is not None and dated_on > local_day(now):
        raise Refusal("document.future", "成文日期不能晚于今天。", field="dated_on")
    stored = keep_file(
        file=file, organisation=project.street, by=by, now=now, is_private=kind.is_private
    )
    row = ProjectDocument.objects.create(
        project=project,
        kind=kind,
        title=values["title"],
        document_number=values.get("document_number", ""),
        dated_on=dated_on,
        note=values.get("note", ""),
        file=stored,
        version=supersedes.version + 1 if supersedes is not None else 1,
        supersedes=supersedes,
    )
    version = f"第 {row.version} 版" if row.version > 1 else ""
    audit(
        act="projectdocument.file",
        sentence=f"归档{project}的{kind}《{row.title}》{version}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes={"sha256": [supersedes.file.sha256 if supersedes else None, stored.sha256]},
    )
    return row


def _last(document: ProjectDocument, every: list[ProjectDocument]) -> ProjectDocument:
    """The end of a document's chain, where nothing that is listed follows the version at hand."""
    versions = chain(document, every)
    later = versions[: [row.pk for row in versions].index(document.pk)]
    if any(row.removed_at is None for row in later):
        raise StateConflict("别人先存了这份文件的新版，请在新版上再存。", state="superseded")
    return versions[0]


def _check_new(listed: list[ProjectDocument], file: NewFile) -> None:
    digest = hashlib.sha256(file.content).hexdigest()
    twin = next((row for row in listed if row.file.sha256 == digest), None)
    if twin is not None:
        raise Refusal(
            "document.twice",
            f"同一份文件已经归档：{twin.kind}《{twin.title}》第 {twin.version} 版。",
            field="file",
        )


@transaction.atomic
def take_off(*, row: ProjectDocument | Photo, reason: str, by: User, now: datetime) -> None:
    """Take a document or a photograph off the pages; its row and bytes stay. Refuses without a reason
    (``ledger.reason``) and what is off already (``StateConflict``)."""
    if not reason.strip():
        raise Refusal("ledger.reason", "撤下须写明原因。", field="reason")
    rows: Any = type(row)._base_manager
    changed = rows.filter(pk=row.pk, removed_at=None).update(
        removed_at=now, removed_by=by, removal_reason=reason.strip()[:100]
    )
    if not changed:
        raise StateConflict("已经撤下了。", state="removed")
    audit(
        act=f"{row._meta.model_name}.take_off",
        sentence=f"撤下{row.project}的{row._meta.verbose_name}“{row}”",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        reason=reason,
    )
