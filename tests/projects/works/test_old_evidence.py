"""Evidence of structures that was kept before it was encrypted comes under the key, once."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from renovation.records.models import AuditEntry, StoredFile
from renovation.records.services import erase_file, read_file, store_file
from tests.factories.works import StructureFactory, StructureStepFactory

NOW = datetime(2025, 3, 10, 2, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _open_file(content: bytes) -> StoredFile:
    return store_file(
        content=content, name="张三丰.pdf", content_type="application/pdf", by=None, now=NOW
    )


def _run(capture: DjangoCaptureOnCommitCallbacks) -> str:
    said = StringIO()
    with capture(execute=True):
        call_command("encrypt_open_files", stdout=said)
    return said.getvalue().strip()


def test_what_lay_open_is_encrypted_and_the_open_bytes_go(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    file = _open_file(b"%PDF-1.7 notice")
    structure = StructureFactory(building="3 号楼", location="东单元屋面")
    StructureStepFactory(structure=structure, evidence=file)
    open_path = media / file.path
    assert (
        _run(django_capture_on_commit_callbacks) == "已加密 1 个拆违文件、0 个写有居民姓名的文件。"
    )
    file.refresh_from_db()
    assert (file.is_private, file.name) == (True, "3 号楼东单元屋面发现.pdf")
    assert read_file(file=file) == b"%PDF-1.7 notice"
    assert b"notice" not in (media / file.path).read_bytes()
    assert not open_path.exists()
    entry = AuditEntry.objects.get(act="file.encrypt")
    assert (entry.actor, entry.sentence) == (None, "改为加密保存：3 号楼东单元屋面发现.pdf")
    assert (
        _run(django_capture_on_commit_callbacks) == "已加密 0 个拆违文件、0 个写有居民姓名的文件。"
    )


def test_bytes_that_another_row_needs_stay_open_for_it(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    file, twin = _open_file(b"%PDF-1.7 same"), _open_file(b"%PDF-1.7 same")
    StructureStepFactory(evidence=file)
    assert (
        _run(django_capture_on_commit_callbacks) == "已加密 1 个拆违文件、0 个写有居民姓名的文件。"
    )
    twin.refresh_from_db()
    assert (twin.is_private, read_file(file=twin)) == (False, b"%PDF-1.7 same")
    file.refresh_from_db()
    assert read_file(file=file) == b"%PDF-1.7 same"


def test_what_was_erased_stays_erased(
    media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    file = _open_file(b"%PDF-1.7 gone")
    StructureStepFactory(evidence=file)
    erase_file(file=file, now=NOW)
    assert (
        _run(django_capture_on_commit_callbacks) == "已加密 0 个拆违文件、0 个写有居民姓名的文件。"
    )
    file.refresh_from_db()
    assert file.is_private is False
