"""Pages of the ledger: a project's own fields, estates, parties, gates, files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal

from . import downloads, policies, services
from .conflicts import EditConflict
from .enums import EVIDENCE_REQUIRED, GateKind
from .exports import ledger_workbook
from .forms import EstateForm, GateForm, PartyForm, ProjectForm, RemoveForm, refuse
from .gatekeeping import GateRefused
from .models import Estate, Gate, Party, Programme, Project
from .plans import in_force
from .tabs import tabs_of

BOTH = ["GET", "POST"]


def project_of(request: SignedIn, code: str) -> Project:
    """The project within the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street", "programme")
    return get_object_or_404(rows, code=code)


def answer_status(request: SignedIn) -> int:
    """A form that comes back is 422, one that is opened 200."""
    return 422 if request.method == "POST" else 200


def page_of(request: SignedIn, project: Project, chosen: str, **more: Any) -> dict[str, Any]:
    """What every page of a project's ledger shows: crumbs, the project's tabs, who may write."""
    crumbs = [
        ("项目", reverse("dashboards:projects")),
        (project.name, reverse("dashboards:project", args=[project.code])),
    ]
    tabs = tabs_of(project=project, chosen=f"ledger:{chosen}", scope=request.scope)
    title = more.pop("title", "") or next((tab.text for tab in tabs if tab.chosen), "")
    return {
        "project": project,
        "tabs": tabs,
        "crumbs": [*crumbs, (title, "")],
        "can_write": policies.can_write(scope=request.scope),
        "section": "项目",
        **more,
    }


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


# -- estates and parties -----------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def estates(request: SignedIn, code: str) -> HttpResponse:
    """The estates of a project with their sums."""
    project = project_of(request, code)
    rows = list(project.estates.select_related("community"))
    sums = {
        "buildings": sum(row.building_count for row in rows),
        "households": sum(row.household_count for row in rows),
        "area": sum(row.area_sqm for row in rows),
    }
    plan = in_force(baselines=list(project.baselines.all()), on=local_day(timezone.now()))
    return render(
        request,
        "ledger/estates.html",
        page_of(request, project, "estates", rows=rows, sums=sums, plan=plan),
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def parties(request: SignedIn, code: str) -> HttpResponse:
    """The parties to a project."""
    project = project_of(request, code)
    rows = project.parties.select_related("organisation")
    today = local_day(timezone.now())
    return render(
        request,
        "ledger/parties.html",
        page_of(request, project, "parties", rows=rows, today=today),
    )


def _part_page(
    request: SignedIn, project: Project, part: Estate | Party, form: EstateForm | PartyForm
) -> HttpResponse:
    """Add or change an estate or a party."""
    listing = "estates" if isinstance(part, Estate) else "parties"
    creating = part.pk is None
    noun = str(part._meta.verbose_name)
    if request.method == "POST" and form.is_valid():
        saved = services.save_part(
            part=form.save(commit=False), project=project, by=request.user, now=timezone.now()
        )
        messages.success(request, f"已{'新增' if creating else '保存'}{noun}“{saved}”。")
        return redirect(f"ledger:{listing}", code=project.code)
    title = f"新增{noun}" if creating else f"修改{noun}"
    remove = (
        ""
        if creating
        else reverse(
            f"ledger:{'estate' if listing == 'estates' else 'party'}_remove",
            args=[project.code, part.pk],
        )
    )
    context = page_of(
        request, project, listing, title=title, heading=title, form=form, remove_href=remove
    )
    return render(request, "ledger/part.html", context, status=answer_status(request))


def _remove_page(request: SignedIn, project: Project, part: Estate | Party) -> HttpResponse:
    """Ask why, then remove."""
    listing = "estates" if isinstance(part, Estate) else "parties"
    form = RemoveForm(request.POST or None, use_required_attribute=False)
    name = str(part)
    if request.method == "POST" and form.is_valid():
        services.remove_part(
            part=part,
            project=project,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, f"已删除“{name}”。它的沿革还在。")
        return redirect(f"ledger:{listing}", code=project.code)
    context = page_of(
        request,
        project,
        listing,
        title="删除",
        form=form,
        part=part,
        noun=part._meta.verbose_name,
        back=reverse(f"ledger:{listing}", args=[project.code]),
    )
    return render(request, "ledger/remove.html", context, status=answer_status(request))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def estate(request: SignedIn, code: str, pk: int | None = None) -> HttpResponse:
    """A new estate, or one that is changed."""
    project = project_of(request, code)
    part = Estate() if pk is None else get_object_or_404(project.estates, pk=pk)
    form = EstateForm(request.POST or None, instance=part, project=project)
    return _part_page(request, project, part, form)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def estate_remove(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Remove an estate."""
    project = project_of(request, code)
    return _remove_page(request, project, get_object_or_404(project.estates, pk=pk))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def party(request: SignedIn, code: str, pk: int | None = None) -> HttpResponse:
    """A new party, or one that is changed."""
    project = project_of(request, code)
    part = Party() if pk is None else get_object_or_404(project.parties, pk=pk)
    form = PartyForm(request.POST or None, instance=part, project=project, scope=request.scope)
    return _part_page(request, project, part, form)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def party_remove(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Remove a party."""
    project = project_of(request, code)
    return _remove_page(request, project, get_object_or_404(project.parties, pk=pk))


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
    return downloads.stored(file=found.evidence)


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
