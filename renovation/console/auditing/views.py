"""Pages of the auditor: the log with its workbook, and the proof of its chain."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.console.listing import places_of
from renovation.core.calendar import local_day
from renovation.core.documents.listing import MOST_ROWS, check_length
from renovation.core.downloads import workbook
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import say
from renovation.records.querysets import AuditEntryQuerySet
from renovation.records.sealing import verify

from . import services
from .changed import changes_of
from .forms import AuditFilterForm
from .listing import NEWEST, audit_workbook, entries_of

PAGE = 50


def _log(request: SignedIn) -> tuple[AuditFilterForm, AuditEntryQuerySet]:
    form = AuditFilterForm(request.GET, place=places_of(scope=request.scope))
    rows = entries_of(scope=request.scope, form=form, sort=request.GET.get("sort", ""))
    return form, rows.select_related("organisation")


@require_GET
@scoped(Permission.AUDIT_READ)
def audit(request: SignedIn) -> HttpResponse:
    """What was done, by whom, newest first, in sentences."""
    form, rows = _log(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, changes_of(row)) for row in page],
        "default": NEWEST,
        "export_href": f"{reverse('console:audit_export')}?{query.urlencode()}",
        "most": MOST_ROWS,
    }
    return render(request, "console/audit.html", context)


@require_GET
@scoped(Permission.AUDIT_READ)
def export(request: SignedIn) -> HttpResponse:
    """The log as a workbook, filtered and sorted as the page; an entry says who took it away."""
    now = timezone.now()
    form, rows = _log(request)
    try:
        check_length(rows.count())
    except Refusal as refusal:
        say(request, refusal)
        return redirect(f"{reverse('console:audit')}?{request.GET.urlencode()}")
    found = rows.select_related("organisation", "actor", "sealed")
    entries = list(found.iterator(chunk_size=2000))
    content = audit_workbook(rows=entries, now=now)
    services.note_export(
        act="audit.export",
        name="审计日志",
        words=form.words,
        count=len(entries),
        scope=request.scope,
        by=request.user,
        now=now,
    )
    return workbook(content=content, name=f"审计日志（{chinese_date(local_day(now))}）.xlsx")


@require_POST
@scoped(Permission.AUDIT_READ)
def verify_audit(request: SignedIn) -> HttpResponse:
    """Recompute the chain and say what was found."""
    found = verify()
    if found.holds:
        messages.success(
            request,
            f"审计链完好。已封存 {found.sealed_count} 条，未封存 {found.unsealed_count} 条。",
        )
    else:
        messages.error(request, f"审计链断开。{found.reason}")
    return redirect("console:audit")
