"""The bureau's forecasts against what was paid: by quarter, street, project or line; filtered by the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from projects.funding.parameters import EXPLAIN_DAYS, VARIANCE_PERCENT
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.pair_bars import Pair, pair_bars
from renovation.core.periods import Quarter, Year
from renovation.face.filtering import FilterForm, choice, year_choice
from renovation.face.ordering import in_order
from renovation.records.services import values_in_force, work_calendar

from .facts import Line, lines_of
from .variance import PLACES, Variance, variance


class Cut(StrEnum):
    """What a row is."""

    STREET = "street"
    PROJECT = "project"
    EACH = "each"
    UNEXPLAINED = "unexplained"

    @property
    def label(self) -> str:
        """The word of the segment."""
        words = {
            "street": "按街道",
            "project": "按项目",
            "each": "逐项",
            "unexplained": "待说明",
        }
        return words[self.value]


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, and where it waits for an explanation the last day of it; ``late_days`` since then today."""

    line: Line
    due_on: date | None = None
    late_days: int = 0

    @property
    def waits(self) -> bool:
        """Whether somebody owes an explanation."""
        return self.due_on is not None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines in sum: the figure, how many of them wait for an explanation, how many of these for too long, and the
    first last day among them."""

    name: str
    code: str
    street: str
    variance: Variance
    waiting: int
    late: int = 0
    due_on: date | None = None
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class ForecastTable:
    """The rows of a cut, the sums by quarter of the year, and the whole."""

    year: int
    cut: Cut
    rows: tuple[Group, ...]
    quarters: tuple[tuple[Quarter, Group], ...]
    total: Group | None
    waiting: int
    limit: Decimal
    as_of: date

    @property
    def charts(self) -> tuple[str, str]:
        """Forecast against actual of the quarters that have either, for desks and for phones; "" without."""
        pairs = [
            Pair(
                name=f"{quarter.label.removeprefix(f'{self.year}年')}",
                meant=_length(group.variance.forecast_fen),
                came=_length(group.variance.actual_fen),
                meant_text=_wanyuan(group.variance.forecast_fen),
                came_text=_wanyuan(group.variance.actual_fen),
                remark=_remark(quarter, group.variance, self.as_of),
            )
            for quarter, group in self.quarters
            if group.variance.forecast_fen is not None or group.variance.actual_fen
        ]
        if not pairs:
            return "", ""
        title = f"{self.year}年各季预测与实际支付（万元）"
        words = ("预测", "实际")
        return (
            pair_bars(title=title, pairs=pairs, words=words),
            pair_bars(title=title, pairs=pairs, words=words, size="narrow"),
        )


class ForecastFilterForm(FilterForm):
    """Year, quarter and street."""

    year = year_choice("年度")
    quarter = choice(
        "季度",
        [(str(n), f"第{'一二三四'[n - 1]}季度") for n in range(1, 5)],
        nothing=("", "全年"),
    )
    street = choice("街道")


def cut_of(text: str) -> Cut:
    """The cut of the address; streets where it names none."""
    return Cut(text) if text in list(Cut) else Cut.STREET


def judged_lines(
    *, projects: Sequence[Project], bureau: Organisation, year: int, today: date
) -> tuple[list[Judged], Decimal]:
    """The lines of a year with what waits, and the threshold of its last quarter that has begun. Each line is
    judged by the threshold at the end of its quarter."""
    quarters = Year(year).quarters()
    found = judged(projects=projects, bureau=bureau, quarters=quarters, today=today)
    begun = [each for each in quarters if each.start <= today] or quarters[:1]
    values = values_in_force(organisation=bureau, on=begun[-1].end)
    return found, values[VARIANCE_PERCENT.key]


def judged(
    *,
    projects: Sequence[Project],
    bureau: Organisation,
    quarters: Sequence[Quarter],
    today: date,
) -> list[Judged]:
    """The lines of some quarters, each judged by what is in force at the end of its quarter: the threshold, and in
    how many working days from the day since which an explanation is owed it is to be given."""
    values = {each: values_in_force(organisation=bureau, on=each.end) for each in quarters}
    calendar = work_calendar()
    found = []
    for line in lines_of(projects=projects, quarters=quarters, on=today):
        in_force = values[line.quarter]
        since = line.owed_since(threshold_percent=in_force[VARIANCE_PERCENT.key], today=today)
        if since is None:
            found.append(Judged(line))
            continue
        due_on = calendar.add_workdays(since, in_force[EXPLAIN_DAYS.key])
        found.append(Judged(line, due_on, max(0, (today - due_on).days)))
    return found


def forecast_table(
    *,
    scope: Scope,
    bureau: Organisation,
    year: int,
    quarter: str = "",
    street: str = "",
    cut: Cut = Cut.STREET,
    sort: str = "",
    today: date,
) -> ForecastTable:
    """The table of a year in sight; a constant number of queries."""
    projects = Project.objects.visible_to(scope).select_related("street", "programme__bureau")
    if street:
        projects = projects.filter(street__code=street)
    found, limit = judged_lines(
        projects=list(projects.order_by("street__order", "code")),
        bureau=bureau,
        year=year,
        today=today,
    )
    by_quarter = [
        (each, group_of("", [one for one in found if one.line.quarter == each]))
        for each in Year(year).quarters()
    ]
    shown = [one for one in found if not quarter or str(one.line.quarter.number) == quarter]
    keys: dict[str, Any] = {
        "name": lambda row: row.name,
        "street": lambda row: row.street,
        "forecast": lambda row: row.variance.forecast_fen,
        "actual": lambda row: row.variance.actual_fen,
        "difference": lambda row: row.variance.difference_fen,
        "variance": lambda row: row.variance.shown,
        "waiting": lambda row: row.waiting,
        "due": lambda row: row.due_on,
    }
    return ForecastTable(
        year=year,
        cut=cut,
        rows=tuple(in_order(_rows(shown, cut), sort, keys)),
        quarters=tuple(by_quarter),
        total=group_of("合计", shown) if shown else None,
        waiting=sum(one.waits for one in found),
        limit=limit,
        as_of=today,
    )


def group_of(name: str, members: Sequence[Judged], *, code: str = "", street: str = "") -> Group:
    """Several lines in sum; without any forecast there is no rate."""
    forecasts = [one.line.variance.forecast_fen for one in members]
    known = [each for each in forecasts if each is not None]
    return Group(
        name=name,
        code=code,
        street=street,
        variance=variance(
            forecast_fen=sum(known) if known else None,
            actual_fen=sum(one.line.variance.actual_fen for one in members),
        ),
        waiting=sum(one.waits for one in members),
        late=sum(one.late_days > 0 for one in members),
        due_on=min((one.due_on for one in members if one.due_on), default=None),
    )


def _rows(found: Sequence[Judged], cut: Cut) -> list[Group]:
    if cut in {Cut.EACH, Cut.UNEXPLAINED}:
        return [
            Group(
                name=one.line.project.name,
                code=one.line.project.code,
                street=one.line.project.street.short_name,
                variance=one.line.variance,
                waiting=int(one.waits),
                late=int(one.late_days > 0),
                due_on=one.due_on,
                line=one.line,
            )
            for one in found
            if cut is Cut.EACH or one.waits
        ]
    groups: dict[str, list[Judged]] = {}
    for one in found:
        project = one.line.project
        key = project.code if cut is Cut.PROJECT else project.street.code
        groups.setdefault(key, []).append(one)
    return [_group(members, cut) for members in groups.values()]


def _group(members: Sequence[Judged], cut: Cut) -> Group:
    project = members[0].line.project
    if cut is Cut.STREET:
        return group_of(project.street.short_name, members)
    return group_of(project.name, members, code=project.code, street=project.street.short_name)


def _length(fen: int | None) -> float | None:
    return None if fen is None else fen / 1_000_000


def _wanyuan(fen: int | None) -> str:
    return format_decimal(None if fen is None else wanyuan_from_fen(fen), 2)


def _remark(quarter: Quarter, found: Variance, today: date) -> str:
    if quarter.end >= today:
        return "还没有过完"
    if found.value is None:
        return ""
    return f"{format_decimal(found.value, PLACES, signed=True)}%"
