"""Services of the records: audit, stored files, settings, the official calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, overload

import structlog
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import module_has_submodule

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar
from renovation.core.errors import Refusal
from renovation.core.files import NewFile
from renovation.core.holding import held
from renovation.core.parameters import Parameter
from renovation.core.wording import chinese_date

from .models import AuditEntry, Holiday, Setting, StoredFile


def audit(
    *,
    act: str,
    sentence: str,
    by: User | None,
    now: datetime,
    target: models.Model | None = None,
    organisation: Organisation | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Append an audit entry in the running transaction.

    ``act`` is a stable dotted code (``return.approve``), ``sentence`` what a manager reads (Chinese),
    ``changes`` maps a field to ``[old, new]``. Request and run id come from the log context. An act of a stand-in
    (AB岗) is kept with both persons, here and nowhere else (``records.acting``).
    """
    context = structlog.contextvars.get_contextvars()
    stands_for = by.stands_for if by is not None else None
    if by is not None and stands_for is not None and not by.has_stood_in:
        by.has_stood_in = True
        by.save(update_fields=["has_stood_in"])
    return AuditEntry.objects.create(
        at=now,
        actor=by,
        actor_label=str(by) if by is not None else "系统",
        stands_for=stands_for,
        act=act,
        sentence=sentence[:500],
        object_type=target._meta.label_lower if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        organisation=organisation,
        changes=dict(changes or {}),
        reason=reason[:500],
        request_id=str(context.get("request_id", "")),
        run_id=str(context.get("run_id", "")),
    )


def store_file(
    *,
    content: bytes,
    name: str,
    content_type: str,
    by: User | None,
    now: datetime,
    organisation: Organisation | None = None,
    is_private: bool = False,
) -> StoredFile:
    """Keep bytes under their SHA-256 below ``MEDIA_ROOT`` and return their row.

    The same bytes are written once; private ones are encrypted (``renovation.core.crypto``) under a
    path of their own. The file is on the disk before the row exists.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = _write(content, digest, is_private=is_private)
    return StoredFile.objects.create(
        name=name[:200],
        content_type=content_type,
        size=len(content),
        sha256=digest,
        path=str(path),
        is_private=is_private,
        organisation=organisation,
        stored_by=by,
        stored_at=now,
    )


def _write(content: bytes, digest: str, *, is_private: bool) -> Path:
    """Put bytes on the disk where they are not there yet; the path below ``MEDIA_ROOT``."""
    path = Path("private" if is_private else "files") / digest[:2] / digest
    target = Path(settings.MEDIA_ROOT) / path
    if not target.exists():
        from renovation.core.crypto import encrypt

        from .keys import keyring

        target.parent.mkdir(parents=True, exist_ok=True)
        data = encrypt(content, keyring=keyring(), aad=digest.encode()) if is_private else content
        part = target.with_name(f"{target.name}.{id(content)}.part")
        part.write_bytes(data)
        part.replace(target)
    return path


@overload
def keep_file(
    *, file: NewFile, organisation: Organisation, by: User, now: datetime, is_private: bool = False
) -> StoredFile: ...
@overload
def keep_file(
    *,
    file: NewFile | None,
    organisation: Organisation,
    by: User,
    now: datetime,
    is_private: bool = False,
) -> StoredFile | None: ...
def keep_file(
    *,
    file: NewFile | None,
    organisation: Organisation,
    by: User,
    now: datetime,
    is_private: bool = False,
) -> StoredFile | None:
    """Keep a file that a person handed in, as ``store_file`` does, for the organisation it belongs to; None for
    none. Its form has told its size and type by its content (``core.files``)."""
    if file is None:
        return None
    return store_file(
        content=file.content,
        name=file.name,
        content_type=file.content_type,
        by=by,
        now=now,
        organisation=organisation,
        is_private=is_private,
    )


def read_file(*, file: StoredFile) -> bytes:
    """Return the bytes of a stored file; refuse what was erased (``file.erased``), and (``file.damaged``) when
    they are not what was stored."""
    if file.erased_at is not None:
        raise Refusal("file.erased", f"文件“{file.name}”保存期满，内容已经清除。")
    data = (Path(settings.MEDIA_ROOT) / file.path).read_bytes()
    if file.is_private:
        from renovation.core.crypto import decrypt

        from .keys import keyring

        data = decrypt(data, keyring=keyring(), aad=file.sha256.encode())
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Refusal("file.damaged", f"文件“{file.name}”与存入时不一致，请联系管理员。")
    return data


@transaction.atomic
def make_private(*, file: StoredFile, name: str, now: datetime) -> bool:
    """Encrypt the bytes of a file that lay open, and give it a name of our own; False where it is private or
    erased already. Open bytes that another row needs stay, others go once the transaction is committed. The
    audit entry is the machine's and keeps the name to itself: it may be a person's."""
    present = StoredFile.objects.select_for_update().get(pk=file.pk)
    if present.is_private or present.erased_at is not None:
        return False
    open_path = present.path
    present.path = str(_write(read_file(file=present), present.sha256, is_private=True))
    present.is_private, present.name = True, name[:200]
    present.save(update_fields=["path", "is_private", "name"])
    audit(
        act="file.encrypt",
        sentence=f"改为加密保存：{present.name}",
        by=None,
        now=now,
        target=present,
        organisation=present.organisation,
        changes={"is_private": [False, True]},
    )
    _drop(open_path)
    return True


@transaction.atomic
def erase_file(*, file: StoredFile, now: datetime) -> None:
    """Delete the bytes of a file whose time of retention is over; its row, with its digest, stays.

    Bytes that another row still needs stay too. The disk is touched once the transaction is committed.
    """
    StoredFile.objects.filter(pk=file.pk, erased_at=None).update(erased_at=now)
    _drop(file.path)


@transaction.atomic
def remove_file(*, file: StoredFile) -> None:
    """Delete the row of a file that can be made again at any time, and its bytes as `erase_file` does."""
    file.delete()
    _drop(file.path)


def _drop(path: str) -> None:
    """Delete bytes that no row needs any more, once the transaction is committed."""
    if not StoredFile.objects.filter(path=path, erased_at=None).exists():
        target = Path(settings.MEDIA_ROOT) / path
        transaction.on_commit(partial(target.unlink, missing_ok=True))


#: A reason that is shorter says nothing.
SHORTEST_REASON = 4


def reason_in_words(*, reason: str) -> str:
    """Why somebody opens what is personal, for the audit log; refuses (``audit.reason``) what is too short to
    say anything."""
    words = reason.strip()
    if len(words) < SHORTEST_REASON:
        raise Refusal(
            "audit.reason",
            f"请写明查看的原因，不少于 {SHORTEST_REASON} 个字。",
            field="reason",
        )
    return words


@cache
def parameters() -> Mapping[str, Parameter[Any]]:
    """All parameters that wings declare in their ``parameters.py``, by key."""
    found: dict[str, Parameter[Any]] = {}
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "parameters"):
            for parameter in import_module(f"{config.name}.parameters").PARAMETERS:
                found[parameter.key] = parameter
    return found


def lineage(*, organisation: Organisation) -> list[int]:
    """Ids of the organisation and what stands above it, the nearest first. One query, held by a reading
    request."""
    pk = organisation.pk
    return held(("lineage", pk), lambda: Organisation.objects.all().lineage(pk))


def settings_of(*, organisation: Organisation) -> list[Setting]:
    """Every setting row that an organisation resolves its values from, by effective day. Two queries, held by
    a reading request."""

    def read() -> list[Setting]:
        rows = Setting.objects.filter(organisation_id__in=lineage(organisation=organisation))
        return list(rows.order_by("effective_on", "pk"))

    return held(("settings", organisation.pk), read)


def values_in_force(*, organisation: Organisation, on: date) -> dict[str, Any]:
    """Every declared parameter with the value in force for an organisation on a day.

    The nearest organisation up the tree that has a row effective on or before the day decides; where
    none has, the declared default (HOUSE.md §4.11). Two queries, held by a reading request.
    """
    order = {pk: place for place, pk in enumerate(lineage(organisation=organisation))}
    latest: dict[tuple[str, int], str] = {}
    for row in settings_of(organisation=organisation):
        if row.effective_on <= on:
            latest[row.key, order[row.organisation_id]] = row.value
    values: dict[str, Any] = {key: parameter.default for key, parameter in parameters().items()}
    for (key, _), value in sorted(latest.items(), key=lambda pair: pair[0][1], reverse=True):
        if key in values:
            values[key] = parameters()[key].read(value)
    return values


@transaction.atomic
def set_value(
    *,
    key: str,
    organisation: Organisation,
    value: str,
    effective_on: date,
    reason: str,
    by: User | None,
    now: datetime,
) -> Setting:
    """Add a row that gives a parameter a value from a day on; the text is checked by the declaration.

    Refuses an unknown key (``setting.unknown``) and what the declaration refuses.
    """
    if key not in parameters():
        raise Refusal("setting.unknown", f"没有参数“{key}”。", field="key")
    parameter = parameters()[key]
    parsed = parameter.parse(value)
    before = values_in_force(organisation=organisation, on=effective_on)[key]
    row = Setting.objects.create(
        organisation=organisation,
        key=key,
        value=parameter.store(parsed),
        effective_on=effective_on,
        reason=reason,
        created_at=now,
        created_by=by,
    )
    audit(
        act="setting.set",
        sentence=f"将{organisation}的“{parameter.label}”自{chinese_date(effective_on)}起定为{parameter.show(parsed)}",
        by=by,
        now=now,
        target=row,
        organisation=organisation,
        changes={key: [parameter.store(before), parameter.store(parsed)]},
        reason=reason,
    )
    return row


def work_calendar() -> WorkCalendar:
    """The official calendar from the holiday rows; a year is published when it has rows that are not
    provisional. One query, held by a reading request."""
    return held(("calendar",), _work_calendar)


def _work_calendar() -> WorkCalendar:
    rows = list(Holiday.objects.values_list("day", "is_workday", "is_provisional"))
    return WorkCalendar(
        exceptions={day: is_workday for day, is_workday, _ in rows},
        published_years=frozenset(day.year for day, _, provisional in rows if not provisional),
    )
