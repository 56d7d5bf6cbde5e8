"""What a page says of the works in a sentence, and the figures of a project: the declared measures, no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from renovation.core.declarations import Kind, measure
from renovation.core.measures import Approval, Measure

from .enums import Layer
from .facts import ItemFacts, item_facts
from .measures import ITEMS, MEASURES
from .models import MenuClass
from .register import ItemLine, standing_of
from .sequence import Warned, order_warnings


@dataclass(frozen=True)
class ClassGroup:
    """The items of one class of a project."""

    menu_class: MenuClass
    lines: list[ItemLine]

    @property
    def present(self) -> list[ItemLine]:
        """Without what was taken out."""
        return [line for line in self.lines if not line.is_removed]

    @property
    def finding(self) -> str:
        """7 条完成 4 条."""
        lines = [line for line in self.present if line.plan is not None]
        done = sum(line.is_finished for line in lines)
        if not lines:
            return ""
        return "全部完成" if done == len(lines) else f"{len(lines)} 条完成 {done} 条"


def by_class(lines: Sequence[ItemLine]) -> list[ClassGroup]:
    """Lines (in order of class) under their classes."""
    return [
        ClassGroup(menu_class, list(members))
        for menu_class, members in groupby(lines, key=lambda line: line.item.menu_item.menu_class)
    ]


@dataclass(frozen=True)
class ProjectWorks:
    """The figures of a project's outcomes on a day, what is out of order, and the facts they come from."""

    items: Sequence[ItemFacts]
    figures: list[Measure]
    warnings: list[Warned]

    @property
    def has_surface(self) -> bool:
        """Whether anything of the ground's surface is planned."""
        return any(item.layer is Layer.SURFACE for item in self.items)


def works_of(*, project: Project, on: date) -> ProjectWorks:
    """A project's outcomes and what is out of order. A constant number of queries."""
    facts = project_facts(projects=Project.objects.filter(pk=project.pk), on=on)
    items = item_facts(projects=facts, on=on, approval=Approval.APPROVED)
    rates = [each for each in MEASURES if each.kind is Kind.RATE and each.facts == ITEMS]
    figures = [
        found
        for each in rates
        if (found := measure(each, items, as_of=on, approval=Approval.APPROVED)).value is not None
    ]
    warnings = order_warnings(items, standing_of(project_ids=[project.pk]))
    return ProjectWorks(items=items, figures=figures, warnings=warnings)
