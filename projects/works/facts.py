"""What is planned, delivered and standing on the ground: read once in a constant number of queries, answered
for any day from memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from projects.ledger.addresses import building_form
from projects.ledger.facts import ProjectFacts
from projects.ledger.of_project import OfProject
from renovation.core.measures import Approval

from .enums import GONE, Layer, Origin, Outcome, PlanState, StructureState
from .ground import building_keys
from .models import Completion, IllegalStructure, ItemPlan, StructureStep, WorkItem
from .outcomes import COUNTED

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ItemFacts(OfProject):
    """An item of a project at the end of the day ``on``; quantities in the item's own unit.

    ``planned`` is that of the plan in force (0 where the item is taken out), ``pending`` the quantity of a plan
    that waits for approval (None where none waits). ``begun_on`` is the day on which the first of it was delivered,
    ``finished_on`` that on which all that is planned was, None before. ``delivered_days`` are the days on which it was
    delivered on each building, by day, "" for entries that name none.
    ``is_chosen`` says that residents chose it.
    """

    project: ProjectFacts
    pk: int
    code: str
    name: str
    unit: str
    class_code: str
    layer: Layer
    outcome: Outcome | None
    estate_id: int | None
    estate_name: str
    planned: Decimal
    pending: Decimal | None
    delivered: Decimal
    planned_from: date | None
    planned_to: date | None
    finished_on: date | None
    on: date
    delivered_days: tuple[tuple[str, date], ...] = ()
    is_chosen: bool = False
    begun_on: date | None = None

    @property
    def label(self) -> str:
        """Project, estate where it is one of several, and item."""
        return " ".join(part for part in (self.project.name, self.estate_name, self.name) if part)

    def days_at(self, building: str) -> list[date]:
        """The days on which it was delivered on a building, or on none that is named, by day."""
        key = building_form(building)
        return [day for name, day in self.delivered_days if name in ("", key)]

    def counted(self, quantity: Decimal) -> Fraction:
        """A quantity of this item in the unit of its outcome; ValueError where it counts towards none."""
        if self.outcome is None:
            raise ValueError(f"{self.code} counts towards no outcome")
        return Fraction(quantity) * COUNTED[self.outcome].units[self.unit]


@dataclass(frozen=True, slots=True)
class StructureFacts(OfProject):
    """An illegal structure at the end of the day ``on``."""

    project: ProjectFacts
    pk: int
    name: str
    state: StructureState
    found_on: date
    removed_on: date | None
    on: date

    @property
    def label(self) -> str:
        """Project, building and place."""
        return f"{self.project.name} {self.name}"

    @property
    def is_gone(self) -> bool:
        """Whether it was removed by the day."""
        return self.state in GONE


@dataclass(frozen=True)
class Works:
    """Items with their plans (in order of version) and completions (in order of day) as they stand now."""

    items: Sequence[WorkItem]
    plans: Mapping[int, Sequence[ItemPlan]]
    completions: Mapping[int, Sequence[Completion]]

    def on(
        self, *, projects: Iterable[ProjectFacts], day: date, approval: Approval
    ) -> list[ItemFacts]:
        """A fact per item that is planned, waits for approval or is delivered on the day."""
        by_pk = {project.pk: project for project in projects}
        found = []
        for item in self.items:
            project = by_pk.get(item.project_id)
            if project is None:
                continue
            fact = self._fact(item, project, day, approval)
            if fact.planned or fact.pending or fact.delivered:
                found.append(fact)
        return found

    def _fact(
        self, item: WorkItem, project: ProjectFacts, day: date, approval: Approval
    ) -> ItemFacts:
        plans = self.plans.get(item.pk, ())
        pending = next((plan for plan in plans if plan.state == PlanState.PENDING), None)
        plan = plan_in_force(plans=plans, on=day)
        if approval is Approval.ALL and pending is not None:
            plan = pending
        planned = ZERO if plan is None else plan.quantity
        menu = item.menu_item
        delivered, begun_on, finished_on = ZERO, None, None
        days: dict[tuple[str, date], None] = {}
        for entry in self.completions.get(item.pk, ()):
            if entry.delivered_on > day:
                break
            delivered += entry.quantity
            begun_on = begun_on or entry.delivered_on
            for building in building_keys(entry.building) or ("",):
                days[building, entry.delivered_on] = None
            if finished_on is None and planned and delivered >= planned:
                finished_on = entry.delivered_on
        return ItemFacts(
            project=project,
            pk=item.pk,
            code=menu.code,
            name=menu.name,
            unit=menu.unit,
            class_code=menu.menu_class.code,
            layer=Layer(menu.layer),
            outcome=Outcome(menu.outcome) if menu.outcome else None,
            estate_id=item.estate_id,
            estate_name=item.estate.name if item.estate is not None else "",
            planned=planned,
            pending=None if pending is None else pending.quantity,
            delivered=delivered,
            planned_from=plan.planned_from if plan else None,
            planned_to=plan.planned_to if plan else None,
            finished_on=finished_on,
            on=day,
            delivered_days=tuple(days),
            is_chosen=plan is not None and plan.origin == Origin.CHOSEN,
            begun_on=begun_on,
        )


def plan_in_force(*, plans: Iterable[ItemPlan], on: date) -> ItemPlan | None:
    """The latest version approved on or before a day; before the first, the first. None where none is
    approved. ``plans`` come in order of version."""
    chosen: ItemPlan | None = None
    for plan in plans:
        if plan.state != PlanState.APPROVED or plan.effective_on is None:
            continue
        if chosen is None or plan.effective_on <= on:
            chosen = plan
    return chosen


def read_works(*, project_ids: Iterable[int]) -> Works:
    """Items of projects with everything that was planned and delivered; withdrawn entries left out. Three
    queries."""
    items = list(
        WorkItem.objects.filter(project_id__in=list(project_ids)).select_related(
            "menu_item__menu_class", "estate"
        )
    )
    ids = [item.pk for item in items]
    plans: defaultdict[int, list[ItemPlan]] = defaultdict(list)
    for plan in ItemPlan.objects.filter(item_id__in=ids).order_by("item_id", "version"):
        plans[plan.item_id].append(plan)
    completions: defaultdict[int, list[Completion]] = defaultdict(list)
    rows = Completion.objects.filter(item_id__in=ids, withdrawn_at=None)
    for entry in rows.order_by("delivered_on", "pk"):
        completions[entry.item_id].append(entry)
    return Works(items=items, plans=plans, completions=completions)


def item_facts(
    *, projects: Sequence[ProjectFacts], on: date, approval: Approval
) -> list[ItemFacts]:
    """The items of projects on a day. Three queries."""
    works = read_works(project_ids=[project.pk for project in projects])
    return works.on(projects=projects, day=on, approval=approval)


def structure_facts(*, projects: Sequence[ProjectFacts], on: date) -> list[StructureFacts]:
    """The structures of projects that were found by a day, as they stood on it. Two queries."""
    by_pk = {project.pk: project for project in projects}
    structures = list(IllegalStructure.objects.filter(project_id__in=list(by_pk)))
    steps: defaultdict[int, list[StructureStep]] = defaultdict(list)
    rows = StructureStep.objects.filter(structure_id__in=[row.pk for row in structures])
    for step in rows.filter(occurred_on__lte=on).order_by("structure_id", "pk"):
        steps[step.structure_id].append(step)
    found = []
    for structure in structures:
        taken = steps.get(structure.pk)
        if not taken:
            continue
        removed = [step for step in taken if step.state == StructureState.REMOVED]
        found.append(
            StructureFacts(
                project=by_pk[structure.project_id],
                pk=structure.pk,
                name=str(structure),
                state=StructureState(taken[-1].state),
                found_on=taken[0].occurred_on,
                removed_on=removed[-1].occurred_on if removed else None,
                on=on,
            )
        )
    return found
