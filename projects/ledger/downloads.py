"""Files on their way out: as an attachment under its own name, never kept on the way, never guessed at."""

from __future__ import annotations

from django.http import HttpResponse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.downloads import attachment, workbook
from renovation.core.images import COPY_TYPE, bare_copy
from renovation.records.models import StoredFile
from renovation.records.services import read_file

__all__ = ["attachment", "for_reader", "picture", "stored", "workbook"]

PICTURES = frozenset({"image/jpeg", "image/png"})


def stored(*, file: StoredFile) -> HttpResponse:
    """A stored file; refuses what was damaged on the disk (``file.damaged``)."""
    return attachment(content=read_file(file=file), name=file.name, content_type=file.content_type)


def picture(*, file: StoredFile) -> HttpResponse:
    """A stored JPEG that stands on a page. It is shown there, never kept and never sniffed."""
    answer = HttpResponse(read_file(file=file), content_type=COPY_TYPE)
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def for_reader(*, file: StoredFile, scope: Scope) -> HttpResponse:
    """A stored file; a picture loses time, place and camera on the way to who is not of the administration."""
    if scope.can(Permission.RETURN_READ) or file.content_type not in PICTURES:
        return stored(file=file)
    name = f"{file.name.rsplit('.', 1)[0]}.jpg"
    return attachment(content=bare_copy(read_file(file=file)), name=name, content_type=COPY_TYPE)
