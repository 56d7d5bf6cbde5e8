"""The one way a paper is handed out: its bytes where they are made, else a page that waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Organisation
from renovation.core.documents import pdf
from renovation.core.downloads import attachment
from renovation.records.models import WorkState
from renovation.records.services import read_file

from .declaring import PrintKind, print_kinds
from .models import Printing
from .services import asked_for

#: Under which the page that waits names the row (its digest) in what it polls.
ROW = "row"


def paper_answer(
    request: SignedIn, row: Printing, *, crumbs: Sequence[Any], back: str, title: str, sub: str
) -> HttpResponse:
    """The file; or, while it is made, a page (202) that looks again every three seconds (`line_answer`), and says so
    where it failed. ``back`` is where the reader came from, ``title`` and ``sub`` say which paper of what."""
    if row.work_state == WorkState.DONE and row.file is not None and not request.htmx:
        return attachment(
            content=read_file(file=row.file), name=row.file.name, content_type=pdf.CONTENT_TYPE
        )
    if request.htmx:  # what it waited for is not there any more
        return _line_of(request, row, back)
    context = _waiting(request, row, back) | {"crumbs": crumbs, "title": title, "sub": sub}
    return render(request, "jobs/printing.html", context, status=202)


def line_answer(
    request: SignedIn, *, kind: PrintKind, organisation: Organisation, back: str
) -> HttpResponse | None:
    """How far the row is that the page waits for, without compiling the paper again; None where the page asks for
    none that is there. The caller has looked whether the reader may see the paper."""
    if not request.htmx:
        return None
    row = asked_for(kind=kind, digest=request.GET.get(ROW, ""), organisation=organisation)
    return None if row is None else _line_of(request, row, back)


def _line_of(request: SignedIn, row: Printing, back: str) -> HttpResponse:
    return render(request, "jobs/printing.html#line", _waiting(request, row, back))


def _waiting(request: SignedIn, row: Printing, back: str) -> dict[str, Any]:
    kind, query = print_kinds()[row.kind], request.GET.copy()
    query.pop(ROW, None)
    href = f"{request.path}?{query.urlencode()}" if query else request.path
    query[ROW] = row.digest
    return {
        "row": row,
        "file": row.file if row.work_state == WorkState.DONE else None,
        "name": kind.name(kind.thawed(row.snapshot)),
        "is_waiting": row.work_state in {WorkState.QUEUED, WorkState.RUNNING},
        "href": href,
        "poll_href": f"{request.path}?{query.urlencode()}",
        "back": back,
    }
