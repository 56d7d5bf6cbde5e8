"""Upload of a bureau's opening money, its template, and the page of rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.funding.intake import OPENING_MONEY
from projects.ledger import programme_uploads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped


@require_http_methods(["GET", "POST"])
@scoped(Permission.FUNDING_WRITE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    return programme_uploads.upload_page(request, year, OPENING_MONEY, now=timezone.now())


@require_GET
@scoped(Permission.FUNDING_WRITE)
def template(request: SignedIn, year: int) -> HttpResponse:
    """The empty workbook."""
    return programme_uploads.template_of(request, year, OPENING_MONEY, now=timezone.now())


@require_GET
@scoped(Permission.FUNDING_WRITE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    return programme_uploads.rules_page(request, OPENING_MONEY)
