"""The health address, and the ledger of runs for who looks after it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.records.models import WorkState

from . import services
from .health import health
from .models import Run

STATE_MARKS = {
    WorkState.QUEUED: "waiting",
    WorkState.RUNNING: "waiting",
    WorkState.DONE: "approved",
    WorkState.FAILED: "alarm",
    WorkState.MISSED: "alarm",
}


@never_cache
@require_GET
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 while tick, queue and mail are young enough, 503 otherwise (CONTRACT.md)."""
    found = health(now=timezone.now())
    return JsonResponse(found.as_json(), status=200 if found.status == "ok" else 503)


@require_GET
@scoped(Permission.SETTINGS_MANAGE, Permission.DELIVERY_MANAGE)
def runs(request: SignedIn) -> HttpResponse:
    """What ran, what waits, what failed; a failed or missed run can be done once more."""
    rows = Run.objects.visible_to(request.scope).select_related("organisation")
    state = request.GET.get("state", "")
    if state in WorkState.values:
        rows = rows.filter(work_state=state)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    kinds = services.kinds()
    return render(
        request,
        "jobs/runs.html",
        {
            "page": page,
            "rows": [
                (
                    row,
                    kinds[row.kind].label if row.kind in kinds else row.kind,
                    STATE_MARKS[WorkState(row.work_state)],
                )
                for row in page
            ],
            "ways": [("全部", "?", state not in WorkState.values)]
            + [(each.label, f"?state={each.value}", state == each.value) for each in WorkState],
        },
    )


@require_POST
@scoped(Permission.SETTINGS_MANAGE, Permission.DELIVERY_MANAGE)
def run_again(request: SignedIn, pk: int) -> HttpResponse:
    """Queue a failed or missed run once more."""
    run = get_object_or_404(Run.objects.visible_to(request.scope), pk=pk)
    services.run_again(run=run, by=request.user, now=timezone.now())
    messages.success(request, "已重新排队，一分钟内运行。")
    return redirect("jobs:runs")
