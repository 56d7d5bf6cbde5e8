"""Database and files in one archive, readable into an empty portal on either database.

The archive is a gzipped tar: ``manifest.json`` (portal version, applied migrations, rows per table),
``data/<table>.jsonl`` (one JSON array a row, fields in the manifest's order) and ``files/…`` as they lie
below ``MEDIA_ROOT``. Rows are read in one transaction; files are never changed once their row exists, so
both agree.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal
from renovation.core.triggers import lifted

FORMAT = 1
#: Made anew by ``migrate``, or worthless after a move.
LEFT_OUT = {"contenttypes", "auth", "sessions", "axes"}
CHUNK = 500


def kept_models() -> list[type[models.Model]]:
    """Every model whose rows an archive holds, join tables included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in LEFT_OUT and model._meta.managed and not model._meta.proxy
    ]


def write_archive(*, target: IO[bytes], now: datetime) -> dict[str, int]:
    """Write the archive and return the number of rows per table."""
    counts: dict[str, int] = {}
    fields: dict[str, list[str]] = {}
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=6) as archive:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for model in kept_models():
                table = model._meta.db_table
                fields[table] = [field.attname for field in model._meta.concrete_fields]
                with tempfile.TemporaryFile() as rows:
                    counts[table] = _write_rows(model, rows)
                    _add(archive, f"data/{table}.jsonl", rows, now)
            applied = _applied()
        root = Path(settings.MEDIA_ROOT)
        for path in sorted(root.rglob("*")) if root.exists() else []:
            if path.is_file() and path.suffix != ".part":
                archive.add(path, arcname=f"files/{path.relative_to(root)}", recursive=False)
        manifest = {
            "format": FORMAT,
            "written_at": now.isoformat(),
            "migrations": applied,
            "fields": fields,
            "counts": counts,
        }
        _add(archive, "manifest.json", io.BytesIO(json.dumps(manifest, indent=1).encode()), now)
    return counts


def _write_rows(model: type[models.Model], rows: IO[bytes]) -> int:
    count = 0
    names = [field.attname for field in model._meta.concrete_fields]
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=2_000):
        line = json.dumps(
            [_plain(value) for value in row], cls=DjangoJSONEncoder, ensure_ascii=False
        )
        rows.write(line.encode() + b"\n")
        count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return (
            value.isoformat()
        )  # DjangoJSONEncoder would cut microseconds, and with them the audit chain
    return value


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], now: datetime) -> None:
    info = tarfile.TarInfo(name)
    info.size = content.seek(0, io.SEEK_END)
    info.mtime = int(now.timestamp())
    content.seek(0)
    archive.addfile(info, content)


def is_empty() -> bool:
    """Whether nobody has worked in this database yet."""
    return not User.objects.exists() and not Organisation.objects.exists()


def has_tables() -> bool:
    """Whether the database was migrated."""
    return User._meta.db_table in connection.introspection.table_names()


def read_archive(*, source: IO[bytes], replace: bool = False) -> dict[str, int]:
    """Fill the database and ``MEDIA_ROOT`` from an archive; returns the number of rows per table.

    Refuses a database that holds people or organisations unless ``replace`` is said
    (``restore.not_empty``), one without tables (``restore.no_tables``), a file that is no archive (``restore.not_archive``), and one written under other
    migrations (``restore.other_version``). The archive is read to its end before anything that is there goes:
    every file, every row and their numbers. Everything is then loaded in one transaction; where even that fails
    (the disk is full), an empty portal is left and the archive can be restored again.
    """
    try:
        archive = tarfile.open(fileobj=source, mode="r:gz")  # noqa: SIM115 - closed below
        manifest = json.loads(_member(archive, "manifest.json").read())
    except (
        tarfile.TarError,
        KeyError,
        OSError,
        EOFError,
        zlib.error,
        json.JSONDecodeError,
    ) as fault:
        raise Refusal("restore.not_archive", "这个文件不是本平台的备份，或者已经损坏。") from fault
    with archive:
        applied = _applied()
        if not has_tables():
            raise Refusal(
                "restore.no_tables", "数据库里还没有表：请先执行 manage.py migrate，再恢复。"
            )
        if manifest["format"] != FORMAT or manifest["migrations"] != applied:
            raise Refusal(
                "restore.other_version", "备份来自另一个版本：请先装同一版本，恢复后再升级。"
            )
        if not is_empty() and not replace:
            raise Refusal(
                "restore.not_empty", "数据库里已有数据，没有恢复。确要覆盖请加 --replace。"
            )
        _check_whole(archive, manifest)
        if not is_empty():
            _start_over()
        with transaction.atomic(), connection.constraint_checks_disabled(), lifted():
            for model in kept_models():
                # What migrations planted: the archive holds it as it became.
                model._base_manager.all()._raw_delete(connection.alias)
            counts = {
                model._meta.db_table: _load(model, archive, manifest) for model in kept_models()
            }
            _reset_sequences()
            connection.check_constraints()
        for place, content in _files(archive):
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                shutil.copyfileobj(content, file)
    return counts


def _applied() -> list[str]:
    """The migrations of this version that the database has had; what they took the place of is left out."""
    loader = MigrationLoader(connection)
    had = loader.disk_migrations.keys() & loader.applied_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in had)


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    content = archive.extractfile(name)
    if content is None:
        raise KeyError(name)
    return content


def _files(archive: tarfile.TarFile) -> Iterator[tuple[Path, IO[bytes]]]:
    """The files with their places below ``MEDIA_ROOT``; ValueError for a place outside of it. (``extract`` knows its
    own ``filter`` from Python 3.11.4 on; Debian 12 has 3.11.2.)"""
    root = Path(settings.MEDIA_ROOT).resolve()
    for member in archive.getmembers():
        if member.isfile() and member.name.startswith("files/"):
            place = (root / member.name.removeprefix("files/")).resolve()
            if not place.is_relative_to(root):
                raise ValueError(f"{member.name} lies outside")
            yield place, _member(archive, member.name)


def _check_whole(archive: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    """Read every part of the archive; refuses (``restore.not_archive``) one that is cut short, whose files lie
    elsewhere, whose rows are not those that it lists, or whose values are none of the columns'."""
    try:
        for _, content in _files(archive):
            while content.read(1 << 20):
                pass
        for model in kept_models():
            table = model._meta.db_table
            count = sum(1 for _ in _values(model, archive, manifest))
            if count != manifest["counts"][table]:
                raise ValueError(f"{table} has {count} rows")
    except (
        tarfile.TarError, KeyError, OSError, EOFError, ValueError, TypeError, zlib.error,
        ValidationError, FieldDoesNotExist, StopIteration,
    ) as fault:  # fmt: skip
        raise Refusal("restore.not_archive", "备份不完整或者已经损坏，没有恢复。") from fault


def _values(
    model: type[models.Model], archive: tarfile.TarFile, manifest: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The rows of a table, each as the values of its columns."""
    table = model._meta.db_table
    names = manifest["fields"][table]
    fields = [model._meta.get_field(_field_name(model, name)) for name in names]
    for row in _rows(_member(archive, f"data/{table}.jsonl")):
        values = [_value(field, value) for field, value in zip(fields, row, strict=True)]
        yield dict(zip(names, values, strict=True))


def _load(model: type[models.Model], archive: tarfile.TarFile, manifest: dict[str, Any]) -> int:
    count = 0
    batch: list[models.Model] = []
    for values in _values(model, archive, manifest):
        batch.append(model(**values))
        if len(batch) == CHUNK:
            model._base_manager.bulk_create(batch)
            batch.clear()
        count += 1
    model._base_manager.bulk_create(batch)
    return count


def _field_name(model: type[models.Model], attname: str) -> str:
    return next(f.name for f in model._meta.concrete_fields if f.attname == attname)


def _value(field: Any, value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"base64"}:
        return base64.b64decode(value["base64"])
    if isinstance(field, models.JSONField):
        return value
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def _rows(content: IO[bytes]) -> Iterator[list[Any]]:
    for line in content:
        yield json.loads(line)


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            cursor.execute(statement)


def _start_over() -> None:
    """Drop every table, triggers with them, and build the schema anew."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    else:
        name = connection.settings_dict["NAME"]
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
