"""愿望 → 方案 → 结果 of a project, item by item: what households wished for, what is planned, what is delivered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from projects.ledger.querysets import ProjectQuerySet
from projects.works.facts import ItemFacts, item_facts
from renovation.core.measures import Approval, format_decimal

from .wishes import Chosen, Menu, chosen_items


@dataclass(frozen=True, slots=True)
class ChainLine:
    """An item: households that wished for it (None where it stood in no menu), planned and delivered."""

    name: str
    kind: str
    wished: int | None
    planned: Decimal | None
    delivered: Decimal | None
    unit: str
    places: int

    def _text(self, quantity: Decimal | None) -> str:
        return "" if quantity is None else f"{format_decimal(quantity, self.places)} {self.unit}"

    @property
    def planned_text(self) -> str:
        """12 个; "" where it is in no plan."""
        return self._text(self.planned)

    @property
    def delivered_text(self) -> str:
        """8 个; "" where it is in no plan."""
        return self._text(self.delivered)

    @property
    def standing(self) -> tuple[str, str]:
        """What became of the wish, in word and mark."""
        if self.planned is None or not self.planned:
            return ("未列入方案", "waiting") if self.wished else ("未选", "quiet")
        if self.delivered is not None and self.delivered >= self.planned:
            return "已完成", "approved"
        return ("施工中", "active") if self.delivered else ("已列入方案", "active")


@dataclass(frozen=True, slots=True)
class WishChain:
    """The menu that was asked (None where none was) and every item that was wished for or is planned."""

    menu: Menu | None
    lines: tuple[ChainLine, ...]

    @property
    def wished_count(self) -> int:
        """Items that at least one household wished for."""
        return sum(bool(line.wished) for line in self.lines)

    @property
    def planned_count(self) -> int:
        """Of these, items in the plan."""
        return sum(bool(line.wished and line.planned) for line in self.lines)

    @property
    def done_count(self) -> int:
        """Of these, items delivered in full."""
        return sum(bool(line.wished) and line.standing[1] == "approved" for line in self.lines)


def chain_of(*, project: Project, projects: ProjectQuerySet, on: date) -> WishChain:
    """The chain of a project on a day; ``projects`` is the project as somebody may see it."""
    menu = chosen_items(project=project, on=on)
    facts = item_facts(
        projects=project_facts(projects=projects, on=on), on=on, approval=Approval.APPROVED
    )
    works: defaultdict[str, list[ItemFacts]] = defaultdict(list)
    for fact in facts:
        works[fact.code].append(fact)
    lines = [_wished(row, works.pop(row.item.code, [])) for row in menu.chosen] if menu else []
    lines += [_unasked(rows) for rows in works.values()]
    return WishChain(menu=menu, lines=tuple(lines))


def _wished(row: Chosen, facts: list[ItemFacts]) -> ChainLine:
    return ChainLine(
        name=row.item.name,
        kind=row.item.menu_class.name,
        wished=row.household_count,
        planned=sum((fact.planned for fact in facts), Decimal(0)) if facts else None,
        delivered=sum((fact.delivered for fact in facts), Decimal(0)) if facts else None,
        unit=row.item.unit,
        places=row.item.places,
    )


def _unasked(facts: list[ItemFacts]) -> ChainLine:
    return ChainLine(
        name=facts[0].name,
        kind="",
        wished=None,
        planned=sum((fact.planned for fact in facts), Decimal(0)),
        delivered=sum((fact.delivered for fact in facts), Decimal(0)),
        unit=facts[0].unit,
        places=max(_places(fact.planned) for fact in facts),
    )


def _places(quantity: Decimal) -> int:
    exponent = quantity.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
