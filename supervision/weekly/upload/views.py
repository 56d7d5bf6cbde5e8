"""Upload of a street's weekly workbook, its template, and the page of rules."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.documents.xlsx import CONTENT_TYPE
from renovation.core.downloads import attachment
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.intake.fates import fate_of
from renovation.intake.models import Upload
from renovation.intake.picking import take_in
from renovation.intake.pipelines import RuleScope, Target
from supervision.weekly import policies, workbook
from supervision.weekly.checks import RULES
from supervision.weekly.drafting.services import take_up
from supervision.weekly.intake import WEEKLY

from .forms import UploadForm

#: How many earlier files the form lists.
SHOWN_UPLOADS = 5


def _target(request: SignedIn, week_start: str, street: str) -> Target:
    """The street within the scope and the week; 404 for anything else."""
    organisation = get_object_or_404(
        Organisation.objects.visible_to(request.scope), kind=OrganisationKind.STREET, code=street
    )
    try:
        week = Week.from_key(week_start)
    except ValueError:
        raise Http404("no such week") from None
    return Target(organisation=organisation, period_key=week.key)


def _take_up(request: SignedIn, target: Target, now: datetime) -> None:
    """Who takes the workbook begins the return."""
    week = Week.from_key(target.period_key)
    take_up(street=target.organisation, week=week, scope=request.scope, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.RETURN_FILL)
def upload(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    target = _target(request, week_start, street)
    policies.check_fill(scope=request.scope, street=target.organisation)
    now = timezone.now()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    closed = ""
    if form.is_valid():
        found = take_in(form=form, pipeline=WEEKLY, target=target, by=request.user, now=now)
        if found is not None:
            return redirect("intake:upload", pk=found.pk)
    else:
        try:
            WEEKLY.admit(target, now)
        except Refusal as refusal:
            closed = refusal.message
        else:
            _take_up(request, target, now)
    about = WEEKLY.describe(target, now)
    uploads = Upload.objects.visible_to(request.scope).for_target(
        pipeline=WEEKLY.code,
        organisation_id=target.organisation.pk,
        period_key=target.period_key,
    )
    context = {
        "form": form,
        "about": about,
        "crumbs": [*about.back, (about.title, None)],
        "closed": closed,
        "uploads": [
            (each, fate_of(each, WEEKLY))
            for each in uploads.select_related("file", "committed_by")[:SHOWN_UPLOADS]
        ],
    }
    return render(request, "weekly/upload.html", context, status=422 if form.errors else 200)


@require_GET
@scoped(Permission.RETURN_READ)
def template(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The pre-filled workbook."""
    target = _target(request, week_start, street)
    now = timezone.now()
    _take_up(request, target, now)
    made = workbook.build(
        street=target.organisation, week=Week.from_key(target.period_key), now=now
    )
    return attachment(content=made.content, name=made.name, content_type=CONTENT_TYPE)


@require_GET
@scoped(Permission.RETURN_READ)
def rules(request: SignedIn) -> HttpResponse:
    """校验规则: every rule of the workbook, from the one list."""
    groups = [
        (scope.label, [rule for rule in RULES if rule.scope is scope])
        for scope in (RuleScope.FILE, RuleScope.SHEET, RuleScope.ROW, RuleScope.CELL)
    ]
    return render(
        request, "weekly/upload_rules.html", {"groups": groups, "columns": WEEKLY.columns}
    )
