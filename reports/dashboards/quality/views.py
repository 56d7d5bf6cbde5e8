"""报送质量: the league table and its workbook."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from reports.dashboards.choice import Choice, choose
from reports.figures.catalogue import declarations
from supervision.weekly.section import section_tabs

from .exports import quality_workbook
from .table import MEASURED, chosen_of, measure_ways, period_ways, quality_table


@require_safe
@scoped(Permission.FIGURES_READ)
def quality(request: SignedIn) -> HttpResponse:
    """How the returns of the streets in sight are, ranked by one of four measures."""
    now = timezone.now()
    choice = _choice(request, now)
    chosen, kind = chosen_of(request.GET)
    context: dict[str, object] = {
        "choice": choice,
        "section": "周报",
        "tabs": section_tabs(scope=request.scope, chosen="dashboards:quality"),
    }
    if choice is not None:
        query = urlencode({"by": chosen.key, "period": kind})
        context |= {
            "table": quality_table(choice=choice, scope=request.scope, asked=request.GET, now=now),
            "measured": MEASURED,
            "definitions": [(each.name, declarations()[each.name].definition) for each in MEASURED],
            "period_ways": period_ways(choice, chosen, kind),
            "measure_ways": measure_ways(choice, chosen, kind),
            "export_href": f"{reverse('dashboards:quality_workbook')}{choice.query()}&{query}",
        }
    return render(request, "dashboards/quality.html", context)


@require_safe
@scoped(Permission.FIGURES_READ)
def quality_export(request: SignedIn) -> HttpResponse:
    """The same as a workbook."""
    now = timezone.now()
    choice = _choice(request, now)
    if choice is None:
        raise Http404("no programme")
    table = quality_table(choice=choice, scope=request.scope, asked=request.GET, now=now)
    return downloads.workbook(
        content=quality_workbook(table=table, now=now), name=f"{table.title}.xlsx"
    )


def _choice(request: SignedIn, now: datetime) -> Choice | None:
    """The year and week of the address. The method counts corrections once they are approved, so ``approval`` of
    another page's address is not taken over."""
    asked = {name: request.GET[name] for name in ("year", "week") if name in request.GET}
    return choose(scope=request.scope, asked=asked, now=now)
