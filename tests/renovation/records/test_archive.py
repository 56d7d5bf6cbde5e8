"""Backup and restore: everything comes back, nothing is overwritten unasked."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from renovation.accounts.models import Organisation, User
from renovation.core.crypto import TamperedError
from renovation.core.errors import Refusal
from renovation.records import archive
from renovation.records.archive import kept_models, read_archive, write_archive
from renovation.records.management.commands import verify_audit
from renovation.records.models import AuditEntry, StoredFile
from renovation.records.sealing import seal, verify
from renovation.records.services import audit, read_file, store_file
from tests.factories.accounts import OrganisationFactory, UserFactory

NOW = datetime(2025, 9, 15, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path


def counts() -> dict[str, int]:
    return {model._meta.db_table: model._base_manager.count() for model in kept_models()}


@pytest.mark.django_db(transaction=True)
def test_everything_comes_back(media: Path, settings: Settings) -> None:
    organisation = OrganisationFactory()
    OrganisationFactory(parent=organisation)
    user = UserFactory()
    open_file = store_file(
        content=b"open", name="甲.txt", content_type="text/plain", by=user, now=NOW
    )
    private = store_file(
        content=b"resident",
        name="乙.txt",
        content_type="text/plain",
        by=user,
        now=NOW,
        is_private=True,
    )
    audit(act="test", sentence="一件事", by=user, now=NOW, changes={"户数": [1, 2]})
    seal(now=NOW)
    before = counts()
    target = io.BytesIO()
    written = write_archive(target=target, now=NOW)
    assert written == before
    call_command("flush", interactive=False, verbosity=0)
    assert not User.objects.exists()
    settings.MEDIA_ROOT = media / "elsewhere"

    target.seek(0)
    assert read_archive(source=target) == before

    assert counts() == before
    assert Organisation.objects.get(parent=organisation).parent == organisation
    assert AuditEntry.objects.get().at == NOW
    assert verify().holds
    assert read_file(file=StoredFile.objects.get(pk=open_file.pk)) == b"open"
    assert read_file(file=StoredFile.objects.get(pk=private.pk)) == b"resident"
    assert UserFactory().pk > user.pk


@pytest.mark.django_db(transaction=True)
def test_a_database_in_use_is_not_overwritten(media: Path) -> None:
    UserFactory(username="somebody")
    call_command("backup", str(media / "a.tar.gz"), verbosity=0)
    UserFactory(username="later")
    with pytest.raises(CommandError, match="数据库里已有数据，没有恢复"):
        call_command("restore", str(media / "a.tar.gz"))
    assert set(User.objects.values_list("username", flat=True)) == {"somebody", "later"}


@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_said_to_want_migrating(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("backup", str(media / "a.tar.gz"), verbosity=0)
    monkeypatch.setattr(archive, "has_tables", lambda: False)
    monkeypatch.setattr(verify_audit, "has_tables", lambda: False)
    with pytest.raises(CommandError, match="还没有表：请先执行 manage.py migrate"):
        call_command("restore", str(media / "a.tar.gz"))
    with pytest.raises(CommandError, match="还没有表：请先执行 manage.py migrate"):
        call_command("verify_audit")


def damaged(data: bytes, how: str) -> bytes:
    """The archive cut short, with a row less than it lists, a value that is no number, or a file that lies outside."""
    if how == "cut":
        return data[: len(data) * 2 // 3]
    target = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as source,
        tarfile.open(fileobj=target, mode="w:gz") as copy,
    ):
        for member in source.getmembers():
            content = source.extractfile(member)
            assert content is not None
            told = content.read()
            if member.name == "data/accounts_user.jsonl":
                if how == "row":
                    told = told.partition(b"\n")[2]
                if how == "value":
                    told = b'["x"' + told[2:]
            member.size = len(told)
            copy.addfile(member, io.BytesIO(told))
        if how == "outside":
            copy.addfile(tarfile.TarInfo("files/../elsewhere"), io.BytesIO())
    return target.getvalue()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["cut", "row", "value", "outside"])
def test_a_damaged_archive_destroys_nothing(media: Path, how: str) -> None:
    """--replace drops what is there only once the archive was read to its end."""
    UserFactory(username="somebody")
    target = io.BytesIO()
    write_archive(target=target, now=NOW)
    UserFactory(username="later")
    with pytest.raises(Refusal) as refused:
        read_archive(source=io.BytesIO(damaged(target.getvalue(), how)), replace=True)
    assert refused.value.code == "restore.not_archive"
    assert set(User.objects.values_list("username", flat=True)) == {"somebody", "later"}


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b broken"])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="不是本平台的备份"):
        read_archive(source=io.BytesIO(content))


def test_a_private_file_lies_encrypted(media: Path, db: None) -> None:
    file = store_file(
        content=b"resident",
        name="乙.txt",
        content_type="text/plain",
        by=None,
        now=NOW,
        is_private=True,
    )
    lying = (media / "files" / file.path).read_bytes()
    assert b"resident" not in lying
    (media / "files" / file.path).write_bytes(lying[:-1] + bytes([lying[-1] ^ 1]))
    with pytest.raises(TamperedError):
        read_file(file=file)
