"""The health address, and the ledger of runs for who looks after it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.documents.listing import MOST_ROWS, check_length
from renovation.core.downloads import workbook
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.ordering import ordered
from renovation.face.refusals import say
from renovation.records.models import WorkState

from . import services
from .exports import runs_workbook
from .forms import RunFilterForm
from .health import health
from .models import Run
from .querysets import RunQuerySet

STATE_MARKS = {
    WorkState.QUEUED: "waiting",
    WorkState.RUNNING: "waiting",
    WorkState.DONE: "approved",
    WorkState.FAILED: "alarm",
    WorkState.MISSED: "alarm",
}
#: Columns of the page and what they are sorted by.
_SORTED = {"kind": "kind", "due": "due_at", "done": "finished_at", "tries": "attempts"}
NEWEST = "-due"


@never_cache
@require_GET
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 while tick, queue and mail are young enough, 503 otherwise (CONTRACT.md)."""
    found = health(now=timezone.now())
    return JsonResponse(found.as_json(), status=200 if found.status == "ok" else 503)


def _runs(request: SignedIn) -> tuple[RunFilterForm, RunQuerySet]:
    form = RunFilterForm(request.GET)
    rows = form.within(Run.objects.visible_to(request.scope), "due_at")
    if kind := form.chosen("kind"):
        rows = rows.filter(kind=kind)
    if state := form.chosen("state"):
        rows = rows.filter(work_state=state)
    rows = ordered(rows, request.GET.get("sort", ""), _SORTED, NEWEST)
    return form, rows.select_related("organisation")


@require_GET
@scoped(Permission.SETTINGS_MANAGE, Permission.DELIVERY_MANAGE)
def runs(request: SignedIn) -> HttpResponse:
    """What ran, what waits, what failed; a failed or missed run can be done once more."""
    form, rows = _runs(request)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [
            (row, services.label_of(row.kind), STATE_MARKS[WorkState(row.work_state)])
            for row in page
        ],
        "default": NEWEST,
        "export_href": f"{reverse('jobs:runs_export')}?{query.urlencode()}",
        "most": MOST_ROWS,
    }
    return render(request, "jobs/runs.html", context)


@require_GET
@scoped(Permission.SETTINGS_MANAGE, Permission.DELIVERY_MANAGE)
def runs_export(request: SignedIn) -> HttpResponse:
    """The ledger of runs as a workbook, filtered and sorted as the page."""
    now = timezone.now()
    _, rows = _runs(request)
    try:
        check_length(rows.count())
    except Refusal as refusal:
        say(request, refusal)
        return redirect(f"{reverse('jobs:runs')}?{request.GET.urlencode()}")
    content = runs_workbook(rows=rows.iterator(chunk_size=2000), now=now)
    return workbook(content=content, name=f"运行记录（{chinese_date(local_day(now))}）.xlsx")


@require_POST
@scoped(Permission.SETTINGS_MANAGE, Permission.DELIVERY_MANAGE)
def run_again(request: SignedIn, pk: int) -> HttpResponse:
    """Queue a failed or missed run once more."""
    run = get_object_or_404(Run.objects.visible_to(request.scope), pk=pk)
    services.run_again(run=run, by=request.user, now=timezone.now())
    messages.success(request, "已重新排队，一分钟内运行。")
    return redirect("jobs:runs")
