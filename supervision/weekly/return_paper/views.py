"""The paper of a return, for whoever sees its page: as a PDF, as a workbook."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.jobs.printing.pages import paper_answer
from renovation.jobs.printing.services import ask
from supervision.weekly.comparison import load_context
from supervision.weekly.detail import detail_of, judged_at
from supervision.weekly.models import ReturnException
from supervision.weekly.prints import RETURN_PAPER
from supervision.weekly.views.places import chosen_of, crumbs_of, place_of, versions_of

from .compiling import compile_paper
from .rendering import file_name, paper_workbook
from .values import ReturnPaper


@require_http_methods(["GET", "POST"])
@scoped(Permission.RETURN_READ)
def paper(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """报送表 of a version (the latest without one in the address) as a PDF; while a worker makes it, a page that
    waits. A post asks again for one that failed."""
    found, organisation = _paper(request, week_start, street)
    row = ask(
        kind=RETURN_PAPER,
        content=found,
        organisation=organisation,
        now=timezone.now(),
        again=request.method == "POST",
    )
    if request.method == "POST":
        return redirect(request.get_full_path())
    crumbs = crumbs_of(organisation, found.week, last="报送表")
    return paper_answer(
        request,
        row,
        crumbs=crumbs,
        back=f"{crumbs[1].href}?version={found.version}",
        title="报送表",
        sub=f"{found.street}　{found.period}　{found.edition}",
    )


@require_GET
@scoped(Permission.RETURN_READ)
def workbook(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The same as a workbook."""
    found, _ = _paper(request, week_start, street)
    return downloads.workbook(content=paper_workbook(found), name=file_name(found, ".xlsx"))


def _paper(request: SignedIn, week_start: str, street: str) -> tuple[ReturnPaper, Organisation]:
    organisation, week = place_of(request, week_start, street)
    versions = list(versions_of(request, organisation, week))
    shown = chosen_of(request, versions)
    if shown is None:
        raise Http404("no return yet")
    now = timezone.now()
    context = load_context(street=organisation, week=week, moment=judged_at(shown, now))
    found = compile_paper(
        weekly_return=shown,
        detail=detail_of(weekly_return=shown, week=context),
        exceptions=ReturnException.objects.visible_to(request.scope)
        .filter(street=organisation, week_start=week.start)
        .select_related("granted_by"),
        newer=next((row for row in versions if row.supersedes_id == shown.pk), None),
    )
    return found, organisation
