"""What a number is made of: its source rows, for the page and the workbook (≤ 3 clicks, HOUSE.md §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from renovation.accounts.enums import Permission
from renovation.core.declarations import (
    Contribution,
    Declaration,
    Kind,
    contributions,
    numerator_of,
)
from renovation.core.measures import Approval, Measure, Unit, format_decimal, percent
from renovation.core.periods import DAY, Week
from supervision.weekly.return_facts import ReturnFacts
from supervision.weekly.row_facts import RowFacts

from .catalogue import DISTRICT, PROJECT, STREET
from .facts import Facts, Figure, Place


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column of numbers: its header, unit and decimals. ``decides`` marks the number by which a row is read: on a
    phone it stands beside the name."""

    name: str
    unit: Unit
    decides: bool = False

    @property
    def unit_text(self) -> str:
        """The unit in the header; none for words."""
        return self.unit.text


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row that the figure is made of: what it is, where it leads, its numbers in the columns' order.

    ``waiting`` is what of it waits for approval, in words. ``whole`` is what several rows have in common (a project of
    many sources, a street of many weeks), ``within`` what the row is inside of it.
    """

    label: str
    whole: Place
    within: str
    code: str
    street: str
    href: str
    values: tuple[Fraction | None, ...]
    remark: str
    waiting: str


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Rows that belong to one thing, with its own figure in the columns; ``place`` is None where every row stands for
    itself. ``href`` is where all of them would lead."""

    place: Place | None
    code: str
    street: str
    href: str
    values: tuple[Fraction | None, ...]
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True)
class Source:
    """A figure with its columns, its rows and, above a street, the figure of each part of the place."""

    declaration: Declaration
    figure: Figure
    columns: tuple[SourceColumn, ...]
    rows: tuple[SourceRow, ...]
    totals: tuple[Fraction | None, ...]
    parts: tuple[Figure, ...]
    reasons: tuple[str, ...] = ()

    @property
    def has_waiting(self) -> bool:
        """Whether any row has something that waits for approval, as far as the reader is told."""
        return any(row.waiting for row in self.rows)

    @cached_property
    def is_grouped(self) -> bool:
        """Whether several rows belong to one thing."""
        return len({row.whole for row in self.rows}) < len(self.rows)

    @cached_property
    def in_groups(self) -> tuple[SourceRow, ...]:
        """The rows so that those of one thing stand together, where there are such."""
        order: dict[Place, int] = {}
        for row in self.rows:
            order.setdefault(row.whole, len(order))
        return tuple(sorted(self.rows, key=lambda row: order[row.whole]))

    @property
    def units(self) -> str:
        """The columns with their units, for who sees no header: `支付、到位：万元；本行：%`."""
        by_unit: dict[str, list[str]] = {}
        for column in self.columns:
            if column.unit_text:
                by_unit.setdefault(column.unit_text, []).append(column.name)
        return "；".join(f"{'、'.join(names)}：{unit}" for unit, names in by_unit.items())

    @property
    def sentence(self) -> str:
        """How the number comes from the rows, in words."""
        kind, measure = self.declaration.kind, self.figure.measure
        if kind is Kind.SUM:
            return f"各行相加，合计 {measure.full_text}。"
        if kind is Kind.GREATEST:
            return f"取各行中最大的，{measure.full_text}。"
        if kind is Kind.WORD:
            return f"按界限依次判定，结果为“{measure.text}”。"
        if kind is Kind.DIFFERENCE and self.declaration.of is not None:
            first, second = self.declaration.of
            return f"{first}减{second}，{measure.full_text}；合计先各自汇总再相减。"
        (above, below), unit = self.declaration.parts, measure.part_unit.text
        base = f"{below} {measure.denominator_text} {unit}"
        if kind is Kind.MEAN and measure.unit is Unit.PERCENT:
            return f"按{below}加权：{base}，{above} {measure.numerator_text} {unit}，即 {measure.full_text}。"
        if kind is Kind.MEAN:
            return f"{above} {measure.numerator_text} ÷ {base} = {measure.full_text}。"
        return f"{base}，{above} {measure.numerator_text} {unit}，占 {measure.full_text}。"


def source_of(facts: Facts, name: str, place: Place, *, today: date | None = None) -> Source:
    """The source rows of a measure at a place; they add up to the figure by construction. ``today`` is the day on
    which figures of an earlier day lead to the pages of their own week."""
    declaration, figure = facts.declared[name], facts.figure(name, place)
    parts: tuple[Figure, ...] = ()
    if place.level == DISTRICT and STREET in declaration.levels:
        parts = tuple(facts.figure(name, each) for each in facts.places[STREET])
    past = today is not None and facts.as_of < today
    ways = _Ways(facts, _week_query(facts) if past else "")
    if declaration.kind is Kind.DIFFERENCE:
        columns, rows, totals = _difference(facts, declaration, place, ways)
        return Source(declaration, figure, columns, rows, totals, parts)
    if declaration.kind is Kind.WORD:
        return _word(facts, declaration, figure, place, ways)
    found = contributions(declaration, facts.rows(declaration.facts, place))
    columns = _columns(declaration)
    rows = tuple(_row(declaration, part, facts, ways) for part in found)
    return Source(declaration, figure, columns, rows, _totals(declaration, figure), parts)


def grouped(source: Source, facts: Facts, rows: Sequence[SourceRow]) -> list[SourceGroup]:
    """Some of the rows ``in_groups`` under what they have in common; one group without a name where every row of the
    source stands for itself."""
    if not source.is_grouped:
        return [SourceGroup(None, "", "", "", (), tuple(rows))] if rows else []
    found = []
    for whole, members in groupby(rows, key=lambda row: row.whole):
        own = tuple(members)
        ways = {row.href for row in own}
        href = ways.pop() if len(ways) == 1 and len(own) > 1 else ""
        values: tuple[Fraction | None, ...] = ()
        if whole.level in source.declaration.levels:
            figure = facts.figure(source.declaration.name, whole)
            values = _totals(source.declaration, figure)
        street = own[0].street if whole.level == PROJECT else ""
        found.append(SourceGroup(whole, own[0].code, street, href, values, own))
    return found


def _columns(declaration: Declaration) -> tuple[SourceColumn, ...]:
    name, unit, part = declaration.label, declaration.unit, declaration.part_unit
    above, below = declaration.parts
    match declaration.kind:
        case Kind.RATE if _has_row_rate(declaration):
            return (
                SourceColumn(above, part),
                SourceColumn(below, part),
                SourceColumn("本行", unit, decides=True),
            )
        case Kind.RATE:
            return SourceColumn(above, part), SourceColumn(below, part)
        case Kind.MEAN:
            return (
                SourceColumn(name, unit, decides=True),
                SourceColumn(below, part),
                SourceColumn(above, part),
            )
        case _:
            return (SourceColumn(name, unit, decides=True),)


def _has_row_rate(declaration: Declaration) -> bool:
    """A row that is one thing is passed or not; a rate of it says nothing."""
    return declaration.part_unit is Unit.WANYUAN


def _values(declaration: Declaration, part: Contribution) -> tuple[Fraction | None, ...]:
    match declaration.kind:
        case Kind.RATE if _has_row_rate(declaration):
            return part.value, part.weight, percent(part.value, part.weight or 0)
        case Kind.RATE:
            return part.value, part.weight
        case Kind.MEAN:
            return part.value, part.weight, numerator_of(declaration, part)
        case _:
            return (part.value,)


def _totals(declaration: Declaration, figure: Figure) -> tuple[Fraction | None, ...]:
    measure = figure.measure
    match declaration.kind:
        case Kind.RATE if _has_row_rate(declaration):
            return measure.numerator, measure.denominator, measure.value
        case Kind.RATE:
            return measure.numerator, measure.denominator
        case Kind.MEAN:
            return measure.value, measure.denominator, measure.numerator
        case _:
            return (measure.value,)


def _waiting(declaration: Declaration, fact: Any, facts: Facts) -> str:
    """What of a fact is not approved yet, "" where there is nothing."""
    return declaration.waiting.text([fact], facts.approval) if declaration.waiting else ""


def _row(declaration: Declaration, part: Contribution, facts: Facts, ways: _Ways) -> SourceRow:
    return SourceRow(
        label=part.fact.label,
        whole=ways.whole(part.fact),
        within=ways.within(part.fact),
        code=part.fact.project_code,
        street=part.fact.street_name,
        href=ways.address(part.fact),
        values=_values(declaration, part),
        remark=ways.remark(part.fact, part.note),
        waiting=_waiting(declaration, part.fact, facts),
    )


def _difference(
    facts: Facts, declaration: Declaration, place: Place, ways: _Ways
) -> tuple[tuple[SourceColumn, ...], tuple[SourceRow, ...], tuple[Fraction | None, ...]]:
    """Minuend, subtrahend and difference of every project, and the weight of the minuend."""
    if declaration.of is None:
        raise ValueError(f"{declaration.name} is no difference")
    first, second = (facts.declared[name] for name in declaration.of)
    weights = {
        part.fact.project_code: part.weight
        for part in contributions(first, facts.rows(first.facts, place))
    }
    columns = (
        SourceColumn(first.label, first.unit),
        SourceColumn(second.label, second.unit),
        SourceColumn(declaration.label, declaration.unit, decides=True),
        SourceColumn(first.parts[1], first.part_unit),
    )
    waiting = [
        {row.project_code: _waiting(part, row, facts) for row in facts.rows(part.facts, place)}
        for part in (first, second)
    ]
    rows = []
    for fact in facts.rows("progress", place):
        if fact.project_code not in weights:
            continue
        spot = Place(PROJECT, fact.project_code, fact.label)
        measures = [facts.get(name, spot) for name in (*declaration.of, declaration.name)]
        rows.append(
            SourceRow(
                label=fact.label,
                whole=spot,
                within=fact.label,
                code=fact.project_code,
                street=fact.street_name,
                href=ways.address(fact),
                values=(*(each.value for each in measures), weights[fact.project_code]),
                remark=ways.remark(fact, fact.remark),
                waiting="；".join(
                    dict.fromkeys(
                        said[fact.project_code] for said in waiting if said.get(fact.project_code)
                    )
                ),
            )
        )
    whole = [facts.get(name, place) for name in (*declaration.of, declaration.name)]
    return columns, tuple(rows), (*(each.value for each in whole), whole[0].denominator)


def _word(
    facts: Facts, declaration: Declaration, figure: Figure, place: Place, ways: _Ways
) -> Source:
    """A light: the numbers it was judged by, and the sentences that led to it."""
    names = ("形象进度", "序时进度", "偏差")
    measures: list[Measure] = [facts.get(name, place) for name in names]
    rows = tuple(
        SourceRow(
            label=fact.label,
            whole=ways.whole(fact),
            within=fact.label,
            code=fact.project_code,
            street=fact.street_name,
            href=ways.address(fact),
            values=tuple(each.value for each in measures),
            remark=ways.remark(fact, fact.remark),
            waiting=figure.measure.note,
        )
        for fact in facts.rows("progress", place)
    )
    columns = tuple(
        SourceColumn(name, each.unit) for name, each in zip(names, measures, strict=True)
    )
    reasons = facts.progress_of(place.code).judgement.reasons
    return Source(declaration, figure, columns, rows, (), (), reasons)


def _week_query(facts: Facts) -> str:
    """The last week that was over on the day of the figures, as the page of a project takes it."""
    over = Week.of(facts.as_of + DAY).previous()
    values = {"year": str(facts.programme.year), "week": over.key}
    if facts.approval is Approval.ALL:
        values["approval"] = Approval.ALL.value
    return f"?{urlencode(values)}"


@dataclass(frozen=True)
class _Ways:
    """Where the rows lead. ``query`` is the week that the page of a project is opened on, "" for the newest."""

    facts: Facts
    query: str

    def address(self, fact: Any) -> str:
        """The project's page, or the street's return of the week; "" where the reader may not open it."""
        try:
            if isinstance(fact, ReturnFacts | RowFacts):
                if self.facts.scope and not self.facts.scope.can(Permission.RETURN_READ):
                    return ""
                return reverse("weekly:street_week", args=[fact.week.key, fact.street.code])
            if fact.project_code in self.facts.gone:
                return ""
            return reverse("dashboards:project", args=[fact.project_code]) + self.query
        except NoReverseMatch:
            return ""

    def whole(self, fact: Any) -> Place:
        """The project of a row, or the street of a return."""
        if fact.project_code:
            name = self.names.get(fact.project_code, fact.label)
            return Place(PROJECT, fact.project_code, name)
        return Place(STREET, fact.street_code, fact.street_name)

    def within(self, fact: Any) -> str:
        """The rest of a row's label: the source of the money, the week of a return."""
        label: str = fact.label
        return label.removeprefix(self.whole(fact).name).strip() or label

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The projects' names by code, past ones among them."""
        return {row.code: row.name for row in self.facts.ledger.projects}

    def remark(self, fact: Any, said: str) -> str:
        """What is said of a row, and where its project went."""
        gone = "" if isinstance(fact, ReturnFacts) else self.facts.gone.get(fact.project_code, "")
        return "；".join(part for part in (said, gone) if part)


def shown(column: SourceColumn, value: Fraction | None) -> str:
    """A number of a row for people."""
    return format_decimal(value, column.unit.places)
