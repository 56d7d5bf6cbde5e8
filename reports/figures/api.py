"""``GET /figures`` (CONTRACT.md)."""

from datetime import date
from typing import Literal, Self

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from projects.ledger.models import Programme
from renovation.accounts import tokens
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden, Refusal
from renovation.core.measures import Approval
from renovation.core.periods import FIRST_DAY

from .services import Figure, load, period_of

router = Router(tags=["指标"])


class FigureQuery(Schema):
    """Which figures. ``as_of`` is today where not given, ``year`` that of ``as_of``."""

    year: int | None = Field(None, ge=2000, le=2100, description="年度计划")
    as_of: date | None = Field(None, ge=FIRST_DAY, description="截至日")
    period: Literal["week", "month", "quarter", "year"] = Field("year", description="流量统计期")
    level: Literal["district", "street", "project"] = Field("district", description="层级")
    approval: Approval = Field(Approval.APPROVED, description="approved 只计已核定，all 含待核")


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

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """The figure as the API shows it."""
        measure, place = figure.measure, figure.place
        return cls(
            measure=measure.name,
            scope=PlaceOut(
                level=place.level, code=place.code, name=place.name, source=figure.source
            ),
            value=measure.decimal_string,
            numerator=measure.numerator_string,
            denominator=measure.denominator_string,
            unit=measure.unit.text,
            as_of=measure.as_of,
            approval=measure.approval,
        )


@router.get("/figures", response=list[FigureOut], auth=tokens.read, summary="指标")
def figures(request: HttpRequest, query: Query[FigureQuery]) -> list[FigureOut]:
    """All figures of a level in the scope of the token's user."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.can(Permission.FIGURES_READ):
        raise Forbidden("您的岗位不能读取指标。")
    if scope.approved_only and query.approval is Approval.ALL:
        raise Forbidden("您的岗位只能读取已核定的指标。")
    as_of = query.as_of or timezone.localdate()
    if as_of > timezone.localdate():
        raise Refusal("figures.future", "截至日不能晚于今天。", field="as_of")
    year = query.year or as_of.year
    programme = (
        Programme.objects.visible_to(scope).select_related("bureau").filter(year=year).first()
    )
    if programme is None:
        raise Http404
    facts = load(
        programme=programme,
        as_of=as_of,
        approval=query.approval,
        now=timezone.now(),
        scope=scope,
        period=period_of(query.period, as_of),
    )
    return [FigureOut.of(figure) for figure in facts.figures(query.level)]
