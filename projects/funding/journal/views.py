"""Bringing the exported register of money back in, with new rows."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import programme_uploads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped

from .pipeline import FUNDING_JOURNAL


@require_http_methods(["GET", "POST"])
@scoped(Permission.FUNDING_WRITE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    return programme_uploads.upload_page(request, year, FUNDING_JOURNAL, now=timezone.now())


@require_GET
@scoped(Permission.FUNDING_WRITE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    return programme_uploads.rules_page(request, FUNDING_JOURNAL)
