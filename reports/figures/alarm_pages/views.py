"""The list of alarms, those of a project, one alarm with its weeks, and its explanation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.funding.pages import (
    BOTH,
    bureau_page,
    export_address,
    project_of,
    project_page,
    status_of,
    streets_in_sight,
)
from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse
from reports.figures import alarms as services
from reports.figures.enums import AlarmState
from reports.figures.models import DivergenceAlarm

from .exports import alarms_workbook
from .forms import ExplainForm
from .listing import AlarmFilterForm, AlarmLine, lines_of, list_alarms

P = Permission


def _alarm(request: SignedIn, pk: int) -> DivergenceAlarm:
    rows = DivergenceAlarm.objects.visible_to(request.scope).select_related(
        "project__street", "project__programme__bureau", "explained_by"
    )
    found: DivergenceAlarm = get_object_or_404(rows, pk=pk)
    return found


def _lines(request: SignedIn, form: AlarmFilterForm) -> list[AlarmLine]:
    return list_alarms(scope=request.scope, form=form, sort=request.GET.get("sort", ""))


@require_GET
@scoped(P.FIGURES_READ)
def alarms(request: SignedIn) -> HttpResponse:
    """The alarms in sight, open ones unless asked otherwise."""
    form = AlarmFilterForm(request.GET, streets=streets_in_sight(request.scope))
    context = bureau_page(
        request,
        "figures:alarms",
        ("付款背离", ""),
        form=form,
        lines=_lines(request, form),
        export_href=export_address(request, "figures:alarms_export"),
        figure_href=reverse("figures:source", args=["divergence"]),
        can_write=request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "figures/alarms/list.html", context)


@require_GET
@scoped(P.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook with every week."""
    form = AlarmFilterForm(request.GET, streets=streets_in_sight(request.scope))
    content = alarms_workbook(lines=_lines(request, form), now=timezone.now())
    return downloads.workbook(content=content, name="付款背离报警.xlsx")


@require_GET
@scoped(P.FIGURES_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The alarms of a project, newest first."""
    found = project_of(request, code)
    rows = DivergenceAlarm.objects.visible_to(request.scope).filter(project=found)
    context = project_page(
        request, found, "figures:project_alarms", ("付款背离", ""), lines=lines_of(rows=rows)
    )
    return render(request, "figures/alarms/project.html", context)


@require_GET
@scoped(P.FIGURES_READ)
def alarm(request: SignedIn, pk: int) -> HttpResponse:
    """One alarm week by week."""
    found = _alarm(request, pk)
    line = AlarmLine(found, tuple(found.readings.all()))
    context = project_page(
        request,
        found.project,
        "figures:project_alarms",
        ("付款背离", reverse("figures:project_alarms", args=[found.project.code])),
        (f"{chinese_date(found.opened_on)}报警", ""),
        alarm=found,
        line=line,
        weeks=[(Week(each.week_start), each) for each in reversed(line.readings)],
        can_explain=found.state == AlarmState.OPEN and request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "figures/alarms/alarm.html", context)


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def explain(request: SignedIn, pk: int) -> HttpResponse:
    """Say why."""
    found = _alarm(request, pk)
    data = request.POST if request.method == "POST" else None
    form = ExplainForm(data, use_required_attribute=False)
    if data is not None and form.is_valid():
        try:
            services.explain(
                alarm=found,
                text=form.cleaned_data["text"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal.at("text"))
        else:
            messages.success(request, "说明已登记，这次报警不再列为待处理，回到界限以内后解除。")
            return redirect("figures:alarm", pk=pk)
    context = project_page(
        request,
        found.project,
        "figures:project_alarms",
        ("付款背离", reverse("figures:project_alarms", args=[found.project.code])),
        ("说明", ""),
        alarm=found,
        form=form,
    )
    return render(request, "figures/alarms/explain.html", context, status=status_of(request))
