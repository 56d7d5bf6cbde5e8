"""``GET /figures`` (CONTRACT.md)."""

import json
from datetime import date
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from projects.ledger.models import Programme
from renovation.accounts import tokens
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal
from renovation.core.measures import Approval
from renovation.core.periods import FIRST_DAY

from .catalogue import catalogue
from .services import PROJECT, Figure, load, period_of

router = Router(tags=["指标"])


class FigureQuery(Schema):
    """Which figures. ``as_of`` is today where not given, ``year`` that of ``as_of``. ``measure`` narrows to the
    named ones, ``limit`` and ``offset`` to some of the level's places, in their order; without them the list is
    whole, which at the level of projects may be very long."""

    year: int | None = Field(None, ge=2000, le=2100, description="年度计划")
    as_of: date | None = Field(None, ge=FIRST_DAY, description="截至日")
    period: Literal["week", "month", "quarter", "year"] = Field("year", description="流量统计期")
    level: Literal["district", "street", "project"] = Field("district", description="层级")
    approval: Approval = Field(Approval.APPROVED, description="approved 只计已核定，all 含待核")
    measure: list[str] = Field([], description="只要这些指标，可重复；不给为全部")
    limit: int | None = Field(None, ge=1, le=1000, description="最多取几个单位或项目；不给为全部")
    offset: int = Field(0, ge=0, description="跳过前几个单位或项目")


class PlaceOut(Schema):
    """What a figure is about, and where its source rows are."""

    level: str
    code: str
    name: str
    source: str


class FigureOut(Schema):
    """One figure as shown; numerator and denominator unrounded."""

    measure: str
    scope: PlaceOut
    value: str | None
    numerator: str | None
    denominator: str | None
    unit: str
    as_of: date
    approval: Approval


def _shown(figure: Figure) -> dict[str, Any]:
    """The figure as ``FigureOut`` describes it. There may be a quarter of a million of them, so they are not
    checked against the schema one by one; a test does it."""
    measure, place = figure.measure, figure.place
    return {
        "measure": measure.name,
        "scope": {
            "level": place.level,
            "code": place.code,
            "name": place.name,
            "source": figure.source,
        },
        "value": measure.decimal_string,
        "numerator": measure.numerator_string,
        "denominator": measure.denominator_string,
        "unit": measure.unit.text,
        "as_of": measure.as_of.isoformat(),
        "approval": figure.asked.value,
    }


@router.get("/figures", response=list[FigureOut], auth=tokens.read, summary="指标")
def figures(request: HttpRequest, query: Query[FigureQuery]) -> HttpResponse:
    """The figures of a level in the scope of the token's user. ``X-Total-Count`` is the number of its places;
    where more follow, ``Link`` leads to the next ones."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.can(Permission.FIGURES_READ):
        raise Forbidden("您的岗位不能读取指标。")
    if scope.approved_only and query.approval is Approval.ALL:
        raise Forbidden("您的岗位只能读取已核定的指标。")
    as_of = query.as_of or timezone.localdate()
    if as_of > timezone.localdate():
        raise Refusal("figures.future", "截至日不能晚于今天。", field="as_of")
    if unknown := [name for name in query.measure if name not in catalogue()]:
        raise Refusal("figures.unknown", f"没有“{unknown[0]}”这个指标。", field="measure")
    year = query.year or as_of.year
    programme = (
        Programme.objects.visible_to(scope).select_related("bureau").filter(year=year).first()
    )
    if programme is None:
        raise Http404
    asked: dict[str, Any] = {
        "programme": programme,
        "as_of": as_of,
        "approval": query.approval,
        "now": timezone.now(),
        "scope": scope,
        "period": period_of(query.period, as_of),
    }
    facts = load(**asked)
    places = facts.places[query.level]
    end = len(places) if query.limit is None else query.offset + query.limit
    page = places[query.offset : end]
    if query.level == PROJECT and len(page) < len(places):
        here = {row.pk for row in facts.projects[query.offset : end]}
        facts = load(**asked, ledger=facts.ledger.only(here))
    found = facts.figures(query.level, query.measure or None, page)
    answer = HttpResponse(
        json.dumps([_shown(figure) for figure in found], ensure_ascii=False),
        content_type="application/json; charset=utf-8",
    )
    answer["X-Total-Count"] = str(len(places))
    if end < len(places):
        following = request.GET.copy()
        following["offset"] = str(end)
        address = request.build_absolute_uri(f"{request.path}?{following.urlencode()}")
        answer["Link"] = f'<{address}>; rel="next"'
    return answer
