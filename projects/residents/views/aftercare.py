"""Pages of the after-care of a project's estates: who looks after them, fees, fund, hand-over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from projects.ledger.models import Estate
from projects.ledger.pages import RowForm, RowPage, edit_row
from projects.residents.aftercare.register import care_of
from projects.residents.forms.aftercare import (
    CollectionForm,
    CommitteeForm,
    FundForm,
    HandoverForm,
    ManagementEditForm,
)
from projects.residents.models import Committee, FeeCollection, FundEntry, Handover, Management
from projects.residents.pages import BOTH, frame, project_of
from projects.residents.parameters import TERM_DAYS
from projects.residents.services import aftercare as services
from projects.residents.services import confirming
from projects.residents.views.confirming import act_page, offered, settled
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.records.models import StoredFile
from renovation.records.services import values_in_force

PART = "project_aftercare"
#: What can be added to an estate: the word of the address → model, form, service.
KINDS: dict[str, tuple[type[Any], type[RowForm], Callable[..., models.Model]]] = {
    "committee": (Committee, CommitteeForm, services.save_tenure),
    "management": (Management, ManagementEditForm, services.save_tenure),
    "collection": (FeeCollection, CollectionForm, services.save_collection),
    "fund": (FundEntry, FundForm, services.save_fund_entry),
    "handover": (Handover, HandoverForm, confirming.save_handover),
}
_PROJECT = ("estate__project__street", "estate__project__programme__bureau")


def estate_of(request: SignedIn, pk: int) -> Estate:
    """The estate of a project within the scope; 404 for anything else."""
    rows = Estate.objects.visible_to(request.scope)
    return get_object_or_404(rows.select_related("project__street", "project__programme"), pk=pk)


def row_of(request: SignedIn, kind: str, pk: int) -> Any:
    """A row of an estate within the scope; 404 for anything else."""
    if kind not in KINDS:
        raise Http404("no such kind")
    rows = KINDS[kind][0].objects.visible_to(request.scope).select_related(*_PROJECT)
    return get_object_or_404(rows, pk=pk)


@require_GET
@scoped(Permission.LEDGER_READ)
def project_aftercare(request: SignedIn, code: str) -> HttpResponse:
    """The after-care of each estate of a project as it stands today."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    rows = care_of(
        estates=Estate.objects.visible_to(request.scope).filter(project=found).order_by("pk"),
        on=today,
        handovers=Handover.objects.visible_to(request.scope),
    )
    days = int(values_in_force(organisation=found.programme.bureau, on=today)[TERM_DAYS.key])
    context = frame(
        request,
        found,
        PART,
        rows=[
            # A project of one estate bears its name: the head has just said it.
            (
                "长效管理" if str(care.estate) == found.name else str(care.estate),
                care,
                care.ends_within(days),
            )
            for care in rows
        ],
        completed_on=rows[0].completed_on if rows else None,
        cared=sum(not care.lacks_plan for care in rows),
        lacking=sum(care.lacks_plan for care in rows),
        handed=sum(care.is_handed_over for care in rows),
        can_read_file=request.scope.can(Permission.RESIDENT_READ),
    )
    return render(request, "residents/project_aftercare.html", context)


def _edit(request: SignedIn, kind: str, row: Any, title: str) -> HttpResponse:
    now = timezone.now()
    _, form_class, save = KINDS[kind]
    estate, project = row.estate, row.estate.project
    context = frame(request, project, PART, (title, ""))
    if isinstance(row, Handover):
        refused = settled(request, row, part=PART, title=title)
        if refused is not None:
            return refused
    page = RowPage(
        organisation=project.street,
        of=estate.full_name,
        back=context["back"],
        context=context,
        sub=estate.full_name,
        heading=title,
        intro="保存后由街道审核岗确认，确认以后不能修改。" if kind == "handover" else "",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, files: form_class(data, files, instance=row),
        now=now,
        save=save,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def care_new(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """Add something to the after-care of an estate."""
    if kind not in KINDS:
        raise Http404("no such kind")
    estate = estate_of(request, pk)
    model = KINDS[kind][0]
    return _edit(request, kind, model(estate=estate), f"登记{model._meta.verbose_name}")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def care_edit(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """Change what is known; a hand-over only until it is confirmed (409)."""
    row = row_of(request, kind, pk)
    return _edit(request, kind, row, f"修改{row._meta.verbose_name}")


@require_GET
@scoped(Permission.LEDGER_READ)
def care_file(request: SignedIn, kind: str, pk: int) -> HttpResponse:
    """The file of a row. That of a committee names residents, so not for a company."""
    row = row_of(request, kind, pk)
    stored: StoredFile | None = getattr(row, "file", None)
    if stored is None or (kind == "committee" and not request.scope.can(Permission.RESIDENT_READ)):
        raise Http404("no file")
    return downloads.for_reader(file=stored, scope=request.scope)


@require_GET
@scoped(Permission.LEDGER_READ)
def handover(request: SignedIn, pk: int) -> HttpResponse:
    """A hand-over: who to whom, what, and what can be done now."""
    found: Handover = row_of(request, "handover", pk)
    context = frame(
        request,
        found.estate.project,
        PART,
        (str(found), ""),
        row=found,
        sub="　".join(dict.fromkeys((found.estate.full_name, found.estate.project.code))),
        completed_on=confirming.completed_on(project=found.estate.project),
        acts=offered(request, found),
    )
    return render(request, "residents/handover.html", context)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE, Permission.NOTICE_DECIDE)
def handover_act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """Confirm what another recorded, or withdraw it with a reason."""
    found: Handover = row_of(request, "handover", pk)
    here = reverse("residents:handover", args=[pk])
    return act_page(
        request,
        found,
        act,
        part=PART,
        here=here,
        quoted=lambda: f"{found.handed_by}移交{found.taken_by}，{len(found.items)} 项",
    )
