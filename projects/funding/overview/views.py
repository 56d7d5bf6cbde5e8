"""资金总表 and its workbook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.funding.models import FundingEvent, FundingSource
from projects.funding.pages import (
    bureau_page,
    export_address,
    import_address,
    sheets_to_change,
    streets_in_sight,
)
from projects.ledger import downloads
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.measures import Approval
from renovation.face.values import Way

from .exports import money_workbook
from .listing import Cut, MoneyFilterForm, MoneyTable, cut_of, money_table, years_in_sight

P = Permission
ROWS_A_PAGE = 60


def _form(request: SignedIn) -> MoneyFilterForm:
    return MoneyFilterForm(
        request.GET,
        years=years_in_sight(scope=request.scope),
        streets=streets_in_sight(request.scope),
        source=list(FundingSource.objects.visible_to(request.scope).values_list("code", "name")),
    )


def _table(request: SignedIn, form: MoneyFilterForm) -> MoneyTable | None:
    """What the address asks for; None where there is no programme yet."""
    years: list[Any] = form.fields["year"].choices  # type: ignore[attr-defined]
    if not years:
        return None
    year = form.chosen("year") or years[0][0]
    wants_all = request.GET.get("approval") == Approval.ALL.value
    return money_table(
        scope=request.scope,
        year=int(year),
        street=form.chosen("street"),
        source=form.chosen("source"),
        cut=cut_of(request.GET.get("cut", "")),
        sort=request.GET.get("sort", ""),
        as_of=local_day(timezone.now()),
        approval=Approval.ALL if wants_all else Approval.APPROVED,
    )


def _with(request: SignedIn, **changes: str) -> str:
    """The address with another choice; a new cut forgets page and order."""
    query = {key: value for key, value in request.GET.items() if key not in {"page", "sort"}}
    return f"?{urlencode({**query, **changes})}"


@require_GET
@scoped(P.FIGURES_READ)
def overview(request: SignedIn) -> HttpResponse:
    """All money in sight."""
    form = _form(request)
    table = _table(request, form)
    context = bureau_page(
        request,
        "funding:overview",
        form=form,
        table=table,
        subtitle=f"{table.year}年度计划的项目" if table else "",
    )
    if table is not None:
        context |= {
            "page": Paginator(table.rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
            "cuts": [
                Way(each.label, _with(request, cut=each.value), each is table.cut) for each in Cut
            ],
            "ways": []
            if request.scope.approved_only
            else [
                Way(word, _with(request, approval=each.value), each is table.approval)
                for word, each in (("只看已核定", Approval.APPROVED), ("含待核", Approval.ALL))
            ],
            "export_href": export_address(request, "funding:overview_export"),
            "import_href": import_address(request, "funding:overview", table.year),
            "clear_href": f"?year={table.year}&cut={table.cut.value}",
            "waiting": FundingEvent.objects.visible_to(request.scope)
            .filter(state="pending")
            .count()
            if request.scope.can(P.FUNDING_APPROVE) or request.scope.can(P.FUNDING_WRITE)
            else 0,
        }
    return render(request, "funding/overview.html", context)


@require_GET
@scoped(P.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The table as a workbook."""
    form = _form(request)
    table = _table(request, form)
    if table is None:
        raise Http404("no programme")
    name = f"{table.year}年资金总表（{table.cut.label}）.xlsx"
    projects = Project.objects.visible_to(request.scope).filter(programme__year=table.year)
    if street := form.chosen("street"):
        projects = projects.filter(street__code=street)
    more = sheets_to_change(
        request,
        "funding:overview",
        codes=set(projects.values_list("code", flat=True)),
        year=table.year,
        now=timezone.now(),
    )
    return downloads.workbook(content=money_workbook(table=table, more=more), name=name)
