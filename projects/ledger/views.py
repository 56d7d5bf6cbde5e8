"""Pages of the ledger: a project's own fields, files, export."""

from __future__ import annotations

from typing import Any

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
from renovation.face.refusals import refuse

from . import downloads, services
from .conflicts import EditConflict, take_over
from .enrolment import kinds_open
from .exports import ledger_workbook
from .forms import ProjectForm
from .models import (
    Gate,
    GateException,
    GatePromise,
    JointReview,
    Programme,
    Project,
    ProjectChange,
    Publication,
    StandardCheck,
    Survey,
)
from .pages import BOTH, answer_status, page_of, project_of


# -- the project's own fields ------------------------------------------------------------------------
@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """A new project."""
    form = ProjectForm(
        request.POST if request.method == "POST" else None,
        scope=request.scope,
        today=local_day(timezone.now()),
    )
    if request.method == "POST" and form.is_valid():
        project = services.create_project(values=form.values, by=request.user, now=timezone.now())
        messages.success(
            request, f"已新建{project}，由另一人批准列入后计入。接着登记小区、参建单位和计划。"
        )
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
    today = local_day(timezone.now())
    form = ProjectForm(data, scope=request.scope, today=today, project=project)
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
            take_over(form, found)
            data["seen_version"] = str(project.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存。")
            return redirect("dashboards:project", code=form.cleaned_data["code"])
    return render(
        request,
        "ledger/edit.html",
        page_of(
            request,
            project,
            "edit",
            title="修改项目",
            form=form,
            conflict=conflict,
            kinds=kinds_open(project=project, today=today),
        ),
        status=409 if conflict else answer_status(request),
    )


# -- files, export ----------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def file(request: SignedIn, pk: int) -> HttpResponse:
    """The evidence of a gate, a promise, a joint review, an exception or a change of a project in sight; of a
    checked standard, a survey or a publication for who works with the streets."""
    inside = request.scope.can(Permission.RETURN_READ)
    kept: tuple[tuple[Any, str], ...] = (
        (Gate, "evidence"),
        (GatePromise, "received_file"),
        (JointReview, "file"),
        (GateException, "file"),
        (ProjectChange, "file"),
    )
    if inside:
        kept += ((StandardCheck, "evidence"), (Survey, "file"), (Publication, "file"))
    for model, field in kept:
        rows = model.objects.visible_to(request.scope).filter(**{f"{field}_id": pk})
        found = rows.select_related(field).first()
        if found is not None:
            return downloads.for_reader(file=getattr(found, field), scope=request.scope)
    raise Http404("no such file")


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
        with_drafts=request.scope.can(Permission.LEDGER_WRITE),
        on=local_day(now),
        now=now,
    )
    return downloads.workbook(content=content, name=f"{programme.year}年度项目台账.xlsx")
