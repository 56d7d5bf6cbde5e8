"""The paper of a return, for whoever sees its page: as a PDF, as a workbook."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.jobs.printing.pages import line_answer, paper_answer
from renovation.jobs.printing.services import ask
from supervision.weekly.detail import detail_of
from supervision.weekly.models import ReturnException, WeeklyReturn
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
    place = _place(request, week_start, street)
    crumbs = crumbs_of(place.street, place.week, last="报送表")
    back = f"{crumbs[1].href}?version={place.shown.version}"
    line = line_answer(request, kind=RETURN_PAPER, organisation=place.street, back=back)
    if line is not None:
        return line
    found = _paper(request, place)
    row = ask(
        kind=RETURN_PAPER,
        content=found,
        organisation=place.street,
        now=timezone.now(),
        again=request.method == "POST",
    )
    if request.method == "POST":
        return redirect(request.get_full_path())
    return paper_answer(
        request,
        row,
        crumbs=crumbs,
        back=back,
        title="报送表",
        sub=f"{found.street}　{found.period}　{found.edition}",
    )


@require_GET
@scoped(Permission.RETURN_READ)
def workbook(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The same as a workbook."""
    found = _paper(request, _place(request, week_start, street))
    return downloads.workbook(content=paper_workbook(found), name=file_name(found, ".xlsx"))


class _Place(NamedTuple):
    street: Organisation
    week: Week
    versions: list[WeeklyReturn]
    shown: WeeklyReturn


def _place(request: SignedIn, week_start: str, street: str) -> _Place:
    """The version that the address asks for, as far as the reader may see it; 404 for anything else."""
    organisation, week = place_of(request, week_start, street)
    versions = list(versions_of(request, organisation, week))
    shown = chosen_of(request, versions)
    if shown is None:
        raise Http404("no return yet")
    return _Place(organisation, week, versions, shown)


def _paper(request: SignedIn, place: _Place) -> ReturnPaper:
    street, week, versions, shown = place
    return compile_paper(
        weekly_return=shown,
        detail=detail_of(street=street, week=week, weekly_return=shown, now=timezone.now()),
        exceptions=ReturnException.objects.visible_to(request.scope)
        .filter(street=street, week_start=week.start)
        .select_related("granted_by"),
        newer=next((row for row in versions if row.supersedes_id == shown.pk), None),
    )
