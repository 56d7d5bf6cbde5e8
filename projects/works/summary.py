"""What a page says of the works in a sentence, and the figures of a project: the declared measures, no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from projects.ledger.facts import own_facts
from projects.ledger.models import Project
from projects.ledger.rests import windows_of
from renovation.core.declarations import Kind, measure
from renovation.core.measures import Approval, Measure

from .enums import Layer
from .facts import ItemFacts, item_facts
from .measures import ITEMS, MEASURES
from .models import ItemPlan, MenuClass, UtilityPlan
from .register import ItemLine, structures_of
from .rests import kinds_of, resting
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
    facts = own_facts(project=project, on=on)
    items = item_facts(projects=facts, on=on, approval=Approval.APPROVED)
    rates = [each for each in MEASURES if each.kind is Kind.RATE and each.facts == ITEMS]
    figures = [
        found
        for each in rates
        if (found := measure(each, items, as_of=on, approval=Approval.APPROVED)).value is not None
    ]
    warnings = order_warnings(items, structures_of(project_ids=[project.pk]))
    warnings += rest_warnings(project=project, items=[i for i in items if i.finished_on is None])
    return ProjectWorks(items=items, figures=figures, warnings=warnings)


def rest_warnings(*, project: Project, items: Sequence[ItemFacts]) -> list[Warned]:
    """What of items is planned for days on which such work rests, by day. One query."""
    days = [day for item in items for day in (item.planned_from, item.planned_to) if day]
    if not days:
        return []
    windows = windows_of(
        bureau_id=project.programme.bureau_id, start=min(days), completion=max(days)
    )
    found = [
        warned
        for item in items
        for warned in resting(
            name=item.name,
            kinds=kinds_of(code=item.code, layer=item.layer),
            start=item.planned_from,
            end=item.planned_to,
            windows=windows,
        )
    ]
    return sorted(found, key=lambda each: each.day or date.min)


def plan_meets_rest(*, plan: ItemPlan) -> list[str]:
    """Sentences for a plan that was just entered: the days of it on which such work rests. One query."""
    if plan.planned_from is None or plan.planned_to is None:
        return []
    menu = plan.item.menu_item
    windows = windows_of(
        bureau_id=plan.item.project.programme.bureau_id,
        start=plan.planned_from,
        completion=plan.planned_to,
    )
    found = resting(
        name=menu.name,
        kinds=kinds_of(code=menu.code, layer=Layer(menu.layer)),
        start=plan.planned_from,
        end=plan.planned_to,
        windows=windows,
    )
    return [each.sentence for each in found]


def utility_meets_rest(*, plan: UtilityPlan) -> list[str]:
    """Sentences for a utility's plan that opens the ground while trenches rest. One query."""
    if not plan.opens_surface:
        return []
    windows = windows_of(
        bureau_id=plan.project.programme.bureau_id,
        start=plan.planned_from,
        completion=plan.planned_to,
    )
    found = resting(
        name=str(plan),
        kinds=kinds_of(code="", layer=Layer.UNDERGROUND),
        start=plan.planned_from,
        end=plan.planned_to,
        windows=windows,
    )
    return [each.sentence for each in found]
