"""The opening entries of gates that wait: approved together, or decided one by one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import openings as entering
from projects.ledger import policies
from projects.ledger.enums import OpeningAct, OpeningState
from projects.ledger.gating.forms import OpeningForm
from projects.ledger.models import GateOpening, Programme
from projects.ledger.pages import BOTH, page_of, project_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Forbidden, Refusal
from renovation.face.refusals import refuse, say
from renovation.records.acting import hands


def _waiting(request: SignedIn, programme: Programme) -> list[GateOpening]:
    rows = GateOpening.objects.visible_to(request.scope).filter(
        project__programme=programme, state=OpeningState.PENDING
    )
    return list(
        rows.select_related("project__street", "recorded_by").order_by(
            "project__street__order", "project__code", "actual_on", "pk"
        )
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.LEDGER_APPROVE)
def openings(request: SignedIn, year: int) -> HttpResponse:
    """What waits of a programme; a reviewer approves what others entered at once, all or none, and exactly what
    the page showed."""
    programme = get_object_or_404(Programme.objects.visible_to(request.scope), year=year)
    rows = _waiting(request, programme)
    others = [row for row in rows if not hands(row, "recorded_by") & request.scope.persons]
    can_approve = request.scope.can(Permission.LEDGER_APPROVE)
    if request.method == "POST":
        if not can_approve:
            raise Forbidden("只有区局审核岗能核定期初关口。")
        if set(request.POST.getlist("opening")) != {str(row.pk) for row in others}:
            messages.warning(request, "待核的期初关口刚刚有变化，请看过后再核定。")
            return redirect("ledger:openings", year=year)
        try:
            count = entering.approve_openings(
                openings=others, scope=request.scope, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            say(request, refusal)
            return redirect("ledger:openings", year=year)
        messages.success(request, f"已核定 {count} 个期初关口，从现在起计入。")
        return redirect("ledger:register", year=year)
    context = {
        "programme": programme,
        "rows": rows,
        "others": others,
        "mine": len(rows) - len(others),
        "can_approve": can_approve,
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (programme.name, reverse("ledger:programme", args=[year])),
            ("期初关口", ""),
        ],
        "section": "项目",
    }
    return render(request, "ledger/gate_openings.html", context)


def _opening(request: SignedIn, code: str, pk: int) -> GateOpening:
    rows = GateOpening.objects.visible_to(request.scope).filter(project__code=code)
    found: GateOpening = get_object_or_404(rows.select_related("recorded_by", "decided_by"), pk=pk)
    return found


def _page(
    request: SignedIn, code: str, row: GateOpening, form: OpeningForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = page_of(
        request,
        project_of(request, code),
        "gates",
        title="期初关口",
        opening=row,
        acts=policies.opening_acts(opening=row, scope=request.scope),
        why_not=policies.why_not_approve_opening(opening=row, scope=request.scope),
        form=form or OpeningForm(use_required_attribute=False),
    )
    return render(request, "ledger/gate_opening.html", context, status=422 if form else 200)


@require_GET
@scoped(Permission.LEDGER_READ)
def opening(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """One entry: the gate's day before the portal, who entered it, who decided."""
    return _page(request, code, _opening(request, code, pk))


@require_POST
@scoped(Permission.LEDGER_WRITE, Permission.LEDGER_APPROVE)
def opening_decide(request: SignedIn, code: str, pk: int, act: str) -> HttpResponse:
    """Approve, return or withdraw."""
    row = _opening(request, code, pk)
    if act not in OpeningAct.values:
        raise Http404("no such act")
    form = OpeningForm(request.POST, use_required_attribute=False)
    if form.is_valid():
        try:
            entering.decide_opening(
                opening=row,
                act=OpeningAct(act),
                comment=form.cleaned_data["comment"],
                scope=request.scope,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已{OpeningAct(act).label}。")
            return redirect("ledger:gates", code=code)
    return _page(request, code, row, form)
