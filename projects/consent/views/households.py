"""The archive: the list, one household, changing, revealing, importing, exporting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.consent import exports, policies
from projects.consent.enums import Care
from projects.consent.forms import (
    ExportForm,
    HouseholdForm,
    ReasonForm,
    RevealForm,
)
from projects.consent.intake import HOUSEHOLDS
from projects.consent.models import CareVisit, Household
from projects.consent.services import archive
from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict, take_over
from projects.ledger.models import Estate, Project
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Forbidden, Refusal
from renovation.face.refusals import refuse
from renovation.intake.models import Upload
from renovation.intake.picking import WorkbookForm, take_in
from renovation.intake.pipelines import RuleScope, Target

from .frame import BOTH, household_of, page_of, project_of, status_of
from .narrowing import Narrowed, households_of, narrowed

PAGE = 100
SHOWN_UPLOADS = 5


def _estate(request: SignedIn, pk: int) -> Estate:
    """An estate of a street in the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street")
    project = get_object_or_404(rows, estates__pk=pk, street_id__in=request.scope.organisation_ids)
    estate: Estate = project.estates.get(pk=pk)
    estate.project = project
    return estate


@require_GET
@scoped(Permission.RESIDENT_READ)
def listing(request: SignedIn, code: str) -> HttpResponse:
    """The households of a project, masked; found by building, room, or whole name or phone."""
    found = project_of(request, code)
    shown = narrowed(request, households_of(request, found))
    page = Paginator(shown.lines, PAGE).get_page(request.GET.get("page"))
    estates = list(found.estates.all())
    context = page_of(
        request,
        found,
        ("住户", ""),
        page=page,
        shown=shown,
        estates=estates,
        listed_count=shown.all_count,
        household_count=sum(estate.household_count for estate in estates),
        can_reveal=request.scope.can(Permission.RESIDENT_REVEAL),
    )
    return render(request, "consent/households.html", context)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENT_READ)
def household(request: SignedIn, pk: int) -> HttpResponse:
    """One household, masked; a POST with a reason shows name and phone once, on this answer alone."""
    found = household_of(request, pk)
    can_reveal = request.scope.can(Permission.RESIDENT_REVEAL)
    form = RevealForm(request.POST or None, use_required_attribute=False)
    revealed: archive.Revealed | None = None
    if request.method == "POST":
        if not can_reveal:
            raise Forbidden("您的岗位不能查看住户姓名和电话。")
        if form.is_valid():
            try:
                revealed = archive.reveal(
                    household=found,
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                refuse(form, refusal)
    project = found.estate.project
    answers = found.answers.select_related("round__project", "recorded_by").order_by(
        "-recorded_at", "-pk"
    )
    entries: list[CareVisit] = []
    if found.care or getattr(found, "was_visited", False):
        visits = CareVisit.objects.visible_to(request.scope).filter(household=found)
        entries = list(visits.select_related("recorded_by", "withdrawn_by", "correction"))
    context = page_of(
        request,
        project,
        ("住户", _list_address(project)),
        (found.place, ""),
        household=found,
        revealed=revealed,
        form=form,
        can_reveal=can_reveal,
        answers=answers,
        visits=entries,
        visit_count=sum(visit.stands for visit in entries),
    )
    answer = render(request, "consent/household.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _list_address(project: Project) -> str:
    return reverse("consent:households", args=[project.code])


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change name, phone and why the household is called on. What there is is not shown."""
    found = household_of(request, pk)
    data = request.POST.copy() if request.method == "POST" else None
    form = HouseholdForm(
        data,
        initial={"care": found.care, "seen_care": found.care, "seen_version": found.version},
        use_required_attribute=False,
    )
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        cleaned = form.cleaned_data
        empty = "" if cleaned["forget"] else None
        try:
            archive.change_household(
                household=found,
                name=cleaned["name"] or empty,
                phone=cleaned["phone"] or empty,
                care=Care(cleaned["care"]),
                seen_version=cleaned["seen_version"] or 0,
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as changed:
            conflict = changed
            found.refresh_from_db()
            if found.care != cleaned["seen_care"]:
                changed.stood, changed.present = (
                    {"care": cleaned["seen_care"]},
                    {"care": found.care},
                )
            take_over(form, changed)
            data["seen_version"], data["seen_care"] = str(changed.version), found.care
        else:
            messages.success(request, f"已保存{found.place}。")
            return redirect("consent:household", pk=pk)
    project = found.estate.project
    context = page_of(
        request,
        project,
        ("住户", _list_address(project)),
        (found.place, ""),
        household=found,
        form=form,
        conflict=conflict,
    )
    status = 409 if conflict else status_of(request)
    return render(request, "consent/household_form.html", context, status=status)


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take a household off the list that never spoke."""
    found = household_of(request, pk)
    project = found.estate.project
    form = ReasonForm(request.POST or None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        try:
            archive.remove_household(
                household=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已从名册删除{found.place}。")
            return redirect("consent:households", code=project.code)
    context = page_of(
        request,
        project,
        ("住户", _list_address(project)),
        (found.place, ""),
        household=found,
        form=form,
    )
    return render(request, "consent/household_remove.html", context, status=status_of(request))


# -- in and out --------------------------------------------------------------------------------------
@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def upload(request: SignedIn, pk: int) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    estate = _estate(request, pk)
    target = Target(organisation=estate.project.street, period_key=str(pk))
    now = timezone.now()
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if request.method == "POST" and form.is_valid():
        found = take_in(form=form, pipeline=HOUSEHOLDS, target=target, by=request.user, now=now)
        if found is not None:
            return redirect("intake:upload", pk=found.pk)
    about = HOUSEHOLDS.describe(target, now)
    uploads = Upload.objects.visible_to(request.scope).for_target(
        pipeline=HOUSEHOLDS.code,
        organisation_id=target.organisation.pk,
        period_key=target.period_key,
    )
    context: dict[str, Any] = {
        "form": form,
        "about": about,
        "columns": HOUSEHOLDS.columns,
        "uploads": uploads.select_related("file")[:SHOWN_UPLOADS],
        "crumbs": [*about.back, ("导入名册", "")],
        "section": "项目",
    }
    return render(request, "ledger/opening.html", context, status=422 if form.errors else 200)


@require_GET
@scoped(Permission.CONSENT_WRITE)
def template(request: SignedIn, pk: int) -> HttpResponse:
    """The empty workbook."""
    estate = _estate(request, pk)
    target = Target(organisation=estate.project.street, period_key=str(pk))
    made = HOUSEHOLDS.template(target, timezone.now())
    return downloads.workbook(content=made.content, name=made.name)


@require_GET
@scoped(Permission.CONSENT_WRITE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    groups = [
        (scope.label, [rule for rule in HOUSEHOLDS.rules if rule.scope is scope])
        for scope in RuleScope
    ]
    context = {
        "groups": groups,
        "columns": HOUSEHOLDS.columns,
        "title": "住户名册",
        "section": "项目",
    }
    return render(request, "ledger/opening_rules.html", context)


def _of_estate(request: SignedIn, estate: Estate) -> Narrowed[Household]:
    """The households of an estate as the list shows them: filtered and in order."""
    return narrowed(request, households_of(request, estate.project), estate)


@require_GET
@scoped(Permission.RESIDENT_READ)
def export(request: SignedIn, pk: int) -> HttpResponse:
    """The archive of an estate with its answers, masked, as the list is filtered and sorted."""
    estate = _estate(request, pk)
    content = exports.household_workbook(
        estate=estate,
        households=_of_estate(request, estate).lines,
        is_masked=True,
        with_care=policies.can_write(scope=request.scope),
        now=timezone.now(),
    )
    return downloads.workbook(content=content, name=f"{estate}住户名册（隐去姓名电话）.xlsx")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENT_REVEAL)
def export_open(request: SignedIn, pk: int) -> HttpResponse:
    """The archive of an estate with names and phones: a reason, an audit entry, then the file."""
    estate = _estate(request, pk)
    shown = _of_estate(request, estate)
    form = ExportForm(request.POST or None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            archive.allow_export(
                estate=estate,
                reason=form.cleaned_data["reason"],
                count=len(shown.lines),
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            content = exports.household_workbook(
                estate=estate,
                households=shown.lines,
                is_masked=False,
                with_care=policies.can_write(scope=request.scope),
                now=now,
            )
            return downloads.workbook(content=content, name=f"{estate}住户名册.xlsx")
    context = page_of(
        request,
        estate.project,
        ("住户", _list_address(estate.project)),
        ("导出", ""),
        estate=estate,
        form=form,
        count=len(shown.lines),
        shown=shown,
    )
    return render(request, "consent/export.html", context, status=status_of(request))
