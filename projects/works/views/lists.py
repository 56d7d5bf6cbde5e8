"""Lists over all projects in sight, their filters in the address, and the same lists as workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.choosing import Chosen, choose, frame_of_list, page_of
from projects.ledger.programme_uploads import programme_target
from projects.works import exports, policies
from projects.works.forms.filters import (
    ItemFilterForm,
    StructureFilterForm,
    UtilityFilterForm,
)
from projects.works.intake import plan_sheets
from projects.works.lists import (
    ITEM_KEYS,
    STRUCTURE_KEYS,
    UTILITY_KEYS,
    classes_of,
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
)
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.documents.sheets import Sheet
from renovation.face.ordering import in_order

LISTS = (("items", "改造内容"), ("structures_all", "拆违"), ("utilities_all", "管线"))


#: The list that comes back in, by the page that shows it.
BOOKS = {"structures_all": "structures", "utilities_all": "utilities"}


def _frame(request: SignedIn, part: str, chosen: Chosen | None, **more: Any) -> dict[str, Any]:
    more["import_href"] = _way_in(request, part, chosen) if chosen else ""
    return frame_of_list(request, chosen, wing="works", part=part, lists=LISTS, **more)


def _way_in(request: SignedIn, part: str, chosen: Chosen) -> str:
    if part in BOOKS:
        return way_in(scope=request.scope, slugs=(BOOKS[part],), year=chosen.year)
    if policies.can_plan(scope=request.scope):
        return reverse("works:import", args=[chosen.year])
    return ""


def _to_change(
    request: SignedIn, part: str, chosen: Chosen | None, rows: Sequence[Any], now: datetime
) -> Sequence[Sheet]:
    """The sheets in which the rows of a page come back in."""
    if chosen is None:
        return ()
    return attached(
        scope=request.scope,
        slugs=(BOOKS[part],),
        year=chosen.year,
        shown=Shown(
            codes={row.project.code for row in rows}, only={BOOKS[part]: {row.pk for row in rows}}
        ),
        now=now,
    )


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


@require_GET
@scoped(Permission.LEDGER_READ)
def items(request: SignedIn) -> HttpResponse:
    """What the projects take from the menu, with the outcomes that it comes to."""
    chosen = choose(
        request, ItemFilterForm, now=timezone.now(), menu_class=classes_of(request.scope)
    )
    if chosen is None:
        return render(request, "works/all_items.html", _frame(request, "items", None))
    lines = _items(request, chosen)
    context = _frame(
        request,
        "items",
        chosen,
        page=page_of(request, lines),
        outcomes=outcomes_of(projects=chosen.projects, on=chosen.today),
        waiting=sum(line.pending is not None for line in lines),
        finished=sum(line.is_finished for line in lines),
    )
    return render(request, "works/all_items.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def structures(request: SignedIn) -> HttpResponse:
    """The illegal structures, the latest overdue first, and their totals by street."""
    chosen = choose(request, StructureFilterForm, now=timezone.now())
    if chosen is None:
        return render(request, "works/all_structures.html", _frame(request, "structures_all", None))
    lines = _structures(request, chosen)
    context = _frame(
        request,
        "structures_all",
        chosen,
        page=page_of(request, lines),
        streets=structures_by_street(lines, projects=chosen.projects, on=chosen.today),
        overdue=sum(bool(line.overdue_days) for line in lines),
    )
    return render(request, "works/all_structures.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def utilities(request: SignedIn) -> HttpResponse:
    """The utilities' plans by day, and what is wrong with them."""
    chosen = choose(request, UtilityFilterForm, now=timezone.now())
    if chosen is None:
        return render(request, "works/all_utilities.html", _frame(request, "utilities_all", None))
    lines = _utilities(request, chosen)
    by_pk = {line.plan.pk: line.plan for line in lines}
    wrong = [
        (clash, by_pk[pk].project)
        for clash in clashes_of(lines)
        if (pk := next((pk for pk in clash.openings if pk in by_pk), None)) is not None
    ]
    context = _frame(request, "utilities_all", chosen, page=page_of(request, lines), wrong=wrong)
    return render(request, "works/all_utilities.html", context)


def _title(chosen: Chosen, word: str) -> str:
    return f"{chosen.year}年度{word}"


@require_GET
@scoped(Permission.LEDGER_READ)
def items_export(request: SignedIn) -> HttpResponse:
    """The list of items as filtered, all pages of it."""
    now = timezone.now()
    chosen = choose(request, ItemFilterForm, now=now, menu_class=classes_of(request.scope))
    title = _title(chosen, "改造内容") if chosen else "改造内容"
    lines = _items(request, chosen) if chosen else []
    more: Sequence[Sheet] = ()
    if chosen and policies.can_plan(scope=request.scope):
        target = programme_target(request, chosen.year)
        more = plan_sheets(target, now, only={line.item.pk for line in lines})
    content = exports.items_workbook(title=title, lines=lines, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")


@require_GET
@scoped(Permission.LEDGER_READ)
def structures_export(request: SignedIn) -> HttpResponse:
    """The list of structures as filtered, all pages of it; nobody's name is in it."""
    now = timezone.now()
    chosen = choose(request, StructureFilterForm, now=now)
    title = _title(chosen, "拆违台账") if chosen else "拆违台账"
    lines = _structures(request, chosen) if chosen else []
    rows = [line.structure for line in lines]
    more = _to_change(request, "structures_all", chosen, rows, now)
    content = exports.structures_workbook(title=title, lines=lines, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")


@require_GET
@scoped(Permission.LEDGER_READ)
def utilities_export(request: SignedIn) -> HttpResponse:
    """The list of utilities' plans as filtered, all pages of it."""
    now = timezone.now()
    chosen = choose(request, UtilityFilterForm, now=now)
    title = _title(chosen, "管线计划") if chosen else "管线计划"
    lines = _utilities(request, chosen) if chosen else []
    rows = [line.plan for line in lines]
    more = _to_change(request, "utilities_all", chosen, rows, now)
    content = exports.utilities_workbook(title=title, lines=lines, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")
