"""A file that was handed in is kept as it came: its name, type and size, under its digest, in the dark where asked."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from renovation.core.files import NewFile
from renovation.records.models import StoredFile
from renovation.records.services import keep_file, read_file
from tests.factories.accounts import OrganisationFactory, UserFactory

NOW = datetime(2025, 9, 15, 4, 0, tzinfo=UTC)
FILE = NewFile(name="验收单.pdf", content=b"%PDF-1.7 one", content_type="application/pdf")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_it_is_kept_as_it_came(media: Path) -> None:
    street, clerk = OrganisationFactory(), UserFactory()
    kept = keep_file(file=FILE, organisation=street, by=clerk, now=NOW)
    digest = hashlib.sha256(FILE.content).hexdigest()
    assert (kept.name, kept.content_type, kept.size, kept.sha256) == (
        "验收单.pdf",
        "application/pdf",
        12,
        digest,
    )
    assert (kept.organisation, kept.stored_by, kept.stored_at) == (street, clerk, NOW)
    assert kept.is_private is False
    assert (media / kept.path).read_bytes() == FILE.content


def test_what_tells_of_a_person_lies_encrypted(media: Path) -> None:
    kept = keep_file(
        file=FILE, organisation=OrganisationFactory(), by=UserFactory(), now=NOW, is_private=True
    )
    assert kept.is_private is True
    assert FILE.content not in (media / kept.path).read_bytes()
    assert read_file(file=kept) == FILE.content


def test_no_file_is_none() -> None:
    street, clerk = OrganisationFactory(), UserFactory()
    assert keep_file(file=None, organisation=street, by=clerk, now=NOW) is None
    assert StoredFile.objects.count() == 0
