"""The list of the changes of all projects in sight, its filter in the address, and the same as a workbook."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from projects.ledger.choosing import Chosen, choose, frame_of_list, page_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.face.ordering import in_order

from .exports import changes_workbook
from .forms import ChangeFilterForm
from .lines import KEYS, ChangeLine, change_lines, sums_of

LISTS = (("changes_all", "变更"),)


def _lines(request: SignedIn, chosen: Chosen) -> list[ChangeLine]:
    lines = change_lines(
        request.scope,
        projects=chosen.projects,
        kind=chosen.form.chosen("kind"),
        state=chosen.form.chosen("state"),
    )
    return in_order(lines, request.GET.get("sort", ""), KEYS)


@require_GET
@scoped(Permission.LEDGER_READ)
def changes_all(request: SignedIn) -> HttpResponse:
    """The changes of all projects in sight."""
    chosen = choose(request, ChangeFilterForm, now=timezone.now())
    lines = _lines(request, chosen) if chosen else []
    context = frame_of_list(
        request,
        chosen,
        wing="ledger",
        part="changes_all",
        lists=LISTS,
        page=page_of(request, lines),
        sums=sums_of(lines),
    )
    return render(request, "ledger/changes_all.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def changes_all_export(request: SignedIn) -> HttpResponse:
    """The list as filtered and sorted, as a workbook."""
    now = timezone.now()
    chosen = choose(request, ChangeFilterForm, now=now)
    if chosen is None:
        raise Http404("no project in sight")
    title = f"{chosen.year}年度项目变更"
    content = changes_workbook(title=title, lines=_lines(request, chosen), now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")
