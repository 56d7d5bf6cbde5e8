"""Files on their way out: as an attachment under its own name, never kept on the way, never guessed at."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from renovation.core.documents.xlsx import CONTENT_TYPE
from renovation.records.models import StoredFile
from renovation.records.services import read_file


def attachment(*, content: bytes, name: str, content_type: str) -> HttpResponse:
    """A response that a browser saves. No proxy and no browser keeps it, no type is sniffed."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def stored(*, file: StoredFile) -> HttpResponse:
    """A stored file; refuses what was damaged on the disk (``file.damaged``)."""
    return attachment(content=read_file(file=file), name=file.name, content_type=file.content_type)


def workbook(*, content: bytes, name: str) -> HttpResponse:
    """An .xlsx."""
    return attachment(content=content, name=name, content_type=CONTENT_TYPE)
