"""位置: the page and its workbook."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.ledger import downloads
from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.tabs import section_tabs
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from reports.dashboards.choice import Choice, choose
from reports.dashboards.forms import PlacesFilterForm
from reports.dashboards.listing import load_facts
from reports.dashboards.places import PlaceRow, drawing, narrowed, place_rows

from .exports import places_workbook

BOOKS = ("places",)


def _rows(
    request: SignedIn, choice: Choice, now: datetime
) -> tuple[list[PlaceRow], list[PlaceRow], PlacesFilterForm]:
    """All estates of the programme, those that fit the filter, and the filter."""
    facts = load_facts(choice=choice, scope=request.scope, now=now)
    form = PlacesFilterForm(
        {**request.GET.dict(), "year": str(choice.year)},
        years=[each.year for each in choice.programmes],
        streets=list({row.street_code: row.street_name for row in facts.projects}.items()),
        auto_id="filter_%s",
    )
    every = place_rows(facts=facts)
    shown = narrowed(
        every,
        street=form.chosen("street"),
        light=form.chosen("light"),
        text=form.chosen("q"),
        placed=form.chosen("placed"),
    )
    return every, shown, form


@require_safe
@scoped(Permission.LEDGER_READ)
def places(request: SignedIn) -> HttpResponse:
    """The estates with address, coordinates and light, and the drawing of those that have a place."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    context: dict[str, object] = {
        "choice": choice,
        "tabs": section_tabs(scope=request.scope, chosen="dashboards:places"),
        "section": "项目",
    }
    if choice is None:
        return render(request, "dashboards/places.html", context)
    every, rows, form = _rows(request, choice, now)
    placed = sum(row.at is not None for row in rows)
    query = request.GET.copy()
    query["year"] = str(choice.year)
    words = (f"{choice.year}年度计划", choice.week_label)
    context |= {
        "form": form,
        "rows": rows,
        "all_count": len(every),
        "is_narrowed": form.is_narrowed,
        "map": drawing(rows, title=f"{choice.year}年老旧小区改造位置示意图", query=choice.query()),
        "placed_note": f"{placed} 个登记了坐标",
        "may_edit": request.scope.can(Permission.LEDGER_WRITE),
        "subtitle": "　".join(part for part in words if part),
        "clear_href": f"?year={choice.year}",
        "as_of": choice.as_of,
        "export_href": f"{reverse('dashboards:places_workbook')}?{query.urlencode()}",
        "import_href": way_in(scope=request.scope, slugs=BOOKS, year=choice.year),
    }
    return render(request, "dashboards/places.html", context)


@require_safe
@scoped(Permission.LEDGER_READ)
def places_export(request: SignedIn) -> HttpResponse:
    """The list as filtered, as a workbook."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    if choice is None:
        raise Http404("no programme")
    _, rows, _ = _rows(request, choice, now)
    more = attached(
        scope=request.scope,
        slugs=BOOKS,
        year=choice.year,
        shown=Shown(
            codes={row.project_code for row in rows},
            only={BOOKS[0]: {row.estate.pk for row in rows}},
        ),
        now=now,
    )
    title = f"{choice.year}年老旧小区改造小区位置"
    content = places_workbook(title=title, rows=rows, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")
