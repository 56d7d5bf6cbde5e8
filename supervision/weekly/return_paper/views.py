"""The paper of a return, for whoever sees its page: as a PDF, as a workbook."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from supervision.weekly.comparison import load_context
from supervision.weekly.detail import detail_of, judged_at
from supervision.weekly.models import ReturnException
from supervision.weekly.views.places import chosen_of, place_of, versions_of

from .compiling import compile_paper
from .rendering import file_name, paper_pdf, paper_workbook
from .values import ReturnPaper


@require_GET
@scoped(Permission.RETURN_READ)
def paper(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """报送表 of a version (the latest without one in the address) as a PDF."""
    found = _paper(request, week_start, street)
    return downloads.attachment(
        content=paper_pdf(found), name=file_name(found, ".pdf"), content_type="application/pdf"
    )


@require_GET
@scoped(Permission.RETURN_READ)
def workbook(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The same as a workbook."""
    found = _paper(request, week_start, street)
    return downloads.workbook(content=paper_workbook(found), name=file_name(found, ".xlsx"))


def _paper(request: SignedIn, week_start: str, street: str) -> ReturnPaper:
    organisation, week = place_of(request, week_start, street)
    versions = list(versions_of(request, organisation, week))
    shown = chosen_of(request, versions)
    if shown is None:
        raise Http404("no return yet")
    now = timezone.now()
    context = load_context(street=organisation, week=week, moment=judged_at(shown, now))
    return compile_paper(
        weekly_return=shown,
        detail=detail_of(weekly_return=shown, week=context),
        exceptions=ReturnException.objects.visible_to(request.scope)
        .filter(street=organisation, week_start=week.start)
        .select_related("granted_by"),
        newer=next((row for row in versions if row.supersedes_id == shown.pk), None),
    )
