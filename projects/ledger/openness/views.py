"""Pages of surveys and publications (两清两访四公开), and of how a project is carried (组织保障)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import policies
from projects.ledger.enums import CommitmentKind, PublicationKind, SurveyKind
from projects.ledger.models import Commitment, LeadingPost, Project, Publication, Survey
from projects.ledger.pages import (
    BOTH,
    RowPage,
    checklist_ways,
    edit_row,
    page_of,
    project_of,
    remove_row_page,
)
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day

from .completeness import count_there, points, points_sum, serving
from .elsewhere import published_elsewhere
from .forms import CommitmentForm, PublicationForm, SurveyForm


@require_GET
@scoped(Permission.RETURN_READ)
def openness(request: SignedIn, code: str) -> HttpResponse:
    """两清两访四公开 of a project: what is there and what is not."""
    project = project_of(request, code)
    clear, public = points(
        surveys=list(project.surveys.select_related("file")),
        publications=list(project.publications.select_related("file")),
        elsewhere=published_elsewhere(project=project),
    )
    context = page_of(
        request,
        project,
        "standards",
        title="两清两访四公开",
        ways=checklist_ways(project, "openness"),
        clear=clear,
        public=public,
        there=count_there(clear) + count_there(public),
        lacking="、".join(str(each.kind.label) for each in [*clear, *public] if not each.is_there),
        households=sum(row.household_count for row in project.estates.all()),
        can_file=policies.can_file(scope=request.scope),
    )
    return render(request, "ledger/openness.html", context)


@require_GET
@scoped(Permission.RETURN_READ)
def commitments(request: SignedIn, code: str) -> HttpResponse:
    """组织保障: party branch, first in charge, on site, officials who go first, points; who of the leading
    group answers."""
    project = project_of(request, code)
    today = local_day(timezone.now())
    rows = list(project.commitments.all())
    here = {row.pk for row in serving(rows, today)}
    context = page_of(
        request,
        project,
        "standards",
        title="组织保障",
        ways=checklist_ways(project, "commitments"),
        groups=[
            {
                "kind": kind,
                "rows": [{"row": row, "runs": row.pk in here} for row in rows if row.kind == kind],
            }
            for kind in CommitmentKind
        ],
        points=points_sum(rows),
        posts=LeadingPost.objects.visible_to(request.scope)
        .filter(projects=project)
        .valid_on(today),
        can_file=policies.can_file(scope=request.scope),
    )
    return render(request, "ledger/commitments.html", context)


_FORMS: dict[str, Any] = {
    "surveys": (Survey, SurveyKind, SurveyForm, "openness"),
    "publications": (Publication, PublicationKind, PublicationForm, "openness"),
    "commitments": (Commitment, CommitmentKind, CommitmentForm, "commitments"),
}


def _page(request: SignedIn, project: Project, back: str, title: str, remove: str = "") -> RowPage:
    return RowPage(
        organisation=project.street,
        of=str(project),
        back=reverse(f"ledger:{back}", args=[project.code]),
        sub=f"{project.name}　{project.code}",
        context=page_of(request, project, "standards", title=title),
        heading=title,
        remove=remove,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def record_new(request: SignedIn, code: str, what: str, kind: str) -> HttpResponse:
    """A new record of a kind."""
    if what not in _FORMS or kind not in _FORMS[what][1].values:
        raise Http404("no such kind")
    model, kinds, form, back = _FORMS[what]
    project = project_of(request, code)
    now = timezone.now()
    row = model()
    return edit_row(
        request,
        page=_page(request, project, back, f"登记{kinds(kind).label}"),
        row=row,
        make_form=lambda data, files: form(
            data, files, instance=row, project=project, kind=kind, today=local_day(now)
        ),
        now=now,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def record(request: SignedIn, code: str, what: str, pk: int) -> HttpResponse:
    """A record that is changed."""
    if what not in _FORMS:
        raise Http404("no such record")
    model, _, form, back = _FORMS[what]
    project = project_of(request, code)
    now = timezone.now()
    row = get_object_or_404(model.objects.visible_to(request.scope), project=project, pk=pk)
    remove = reverse("ledger:record_remove", args=[code, what, pk])
    return edit_row(
        request,
        page=_page(request, project, back, f"修改{row.get_kind_display()}", remove),
        row=row,
        make_form=lambda data, files: form(
            data, files, instance=row, project=project, kind=row.kind, today=local_day(now)
        ),
        now=now,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def record_remove(request: SignedIn, code: str, what: str, pk: int) -> HttpResponse:
    """Remove a record that was entered by mistake."""
    if what not in _FORMS:
        raise Http404("no such record")
    model, _, _, back = _FORMS[what]
    project = project_of(request, code)
    row = get_object_or_404(model.objects.visible_to(request.scope), project=project, pk=pk)
    return remove_row_page(
        request, page=_page(request, project, back, "删除"), row=row, now=timezone.now()
    )
