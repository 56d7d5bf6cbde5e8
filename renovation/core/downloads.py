"""Files on their way out: as an attachment under its own name, never kept on the way, never guessed at."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from .documents.xlsx import CONTENT_TYPE


def attachment(*, content: bytes, name: str, content_type: str) -> HttpResponse:
    """A response that a browser saves. No proxy and no browser keeps it, no type is sniffed."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def workbook(*, content: bytes, name: str) -> HttpResponse:
    """An .xlsx."""
    return attachment(content=content, name=name, content_type=CONTENT_TYPE)
