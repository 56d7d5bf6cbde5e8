"""Pages of the standards: a project's checklist, the table over all projects, the standards themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads, policies
from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.models import Programme, Project, StandardCheck, StandardItem
from projects.ledger.pages import BOTH, RowPage, checklist_ways, edit_row, page_of, project_of
from projects.ledger.tabs import section_tabs
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.wording import chinese_date, chinese_moment
from renovation.face.ordering import in_order
from renovation.face.values import Event

from . import services
from .forms import CheckForm, ItemForm, TableForm
from .progress import KEYS, Standing, standings, wordings
from .table import cells, met_by_item, narrowed, table_workbook


def _in_use(request: SignedIn) -> list[StandardItem]:
    """The standards in use today."""
    today = local_day(timezone.now())
    rows = StandardItem.objects.visible_to(request.scope)
    return [row for row in rows if row.retired_on is None or row.retired_on > today]


# -- one project -------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.RETURN_READ)
def standards(request: SignedIn, code: str) -> HttpResponse:
    """The checklist of a project."""
    project = project_of(request, code)
    items = _in_use(request)
    (standing,) = standings(
        projects=Project.objects.visible_to(request.scope).filter(pk=project.pk), items=items
    )
    rows = [
        {
            "item": item,
            "check": standing.checks.get(item.pk),
            "outdated": standing.is_outdated(item),
            "bare": standing.lacks_basis(item),
        }
        for item in items
    ]
    context = page_of(
        request,
        project,
        "standards",
        ways=checklist_ways(project, "standards"),
        standing=standing,
        rows=rows,
        can_file=policies.can_file(scope=request.scope),
    )
    return render(request, "ledger/standards.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE, Permission.RETURN_FILL)
def standard(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The verdict on one standard."""
    project = project_of(request, code)
    item = get_object_or_404(StandardItem.objects.visible_to(request.scope), number=number)
    row = StandardCheck.objects.visible_to(request.scope).filter(project=project, item=item).first()
    row = row or StandardCheck(project=project, item=item)
    page = RowPage(
        organisation=project.street,
        of=str(project),
        back=reverse("ledger:standards", args=[code]),
        sub=f"{project.name}　{project.code}",
        context=page_of(request, project, "standards", title=f"核对第 {number} 条"),
        heading=f"核对第 {number} 条",
        intro=item.text + (f"　{item.hint}" if item.hint else ""),
        done=f"已核对第 {number} 条",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, files: CheckForm(data, files, instance=row),
        now=timezone.now(),
        save=services.judge,
    )


# -- all projects ------------------------------------------------------------------------------------
#: The list that comes back in with the workbook of the table.
BOOKS = ("standards",)


def _table(request: SignedIn) -> tuple[list[Standing], list[StandardItem], TableForm, Programme]:
    programmes = list(Programme.objects.visible_to(request.scope))
    if not programmes:
        raise Http404("no programme")
    asked = request.GET.get("year", "")
    programme = next((each for each in programmes if str(each.year) == asked), programmes[0])
    items = _in_use(request)
    today = local_day(timezone.now())
    projects = Project.objects.visible_to(request.scope).filter(programme=programme)
    rows = standings(projects=projects.in_scope_on(today), items=items)
    streets = {each.project.street.code: each.project.street.short_name for each in rows}
    form = TableForm(
        {**request.GET.dict(), "year": str(programme.year)},
        years=[each.year for each in programmes],
        streets=list(streets.items()),
        item=[(str(each.number), f"{each.number}　{each.text[:16]}") for each in items],
        auto_id="filter_%s",
    )
    shown = narrowed(
        rows,
        street=form.chosen("street"),
        number=form.chosen("item"),
        verdict=form.chosen("verdict"),
    )
    return in_order(shown, request.GET.get("sort", ""), KEYS), items, form, programme


@require_GET
@scoped(Permission.RETURN_READ)
def table(request: SignedIn) -> HttpResponse:
    """Every project by every standard."""
    context = {
        "section": "项目",
        "tabs": section_tabs(scope=request.scope, chosen="ledger:standards_table"),
        "can_write": policies.can_write(scope=request.scope),
    }
    if not Programme.objects.visible_to(request.scope).exists():
        return render(request, "ledger/standards_table.html", context)
    rows, items, form, programme = _table(request)
    context |= {
        "programme": programme,
        "form": form,
        "items": items,
        "rows": [{"standing": each, "cells": cells(each)} for each in rows],
        "met": list(zip(items, met_by_item(rows, items), strict=True)),
        "totals": {
            "met": sum(each.met for each in rows),
            "unmet": sum(each.unmet for each in rows),
            "open": sum(each.open for each in rows),
            "bare": sum(each.without_basis for each in rows),
        },
        "is_narrowed": any(form.chosen(name) for name in ("street", "item", "verdict")),
        "export_href": f"{reverse('ledger:standards_export')}?{request.GET.urlencode()}",
        "import_href": way_in(scope=request.scope, slugs=BOOKS, year=programme.year),
    }
    return render(request, "ledger/standards_table.html", context)


@require_GET
@scoped(Permission.RETURN_READ)
def table_export(request: SignedIn) -> HttpResponse:
    """The table as filtered, as a workbook."""
    rows, items, _, programme = _table(request)
    now = timezone.now()
    title = f"{programme.name}　衡量标准核对总表"
    more = attached(
        scope=request.scope,
        slugs=BOOKS,
        year=programme.year,
        shown=Shown(codes={each.project.code for each in rows}),
        now=now,
    )
    content = table_workbook(
        rows=rows, items=items, title=title, more=more, on=local_day(now), now=now
    )
    return downloads.workbook(content=content, name=f"{programme.year}年度衡量标准核对总表.xlsx")


# -- the standards -----------------------------------------------------------------------------------
def _bureau(request: SignedIn) -> Organisation:
    rows = Organisation.objects.visible_to(request.scope)
    found: Organisation = get_object_or_404(rows, pk=request.scope.bureau_id)
    return found


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        ("项目", reverse("dashboards:projects")),
        ("衡量标准", reverse("ledger:standards_table")),
        *more,
    ]


@require_GET
@scoped(Permission.RETURN_READ)
def items(request: SignedIn) -> HttpResponse:
    """The standards with their versions."""
    context = {
        "rows": StandardItem.objects.visible_to(request.scope),
        "crumbs": _crumbs(("标准内容", "")),
        "section": "项目",
        "can_write": policies.can_write(scope=request.scope),
    }
    return render(request, "ledger/standard_items.html", context)


@require_POST
@scoped(Permission.LEDGER_WRITE)
def items_adopt(request: SignedIn) -> HttpResponse:
    """Take over the portal's 20."""
    made = services.adopt_standards(bureau=_bureau(request), by=request.user, now=timezone.now())
    messages.success(request, f"已启用 {len(made)} 条衡量标准。可以按本区执行的文本修改。")
    return redirect("ledger:standard_items")


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def item(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """A new standard, or one that is reworded."""
    bureau = _bureau(request)
    rows = StandardItem.objects.visible_to(request.scope)
    row = StandardItem() if pk is None else get_object_or_404(rows, pk=pk)
    title = "新增衡量标准" if pk is None else "修改衡量标准"
    page = RowPage(
        organisation=bureau,
        of=bureau.short_name,
        back=reverse("ledger:standard_items"),
        context={
            "crumbs": _crumbs(("标准内容", reverse("ledger:standard_items")), (title, "")),
            "section": "项目",
        },
        sub=bureau.short_name,
        intro="改动记为新的一版；以前按旧版核对的结论留着，并注明按哪一版核对。",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, _files: ItemForm(data, instance=row, bureau_id=bureau.pk),
        now=timezone.now(),
    )


@require_GET
@scoped(Permission.RETURN_READ)
def item_history(request: SignedIn, pk: int) -> HttpResponse:
    """How a standard was worded, version by version."""
    row = get_object_or_404(StandardItem.objects.visible_to(request.scope), pk=pk)
    context = {
        "item": row,
        "events": [
            Event(
                label=f"第 {record.version} 版",
                title=record.text,
                detail=f"{chinese_moment(record.history_date)}，{record.history_user or '系统'}"
                + (f"，{chinese_date(record.retired_on)}起停用" if record.retired_on else ""),
            )
            for record in wordings(row)
        ],
        "crumbs": _crumbs(("标准内容", reverse("ledger:standard_items")), (str(row), "")),
        "section": "项目",
    }
    return render(request, "ledger/standard_history.html", context)
