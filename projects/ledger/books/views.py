"""The lists of a year that go out and come back in: which there are, the form, the workbook, the rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads, programme_uploads
from projects.ledger.models import Programme
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Forbidden
from renovation.intake.pipelines import Pipeline, pipelines

from .declaring import ListBook
from .pipeline import workbook_of
from .registry import books, books_by_wing


def _offered(request: SignedIn) -> list[tuple[str, list[ListBook]]]:
    """The lists that somebody may bring in, under the names of their wings."""
    found = [
        (wing, [book for book in lists if request.scope.can(book.permission)])
        for wing, lists in books_by_wing()
    ]
    return [(wing, lists) for wing, lists in found if lists]


def _chosen(request: SignedIn, slug: str) -> tuple[ListBook, Pipeline]:
    book = books().get(slug)
    if book is None:
        raise Http404("no such list")
    if not request.scope.can(book.permission):
        raise Forbidden(f"{book.label}由区局经办岗导入导出。")
    return book, pipelines()[book.code]


@require_GET
@scoped(Permission.LEDGER_WRITE, Permission.FUNDING_WRITE)
def index(request: SignedIn, year: int) -> HttpResponse:
    """Every list of the year with what it holds and its way out and in."""
    found = get_object_or_404(Programme.objects.visible_to(request.scope), year=year)
    streets = (
        found.projects.visible_to(request.scope)
        .order_by("street__order")
        .values_list("street__code", "street__short_name", "street__order")
        .distinct()
    )
    context = {
        "programme": found,
        "wings": _offered(request),
        "streets": [(code, name) for code, name, _ in streets],
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (found.name, reverse("ledger:programme", args=[year])),
            ("成批导入导出", ""),
        ],
        "section": "项目",
    }
    return render(request, "ledger/books.html", context)


@require_GET
@scoped(Permission.LEDGER_WRITE, Permission.FUNDING_WRITE)
def newest(request: SignedIn, slug: str) -> HttpResponse:
    """A list of all years stands with the newest; without any programme there is nothing to bring in yet."""
    _chosen(request, slug)
    rows = Programme.objects.visible_to(request.scope).order_by("-year")
    year = rows.values_list("year", flat=True).first()
    if year is None:
        messages.info(request, "先新建年度计划，再导入清单。")
        return redirect("ledger:programme_new")
    return redirect("ledger:book", year=year, slug=slug)


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE, Permission.FUNDING_WRITE)
def book(request: SignedIn, year: int, slug: str) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    _, pipeline = _chosen(request, slug)
    return programme_uploads.upload_page(request, year, pipeline, now=timezone.now())


@require_GET
@scoped(Permission.LEDGER_WRITE, Permission.FUNDING_WRITE)
def workbook(request: SignedIn, year: int, slug: str) -> HttpResponse:
    """The list as it stands, of all streets or of the one in the address."""
    chosen, _ = _chosen(request, slug)
    target = programme_uploads.programme_target(request, year)
    street = request.GET.get("street", "")
    made = workbook_of(chosen, target, timezone.now(), street=street)
    return downloads.workbook(content=made.content, name=made.name)


@require_GET
@scoped(Permission.LEDGER_WRITE, Permission.FUNDING_WRITE)
def rules(request: SignedIn, year: int, slug: str) -> HttpResponse:
    """Every rule of the workbook."""
    _, pipeline = _chosen(request, slug)
    return programme_uploads.rules_page(request, pipeline)
