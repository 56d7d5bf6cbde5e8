"""Upload of a year's plan of the works, its pre-filled template, and the page of rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import programme_uploads
from projects.works.intake import WORKS_PLAN
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    return programme_uploads.upload_page(request, year, WORKS_PLAN, now=timezone.now())


@require_GET
@scoped(Permission.LEDGER_WRITE)
def template(request: SignedIn, year: int) -> HttpResponse:
    """The workbook with what stands now."""
    return programme_uploads.template_of(request, year, WORKS_PLAN, now=timezone.now())


@require_GET
@scoped(Permission.LEDGER_WRITE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    return programme_uploads.rules_page(request, WORKS_PLAN)
