"""Planned amounts by source and forecasts of 支付 as lists that go out and come back in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.books.declaring import (
    NAME,
    PROJECT,
    Change,
    Found,
    Line,
    ListBook,
    Listing,
)
from projects.ledger.models import Project
from projects.ledger.usual import usual_of
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.measures import wanyuan_from_fen
from renovation.core.periods import Quarter
from renovation.core.reading import fen_from_wanyuan
from renovation.intake.pipelines import Column, Finding, Kind

from .enums import EventState
from .forecasts.services import make_forecast
from .models import Forecast, ForecastLine, FundingPlan, FundingSource
from .planned import change_plan

_MOST = Decimal("9999999.99")
SOURCE = Column(field="source", header="资金来源", longest=40, expected="平台里的来源名称")


def _wanyuan(fen: int) -> Decimal:
    amount = wanyuan_from_fen(fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


def _sources(projects: Sequence[Project]) -> dict[str, FundingSource]:
    """Those of the projects' bureau; the projects of a list are one bureau's."""
    bureau_id = projects[0].programme.bureau_id if projects else None
    return {source.name: source for source in FundingSource.objects.of_bureau(bureau_id)}


# -- planned amounts ---------------------------------------------------------------------------------
PLANNED = Column(
    field="planned",
    header="计划(万元)",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal(0),
    maximum=_MOST,
    expected="不小于 0，最多两位小数",
)


@dataclass(frozen=True)
class Sources:
    """The sources by name; those of which something may be planned anew."""

    by_name: dict[str, FundingSource]
    offered: tuple[str, ...]


def _looked_up(projects: Sequence[Project]) -> Sources:
    found = _sources(projects)
    return Sources(found, tuple(name for name, source in found.items() if source.is_active))


def _known_sources(at: Listing) -> list[str]:
    """What is offered, and what stands already."""
    sources: Sources = at.more if isinstance(at.more, Sources) else at.more.sources
    stands = (str(line.values[SOURCE.field]) for line in at.lines.values())
    return list(dict.fromkeys((*sources.offered, *stands)))


def load_plans(projects: Sequence[Project], now: datetime) -> Found:
    """What is planned from each source. Two queries."""
    order = {project.pk: (place, project) for place, project in enumerate(projects)}
    rows = FundingPlan.objects.filter(project__in=projects).select_related("source")
    lines = [
        Line(
            name=f"{order[row.project_id][1]}　{row.source}",
            values={
                PROJECT.field: order[row.project_id][1].code,
                NAME.field: order[row.project_id][1].name,
                SOURCE.field: row.source.name,
                PLANNED.field: _wanyuan(row.planned_fen),
            },
            row=row,
        )
        for row in sorted(rows, key=lambda row: (order[row.project_id][0], row.source.order))
    ]
    return lines, _looked_up(projects)


def ask_plans(changes: Sequence[Change], at: Listing) -> Iterator[Finding]:
    """All that is planned for a project, by its area; asked at the largest amount that the sheet raises."""
    raised: defaultdict[Project, list[Change]] = defaultdict(list)
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in at.lines.values():
        totals[str(line.values[PROJECT.field])] += Decimal(str(line.values[PLANNED.field]))
    for change in changes:
        before = at.lines.get(change.source.key)
        more = Decimal(str(change.values[PLANNED.field] or 0)) - Decimal(
            str(before.values[PLANNED.field] if before else 0)
        )
        totals[change.project.code] += more
        if more > 0:
            raised[change.project].append(change)
    if not raised:
        return
    usual = usual_of(
        bureau=next(iter(raised)).programme.bureau,
        project_ids=[project.pk for project in raised],
        on=local_day(at.now),
    )
    for project, of_project in raised.items():
        fen = fen_from_wanyuan(totals[project.code])
        if usual.is_much(project_id=project.pk, fen=fen):
            largest = max(of_project, key=lambda change: Decimal(str(change.values[PLANNED.field])))
            yield Finding(
                message=f"计划合计每平方米高于常见的 {usual.range}",
                field=PLANNED.field,
                found=f"合计 {usual.working(project_id=project.pk, fen=fen)}",
                expected="单位、小数点没有错的，说明原因",
                row=largest.number,
            )


def write_plans(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Set what is planned as the page does."""
    for change in changes:
        change_plan(
            project=change.project,
            source=at.more.by_name[str(change.values[SOURCE.field])],
            seen_fen=change.row.planned_fen if change.row is not None else None,
            planned_fen=fen_from_wanyuan(change.values[PLANNED.field]),
            by=by,
            now=at.now,
        )


PLANS = ListBook(
    slug="plans",
    label="计划资金",
    hint="一个项目一个来源一行，万元。空着的格不改；不再安排的在页面上删去。填数值，不填公式。",
    section="资金",
    permission=Permission.FUNDING_WRITE,
    result=lambda year: f"{reverse('funding:overview')}?year={year}",
    result_word="看资金总览",
    columns=(PROJECT, NAME, SOURCE, PLANNED),
    keys=(PROJECT, SOURCE),
    writes=(PLANNED,),
    needed=(PLANNED,),
    known={SOURCE.field: _known_sources},
    load=load_plans,
    write=write_plans,
    asks=ask_plans,
)

# -- forecasts ---------------------------------------------------------------------------------------
QUARTER = Column(field="quarter", header="季度", longest=20, expected="如 2025年第三季度")
AMOUNT = Column(
    field="amount",
    header="预测支付(万元)",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal(0),
    maximum=_MOST,
    expected="不小于 0，最多两位小数",
)
WHY = Column(field="note", header="说明", longest=200, expected="这一版为什么这样预测")
_AHEAD = 4


@dataclass(frozen=True)
class Forecasts:
    """What a forecast is made from: sources, quarters by their words, and by project and quarter the newest version
    that was not sent back, with its lines."""

    sources: Sources
    quarters: dict[str, Quarter]
    versions: dict[tuple[int, Quarter], int]
    lines: dict[tuple[int, Quarter], dict[FundingSource, int]]


def load_forecasts(projects: Sequence[Project], now: datetime) -> Found:
    """The newest version of each quarter that was not sent back. Three queries."""
    order = {project.pk: (place, project) for place, project in enumerate(projects)}
    newest: dict[tuple[int, Quarter], Forecast] = {}
    rows = Forecast.objects.filter(project__in=projects).exclude(state=EventState.REJECTED)
    for row in rows.order_by("version"):
        newest[row.project_id, row.quarter] = row
    kept = {row.pk: key for key, row in newest.items()}
    by_quarter: dict[tuple[int, Quarter], dict[FundingSource, int]] = {}
    for each in ForecastLine.objects.filter(forecast__in=list(kept)).select_related("source"):
        by_quarter.setdefault(kept[each.forecast_id], {})[each.source] = each.amount_fen
    lines = [
        Line(
            name=f"{order[pk][1]}　{quarter.label}　{source}",
            values={
                PROJECT.field: order[pk][1].code,
                NAME.field: order[pk][1].name,
                QUARTER.field: quarter.label,
                SOURCE.field: source.name,
                AMOUNT.field: _wanyuan(amount),
            },
        )
        for (pk, quarter), amounts in sorted(
            by_quarter.items(), key=lambda item: (order[item[0][0]][0], item[0][1])
        )
        for source, amount in sorted(amounts.items(), key=lambda item: item[0].order)
    ]
    today = Quarter.of(local_day(now))
    ahead = [today.shift(step) for step in range(_AHEAD + 1)]
    quarters = sorted({*(quarter for _, quarter in by_quarter), *ahead})
    return lines, Forecasts(
        _looked_up(projects),
        {each.label: each for each in quarters},
        {key: row.version for key, row in newest.items()},
        by_quarter,
    )


def write_forecasts(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Make one version for all changed sources of a project's quarter; another person approves it."""
    project = changes[0].project
    known: Forecasts = at.more
    quarter = known.quarters[str(changes[0].values[QUARTER.field])]
    amounts = dict(known.lines.get((project.pk, quarter), {}))
    for change in changes:
        source = known.sources.by_name[str(change.values[SOURCE.field])]
        amounts[source] = fen_from_wanyuan(change.values[AMOUNT.field])
    said = [str(change.values[WHY.field]) for change in changes if change.values[WHY.field]]
    make_forecast(
        project=project,
        quarter=quarter,
        amounts=amounts,
        note="；".join(dict.fromkeys(said))[:200],
        seen_version=known.versions.get((project.pk, quarter), 0),
        by=by,
        now=at.now,
    )


FORECASTS = ListBook(
    slug="forecasts",
    label="用款预测",
    hint="一个项目一个季度一个来源一行，万元。一个项目一季的改动写成新的一版，由另一人核定。填数值，不填公式。",
    section="资金",
    permission=Permission.FUNDING_WRITE,
    result=lambda year: f"{reverse('funding:forecasts')}?year={year}",
    result_word="看用款预测",
    columns=(PROJECT, NAME, QUARTER, SOURCE, AMOUNT, WHY),
    keys=(PROJECT, QUARTER, SOURCE),
    writes=(AMOUNT,),
    needed=(AMOUNT,),
    known={SOURCE.field: _known_sources, QUARTER.field: lambda at: list(at.more.quarters)},
    load=load_forecasts,
    write=write_forecasts,
    of_all_years=True,
    together=lambda change: f"{change.project.code} {change.values[QUARTER.field]}",
    last_step="核定",
    after="一个项目一季的改动写成新的一版，由另一人核定后生效；已冻结的季度不能改。相同的行不动。",
)
