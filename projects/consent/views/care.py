"""Visits at the doors of elderly and disabled households: whom, what was needed, what waits."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.consent import exports
from projects.consent.forms import CorrectionForm, ServeForm, VisitForm, WithdrawForm
from projects.consent.models import CareVisit
from projects.consent.register import care_counts
from projects.consent.services import care
from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse

from .frame import BOTH, household_of, page_of, project_of, status_of
from .narrowing import households_of, narrowed_care


@require_GET
@scoped(Permission.CONSENT_WRITE)
def listing(request: SignedIn, code: str) -> HttpResponse:
    """Needs that wait, the oldest first; then whom to call on, those never visited first where the address names no
    other order."""
    found = project_of(request, code)
    waiting = (
        CareVisit.objects.visible_to(request.scope)
        .filter(household__estate__project=found)
        .waiting()
        .select_related("household__estate", "recorded_by")
        .order_by("visited_on", "pk")
    )
    context = page_of(
        request,
        found,
        ("敲门行动", ""),
        shown=narrowed_care(request, households_of(request, found)),
        waiting=waiting,
        counts=care_counts(project=found),
    )
    return render(request, "consent/care.html", context)


@require_GET
@scoped(Permission.CONSENT_WRITE)
def export(request: SignedIn, code: str) -> HttpResponse:
    """The list of doors as it is filtered and sorted, without what anybody needs, as a workbook."""
    found = project_of(request, code)
    shown = narrowed_care(request, households_of(request, found))
    content = exports.care_workbook(project=found, lines=shown.lines, now=timezone.now())
    return downloads.workbook(content=content, name=f"{found}敲门行动.xlsx")


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def visit(request: SignedIn, pk: int) -> HttpResponse:
    """Record a visit."""
    found = household_of(request, pk)
    project = found.estate.project
    form = VisitForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    if request.method == "POST" and form.is_valid():
        try:
            care.record_visit(
                household=found,
                visited_on=form.cleaned_data["visited_on"],
                needs=form.cleaned_data["needs"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记{found.place}的上门记录。")
            return redirect("consent:care", code=project.code)
    context = page_of(
        request,
        project,
        ("敲门行动", reverse("consent:care", args=[project.code])),
        (found.place, ""),
        form=form,
        title="登记上门",
        where=found,
        button="登记",
    )
    return render(request, "consent/care_form.html", context, status=status_of(request))


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def serve(request: SignedIn, pk: int) -> HttpResponse:
    """Say that a need was met."""
    found = _visit_of(request, pk)
    project = found.household.estate.project
    form = ServeForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    if request.method == "POST" and form.is_valid():
        try:
            care.serve(
                visit=found,
                served_on=form.cleaned_data["served_on"],
                what=form.cleaned_data["what"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已办妥{found.household.place}的需求。")
            return redirect("consent:care", code=project.code)
    context = page_of(
        request,
        project,
        ("敲门行动", reverse("consent:care", args=[project.code])),
        (found.household.place, ""),
        form=form,
        title="办妥需求",
        where=found.household,
        needs=found.needs,
        button="办妥",
    )
    return render(request, "consent/care_form.html", context, status=status_of(request))


def _visit_of(request: SignedIn, pk: int) -> CareVisit:
    """The visit within the scope; 404 for anything else."""
    rows = CareVisit.objects.visible_to(request.scope).select_related(
        "household__estate__project__street"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """Enter a visit anew that was recorded wrongly; the first entry stays to be read."""
    found = _visit_of(request, pk)
    form = CorrectionForm(request.POST if request.method == "POST" else None, visit=found)
    if request.method == "POST" and form.is_valid():
        try:
            care.correct_visit(
                visit=found,
                values=form.values,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已更正{found.household.place}的上门记录。")
            return redirect("consent:household", pk=found.household_id)
    note = "原来的记录和更正原因留着可查，只计更正后的。"
    return _setting_aside(request, found, form, title="更正上门记录", button="更正", note=note)


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Set aside a visit that never was, or of another household."""
    found = _visit_of(request, pk)
    form = WithdrawForm(
        request.POST if request.method == "POST" else None, use_required_attribute=False
    )
    if request.method == "POST" and form.is_valid():
        try:
            care.withdraw_visit(
                visit=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已作废{found.household.place}的上门记录。")
            return redirect("consent:household", pk=found.household_id)
    note = (
        f"{chinese_date(found.visited_on)}的上门记录作废后不再计入，记录和作废原因留着可查。"
        "只是填错了的，请用更正。"
    )
    return _setting_aside(request, found, form, title="作废上门记录", button="作废", note=note)


def _setting_aside(
    request: SignedIn, found: CareVisit, form: Form, *, title: str, button: str, note: str
) -> HttpResponse:
    """The page of a form that sets a visit aside, under its household."""
    home = found.household
    context = page_of(
        request,
        home.estate.project,
        ("敲门行动", reverse("consent:care", args=[home.estate.project.code])),
        (home.place, reverse("consent:household", args=[home.pk])),
        (title, ""),
        form=form,
        title=title,
        where=home,
        note=note,
        button=button,
        danger=button == "作废",
    )
    return render(request, "consent/care_form.html", context, status=status_of(request))
