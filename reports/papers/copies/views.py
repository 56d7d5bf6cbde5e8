"""The bytes of papers, as they were made or handed in."""

from __future__ import annotations

import io
from typing import cast

from django.http import FileResponse, Http404, HttpResponse
from django.views.decorators.http import require_GET

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.face.pictures import card_answer
from renovation.records.models import StoredFile
from renovation.records.services import read_file
from reports.papers import renditions
from reports.papers.enums import Format, PaperKind, PaperState
from reports.papers.sheet_card import sheet_card
from reports.papers.snapshots import sheet_of
from reports.papers.views import READS, paper_of

P = Permission


@require_GET
@scoped(*READS)
def file(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """The bytes of a paper in a format. The approval form stays in the house."""
    paper = paper_of(request, pk)
    if kind == Format.APPROVAL and not request.scope.can(P.PAPER_READ_DRAFT):
        raise Http404
    found = renditions.finished(document=paper).get(kind)
    if found is None:
        raise Http404
    return _answer(found, request)


@require_GET
@scoped(*READS)
def picture(request: SignedIn, pk: int) -> HttpResponse:
    """A dispatch sheet as a picture for a work group."""
    paper = paper_of(request, pk)
    if paper.kind != PaperKind.DISPATCH_SHEET:
        raise Http404
    content = sheet_of(paper)
    return card_answer(sheet_card(content, is_issued=paper.state == PaperState.ISSUED))


@require_GET
@scoped(*READS)
def original(request: SignedIn, pk: int) -> HttpResponse:
    """The scan of the sealed paper."""
    paper = paper_of(request, pk)
    if paper.original is None:
        raise Http404
    return _answer(paper.original, request)


def _answer(found: StoredFile, request: SignedIn) -> HttpResponse:
    answer = FileResponse(
        io.BytesIO(read_file(file=found)),
        as_attachment="inline" not in request.GET,
        filename=found.name,
        content_type=found.content_type,
    )
    return cast(HttpResponse, answer)
