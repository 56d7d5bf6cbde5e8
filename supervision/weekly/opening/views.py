"""Upload of opening returns, their template and rules, and approving what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import programme_uploads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.face.refusals import say
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn

from .pipeline import OPENING_WEEKS
from .services import approve_openings


def _waiting(request: SignedIn, year: int) -> list[Any]:
    """The opening returns that wait with a project of the year's programme, the oldest week first: how many
    projects each is of, and whether this person brought any row of it in."""
    of_year = Q(reports__project__programme__year=year)
    return list(
        WeeklyReturn.objects.visible_to(request.scope)
        .filter(is_opening=True, state=ReturnState.REVIEWED)
        .annotate(
            of_year=Count("reports", filter=of_year),
            project_count=Count("reports"),
            own_count=Count("reports", filter=Q(reports__updated_by=request.user)),
        )
        .filter(of_year__gt=0)
        .select_related("street", "submitted_by")
        .order_by("week_start", "street__order")
    )


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_APPROVE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a workbook, and the opening returns that wait for approval."""
    waiting = _waiting(request, year)
    others = [row for row in waiting if not row.own_count]
    can_approve = request.scope.can(Permission.RETURN_APPROVE) and bool(others)
    return programme_uploads.upload_page(
        request,
        year,
        OPENING_WEEKS,
        now=timezone.now(),
        pending=[(row, Week(row.week_start)) for row in waiting],
        others=others,
        approve_href=reverse("weekly:opening_approve", args=[year]) if can_approve else "",
        approve_text=f"核定 {len(others)} 份期初周报",
    )


@require_POST
@scoped(Permission.RETURN_APPROVE)
def approve(request: SignedIn, year: int) -> HttpResponse:
    """Approve the opening returns that the page listed, in the edition that it told, all or none."""
    told = dict(_told(text) for text in request.POST.getlist("told"))
    chosen = [row for row in _waiting(request, year) if row.pk in told]
    try:
        if not chosen or len(chosen) != len(told):
            raise StateConflict(
                "您打开以后待核定的期初周报有变化，请重新核对。", state="", code="return.changed"
            )
        count = approve_openings(returns=chosen, editions=told, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"已核定 {count} 份期初周报。")
    return redirect("weekly:opening", year=year)


def _told(text: str) -> tuple[int, str]:
    """The return and its edition, as the page wrote them: ``12 1 2025-05-09T…``."""
    pk, _, edition = text.partition(" ")
    return (int(pk) if pk.isascii() and pk.isdecimal() else 0), edition


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
