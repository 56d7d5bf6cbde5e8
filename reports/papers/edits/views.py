"""Pages of a bulletin's text: all passages with what is wrong in them, numbers declared as foreign."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.face.refusals import refuse
from reports.papers import services
from reports.papers.bulletin_text import SECTIONS
from reports.papers.bulletins import Bulletin
from reports.papers.enums import PaperAct
from reports.papers.flows import flow_of
from reports.papers.forms import OutsideForm, TextsForm
from reports.papers.models import Document
from reports.papers.policies import available_acts
from reports.papers.snapshots import bulletin_of
from reports.papers.views import crumbs_of, paper_of

P = Permission
A = PaperAct


@scoped(P.PAPER_DRAFT)
def texts(request: SignedIn, pk: int) -> HttpResponse:
    """The text of a drafted bulletin, passage by passage, with what is wrong in it."""
    paper = paper_of(request, pk)
    if A.EDIT not in flow_of(paper.kind).acts:
        raise Http404
    if A.EDIT not in available_acts(paper, request.scope):
        flow_of(paper.kind).transition(paper.state, A.EDIT)
        raise Forbidden("您的岗位不办理这一环节。")
    bulletin = bulletin_of(paper)
    form = TextsForm(request.POST if request.method == "POST" else None, bulletin=bulletin)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_texts(
                document=paper, texts=form.texts(), by=request.user, now=timezone.now()
            )
        except StateConflict:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "文字已保存。")
            return redirect("papers:texts", pk)
    faults = bulletin.faults(paper.outside_figures)
    sections = [
        (
            section or "文件要素",
            [
                (passage, form[passage.key], [f for f in faults if f.passage_key == passage.key])
                for passage in bulletin.passages
                if passage.section == section
            ],
        )
        for section in ("", *SECTIONS)
    ]
    return render(
        request,
        "papers_pages/texts.html",
        {
            "document": paper,
            "bulletin": bulletin,
            "crumbs": crumbs_of(paper, "修改文字"),
            "form": form,
            "sections": [each for each in sections if each[1]],
            "faults": faults,
            "fault_links": [(f.passage_name, f.message, f"#id_{f.passage_key}") for f in faults],
            "outside": _outside(paper, bulletin),
        },
        status=422 if form.errors else 200,
    )


def _outside(paper: Document, bulletin: Bulletin) -> list[tuple[str, str, str]]:
    """Numbers declared to be none of the bulletin's: place, token, reason."""
    tokens = bulletin.figure_places()
    return [
        (place, tokens.get(place, place), reason) for place, reason in paper.outside_figures.items()
    ]


@require_POST
@scoped(P.PAPER_DRAFT)
def outside(request: SignedIn, pk: int) -> HttpResponse:
    """Declare a number to be none of the bulletin's figures, or take that back."""
    paper = paper_of(request, pk)
    if A.EDIT not in flow_of(paper.kind).acts:
        raise Http404
    form = OutsideForm(request.POST)
    if not form.is_valid():
        messages.error(request, "原因不能超过 100 个字。")
        return redirect("papers:texts", pk)
    services.mark_outside(
        document=paper,
        place=form.cleaned_data["place"],
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=timezone.now(),
    )
    return redirect(reverse("papers:texts", args=[pk]) + "#faults")
