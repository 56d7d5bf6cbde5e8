"""The lists over all projects in sight: which rows a filter chooses, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.ledger.facts import project_facts
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.scope import Scope
from renovation.core.declarations import Declaration, measure
from renovation.core.measures import Approval, Measure

from .enums import STANDING, Outcome
from .facts import item_facts, structure_facts
from .measures import ITEMS, MEASURES
from .models import IllegalStructure, MenuClass, WorkItem
from .register import (
    ItemLine,
    StructureLine,
    UtilityLine,
    lines_of,
    structure_lines,
    utility_lines,
)


def classes_of(scope: Scope) -> list[tuple[str, str]]:
    """The classes of the menu that a filter offers. One query."""
    return list(MenuClass.objects.visible_to(scope).values_list("code", "name"))


#: What the columns of the lists are sorted by.
ITEM_KEYS: dict[str, Callable[[ItemLine], Any]] = {
    "item": lambda line: (line.item.menu_item.menu_class.order, line.item.menu_item.order),
    "project": lambda line: line.item.project.code,
    "planned": lambda line: line.planned,
    "delivered": lambda line: line.delivered,
    "until": lambda line: line.plan.planned_to if line.plan else None,
    "last": lambda line: line.last_on,
}
STRUCTURE_KEYS: dict[str, Callable[[StructureLine], Any]] = {
    "place": lambda line: (line.structure.building, line.structure.location),
    "project": lambda line: line.structure.project.code,
    "area": lambda line: line.structure.area_sqm,
    "found": lambda line: line.found_on,
}
UTILITY_KEYS: dict[str, Callable[[UtilityLine], Any]] = {
    "operator": lambda line: (line.plan.operator, line.plan.kind),
    "project": lambda line: line.plan.project.code,
    "from": lambda line: line.plan.planned_from,
}


def item_lines(
    scope: Scope, *, projects: ProjectQuerySet, on: date, menu_class: str = "", state: str = ""
) -> list[ItemLine]:
    """The items of projects, by street, project and class."""
    rows = WorkItem.objects.visible_to(scope).filter(project__in=projects)
    if menu_class:
        rows = rows.filter(menu_item__menu_class__code=menu_class)
    rows = rows.order_by(
        "project__street__order",
        "project__code",
        "menu_item__menu_class__order",
        "menu_item__order",
        "pk",
    )
    lines = lines_of(items=rows, on=on, approved_only=scope.approved_only)
    return [line for line in lines if (line.plan or line.pending) and _is_wanted(line, state)]


def _is_wanted(line: ItemLine, state: str) -> bool:
    """Whether a line is in the state that the filter names; taken out items only where they are asked for."""
    match state:
        case "open":
            return not line.is_removed and not line.is_finished
        case "done":
            return line.is_finished
        case "pending":
            return line.pending is not None
        case "removed":
            return line.is_removed
        case _:
            return not line.is_removed or line.pending is not None


def structures_listed(
    scope: Scope, *, projects: ProjectQuerySet, values: Any, on: date, state: str = ""
) -> list[StructureLine]:
    """The structures of projects, the latest overdue first."""
    rows = IllegalStructure.objects.visible_to(scope).filter(project__in=projects)
    if state == "standing":
        rows = rows.standing()
    elif state and state != "overdue":
        rows = rows.filter(state=state)
    lines = structure_lines(structures=rows, values=values, on=on)
    return [line for line in lines if state != "overdue" or line.overdue_days]


def utilities_listed(
    *,
    projects: ProjectQuerySet,
    values: Any,
    on: date,
    kind: str = "",
    state: str = "",
    clash: str = "",
) -> list[UtilityLine]:
    """The utilities' plans on the ground of projects, by day."""
    return [
        line
        for line in utility_lines(projects=projects, values=values, on=on)
        if (not kind or line.plan.kind == kind)
        and (not state or line.plan.state == state)
        and (not clash or line.clashes)
    ]


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome over some projects: planned, delivered and the rate, the declared measures."""

    outcome: Outcome
    planned: Measure
    delivered: Measure
    rate: Measure


def outcomes_of(*, projects: ProjectQuerySet, on: date) -> list[OutcomeRow]:
    """The outcomes of which projects plan or delivered any. A constant number of queries."""
    items = item_facts(
        projects=project_facts(projects=projects, on=on), on=on, approval=Approval.APPROVED
    )

    def figure(declaration: Declaration) -> Measure:
        return measure(declaration, items, as_of=on, approval=Approval.APPROVED)

    by_name = {each.name: each for each in MEASURES if each.facts == ITEMS}
    found = []
    for outcome in Outcome:
        row = OutcomeRow(
            outcome,
            figure(by_name[f"{outcome.label}(计划)"]),
            figure(by_name[f"{outcome.label}(完成)"]),
            figure(by_name[f"{outcome.label}完成率"]),
        )
        if row.planned.value or row.delivered.value:
            found.append(row)
    return found


@dataclass(frozen=True)
class StructureRow:
    """The structures of a street: how many, how many still stand, how many are late, the rate of removal."""

    street: str
    count: int
    standing: int
    overdue: int
    rate: Measure


def structures_by_street(
    lines: Sequence[StructureLine], *, projects: ProjectQuerySet, on: date
) -> list[StructureRow]:
    """A row per street that has any, in their order, and the declared rate of removal."""
    facts = structure_facts(projects=project_facts(projects=projects, on=on), on=on)
    rate = next(each for each in MEASURES if each.code == "works-structures-removed")
    found: dict[str, list[StructureLine]] = {}
    ordered = sorted(lines, key=lambda line: line.structure.project.street.order)
    for line in ordered:
        if line.structure.state != "dismissed":
            found.setdefault(line.structure.project.street.short_name, []).append(line)
    return [
        StructureRow(
            street,
            len(own),
            sum(line.structure.state in STANDING for line in own),
            sum(bool(line.overdue_days) for line in own),
            measure(
                rate,
                [fact for fact in facts if fact.street_name == street],
                as_of=on,
                approval=Approval.APPROVED,
            ),
        )
        for street, own in found.items()
    ]
