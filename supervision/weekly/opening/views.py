"""Upload of opening returns, their template and rules, and approving what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import programme_uploads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn

from .pipeline import OPENING_WEEKS
from .services import approve_openings


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
    waiting = list(_waiting(request))
    mine = [row for row in waiting if row.submitted_by_id != request.user.pk]
    can_approve = request.scope.can(Permission.RETURN_APPROVE) and bool(mine)
    return programme_uploads.upload_page(
        request,
        year,
        OPENING_WEEKS,
        now=timezone.now(),
        pending=waiting,
        approve_href=reverse("weekly:opening_approve", args=[year]) if can_approve else "",
        approve_text=f"核定 {len(mine)} 份期初周报",
    )


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
    return programme_uploads.template_of(request, year, OPENING_WEEKS, now=timezone.now())


@require_GET
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_APPROVE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of the workbook."""
    return programme_uploads.rules_page(request, OPENING_WEEKS)
