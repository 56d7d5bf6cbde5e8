"""The league table of the streets' returns: four measures, the reasons of lateness, the method that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from renovation.accounts.scope import Scope
from renovation.core.measures import rank
from renovation.core.periods import Period
from renovation.core.wording import chinese_date
from renovation.face.values import Way
from reports.dashboards.choice import Choice
from reports.figures import services as figures
from reports.figures.facts import Figure
from reports.figures.services import DISTRICT, STREET, Facts, Place
from supervision.weekly.return_facts import late_reasons


@dataclass(frozen=True, slots=True)
class Measured:
    """One of the four: the measure, its word in an address, what it asks, and whether the highest is the best."""

    name: str
    key: str
    question: str
    highest_first: bool = True


MEASURED = (
    Measured("及时率", "timely", "按时报的周报"),
    Measured("完整率", "whole", "填全的行"),
    Measured("一致率", "consistent", "没有疑问的行"),
    Measured("数据更正率", "corrected", "核定后又更正的行", highest_first=False),
)
_BY_KEY = {each.key: each for each in MEASURED}
PERIODS = {"month": "本月", "quarter": "本季度", "year": "本年"}


@dataclass(frozen=True, kw_only=True)
class QualityRow:
    """A street, or the district at the foot: its place (None without a number, and where there is no league), the four
    figures in the order of ``MEASURED``, its late returns and their reasons, the commonest first."""

    name: str
    place: int | None
    figures: tuple[Figure, ...]
    late_count: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def reasons_text(self) -> str:
        """资料晚报 2 次、其他 1 次; "" where nothing was late."""
        return "、".join(f"{word} {count} 次" for word, count in self.reasons)


@dataclass(frozen=True, kw_only=True)
class QualityTable:
    """The streets in the order of the chosen measure, the whole at the foot, and how it was made."""

    rows: tuple[QualityRow, ...]
    total: QualityRow
    chosen: Measured
    period: Period
    as_of: date
    is_league: bool
    method: str

    @property
    def title(self) -> str:
        """2025年第三季度报送质量"""
        return f"{self.period.label}报送质量"


def chosen_of(asked: Mapping[str, str]) -> tuple[Measured, str]:
    """The measure that the address ranks by and the kind of period; 及时率 and the quarter where it says nothing that
    is one."""
    kind = asked.get("period", "")
    return _BY_KEY.get(asked.get("by", ""), MEASURED[0]), kind if kind in PERIODS else "quarter"


def quality_table(
    *, choice: Choice, scope: Scope, asked: Mapping[str, str], now: datetime
) -> QualityTable:
    """The table of what somebody may see. A constant number of queries."""
    chosen, kind = chosen_of(asked)
    facts = figures.load(
        programme=choice.programme,
        as_of=choice.as_of,
        approval=choice.approval,
        now=now,
        scope=scope,
        period=figures.period_of(kind, choice.as_of),
    )
    is_league = bool(facts.places[DISTRICT])
    ranked = rank(
        facts.places[STREET],
        lambda place: facts.get(chosen.name, place),
        descending=chosen.highest_first,
    )
    return QualityTable(
        rows=tuple(_row(facts, each.row, each.place if is_league else None) for each in ranked),
        total=_row(facts, facts.whole, None),
        chosen=chosen,
        period=facts.period,
        as_of=facts.as_of,
        is_league=is_league,
        method=_method(facts, chosen, is_league=is_league),
    )


def _row(facts: Facts, place: Place, number: int | None) -> QualityRow:
    reasons = late_reasons(facts.rows("returns", place))
    return QualityRow(
        name=place.name,
        place=number,
        figures=tuple(facts.figure(each.name, place) for each in MEASURED),
        late_count=sum(count for _, count in reasons),
        reasons=tuple(reasons),
    )


def _method(facts: Facts, chosen: Measured, *, is_league: bool) -> str:
    order = "由高到低" if chosen.highest_first else "由低到高"
    ranked = (
        f"按{chosen.name}{order}排名，以显示的一位小数比较，相同的并列，名次顺延（1、2、2、4），"
        "没有应报或已报的不排；"
        if is_league
        else ""
    )
    return (
        f"{ranked}各项为{facts.period.label}各周合计以后相除，算法见“指标解释”。"
        f"数据截至{chinese_date(facts.as_of)}：周报按所在的周计，不论哪天核定；更正只算到这一天为止核定的。"
    )


def period_ways(choice: Choice, chosen: Measured, kind: str) -> list[Way]:
    """本月, 本季度, 本年 of the day that is looked at."""
    return [
        Way(word, f"{choice.query()}&by={chosen.key}&period={each}", each == kind)
        for each, word in PERIODS.items()
    ]


def measure_ways(choice: Choice, chosen: Measured, kind: str) -> list[Way]:
    """By which of the four the streets stand in order."""
    return [
        Way(each.name, f"{choice.query()}&by={each.key}&period={kind}", each is chosen)
        for each in MEASURED
    ]
