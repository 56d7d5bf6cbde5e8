"""The table of all money: rows of one cut, filtered and sorted by the address; every figure is a declared measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from projects.funding.facts import MoneyFacts, money_facts
from projects.funding.measures import MEASURES
from projects.ledger.facts import project_facts
from projects.ledger.models import Programme, Project
from renovation.accounts.scope import Scope
from renovation.core.declarations import approval_of, measure
from renovation.core.measures import Approval, Measure
from renovation.face.filtering import FilterForm, choice, year_choice
from renovation.face.ordering import in_order

#: The measures of a row by the word of the address, in the order of the table.
COLUMNS: dict[str, str] = {
    "planned": "计划",
    "allocated": "下达",
    "received": "到位",
    "released": "拨付",
    "paid": "支付",
    "received_rate": "资金到位率",
    "released_rate": "拨付率",
    "paid_rate": "支付率",
    "idle": "资金留置天数(加权)",
    "longest": "资金留置天数(最长)",
}
DECLARED = {each.name: each for each in MEASURES}


class Cut(StrEnum):
    """What a row is."""

    EACH = "each"
    PROJECT = "project"
    STREET = "street"
    SOURCE = "source"

    @property
    def label(self) -> str:
        """The word of the segment."""
        words = {"each": "逐项", "project": "按项目", "street": "按街道", "source": "按来源"}
        return words[self.value]


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A row: what it is about and its measures by the names of ``COLUMNS``."""

    code: str
    name: str
    street: str
    source: str
    order: int
    measures: dict[str, Measure] = field(default_factory=dict)

    @property
    def cells(self) -> list[tuple[str, Measure, bool]]:
        """(header with unit, measure, whether the header takes a line of a card) in the order of the table."""
        return [
            (f"{COLUMNS[name]}（{found.unit.text}）", found, len(COLUMNS[name]) > 6)
            for name, found in self.measures.items()
        ]


@dataclass(frozen=True, slots=True)
class MoneyTable:
    """The rows that fit, their totals, as of when and which data."""

    year: int
    cut: Cut
    rows: tuple[MoneyRow, ...]
    total: MoneyRow | None
    as_of: date
    approval: Approval

    @property
    def mark(self) -> Approval:
        """Whether any of its numbers holds money that is not approved."""
        return approval_of(self.total.measures.values() if self.total else ())


class MoneyFilterForm(FilterForm):
    """Year, street and source."""

    year = year_choice()
    street = choice("街道")
    source = choice("资金来源")


def years_in_sight(*, scope: Scope) -> list[int]:
    """The years of the programmes, newest first. One query."""
    return list(
        Programme.objects.visible_to(scope).order_by("-year").values_list("year", flat=True)
    )


def cut_of(text: str) -> Cut:
    """The cut of the address; project and source where it names none."""
    return Cut(text) if text in list(Cut) else Cut.EACH


def money_table(
    *,
    scope: Scope,
    year: int,
    street: str = "",
    source: str = "",
    cut: Cut = Cut.EACH,
    sort: str = "",
    as_of: date,
    approval: Approval,
) -> MoneyTable:
    """The money of a year's projects in sight; a constant number of queries."""
    if scope.approved_only:
        approval = Approval.APPROVED
    rows = Project.objects.visible_to(scope).filter(programme__year=year)
    if street:
        rows = rows.filter(street__code=street)
    projects = project_facts(projects=rows, on=as_of)
    facts = [
        fact
        for fact in money_facts(projects=projects, on=as_of, approval=approval)
        if not source or fact.source_code == source
    ]
    groups: dict[tuple[Any, ...], list[MoneyFacts]] = {}
    for fact in facts:
        groups.setdefault(_key(fact, cut), []).append(fact)
    # Projects come in order of streets and codes; sources have an order of their own.
    chosen = sorted(groups.items()) if cut is Cut.SOURCE else list(groups.items())
    found = [
        _row(place, members, cut, as_of, approval) for place, (_, members) in enumerate(chosen)
    ]
    keys: dict[str, Any] = {
        "name": lambda row: row.name,
        "street": lambda row: row.order,
        **{name: _shown(name) for name in COLUMNS},
    }
    total = None
    if facts:
        total = MoneyRow("", f"合计 {len(found)} 行", "", "", 0, _measures(facts, as_of, approval))
    return MoneyTable(year, cut, tuple(in_order(found, sort, keys)), total, as_of, approval)


def _shown(name: str) -> Any:
    return lambda row: row.measures[name].shown


def _key(fact: MoneyFacts, cut: Cut) -> tuple[Any, ...]:
    project = fact.project
    match cut:
        case Cut.EACH:
            return project.code, fact.source_order, fact.source_code
        case Cut.PROJECT:
            return (project.code,)
        case Cut.STREET:
            return (project.street_code,)
        case Cut.SOURCE:
            return fact.source_order, fact.source_code


def _row(
    place: int,
    members: Sequence[MoneyFacts],
    cut: Cut,
    as_of: date,
    approval: Approval,
) -> MoneyRow:
    first = members[0]
    by_project = cut in {Cut.EACH, Cut.PROJECT}
    name = first.project.name if by_project else first.street_name
    return MoneyRow(
        code=first.project_code if by_project else "",
        name=first.source_name if cut is Cut.SOURCE else name,
        street=first.street_name if by_project else "",
        source=first.source_name if cut is Cut.EACH else "",
        order=place,
        measures=_measures(members, as_of, approval),
    )


def _measures(facts: Sequence[MoneyFacts], as_of: date, approval: Approval) -> dict[str, Measure]:
    return {
        word: measure(DECLARED[name], facts, as_of=as_of, approval=approval)
        for word, name in COLUMNS.items()
    }
