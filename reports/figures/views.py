"""Pages of figures: what each means (指标解释), and what each is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.ledger.models import Programme
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.scope import Scope
from renovation.core.downloads import workbook
from renovation.core.measures import Approval
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.face.values import Way

from .catalogue import DISTRICT, by_code
from .dictionary import levels_text, limits_text, way_text
from .exports import dictionary_workbook, source_workbook
from .facts import Facts
from .forms import SourceForm
from .services import definitions, load, period_of
from .sources import Source, SourceColumn, grouped, shown, source_of

ROWS_SHOWN = 200


@require_safe
@scoped()
def measures(request: SignedIn) -> HttpResponse:
    """指标解释: every measure with its definition and the thresholds in force."""
    today = timezone.localdate()
    found, values = definitions(bureau_id=request.scope.bureau_id, on=today)
    reads = request.scope.can(Permission.FIGURES_READ)
    return render(
        request,
        "figures/measures.html",
        {
            "today": today,
            "export_url": reverse("figures:dictionary"),
            "groups": [
                (
                    group,
                    [
                        {
                            "declaration": each,
                            "kind": way_text(each),
                            "levels": levels_text(each),
                            "limits": limits_text(each, values),
                            "href": reverse("figures:source", args=[each.code])
                            if reads and DISTRICT in each.levels
                            else "",
                        }
                        for each in members
                    ],
                )
                for group, members in found.items()
            ],
        },
    )


@require_safe
@scoped()
def dictionary(_request: HttpRequest) -> HttpResponse:
    """指标解释 as a workbook."""
    return workbook(content=dictionary_workbook(), name="指标解释.xlsx")


@dataclass(frozen=True)
class _Asked:
    """What the address asks for, as far as it makes sense; ``form`` holds the faults."""

    form: SourceForm
    facts: Facts
    source: Source


def _asked(request: SignedIn, slug: str) -> _Asked:
    declaration = by_code().get(slug)
    if declaration is None:
        raise Http404
    now = timezone.now()
    form = SourceForm(request.GET, today=timezone.localdate(now))
    form.is_valid()
    values: dict[str, Any] = form.cleaned_data
    programme = _programme(request.scope, values.get("programme"))
    facts = load(
        programme=programme,
        as_of=values.get("as_of") or form.today,
        approval=values.get("approval") or Approval.APPROVED,
        now=now,
        scope=request.scope,
        period=values.get("period"),
    )
    form.show(year=programme.year, as_of=facts.as_of)
    place = facts.whole
    if values.get("level") and values.get("scope"):
        found = facts.place(values["level"], values["scope"])
        if found is None:
            raise Http404
        place = found
    if place.level not in declaration.levels:
        raise Http404
    return _Asked(form, facts, source_of(facts, declaration.name, place, today=form.today))


def _programme(scope: Scope, year: int | None) -> Programme:
    """The programme of a year, the newest one where none is named."""
    rows = Programme.objects.visible_to(scope).select_related("bureau").order_by("-year")
    programme = rows.filter(year=year).first() if year else rows.first()
    if programme is None:
        raise Http404
    return programme


@require_safe
@scoped(Permission.FIGURES_READ)
def source(request: SignedIn, slug: str) -> HttpResponse:
    """The rows that a figure is made of, each with its way on."""
    asked = _asked(request, slug)
    facts, found = asked.facts, asked.source
    page = Paginator(found.in_groups, ROWS_SHOWN).get_page(request.GET.get("page"))
    columns = found.columns
    return render(
        request,
        "figures/source.html",
        {
            "form": asked.form,
            "facts": facts,
            "source": found,
            "measure": found.figure.measure,
            "place": found.figure.place,
            "chosen_place": found.figure.place != facts.whole,
            "page": page,
            "columns": columns,
            "groups": [
                (
                    group,
                    _cells(columns, group.values),
                    [(r, _cells(columns, r.values)) for r in group.rows],
                )
                for group in grouped(found, facts, list(page))
            ],
            "is_grouped": found.is_grouped,
            "column_count": len(columns) + 2,
            "totals": _cells(columns, found.totals),
            "ways": _ways(request, facts),
            "periods": _periods(request, facts) if found.declaration.is_flow else [],
            "export_url": f"{reverse('figures:export', args=[slug])}?{request.GET.urlencode()}",
            "heading": f"{found.figure.place.name} {found.figure.measure.label}",
            "sub": _sub(facts, found),
            "crumbs": [
                ("指标解释", reverse("figures:measures")),
                (found.declaration.label, None),
            ],
            "row_count": f"{len(found.rows)} 行",
        },
    )


def _cells(
    columns: Sequence[SourceColumn], values: Sequence[Fraction | None]
) -> list[tuple[SourceColumn, str]]:
    """Numbers as words under their columns; none where there are no numbers."""
    return [(column, shown(column, value)) for column, value in zip(columns, values, strict=False)]


@require_safe
@scoped(Permission.FIGURES_READ)
def export(request: SignedIn, slug: str) -> HttpResponse:
    """The same rows as a workbook, all of them."""
    asked = _asked(request, slug)
    figure = asked.source.figure
    name = f"{figure.place.name}{figure.measure.label}来源_{asked.facts.as_of:%Y%m%d}.xlsx"
    return workbook(content=source_workbook(source=asked.source, facts=asked.facts), name=name)


def _sub(facts: Facts, found: Source) -> str:
    """2025年度计划　截至2025年9月14日　已核定"""
    parts = [
        facts.programme.name,
        f"截至{chinese_date(facts.as_of)}",
        facts.approval.label,
    ]
    if found.figure.measure.period is not None:
        parts.append(found.figure.measure.period.label)
    return "　".join(parts)


def _ways(request: SignedIn, facts: Facts) -> list[Way]:
    """只看已核定 or 含待核; who is shown approved data only has no choice."""
    if request.scope.approved_only:
        return []
    ways = []
    for approval, word in ((Approval.APPROVED, "只看已核定"), (Approval.ALL, "含待核")):
        query = request.GET.copy()
        query["approval"] = approval.value
        query.pop("page", None)
        ways.append(Way(word, f"?{query.urlencode()}", facts.approval is approval))
    return ways


def _periods(request: SignedIn, facts: Facts) -> list[Way]:
    """第37周, 2025年9月, 2025年第三季度, 2025年: the periods that a flow may be counted over."""
    found = []
    for kind in ("week", "month", "quarter", "year"):
        period = period_of(kind, facts.as_of)
        query = request.GET.copy()
        query["period"] = period.key
        query.pop("page", None)
        word = f"第{period.number}周" if isinstance(period, Week) else period.label
        found.append(Way(word, f"?{query.urlencode()}", period == facts.period))
    return found
