"""Pages of forecasts: a project's, the bureau's, making, deciding, explaining."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.funding.enums import EventState, VarianceReason
from projects.funding.models import Forecast, FundingSource, VarianceExplanation
from projects.funding.overview.listing import years_in_sight
from projects.funding.pages import (
    BOTH,
    bureau_of,
    bureau_page,
    export_address,
    import_address,
    project_of,
    project_page,
    sheets_to_change,
    status_of,
    streets_in_sight,
)
from projects.funding.register import planned_sources
from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Quarter
from renovation.face.refusals import refuse, say
from renovation.face.values import Way
from renovation.records.acting import hands

from . import services
from .exports import forecast_workbook
from .forms import CommentForm, ExplainForm, ForecastForm
from .listing import Cut, ForecastFilterForm, ForecastTable, cut_of, forecast_table, judged_lines

P = Permission
ROWS_A_PAGE = 60


@require_GET
@scoped(P.FIGURES_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """What a project was to pay and paid in each quarter, and the versions of its forecasts."""
    return _project_page(request, code)


def _project_page(
    request: SignedIn, code: str, forms: dict[int, CommentForm] | None = None
) -> HttpResponse:
    found = project_of(request, code)
    today = local_day(timezone.now())
    judged, limit = judged_lines(
        projects=[found],
        bureau=found.programme.bureau,
        year=_year(request, today.year),
        today=today,
    )
    versions = (
        Forecast.objects.visible_to(request.scope)
        .filter(project=found)
        .select_related("made_by", "decided_by")
        .prefetch_related("lines__source")
        .order_by("-year", "-quarter_number", "-version")
    )
    rows = [
        (
            row,
            sum(line.amount_fen for line in row.lines.all()),
            (forms or {}).get(row.pk) or CommentForm(use_required_attribute=False),
            request.scope.can(P.FUNDING_APPROVE)
            and row.state == EventState.PENDING
            and not hands(row, "made_by") & request.scope.persons,
        )
        for row in versions
    ]
    context = project_page(
        request,
        found,
        "funding:project_forecasts",
        ("用款预测", ""),
        judged=judged,
        limit=limit,
        today=today,
        year=_year(request, today.year),
        years=[
            Way(f"{year}年", f"?year={year}", year == _year(request, today.year))
            for year in sorted(
                {today.year, *((found.approved_on or today).year + n for n in range(2))}
            )
            if year <= today.year + 1
        ],
        versions=rows,
        explanations=VarianceExplanation.objects.visible_to(request.scope)
        .filter(project=found)
        .count(),
        can_write=request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "funding/forecasts/project.html", context, status=422 if forms else 200)


def _year(request: SignedIn, otherwise: int) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else otherwise


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def new(request: SignedIn, code: str) -> HttpResponse:
    """Make a version for a quarter that is not frozen."""
    found = project_of(request, code)
    now = timezone.now()
    quarters = services.open_quarters(project=found, today=local_day(now))
    data = request.POST.copy() if request.method == "POST" else None
    asked = request.GET.get("quarter", "")
    form = ForecastForm(
        data,
        quarters=quarters,
        sources=planned_sources(project=found),
        initial={
            "quarter": asked if asked in {each.key for each in quarters} else quarters[0].key,
            "seen_version": services.forecasts_seen(project=found),
        },
    )
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            made = services.make_forecast(
                project=found,
                quarter=form.chosen,
                amounts=form.amounts,
                note=form.cleaned_data["note"],
                seen=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=now,
            )
        except EditConflict as newer:
            conflict = newer
            data["seen_version"] = str(newer.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request, f"已编制{made.quarter.label}预测第 {made.version} 版。由另一人核定后生效。"
            )
            return redirect("funding:project_forecasts", code=code)
    context = project_page(
        request,
        found,
        "funding:project_forecasts",
        ("用款预测", reverse("funding:project_forecasts", args=[code])),
        ("编制", ""),
        form=form,
        conflict=conflict,
        title="编制用款预测",
        act="报核",
        note="预测这一季要支付的工程款，没有的来源不填。季度开始后冻结，不能再改；由另一人核定后生效。",
    )
    status = 409 if conflict else status_of(request)
    return render(request, "funding/forecasts/form.html", context, status=status)


def _forecast(request: SignedIn, pk: int) -> Forecast:
    rows = Forecast.objects.visible_to(request.scope).select_related(
        "project__street", "project__programme__bureau"
    )
    found: Forecast = get_object_or_404(rows, pk=pk)
    return found


@require_POST
@scoped(P.FUNDING_APPROVE)
def approve(request: SignedIn, pk: int) -> HttpResponse:
    """Approve a version of somebody else."""
    found = _forecast(request, pk)
    try:
        services.approve_forecast(forecast=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"已核定{found.quarter.label}预测第 {found.version} 版。")
    return redirect("funding:project_forecasts", code=found.project.code)


@require_POST
@scoped(P.FUNDING_APPROVE)
def reject(request: SignedIn, pk: int) -> HttpResponse:
    """Send a version back."""
    found = _forecast(request, pk)
    form = CommentForm(request.POST, use_required_attribute=False)
    if form.is_valid():
        try:
            services.reject_forecast(
                forecast=found,
                comment=form.cleaned_data["comment"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已退回。")
            return redirect("funding:project_forecasts", code=found.project.code)
    return _project_page(request, found.project.code, {found.pk: form})


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def explain(request: SignedIn, code: str, key: str, source: str) -> HttpResponse:
    """Say why a quarter came otherwise for a source."""
    found = project_of(request, code)
    origin: FundingSource = get_object_or_404(
        FundingSource.objects.visible_to(request.scope), code=source
    )
    try:
        quarter = Quarter.from_key(key)
    except ValueError as fault:
        raise Http404("no such quarter") from fault
    now = timezone.now()
    judged, _ = judged_lines(
        projects=[found], bureau=found.programme.bureau, year=quarter.year, today=local_day(now)
    )
    one = next(
        (one for one in judged if one.line.quarter == quarter and one.line.source.pk == origin.pk),
        None,
    )
    if one is None:
        raise Http404("nothing to explain")
    data = request.POST.copy() if request.method == "POST" else None
    seen = services.explanation_seen(project=found, source=origin, quarter=quarter)
    form = ExplainForm(data, initial={"seen_version": seen}, use_required_attribute=False)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            services.explain(
                project=found,
                source=origin,
                quarter=quarter,
                reason=VarianceReason(form.cleaned_data["reason"]),
                text=form.cleaned_data["text"],
                seen=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=now,
            )
        except EditConflict as newer:
            conflict = newer
            data["seen_version"] = str(newer.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "说明已登记。")
            return redirect("funding:project_forecasts", code=code)
    context = project_page(
        request,
        found,
        "funding:project_forecasts",
        ("用款预测", reverse("funding:project_forecasts", args=[code])),
        ("说明偏差", ""),
        form=form,
        conflict=conflict,
        title="说明偏差",
        act="登记说明",
        line=one.line,
        due_on=one.due_on,
        late_days=one.late_days,
    )
    status = 409 if conflict else status_of(request)
    return render(request, "funding/forecasts/form.html", context, status=status)


# -- the bureau --------------------------------------------------------------------------------------
def _form(request: SignedIn) -> ForecastFilterForm:
    return ForecastFilterForm(
        request.GET,
        years=years_in_sight(scope=request.scope),
        streets=streets_in_sight(request.scope),
    )


def _table(
    request: SignedIn, form: ForecastFilterForm, cut: Cut | None = None
) -> ForecastTable | None:
    years: list[Any] = form.fields["year"].choices  # type: ignore[attr-defined]
    if not years:
        return None
    return forecast_table(
        scope=request.scope,
        bureau=bureau_of(request.scope),
        year=int(form.chosen("year") or years[0][0]),
        quarter=form.chosen("quarter"),
        street=form.chosen("street"),
        cut=cut or cut_of(request.GET.get("cut", "")),
        sort=request.GET.get("sort", ""),
        today=local_day(timezone.now()),
    )


def _with(request: SignedIn, **changes: str) -> str:
    query = {key: value for key, value in request.GET.items() if key not in {"page", "sort"}}
    return f"?{urlencode({**query, **changes})}"


@require_GET
@scoped(P.FIGURES_READ)
def forecasts(request: SignedIn) -> HttpResponse:
    """Forecast against actual of all projects in sight."""
    form = _form(request)
    table = _table(request, form)
    context = bureau_page(request, "funding:forecasts", ("用款预测", ""), form=form, table=table)
    if table is not None:
        context |= {
            "page": Paginator(table.rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
            "cuts": [
                Way(
                    each.label,
                    _with(request, cut=each.value),
                    each is table.cut,
                    table.waiting if each is Cut.UNEXPLAINED else None,
                )
                for each in Cut
            ],
            "charts": table.charts,
            "export_href": export_address(request, "funding:forecasts_export"),
            "import_href": import_address(request, "funding:forecasts"),
            "clear_href": f"?year={table.year}&cut={table.cut.value}",
            "can_write": request.scope.can(P.FUNDING_WRITE),
        }
    return render(request, "funding/forecasts/list.html", context)


@require_GET
@scoped(P.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The lines of the year as filtered, with the sums, as a workbook."""
    form = _form(request)
    lines = _table(request, form, Cut.EACH)
    streets = _table(request, form, Cut.STREET)
    if lines is None or streets is None:
        raise Http404("no programme")
    now = timezone.now()
    codes = {row.line.project.code for row in lines.rows if row.line is not None}
    more = sheets_to_change(request, "funding:forecasts", codes=codes, now=now)
    content = forecast_workbook(
        table=lines, lines=lines.rows, streets=streets.rows, more=more, now=now
    )
    return downloads.workbook(content=content, name=f"{lines.year}年用款预测与实际支付.xlsx")
