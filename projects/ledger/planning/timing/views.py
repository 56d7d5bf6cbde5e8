"""Pages of what bounds the works in time: deadlines, the gates of a programme, windows of rest."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import deadlines as due
from projects.ledger import downloads, policies
from projects.ledger import rests as resting
from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.conflicts import EditConflict
from projects.ledger.conflicts import take_over as take_over_row
from projects.ledger.enums import OpeningState
from projects.ledger.gate_register import (
    KEYS,
    Filters,
    register_workbook,
    with_conditions,
    with_exceptions,
)
from projects.ledger.gate_register import register as standing_of
from projects.ledger.models import GateDeadline, GateOpening, Programme, Project, RestWindow
from projects.ledger.pages import BOTH, RowPage, answer_status, remove_row_page
from projects.ledger.planning.forms import DeadlinesForm, RegisterFilterForm, RestForm
from projects.ledger.sheets import SheetConflict, take_over
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.ordering import in_order
from renovation.face.refusals import refuse

from .exports import rests_workbook


def _programme(request: SignedIn, year: int) -> Programme:
    rows = Programme.objects.visible_to(request.scope).select_related("bureau")
    return get_object_or_404(rows, year=year)


def _crumbs(programme: Programme, last: str) -> list[tuple[str, str]]:
    return [
        ("项目", reverse("dashboards:projects")),
        (programme.name, reverse("ledger:programme", args=[programme.year])),
        (last, ""),
    ]


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def deadlines(request: SignedIn, year: int) -> HttpResponse:
    """The deadlines of a programme by gate."""
    found = _programme(request, year)
    mark = due.deadlines_mark(programme=found)
    rows = GateDeadline.objects.visible_to(request.scope).filter(programme=found)
    data = request.POST.copy() if request.method == "POST" else None
    form = DeadlinesForm(data, seen=mark, deadlines=list(rows))
    conflict: SheetConflict | None = None
    if data is not None and form.is_valid():
        try:
            due.set_deadlines(
                programme=found,
                wanted=form.wanted,
                seen=form.cleaned_data["seen"],
                by=request.user,
                now=timezone.now(),
            )
        except SheetConflict as stale:
            conflict = stale
            take_over(form, stale)
        else:
            messages.success(request, "已保存关口期限。")
            return redirect("ledger:programme", year=year)
    context = {
        "form": form,
        "conflict": conflict,
        "programme": found,
        "crumbs": _crumbs(found, "关口期限"),
        "section": "项目",
    }
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/programme_deadlines.html", context, status=status)


#: The list that comes back in with the workbook of the register.
BOOKS = ("gates",)


def _openings(request: SignedIn, programme: Programme) -> int:
    """How many opening entries of gates wait, for whom that concerns."""
    if not {Permission.LEDGER_WRITE, Permission.LEDGER_APPROVE} & request.scope.permissions:
        return 0
    rows = GateOpening.objects.visible_to(request.scope)
    return rows.filter(project__programme=programme, state=OpeningState.PENDING).count()


@require_GET
@scoped(Permission.FIGURES_READ)
def register(request: SignedIn, year: int) -> HttpResponse:
    """Which project stands at which gate, overdue ones first; ``?format=xlsx`` the same as a workbook."""
    found = _programme(request, year)
    now = timezone.now()
    today = local_day(now)
    projects = Project.objects.visible_to(request.scope).filter(programme=found)
    streets = Organisation.objects.visible_to(request.scope).filter(kind=OrganisationKind.STREET)
    form = RegisterFilterForm(request.GET, streets=list(streets.order_by("order")))
    chosen = Filters()
    if form.is_valid():
        chosen = Filters(**form.cleaned_data)
    everything = standing_of(programme=found, projects=projects, on=today)
    if chosen.only == "entry":
        everything = with_conditions(lines=everything, on=today)
    elif chosen.only == "excepted":
        everything = with_exceptions(lines=everything)
    lines = in_order(
        [one for one in everything if chosen.keep(one)], request.GET.get("sort", ""), KEYS
    )
    if request.GET.get("format") == "xlsx":
        more = attached(
            scope=request.scope,
            slugs=BOOKS,
            year=year,
            shown=Shown(codes={one.project.code for one in lines}),
            now=now,
        )
        content = register_workbook(programme=found, lines=lines, more=more, on=today, now=now)
        return downloads.workbook(content=content, name=f"{found.year}年度关口.xlsx")
    export = request.GET.copy()
    export["format"] = "xlsx"
    context = {
        "programme": found,
        "lines": lines,
        "total": len(everything),
        "overdue": sum(one.is_overdue for one in lines),
        "promises": sum(one.open_promises for one in lines),
        "openings": _openings(request, found),
        "form": form,
        "export_query": export.urlencode(),
        "import_href": way_in(scope=request.scope, slugs=BOOKS, year=year),
        "today": today,
        "crumbs": _crumbs(found, "关口"),
        "section": "项目",
    }
    return render(request, "ledger/register.html", context)


# -- windows of rest ---------------------------------------------------------------------------------
RESTS = ("rests",)


def _windows(request: SignedIn, today: date) -> tuple[list[RestWindow], int, list[int]]:
    """The windows of the year that the address names (this one where it names none), that year, and all years."""
    every = RestWindow.objects.visible_to(request.scope)
    years = sorted(
        {year for row in every for year in (row.from_on.year, row.to_on.year)} | {today.year}
    )
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isdecimal() and int(typed) in years else today.year
    return [row for row in every if row.from_on.year <= year <= row.to_on.year], year, years


@require_GET
@scoped(Permission.FIGURES_READ)
def rests_export(request: SignedIn) -> HttpResponse:
    """The windows of a year as a workbook."""
    now = timezone.now()
    rows, year, _ = _windows(request, local_day(now))
    more = attached(
        scope=request.scope,
        slugs=RESTS,
        shown=Shown(codes=(), only={RESTS[0]: {row.pk for row in rows}}),
        now=now,
    )
    content = rests_workbook(title=f"{year}年停工期", rows=rows, more=more, now=now)
    return downloads.workbook(content=content, name=f"{year}年停工期.xlsx")


@require_GET
@scoped(Permission.FIGURES_READ)
def rests(request: SignedIn) -> HttpResponse:
    """The windows of a year (``?year=``; this one where none is named), in the order of their days."""
    today = local_day(timezone.now())
    rows, year, years = _windows(request, today)
    context = {
        "rows": rows,
        "present": [row for row in rows if row.from_on <= today <= row.to_on],
        "year": year,
        "years": [
            (f"{each}年", f"{reverse('ledger:rests')}?year={each}", each == year) for each in years
        ],
        "today": today,
        "can_write": policies.can_write(scope=request.scope),
        "export_href": f"{reverse('ledger:rests_export')}?year={year}",
        "import_href": way_in(scope=request.scope, slugs=RESTS),
        "crumbs": [("项目", reverse("dashboards:projects")), ("停工期", "")],
        "section": "项目",
    }
    return render(request, "ledger/rests.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def rest(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """A window, new or changed."""
    rows = RestWindow.objects.visible_to(request.scope)
    row = None if pk is None else get_object_or_404(rows, pk=pk)
    data = request.POST.copy() if request.method == "POST" else None
    form = RestForm(data, window=row)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        bureau = get_object_or_404(
            Organisation.objects.visible_to(request.scope), pk=request.scope.bureau_id
        )
        try:
            saved = resting.save_window(
                bureau=bureau,
                values=form.values,
                window=row,
                seen_version=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found:
            conflict = found
            take_over_row(form, found)
            data["seen_version"] = str(found.version)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存停工期：{saved}。")
            return redirect(f"{reverse('ledger:rests')}?year={saved.from_on.year}")
    title = "登记停工期" if row is None else "修改停工期"
    context = {
        "form": form,
        "heading": title,
        "conflict": conflict,
        "remove_href": reverse("ledger:rest_remove", args=[pk]) if row else "",
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            ("停工期", reverse("ledger:rests")),
            (title, ""),
        ],
        "section": "项目",
    }
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/rest.html", context, status=status)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def rest_remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take a window away, with a reason."""
    row = get_object_or_404(
        RestWindow.objects.visible_to(request.scope).select_related("bureau"), pk=pk
    )
    page = RowPage(
        organisation=row.bureau,
        of=row.bureau.short_name,
        back=reverse("ledger:rests"),
        context={
            "crumbs": [
                ("项目", reverse("dashboards:projects")),
                ("停工期", reverse("ledger:rests")),
                ("删除", ""),
            ],
            "section": "项目",
        },
        sub=f"{chinese_date(row.from_on)}—{chinese_date(row.to_on)}",
    )
    return remove_row_page(request, page=page, row=row, now=timezone.now())
