"""Baselines side by side, drafting and approving them; the programme with its official totals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import policies, programmes, services
from projects.ledger.communities import community_totals
from projects.ledger.deadlines import standings
from projects.ledger.enrolment import entries_waiting
from projects.ledger.enums import BaselineState, GateKind
from projects.ledger.facts import project_facts
from projects.ledger.models import Baseline, Programme, Project, ProjectChange, RestReason
from projects.ledger.pages import BOTH, answer_status, page_of, project_of
from projects.ledger.plans import in_force, side_by_side
from projects.ledger.rest_reasons import Asked, asked_of, say_reason
from projects.ledger.rests import Warned, needs_reason, outline_of, warnings, windows_of
from projects.ledger.sheets import SheetConflict, take_over
from projects.ledger.usual import usual_of
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse, say

from .forms import (
    ApproveForm,
    BaselineForm,
    ProgrammeChangeForm,
    ProgrammeForm,
    RestReasonForm,
)

#: What was said of a plan after it was approved, for windows that were added since.
_LATER = Prefetch(
    "rest_reasons",
    RestReason.objects.filter(is_of_approval=False).select_related("said_by"),
    to_attr="later_reasons",
)


def estate_area(project: Project) -> Decimal:
    """The sum of the areas of a project's estates."""
    return sum((row.area_sqm for row in project.estates.all()), Decimal(0))


def _versions(request: SignedIn, project: Project) -> list[Baseline]:
    rows = Baseline.objects.visible_to(request.scope).filter(project=project)
    return list(
        rows.select_related("drafted_by", "approved_by")
        .prefetch_related("targets", "nodes", _LATER)
        .order_by("version")
    )


def _baselines_page(
    request: SignedIn, project: Project, form: ApproveForm | None = None
) -> HttpResponse:
    today = local_day(timezone.now())
    versions = _versions(request, project)
    draft = next((row for row in versions if row.state == BaselineState.DRAFT), None)
    changes = {
        row.baseline_id: row
        for row in ProjectChange.objects.visible_to(request.scope).filter(
            project=project, baseline__in=[version.pk for version in versions]
        )
    }
    asks_rest = needs_reason(waiting=draft, bureau_id=project.programme.bureau_id)
    looked_at = draft or in_force(baselines=versions, on=today)
    context = page_of(
        request,
        project,
        "baselines",
        versions=versions,
        lines=[
            (line.name, list(zip(versions, line.cells, strict=True)))
            for line in side_by_side(baselines=versions)
        ],
        present=in_force(baselines=versions, on=today),
        draft=draft,
        draft_change=changes.get(draft.pk) if draft else None,
        origins=[(version, changes.get(version.pk)) for version in versions],
        warned=_warned(request, project, looked_at),
        rests=asks_rest,
        looked_at_label=f"第 {looked_at.version} 版" if looked_at else "",
        draft_label=f"第 {draft.version} 版" if draft else "",
        form=form or ApproveForm(initial={"approved_on": today}, asks_rest=asks_rest),
        why_not=policies.why_not_approve(baseline=draft, scope=request.scope) if draft else "",
        owed=_owed(request, project, today),
        can_say=request.scope.can(Permission.WORKS_WRITE),
        can_discard=draft is not None
        and policies.can_discard_baseline(baseline=draft, scope=request.scope),
    )
    return render(request, "ledger/baselines.html", context, status=422 if form else 200)


def _owed(request: SignedIn, project: Project, today: date) -> Asked | None:
    """For which windows the plan in force owes a reason."""
    rows = Project.objects.visible_to(request.scope).filter(pk=project.pk)
    return asked_of(projects=rows, on=today).get(project)


def _warned(request: SignedIn, project: Project, plan: Baseline | None) -> list[Warned]:
    """What should be looked at in a plan."""
    if plan is None or request.scope.bureau_id is None:
        return []
    windows = windows_of(
        bureau_id=request.scope.bureau_id,
        start=plan.planned_start_on,
        completion=plan.planned_completion_on,
    )
    found = warnings(of=outline_of(baseline=plan), windows=windows)
    usual = usual_of(bureau=project.programme.bureau, project_ids=[], on=local_day(timezone.now()))
    said = usual.outside(fen=plan.planned_investment_fen, area=plan.area_sqm)
    return [*found, Warned("planned_investment_fen", said)] if said else found


@require_GET
@scoped(Permission.LEDGER_READ)
def baselines(request: SignedIn, code: str) -> HttpResponse:
    """Every version of the plan, side by side."""
    return _baselines_page(request, project_of(request, code))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def baseline_new(request: SignedIn, code: str) -> HttpResponse:
    """Draft the first plan; 按日期列出月份 only asks for the months of the dates. A plan that was approved is
    changed by a recorded change."""
    project = project_of(request, code)
    latest = project.baselines.order_by("-version").first()
    if latest is not None and latest.state == BaselineState.DRAFT:
        messages.warning(request, "已有一版待批准的计划。先批准或删除那一版，再拟新的。")
        return redirect("ledger:baselines", code=code)
    if latest is not None:
        messages.info(request, "已有批准的计划。请登记变更，批准后成为新的一版。")
        return redirect("ledger:change_new", code=code)
    data = request.POST if request.method == "POST" else None
    form = BaselineForm(
        data,
        latest=None,
        estate_area=estate_area(project),
        year=project.programme.year,
        bureau_id=project.programme.bureau_id,
        planned={
            GateKind(row.kind): row.planned_on for row in project.gates.all() if row.planned_on
        },
    )
    only_months = data is not None and data.get("act") == "months"
    if data is not None and not only_months and form.is_valid():
        try:
            made = services.draft_baseline(
                project=project, values=form.values, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已拟定第 {made.version} 版计划。由另一人批准后生效。")
            if warned := _warned(request, project, made):
                messages.warning(request, f"计划有 {len(warned)} 处要留意。见本页“要留意的”。")
            return redirect("ledger:baselines", code=code)
    context = page_of(
        request,
        project,
        "baselines",
        title="拟定计划",
        form=form,
        only_months=only_months,
    )
    status = 200 if only_months else answer_status(request)
    return render(request, "ledger/baseline_new.html", context, status=status)


@require_POST
@scoped(Permission.LEDGER_APPROVE)
def baseline_approve(request: SignedIn, code: str, version: int) -> HttpResponse:
    """Approve a draft from a day on."""
    project = project_of(request, code)
    baseline = get_object_or_404(project.baselines, version=version)
    policies.check_approve_baseline(baseline=baseline, scope=request.scope)
    form = ApproveForm(
        request.POST,
        asks_rest=needs_reason(waiting=baseline, bureau_id=project.programme.bureau_id),
    )
    if form.is_valid():
        try:
            services.approve_baseline(
                baseline=baseline,
                approved_on=form.cleaned_data["approved_on"],
                rest_reason=form.cleaned_data.get("rest_reason", ""),
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已批准第 {version} 版计划。")
            return redirect("ledger:baselines", code=code)
    return _baselines_page(request, project, form)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def rest_reason(request: SignedIn, code: str) -> HttpResponse:
    """Say why works of the plan in force go on in windows that were added after it was approved."""
    project = project_of(request, code)
    now = timezone.now()
    today = local_day(now)
    owed = _owed(request, project, today)
    data = request.POST.copy() if request.method == "POST" else None
    form = RestReasonForm(data, windows=owed.windows if owed else ())
    if owed is None and data is None:
        messages.info(request, "这一版计划没有要写明理由的停工期。")
        return redirect("ledger:baselines", code=code)
    if data is not None and form.is_valid():
        try:
            count = say_reason(
                project=project,
                seen=form.windows_seen,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=now,
                on=today,
            )
        except Refusal as refusal:
            refuse(form, refusal)
            owed = _owed(request, project, today)
            shown = RestReasonForm(windows=owed.windows if owed else ())
            data["seen"] = shown.initial["seen"]  # what is shown below has been seen
        else:
            messages.success(request, f"已写明 {count} 段停工期内施工的理由。")
            return redirect("ledger:baselines", code=code)
    context = page_of(
        request,
        project,
        "baselines",
        title="停工期内施工的理由",
        form=form,
        owed=owed,
    )
    *above, page = context["crumbs"]
    context["crumbs"] = [*above, ("计划", reverse("ledger:baselines", args=[code])), page]
    return render(request, "ledger/rest_reason.html", context, status=answer_status(request))


@require_POST
@scoped(Permission.LEDGER_WRITE, Permission.LEDGER_APPROVE)
def baseline_discard(request: SignedIn, code: str, version: int) -> HttpResponse:
    """Throw a draft away."""
    project = project_of(request, code)
    baseline = get_object_or_404(project.baselines, version=version)
    try:
        services.discard_baseline(baseline=baseline, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"已删除第 {version} 版计划草案。")
    return redirect("ledger:baselines", code=code)


def _draft_count(request: SignedIn, programme: Programme) -> int:
    """How many plans of a programme, and projects that are to be entered, wait for approval, for whom that
    concerns."""
    if not (
        request.scope.can(Permission.LEDGER_WRITE) or request.scope.can(Permission.LEDGER_APPROVE)
    ):
        return 0
    rows = Baseline.objects.visible_to(request.scope)
    entries = entries_waiting(
        projects=Project.objects.visible_to(request.scope).filter(programme=programme)
    )
    return (
        rows.filter(project__programme=programme, state=BaselineState.DRAFT).count()
        + entries.count()
    )


# -- programmes --------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.FIGURES_READ)
def programme(request: SignedIn, year: int) -> HttpResponse:
    """A programme: official totals beside the ledger's sums, and the day by which all have begun."""
    rows = Programme.objects.visible_to(request.scope)
    found = get_object_or_404(rows.select_related("bureau"), year=year)
    today = local_day(timezone.now())
    totals = programmes.street_totals(
        programme=found, on=today, street_ids=request.scope.organisation_ids
    )
    mine = Project.objects.visible_to(request.scope).filter(programme=found).in_scope_on(today)
    facts = project_facts(projects=mine, on=today)
    standing = standings(deadlines=list(found.deadlines.all()), projects=facts, on=today)
    started = next((each for each in standing if each.gate == GateKind.STARTED), None)
    unstarted = [each for each in facts if not each.passed(GateKind.STARTED)]
    context = {
        "programme": found,
        "years": [
            (f"{row.year}年", reverse("ledger:programme", args=[row.year]), row.pk == found.pk)
            for row in rows
        ],
        "totals": totals,
        "total": programmes.sum_of(totals=totals),
        "differences": programmes.differences(totals=totals),
        "communities": community_totals(projects=mine),
        "unstarted": unstarted,
        "started": started,
        "deadlines": standing,
        "drafts": _draft_count(request, found),
        "today": today,
        "can_write": policies.can_write(scope=request.scope),
        "crumbs": [("项目", reverse("dashboards:projects")), (found.name, "")],
        "section": "项目",
    }
    return render(request, "ledger/programme.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def programme_new(request: SignedIn) -> HttpResponse:
    """Begin a year's programme."""
    form = ProgrammeForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    if request.method == "POST" and form.is_valid():
        bureau = get_object_or_404(
            Organisation.objects.visible_to(request.scope), pk=request.scope.bureau_id
        )
        try:
            made = programmes.create_programme(
                bureau=bureau, values=form.cleaned_data, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已新建{made}。接着录入各街道的计划下达数。")
            return redirect("ledger:programme_edit", year=made.year)
    crumbs = [("项目", reverse("dashboards:projects")), ("新建年度计划", "")]
    context = {"form": form, "crumbs": crumbs, "section": "项目"}
    return render(request, "ledger/programme_new.html", context, status=answer_status(request))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def programme_edit(request: SignedIn, year: int) -> HttpResponse:
    """The programme's own fields and the official totals by street."""
    found = get_object_or_404(Programme.objects.visible_to(request.scope), year=year)
    now = timezone.now()
    streets = Organisation.objects.visible_to(request.scope).filter(kind=OrganisationKind.STREET)
    data = request.POST.copy() if request.method == "POST" else None
    form = ProgrammeChangeForm(
        data,
        seen=programmes.programme_mark(programme=found),
        programme=found,
        streets=list(streets.order_by("order")),
        totals=programmes.street_totals(programme=found, on=local_day(now)),
    )
    conflict: SheetConflict | None = None
    if data is not None and form.is_valid():
        try:
            programmes.update_programme(
                programme=found,
                values=form.values,
                totals=form.totals,
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=now,
            )
        except SheetConflict as stale:
            conflict = stale
            take_over(form, stale)
        else:
            messages.success(request, "已保存。")
            return redirect("ledger:programme", year=year)
    context = {
        "form": form,
        "conflict": conflict,
        "programme": found,
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (found.name, reverse("ledger:programme", args=[year])),
            ("修改", ""),
        ],
        "section": "项目",
    }
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/programme_edit.html", context, status=status)
