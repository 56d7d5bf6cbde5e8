"""The way from minutes to their paper, by the id that `supervision.dispatch` knows."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from reports.papers.models import Document
from supervision.dispatch.models import Minutes

from .issuing import paper_of_minutes


@require_GET
@scoped(Permission.PAPER_READ, Permission.PAPER_READ_DRAFT)
def of_minutes(request: SignedIn, pk: int) -> HttpResponse:
    """To the paper of a signed version; within the minute in which it is made, a page that waits (202)."""
    rows = Minutes.objects.visible_to(request.scope).signed().select_related("meeting__bureau")
    minutes = get_object_or_404(rows, pk=pk)
    paper = paper_of_minutes(minutes=minutes)
    if paper is not None:
        get_object_or_404(Document.objects.visible_to(request.scope), pk=paper.pk)
        return redirect("papers:document", paper.pk)
    return render(request, "papers_pages/minutes_wait.html", {"minutes": minutes}, status=202)
