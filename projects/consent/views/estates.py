"""双80% of every estate of a bureau, filtered in the address, and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.consent import exports
from projects.consent.enums import Purpose
from projects.consent.facts import threshold_in_force
from projects.consent.forms import EstateFilterForm
from projects.consent.register import (
    NO_CARE,
    EstateLine,
    care_by_estate,
    care_by_street,
    estates_of,
    figures_of,
)
from projects.ledger import downloads
from projects.ledger.models import Programme, Project
from projects.ledger.tabs import section_tabs
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.face.ordering import in_order

#: What the columns of the list are sorted by.
KEYS: dict[str, Callable[[EstateLine], Any]] = {
    "estate": lambda line: (line.fact.street_code, line.fact.project.code, line.fact.estate_name),
    "households": lambda line: line.fact.household_count,
    "renovation": lambda line: line.fact.rate(Purpose.RENOVATION),
    "scheme": lambda line: line.fact.rate(Purpose.SCHEME),
}
#: Where the address names no column: what is below the rule first, then what nobody was asked about.
_FIRST = {"未达标": 0, "未征询": 1, "达标": 2}
_WORDS = {"reached": "达标", "below": "未达标", "unasked": "未征询"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for: a programme, its lines that fit, all lines, and the form."""

    programme: Programme | None
    lines: list[EstateLine]
    all_lines: list[EstateLine]
    form: EstateFilterForm


def _choice(request: SignedIn) -> Choice:
    programmes = list(Programme.objects.visible_to(request.scope).select_related("bureau"))
    year = request.GET.get("year", "")
    chosen = next((p for p in programmes if str(p.year) == year), None)
    if chosen is None and not year:
        chosen = programmes[0] if programmes else None
    if chosen is None and year:
        raise Http404("no such programme")
    lines: list[EstateLine] = []
    if chosen is not None:
        lines = estates_of(
            projects=Project.objects.visible_to(request.scope).filter(programme=chosen),
            bureau=chosen.bureau,
            on=local_day(timezone.now()),
        )
    streets = list(dict.fromkeys((line.fact.street_code, line.fact.street_name) for line in lines))
    form = EstateFilterForm(
        request.GET, years=[programme.year for programme in programmes], streets=streets
    )
    street, chosen_standing = form.chosen("street"), form.chosen("standing")
    standing, overtaken = _WORDS.get(chosen_standing, ""), chosen_standing == "overtaken"
    shown = [
        line
        for line in lines
        if (not street or line.fact.street_code == street)
        and (not standing or line.standing[0] == standing)
        and (not overtaken or (line.overtaken is not None and line.overtaken.exception is None))
    ]
    shown.sort(key=lambda line: _FIRST[line.standing[0]])
    return Choice(chosen, in_order(shown, request.GET.get("sort", ""), KEYS), lines, form)


@require_GET
@scoped(Permission.LEDGER_READ)
def listing(request: SignedIn) -> HttpResponse:
    """Every estate with both rates, in the order that the address asks for."""
    choice = _choice(request)
    today = local_day(timezone.now())
    by_estate = care_by_estate(estate_ids=[line.fact.estate_id for line in choice.lines])
    context: dict[str, Any] = {
        "programme": choice.programme,
        "lines": choice.lines,
        "care": care_by_street(lines=choice.lines, by_estate=by_estate),
        "care_total": sum(by_estate.values(), NO_CARE),
        "all_count": len(choice.all_lines),
        "figures": figures_of(lines=choice.lines, on=today) if choice.lines else [],
        "threshold": threshold_in_force(bureau=choice.programme.bureau, on=today)
        if choice.programme
        else None,
        "form": choice.form,
        "is_narrowed": any(request.GET.get(name) for name in ("street", "standing")),
        "export_href": f"{reverse('consent:estates_export')}?{request.GET.urlencode()}",
        "today": today,
        "tabs": section_tabs(scope=request.scope, chosen="consent:estates"),
        "crumbs": [("项目", reverse("dashboards:projects")), ("居民意愿", "")],
        "section": "项目",
    }
    return render(request, "consent/estates.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def export(request: SignedIn) -> HttpResponse:
    """The table as it is filtered, as a workbook."""
    choice = _choice(request)
    if choice.programme is None:
        raise Http404("no programme")
    now = timezone.now()
    content = exports.estate_workbook(
        programme=choice.programme,
        lines=choice.lines,
        care=care_by_estate(estate_ids=[line.fact.estate_id for line in choice.lines]),
        threshold=threshold_in_force(bureau=choice.programme.bureau, on=local_day(now)),
        now=now,
    )
    name = f"{choice.programme.year}年度居民意愿（双80%）.xlsx"
    return downloads.workbook(content=content, name=name)
