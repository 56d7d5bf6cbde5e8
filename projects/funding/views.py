"""The money of a project: chain, events, recording, correcting, approving, planned amounts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Programme
from projects.ledger.sheets import SheetConflict, take_over
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse, say

from . import planned, policies, services
from .accounts.discipline import THROUGH_ACCOUNT
from .accounts.naming import account_of
from .enums import EventState
from .exports import funding_workbook
from .forms import CorrectForm, EventForm, PlanForm, RejectForm
from .models import FundingEvent, ProjectAccount
from .pages import BOTH, bureau_crumbs, crumbs_of, project_of, project_page, status_of
from .register import acts_on, all_sources, money_of, opening_batch
from .waiting import waiting_for

PAGE = 50


def _event(request: SignedIn, pk: int) -> FundingEvent:
    """The event within the scope; 404 for anything else."""
    rows = FundingEvent.objects.visible_to(request.scope).select_related(
        "project__street", "source", "recorded_by", "approved_by", "file", "corrects"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@scoped(Permission.FIGURES_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The chain in sum and by source, and every event."""
    found = project_of(request, code)
    events = FundingEvent.objects.visible_to(request.scope).filter(project=found)
    money = money_of(
        project=found,
        events=events.select_related("source", "recorded_by", "approved_by", "file"),
    )
    context = project_page(
        request,
        found,
        "funding:project",
        money=money,
        warnings=planned.plan_warnings(project=found),
        can_record=policies.can_record(scope=request.scope),
        can_decide=request.scope.can(Permission.FUNDING_APPROVE),
    )
    return render(request, "funding/project.html", context)


@require_http_methods(BOTH)
@scoped(Permission.FUNDING_WRITE)
def record(request: SignedIn, code: str) -> HttpResponse:
    """Record a movement."""
    found = project_of(request, code)
    form = EventForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        bureau_id=found.programme.bureau_id,
        accounts=list(ProjectAccount.objects.visible_to(request.scope).filter(project=found)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            event = services.record_with_file(
                project=found,
                values=form.values,
                evidence=form.cleaned_data["evidence"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request,
                f"已登记{event.get_stage_display()} {services.wanyuan(event.amount_fen)}。由另一人核定后计入。",
            )
            return redirect("funding:project", code=code)
    context = {
        "project": found,
        "form": form,
        "file_lost": bool(request.FILES) and bool(form.errors),
        "crumbs": crumbs_of(found, ("登记", "")),
        "section": "项目",
    }
    return render(request, "funding/record.html", context, status=status_of(request))


@require_http_methods(BOTH)
@scoped(Permission.FUNDING_WRITE)
def plans(request: SignedIn, code: str) -> HttpResponse:
    """The planned amounts by source."""
    found = project_of(request, code)
    data = request.POST.copy() if request.method == "POST" else None
    form = PlanForm(
        data,
        seen=planned.plans_mark(project=found),
        sources=all_sources(project=found),
        plans=list(found.funding_plans.all()),
    )
    conflict: SheetConflict | None = None
    if data is not None and form.is_valid():
        try:
            planned.set_plans(
                project=found,
                planned=form.planned,
                seen=form.cleaned_data["seen"],
                explanation=form.cleaned_data.get("explanation", ""),
                by=request.user,
                now=timezone.now(),
            )
        except SheetConflict as stale:
            conflict = stale
            take_over(form, stale)
        except Refusal as refusal:
            if refusal.field == "explanation":
                form.ask()
            refuse(form, refusal)
        else:
            messages.success(request, "已保存计划金额。")
            return redirect("funding:project", code=code)
    context = {
        "project": found,
        "form": form,
        "conflict": conflict,
        "crumbs": crumbs_of(found, ("计划金额", "")),
        "section": "项目",
    }
    status = 409 if conflict else status_of(request)
    return render(request, "funding/plans.html", context, status=status)


# -- one event ---------------------------------------------------------------------------------------
def _event_page(
    request: SignedIn, found: FundingEvent, form: RejectForm | None = None
) -> HttpResponse:
    why_not = policies.why_not_decide(event=found, scope=request.scope)
    shows_account = found.stage in THROUGH_ACCOUNT and request.scope.can(Permission.RETURN_READ)
    corrections = list(
        FundingEvent.objects.visible_to(request.scope)
        .filter(corrects=found)
        .select_related("recorded_by", "approved_by", "file")
    )
    approved = [each for each in corrections if each.state == EventState.APPROVED]
    context: dict[str, Any] = {
        "event": found,
        "project": found.project,
        "counted_fen": found.amount_fen + sum(each.amount_fen for each in approved),
        "pending_fen": sum(
            each.amount_fen for each in corrections if each.state == EventState.PENDING
        ),
        "corrections": corrections,
        "acts": acts_on(event=found),
        "account": account_of(event=found) if shows_account else None,
        "can_name": shows_account and policies.can_name_account(event=found, scope=request.scope),
        "why_not": why_not,
        "form": form or RejectForm(use_required_attribute=False),
        "can_correct": policies.can_correct(event=found, scope=request.scope),
        "crumbs": crumbs_of(found.project, (found.get_stage_display(), "")),
        "section": "项目",
    }
    return render(request, "funding/event.html", context, status=422 if form else 200)


@require_GET
@scoped(Permission.FIGURES_READ)
def event(request: SignedIn, pk: int) -> HttpResponse:
    """One entry with its corrections and what was done to it."""
    return _event_page(request, _event(request, pk))


@require_http_methods(BOTH)
@scoped(Permission.FUNDING_WRITE)
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """Say what an approved entry should have come to."""
    found = _event(request, pk)
    data = request.POST.copy() if request.method == "POST" else None
    initial = {"seen_version": services.correction_seen(event=found)}
    files = request.FILES if request.method == "POST" else None
    form = CorrectForm(data, files, initial=initial, use_required_attribute=False)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            services.correct_to(
                event=found,
                total_fen=form.cleaned_data["amount"],
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen_version"] or 0,
                document_number=form.cleaned_data["document_number"],
                evidence=form.cleaned_data["evidence"],
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found_newer:
            conflict = found_newer
            data["seen_version"] = str(found_newer.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "更正已登记。由另一人核定后，从原来那笔的日期起计入。")
            return redirect("funding:event", pk=pk)
    context = {
        "event": found,
        "project": found.project,
        "present": services.corrected_fen(event=found),
        "form": form,
        "file_lost": bool(request.FILES) and (bool(form.errors) or conflict is not None),
        "conflict": conflict,
        "crumbs": crumbs_of(found.project, ("更正", "")),
        "section": "项目",
    }
    status = 409 if conflict else status_of(request)
    return render(request, "funding/correct.html", context, status=status)


@require_POST
@scoped(Permission.FUNDING_APPROVE)
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """Approve an entry of somebody else."""
    found = _event(request, pk)
    policies.check_decide(event=found, scope=request.scope)
    try:
        services.approve_event(event=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
        return redirect("funding:event", pk=pk)
    messages.success(
        request, f"已核定{found.get_stage_display()} {services.wanyuan(found.amount_fen)}。"
    )
    return redirect("funding:pending")


@require_POST
@scoped(Permission.FUNDING_APPROVE)
def reject(request: SignedIn, pk: int) -> HttpResponse:
    """Send an entry back with a reason."""
    found = _event(request, pk)
    policies.check_decide(event=found, scope=request.scope)
    form = RejectForm(request.POST, use_required_attribute=False)
    if form.is_valid():
        try:
            services.reject_event(
                event=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已退回。")
            return redirect("funding:pending")
    return _event_page(request, found, form)


# -- what waits --------------------------------------------------------------------------------------
def _waiting(request: SignedIn, *, opening: bool = False) -> Any:
    rows = FundingEvent.objects.visible_to(request.scope).filter(state=EventState.PENDING)
    if opening:
        rows = rows.filter(is_opening=True).exclude(recorded_by=request.user)
    return rows.select_related("project__street", "source", "recorded_by", "corrects")


@require_GET
@scoped(Permission.FUNDING_APPROVE, Permission.FUNDING_WRITE)
def pending(request: SignedIn) -> HttpResponse:
    """What waits for approval, oldest entry first."""
    page = Paginator(_waiting(request).order_by("recorded_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    can_decide = request.scope.can(Permission.FUNDING_APPROVE)
    context = {
        "page": page,
        "can_decide": can_decide,
        "openings": opening_batch(events=list(_waiting(request, opening=True)))
        if can_decide
        else None,
        "waiting": waiting_for(scope=request.scope),
        "crumbs": bureau_crumbs(("待核", "")),
        "section": "资金",
    }
    return render(request, "funding/pending.html", context)


@require_POST
@scoped(Permission.FUNDING_APPROVE)
def approve_openings(request: SignedIn) -> HttpResponse:
    """Approve every opening entry (期初导入) that somebody else brought in, all or none, and exactly those that
    the page told."""
    events = list(_waiting(request, opening=True))
    if request.POST.get("seen") != opening_batch(events=events).seen:
        messages.warning(request, "待核的期初登记刚刚有变化，请看过后再核定。")
        return redirect("funding:pending")
    try:
        count = services.approve_events(events=events, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"已核定期初导入 {count} 笔。")
    return redirect("funding:pending")


# -- files -------------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.FIGURES_READ)
def file(request: SignedIn, pk: int) -> HttpResponse:
    """The evidence of an entry in sight."""
    found = (
        FundingEvent.objects.visible_to(request.scope).filter(file_id=pk).select_related("file").first()
    )  # fmt: skip
    if found is None or found.file is None:
        raise Http404("no such file")
    return downloads.for_reader(file=found.file, scope=request.scope)


@require_GET
@scoped(Permission.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The money ledger of a year as a workbook (``?year=``)."""
    year = request.GET.get("year", "")
    if not year.isdecimal():
        raise Http404("no such year")
    now = timezone.now()
    programmes = Programme.objects.visible_to(request.scope).select_related("bureau")
    programme = get_object_or_404(programmes, year=int(year))
    content = funding_workbook(
        year=programme.year,
        events=FundingEvent.objects.visible_to(request.scope).filter(project__programme=programme),
        bureau=programme.bureau,
        now=now,
    )
    return downloads.workbook(content=content, name=f"{int(year)}年度资金台账.xlsx")
