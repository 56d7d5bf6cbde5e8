"""Pages of the ledger: a project's own fields, estates, parties, gates, files."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal

from . import downloads, services
from .conflicts import EditConflict
from .enums import EVIDENCE_REQUIRED, GateKind
from .exports import ledger_workbook
from .forms import GateForm, ProjectForm, refuse
from .gatekeeping import GateRefused
from .models import Gate, Programme, Project
from .pages import BOTH, answer_status, page_of, project_of
from .plans import in_force


# -- the project's own fields ------------------------------------------------------------------------
@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """A new project."""
    form = ProjectForm(request.POST if request.method == "POST" else None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        project = services.create_project(values=form.values, by=request.user, now=timezone.now())
        messages.success(request, f"已新建{project}。接着登记小区、参建单位和计划。")
        return redirect("ledger:estates", code=project.code)
    crumbs = [("项目", reverse("dashboards:projects")), ("新建项目", "")]
    context = {"form": form, "crumbs": crumbs, "section": "项目"}
    return render(request, "ledger/new.html", context, status=answer_status(request))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def edit(request: SignedIn, code: str) -> HttpResponse:
    """A project's own fields. Where somebody else was quicker, both are shown and nothing is lost."""
    project = project_of(request, code)
    data = request.POST.copy() if request.method == "POST" else None
    form = ProjectForm(data, scope=request.scope, project=project)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            services.update_project(
                project=project,
                values=form.values,
                seen_version=form.cleaned_data["seen_version"] or 0,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found:
            conflict = found
            project.refresh_from_db()
            data["seen_version"] = str(project.version)  # what is shown below has been seen
        else:
            messages.success(request, "已保存。")
            return redirect("dashboards:project", code=form.cleaned_data["code"])
    return render(
        request,
        "ledger/edit.html",
        page_of(request, project, "edit", title="修改项目", form=form, conflict=conflict),
        status=409 if conflict else answer_status(request),
    )


# -- gates -------------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def gates(request: SignedIn, code: str) -> HttpResponse:
    """The gates of a project, passed and to come."""
    project = project_of(request, code)
    known = {row.kind: row for row in project.gates.select_related("evidence")}
    plan = in_force(baselines=list(project.baselines.all()), on=local_day(timezone.now()))
    planned = (
        {GateKind.STARTED: plan.planned_start_on, GateKind.COMPLETED: plan.planned_completion_on}
        if plan
        else {}
    )
    rows = []
    for kind in GateKind:
        row = known.get(kind)
        rows.append(
            {
                "kind": kind,
                "gate": row,
                "planned_on": planned.get(kind) or (row and row.planned_on),
                "counts": row is not None and services.counts(row),
                "is_claim": row is not None
                and row.actual_on is not None
                and not services.counts(row)
                and not row.is_opening,
            }
        )
    return render(request, "ledger/gates.html", page_of(request, project, "gates", rows=rows))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def gate(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """The dates and the evidence of one gate."""
    project = project_of(request, code)
    if kind not in GateKind.values:
        raise Http404("no such gate")
    chosen = GateKind(kind)
    row = project.gates.filter(kind=chosen).select_related("evidence").first()
    row = row or Gate(project=project, kind=chosen, version=0)
    data = request.POST.copy() if request.method == "POST" else None
    conflict: EditConflict | None = None
    form = GateForm(
        data,
        request.FILES if request.method == "POST" else None,
        gate=row,
        needs_evidence=chosen in EVIDENCE_REQUIRED,
    )
    if data is not None and form.is_valid():
        try:
            services.record_gate(
                project=project,
                kind=chosen,
                values=form.values,
                evidence=form.cleaned_data["evidence"],
                seen_version=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found:
            conflict = found
            data["seen_version"] = str(found.version)  # what is shown below has been seen
        except GateRefused as refused:
            for sentence in refused.sentences:
                form.add_error("actual_on", sentence)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存关口“{chosen.label}”。")
            return redirect("ledger:gates", code=code)
    context = page_of(
        request,
        project,
        "gates",
        title=str(chosen.label),
        form=form,
        gate=row,
        conflict=conflict,
        file_lost=bool(request.FILES) and bool(form.errors or conflict),
    )
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/gate.html", context, status=status)


# -- files, export ----------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def file(request: SignedIn, pk: int) -> HttpResponse:
    """The evidence of a gate of a project in sight."""
    found = (
        Gate.objects.visible_to(request.scope)
        .filter(evidence_id=pk)
        .select_related("evidence")
        .first()
    )
    if found is None or found.evidence is None:
        raise Http404("no such file")
    return downloads.for_reader(
        file=found.evidence, keeps_metadata=request.scope.can(Permission.RETURN_READ)
    )


@require_GET
@scoped(Permission.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The ledger of a year as a workbook (``?year=``; the newest programme where none is named)."""
    programmes = Programme.objects.visible_to(request.scope)
    year = request.GET.get("year", "")
    if year:
        programmes = programmes.filter(year=int(year)) if year.isdecimal() else programmes.none()
    programme = programmes.first()
    if programme is None:
        raise Http404("no such programme")
    now = timezone.now()
    content = ledger_workbook(
        programme=programme,
        projects=Project.objects.visible_to(request.scope).filter(programme=programme),
        on=local_day(now),
        now=now,
    )
    return downloads.workbook(content=content, name=f"{programme.year}年度项目台账.xlsx")
