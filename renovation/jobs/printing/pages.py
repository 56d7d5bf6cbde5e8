"""The one way a paper is handed out: its bytes where they are made, else a page that waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from renovation.accounts.guards import SignedIn
from renovation.core.documents import pdf
from renovation.core.downloads import attachment
from renovation.records.models import WorkState
from renovation.records.services import read_file

from .declaring import print_kinds
from .models import Printing


def paper_answer(
    request: SignedIn, row: Printing, *, crumbs: Sequence[Any], back: str, title: str, sub: str
) -> HttpResponse:
    """The file; or, while it is made, a page (202) that looks again every second, and says so where it failed.

    The page polls its own address: what it shows is what the reader would get by opening it again. ``back`` is
    where the reader came from, ``title`` and ``sub`` say which paper of what.
    """
    done = row.work_state == WorkState.DONE and row.file is not None
    if done and not request.htmx and row.file is not None:
        return attachment(
            content=read_file(file=row.file), name=row.file.name, content_type=pdf.CONTENT_TYPE
        )
    context = {
        "row": row,
        "file": row.file if done else None,
        "name": print_kinds()[row.kind].name(print_kinds()[row.kind].thawed(row.snapshot)),
        "is_waiting": row.work_state in {WorkState.QUEUED, WorkState.RUNNING},
        "href": request.get_full_path(),
        "crumbs": crumbs,
        "back": back,
        "title": title,
        "sub": sub,
    }
    template = "jobs/printing.html#line" if request.htmx else "jobs/printing.html"
    return render(request, template, context, status=200 if done or request.htmx else 202)
