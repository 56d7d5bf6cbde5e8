"""Lists over all projects in sight, their filters in the address, and the same lists as workbooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from projects.ledger.filtering import ProjectListForm
from projects.ledger.querysets import ProjectQuerySet
from projects.ledger.tabs import section_tabs
from projects.works import exports, policies
from projects.works.forms.filters import (
    ItemFilterForm,
    StructureFilterForm,
    UtilityFilterForm,
)
from projects.works.lists import (
    ITEM_KEYS,
    STRUCTURE_KEYS,
    UTILITY_KEYS,
    bureau_of,
    choices_of,
    chosen_projects,
    item_lines,
    outcomes_of,
    structures_by_street,
    structures_listed,
    utilities_listed,
)
from projects.works.register import (
    ItemLine,
    StructureLine,
    UtilityLine,
    clashes_of,
    settings_of,
)
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.face.ordering import in_order
from renovation.face.values import Way

PAGE = 50
LISTS = (("items", "改造内容"), ("structures_all", "拆违"), ("utilities_all", "管线"))
Form = TypeVar("Form", bound=ProjectListForm)


@dataclass(frozen=True)
class Chosen:
    """What the filter bar chose."""

    form: Any
    year: int
    projects: ProjectQuerySet
    today: date
    values: Any


def _chosen(request: SignedIn, form_class: type[ProjectListForm], **more: Any) -> Chosen | None:
    """The filter bar as chosen; None where no project is in sight. A year that is none is the newest."""
    choices = choices_of(request.scope)
    if not choices.years:
        return None
    if form_class is ItemFilterForm:
        more["menu_class"] = choices.classes
    asked = request.GET.copy()
    if asked.get("year") not in {str(year) for year in choices.years}:
        asked["year"] = str(choices.years[0])
    form = form_class(asked, years=choices.years, streets=choices.streets, **more)
    year = int(str(asked["year"]))
    projects = chosen_projects(
        request.scope, year=year, street=form.chosen("street"), words=form.chosen("q")
    )
    today = local_day(timezone.now())
    bureau = bureau_of(request.scope, projects)
    values = settings_of(bureau=bureau, on=today) if bureau else {}
    return Chosen(form, year, projects, today, values)


def _frame(request: SignedIn, part: str, chosen: Chosen | None, **more: Any) -> dict[str, Any]:
    here = reverse(f"works:{part}")
    query = request.GET.copy()
    query.pop("page", None)
    tail = f"?{query.urlencode()}" if query else ""
    word = dict(LISTS)[part]
    return {
        "parts": [Way(each, reverse(f"works:{name}"), name == part) for name, each in LISTS],
        "tabs": section_tabs(scope=request.scope, chosen="works:items"),
        "crumbs": [("项目", reverse("dashboards:projects")), (word, "")],
        "section": "项目",
        "word": word,
        "chosen": chosen,
        "form": chosen.form if chosen else None,
        "clear_href": f"{here}?year={chosen.year}" if chosen else here,
        "export_href": f"{reverse(f'works:{part}_export')}{tail}",
        "can_plan": policies.can_plan(scope=request.scope),
        **more,
    }


def _items(request: SignedIn, chosen: Chosen) -> list[ItemLine]:
    lines = item_lines(
        request.scope,
        projects=chosen.projects,
        on=chosen.today,
        menu_class=chosen.form.chosen("menu_class"),
        state=chosen.form.chosen("state"),
    )
    return in_order(lines, request.GET.get("sort", ""), ITEM_KEYS)


def _structures(request: SignedIn, chosen: Chosen) -> list[StructureLine]:
    lines = structures_listed(
        request.scope,
        projects=chosen.projects,
        values=chosen.values,
        on=chosen.today,
        state=chosen.form.chosen("state"),
    )
    return in_order(lines, request.GET.get("sort", ""), STRUCTURE_KEYS)


def _utilities(request: SignedIn, chosen: Chosen) -> list[UtilityLine]:
    lines = utilities_listed(
        projects=chosen.projects,
        values=chosen.values,
        on=chosen.today,
        kind=chosen.form.chosen("kind"),
        state=chosen.form.chosen("state"),
        clash=chosen.form.chosen("clash"),
    )
    return in_order(lines, request.GET.get("sort", ""), UTILITY_KEYS)


def _page(request: SignedIn, lines: list[Any]) -> Any:
    return Paginator(lines, PAGE).get_page(request.GET.get("page"))


@require_GET
@scoped(Permission.LEDGER_READ)
def items(request: SignedIn) -> HttpResponse:
    """What the projects take from the menu, with the outcomes that it comes to."""
    chosen = _chosen(request, ItemFilterForm)
    if chosen is None:
        return render(request, "works/all_items.html", _frame(request, "items", None))
    lines = _items(request, chosen)
    context = _frame(
        request,
        "items",
        chosen,
        page=_page(request, lines),
        outcomes=outcomes_of(projects=chosen.projects, on=chosen.today),
        waiting=sum(line.pending is not None for line in lines),
        finished=sum(line.is_finished for line in lines),
    )
    return render(request, "works/all_items.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def structures(request: SignedIn) -> HttpResponse:
    """The illegal structures, the latest overdue first, and their totals by street."""
    chosen = _chosen(request, StructureFilterForm)
    if chosen is None:
        return render(request, "works/all_structures.html", _frame(request, "structures_all", None))
    lines = _structures(request, chosen)
    context = _frame(
        request,
        "structures_all",
        chosen,
        page=_page(request, lines),
        streets=structures_by_street(lines, projects=chosen.projects, on=chosen.today),
        overdue=sum(bool(line.overdue_days) for line in lines),
    )
    return render(request, "works/all_structures.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def utilities(request: SignedIn) -> HttpResponse:
    """The utilities' plans by day, and what is wrong with them."""
    chosen = _chosen(request, UtilityFilterForm)
    if chosen is None:
        return render(request, "works/all_utilities.html", _frame(request, "utilities_all", None))
    lines = _utilities(request, chosen)
    by_pk = {line.plan.pk: line.plan for line in lines}
    wrong = [
        (clash, by_pk[pk].project)
        for clash in clashes_of(lines)
        if (pk := next((pk for pk in clash.openings if pk in by_pk), None)) is not None
    ]
    context = _frame(request, "utilities_all", chosen, page=_page(request, lines), wrong=wrong)
    return render(request, "works/all_utilities.html", context)


def _title(chosen: Chosen, word: str) -> str:
    return f"{chosen.year}年度{word}"


@require_GET
@scoped(Permission.LEDGER_READ)
def items_export(request: SignedIn) -> HttpResponse:
    """The list of items as filtered, all pages of it."""
    chosen = _chosen(request, ItemFilterForm)
    title = _title(chosen, "改造内容") if chosen else "改造内容"
    lines = _items(request, chosen) if chosen else []
    content = exports.items_workbook(title=title, lines=lines, now=timezone.now())
    return downloads.workbook(content=content, name=f"{title}.xlsx")


@require_GET
@scoped(Permission.LEDGER_READ)
def structures_export(request: SignedIn) -> HttpResponse:
    """The list of structures as filtered, all pages of it; nobody's name is in it."""
    chosen = _chosen(request, StructureFilterForm)
    title = _title(chosen, "拆违台账") if chosen else "拆违台账"
    lines = _structures(request, chosen) if chosen else []
    content = exports.structures_workbook(title=title, lines=lines, now=timezone.now())
    return downloads.workbook(content=content, name=f"{title}.xlsx")


@require_GET
@scoped(Permission.LEDGER_READ)
def utilities_export(request: SignedIn) -> HttpResponse:
    """The list of utilities' plans as filtered, all pages of it."""
    chosen = _chosen(request, UtilityFilterForm)
    title = _title(chosen, "管线计划") if chosen else "管线计划"
    lines = _utilities(request, chosen) if chosen else []
    content = exports.utilities_workbook(title=title, lines=lines, now=timezone.now())
    return downloads.workbook(content=content, name=f"{title}.xlsx")
