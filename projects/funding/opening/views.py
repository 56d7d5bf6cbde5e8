"""Upload of a bureau's opening money, its template, and the page of rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.funding.intake import OPENING_MONEY
from projects.ledger import downloads
from projects.ledger.models import Programme
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.picking import WorkbookForm
from renovation.intake.pipelines import RuleScope, Target

SHOWN_UPLOADS = 5


def _target(request: SignedIn, year: int) -> Target:
    """The bureau of the scope and a year of which there is a programme; 404 for anything else."""
    rows = Programme.objects.visible_to(request.scope).select_related("bureau")
    programme = get_object_or_404(rows, year=year)
    return Target(organisation=programme.bureau, period_key=str(year))


@require_http_methods(["GET", "POST"])
@scoped(Permission.FUNDING_WRITE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    target = _target(request, year)
    now = timezone.now()
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = intake.receive(
                pipeline=OPENING_MONEY.code,
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
    about = OPENING_MONEY.describe(target, now)
    uploads = Upload.objects.visible_to(request.scope).for_target(
        pipeline=OPENING_MONEY.code,
        organisation_id=target.organisation.pk,
        period_key=target.period_key,
    )
    context = {
        "form": form,
        "about": about,
        "columns": OPENING_MONEY.columns,
        "uploads": uploads.select_related("file")[:SHOWN_UPLOADS],
        "crumbs": [*about.back, ("期初资金", "")],
        "section": "项目",
    }
    return render(request, "ledger/opening.html", context, status=422 if form.errors else 200)


@require_GET
@scoped(Permission.FUNDING_WRITE)
def template(request: SignedIn, year: int) -> HttpResponse:
    """The empty workbook."""
    made = OPENING_MONEY.template(_target(request, year), timezone.now())
    return downloads.workbook(content=made.content, name=made.name)


@require_GET
@scoped(Permission.FUNDING_WRITE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    groups = [
        (scope.label, [rule for rule in OPENING_MONEY.rules if rule.scope is scope])
        for scope in RuleScope
    ]
    return render(
        request,
        "ledger/opening_rules.html",
        {
            "groups": groups,
            "columns": OPENING_MONEY.columns,
            "title": "期初资金",
            "section": "项目",
        },
    )
