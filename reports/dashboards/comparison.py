"""Two versions of a project's plan side by side, and the project's progress against either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from projects.ledger.change_words import days_words, money_words
from projects.ledger.enums import GateKind
from projects.ledger.facts import Plan, month_ends
from projects.ledger.models import BaselineNode, Project
from renovation.core.measures import exact, format_decimal, wanyuan_from_fen
from renovation.core.periods import Month
from renovation.core.wording import chinese_date
from reports.figures import services as figures
from reports.figures.services import Facts, Place, series


@dataclass(frozen=True, slots=True)
class Line:
    """A property of both plans as they are shown, and what they differ by in words, “相同” where they agree."""

    name: str
    first: str
    second: str
    gap: str

    @property
    def differs(self) -> bool:
        """Whether the plans differ in it."""
        return self.first != self.second

    @property
    def difference(self) -> str:
        """The words about it."""
        return self.gap if self.differs else "相同"


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month's end (or the day of the figures): what both plans ask for, what was done, and how far that is
    from either, in percentage points; texts with one decimal, "" where there is no number."""

    label: str
    first: str
    second: str
    difference: str
    physical: str
    against_first: str
    against_second: str
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page says."""

    first: Plan
    second: Plan
    lines: tuple[Line, ...]
    months: tuple[MonthLine, ...]
    now: MonthLine


def versions_of(*, project: Project, facts: Facts) -> dict[int, Plan]:
    """The approved versions of a project's plan, by number."""
    return {plan.version: plan for _, plan in facts.ledger.plans.get(project.pk, ())}


def compare(*, project: Project, facts: Facts, first: Plan, second: Plan) -> Comparison:
    """Lay two plans side by side; the progress is that of the facts (their day, their approval). Two queries."""
    day = facts.as_of
    ends = month_ends(
        min(first.start_on, second.start_on), max(first.completion_on, second.completion_on)
    )
    place = Place(figures.PROJECT, project.code, project.name)
    days = sorted({*(end for end in ends if end <= day), day})
    points = series(facts, days, place)
    done = {
        point.day: exact(point.physical.value)
        for point in points
        if point.physical is not None and point.physical.value is not None
    }
    return Comparison(
        first=first,
        second=second,
        lines=(*_lines(first, second), *_nodes(first, second)),
        months=tuple(_month(Month.of(end).label, end, first, second, done) for end in ends),
        now=_month(chinese_date(day), day, first, second, done, is_today=True),
    )


def _lines(first: Plan, second: Plan) -> list[Line]:
    def dates(name: str, one: date, other: date) -> Line:
        words = days_words((other - one).days)
        return Line(name, chinese_date(one), chinese_date(other), words)

    lengths = [(plan.completion_on - plan.start_on).days for plan in (first, second)]
    gap = lengths[1] - lengths[0]
    area = second.area_sqm - first.area_sqm
    return [
        dates("计划开工", first.start_on, second.start_on),
        dates("计划完工", first.completion_on, second.completion_on),
        Line(
            "工期（天）",
            str(lengths[0]),
            str(lengths[1]),
            f"{'长' if gap > 0 else '短'} {abs(gap)} 天",
        ),
        Line(
            "计划投资（万元）",
            format_decimal(wanyuan_from_fen(first.investment_fen), 2),
            format_decimal(wanyuan_from_fen(second.investment_fen), 2),
            money_words(second.investment_fen - first.investment_fen),
        ),
        Line(
            "建筑面积（㎡）",
            format_decimal(first.area_sqm, 2),
            format_decimal(second.area_sqm, 2),
            f"{'增' if area > 0 else '减'} {format_decimal(abs(area), 2)} ㎡",
        ),
    ]


def _nodes(first: Plan, second: Plan) -> list[Line]:
    """The days of the gates that either froze."""
    days: dict[int, dict[str, date]] = {first.pk: {}, second.pk: {}}
    for row in BaselineNode.objects.filter(baseline__in=list(days)):
        days[row.baseline_id][row.gate] = row.planned_on
    found = []
    for gate in GateKind:
        one, other = days[first.pk].get(gate), days[second.pk].get(gate)
        if one is None and other is None:
            continue
        words = days_words((other - one).days) if one and other else "只有一版定了"
        found.append(
            Line(
                f"节点　{gate.label}",
                chinese_date(one) if one else "",
                chinese_date(other) if other else "",
                words,
            )
        )
    return found


def _month(
    label: str,
    day: date,
    first: Plan,
    second: Plan,
    done: Mapping[date, Fraction],
    *,
    is_today: bool = False,
) -> MonthLine:
    one, other = first.scheduled_percent(day), second.scheduled_percent(day)
    physical = done.get(day)
    return MonthLine(
        label=label,
        first=format_decimal(one, 1),
        second=format_decimal(other, 1),
        difference=format_decimal(other - one, 1, signed=True),
        physical="" if physical is None else format_decimal(physical, 1),
        against_first="" if physical is None else format_decimal(physical - one, 1, signed=True),
        against_second="" if physical is None else format_decimal(physical - other, 1, signed=True),
        is_today=is_today,
    )
