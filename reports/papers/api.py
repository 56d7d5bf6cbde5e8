"""What was issued: the list, a paper, its bytes (CONTRACT.md)."""

from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.pagination import PageNumberPagination, paginate

from renovation.accounts import tokens
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.downloads import attachment
from renovation.core.errors import Forbidden
from renovation.records.services import read_file

from . import renditions
from .enums import Format, PaperState
from .models import Document
from .querysets import DocumentQuerySet

router = Router(tags=["文件"])


class DocumentOut(Schema):
    """An issued paper. ``digest`` is that of the contents that both its formats were made from."""

    id: int
    kind: str
    title: str
    number: str | None
    subject: str
    period: str
    version: int
    issued_at: datetime | None
    issued_on: date | None
    digest: str
    superseded: bool

    @staticmethod
    def resolve_subject(paper: Document) -> str:
        """The code of the organisation that the paper is about."""
        return paper.subject.code

    @staticmethod
    def resolve_period(paper: Document) -> str:
        """2025-W19 or 2025-Q3."""
        return paper.period_key

    @staticmethod
    def resolve_superseded(paper: Document) -> bool:
        """Whether a later version was issued."""
        return bool(paper.is_superseded)  # type: ignore[attr-defined]


class DocumentQuery(Schema):
    """Which papers."""

    kind: str | None = None
    period: str | None = None


def _issued(request: HttpRequest) -> DocumentQuerySet:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.can(Permission.PAPER_READ):
        raise Forbidden("您的岗位不能读取文件。")
    rows = Document.objects.visible_to(scope).select_related("subject").with_successor()
    return rows.filter(state=PaperState.ISSUED).defer("snapshot", "texts")


@router.get(
    "/documents", response=list[DocumentOut], auth=tokens.read_documents, summary="已印发的文件"
)
@paginate(PageNumberPagination)
def documents(request: HttpRequest, query: Query[DocumentQuery]) -> DocumentQuerySet:
    """What was issued in the scope of the token's user, the newest first."""
    rows = _issued(request)
    if query.kind is not None:
        rows = rows.filter(kind=query.kind)
    if query.period is not None:
        rows = rows.filter(period_key=query.period)
    return rows.order_by("-issued_at", "-pk")


@router.get(
    "/documents/{int:pk}", response=DocumentOut, auth=tokens.read_documents, summary="一份文件"
)
def document(request: HttpRequest, pk: int) -> Document:
    """One issued paper."""
    paper: Document = get_object_or_404(_issued(request), pk=pk)
    return paper


def _bytes(request: HttpRequest, pk: int, wanted: Format) -> HttpResponse:
    paper = get_object_or_404(_issued(request), pk=pk)
    file = renditions.finished(document=paper).get(wanted)
    if file is None:
        raise Http404
    content = read_file(file=file)
    return attachment(content=content, name=file.name, content_type=file.content_type)


@router.get("/documents/{int:pk}/pdf", auth=tokens.read_documents, summary="PDF")
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The issued PDF, byte for byte."""
    return _bytes(request, pk, Format.PDF)


@router.get("/documents/{int:pk}/xlsx", auth=tokens.read_documents, summary="Excel")
def xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The issued workbook, byte for byte."""
    return _bytes(request, pk, Format.XLSX)
