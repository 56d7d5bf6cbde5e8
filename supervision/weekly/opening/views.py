"""Upload of opening returns, their template and rules, and approving what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads
from projects.ledger.models import Programme
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Forbidden, Refusal
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.picking import WorkbookForm
from renovation.intake.pipelines import RuleScope, Target
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn

from .pipeline import OPENING_WEEKS
from .services import approve_openings

SHOWN_UPLOADS = 5


def _target(request: SignedIn, year: int) -> Target:
    """The bureau of the scope and a year of which there is a programme; 404 for anything else."""
    rows = Programme.objects.visible_to(request.scope).select_related("bureau")
    programme = get_object_or_404(rows, year=year)
    return Target(organisation=programme.bureau, period_key=str(year))


def _waiting(request: SignedIn) -> Any:
    return (
        WeeklyReturn.objects.visible_to(request.scope)
        .filter(is_opening=True, state=ReturnState.REVIEWED)
        .select_related("street")
    )


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_APPROVE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a workbook, and the opening returns that wait for approval."""
    target = _target(request, year)
    now = timezone.now()
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if request.method == "POST" and not request.scope.can(Permission.LEDGER_WRITE):
        raise Forbidden("期初周报由区局经办岗导入。")
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = intake.receive(
                pipeline=OPENING_WEEKS.code,
                organisation=target.organisation,
                period_key=target.period_key,
                file=file.read(),
                name=file.name or "",
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("intake:upload", pk=found.pk)
    about = OPENING_WEEKS.describe(target, now)
    uploads = Upload.objects.visible_to(request.scope).for_target(
        pipeline=OPENING_WEEKS.code,
        organisation_id=target.organisation.pk,
        period_key=target.period_key,
    )
    waiting = list(_waiting(request))
    mine = [row for row in waiting if row.submitted_by_id != request.user.pk]
    can_approve = request.scope.can(Permission.RETURN_APPROVE) and bool(mine)
    context = {
        "form": form,
        "about": about,
        "columns": OPENING_WEEKS.columns,
        "uploads": uploads.select_related("file")[:SHOWN_UPLOADS],
        "pending": waiting,
        "approve_href": reverse("weekly:opening_approve", args=[year]) if can_approve else "",
        "approve_text": f"核定 {len(mine)} 份期初周报",
        "crumbs": [("周报", "/weekly/"), ("期初周报", "")],
        "section": "周报",
    }
    return render(request, "ledger/opening.html", context, status=422 if form.errors else 200)


@require_POST
@scoped(Permission.RETURN_APPROVE)
def approve(request: SignedIn, year: int) -> HttpResponse:
    """Approve every opening return that somebody else brought in, all or none."""
    waiting = [row for row in _waiting(request) if row.submitted_by_id != request.user.pk]
    try:
        count = approve_openings(returns=waiting, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已核定 {count} 份期初周报。")
    return redirect("weekly:opening", year=year)


@require_GET
@scoped(Permission.LEDGER_WRITE)
def template(request: SignedIn, year: int) -> HttpResponse:
    """The empty workbook."""
    made = OPENING_WEEKS.template(_target(request, year), timezone.now())
    return downloads.workbook(content=made.content, name=made.name)


@require_GET
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_APPROVE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    groups = [
        (scope.label, [rule for rule in OPENING_WEEKS.rules if rule.scope is scope])
        for scope in RuleScope
    ]
    context = {
        "groups": groups,
        "columns": OPENING_WEEKS.columns,
        "title": "期初周报",
        "section": "周报",
    }
    return render(request, "ledger/opening_rules.html", context)
