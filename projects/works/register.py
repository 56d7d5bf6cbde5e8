"""What the pages and checks ask of the works of some projects, put together from rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from projects.ledger.facts import project_facts
from projects.ledger.querysets import ProjectQuerySet
from renovation.core.measures import Approval
from renovation.face.wording import quantity as shown
from renovation.records.services import values_in_force

from .clashes import Clash, Opening, clashes
from .deadlines import Due, Limits, next_due
from .enums import GONE, STANDING, PlanState, StructureAct, StructureState, UtilityState
from .facts import ZERO, ItemFacts, item_facts, plan_in_force
from .ground import Ground
from .models import (
    Completion,
    Coordination,
    IllegalStructure,
    ItemPlan,
    StructureStep,
    UtilityPlan,
    WorkItem,
)
from .parameters import REPEAT_MONTHS
from .querysets import StructureQuerySet, WorkItemQuerySet
from .sequence import Structure


@dataclass(frozen=True)
class ItemLine:
    """An item as a page shows it: the plan in force, one that waits, its entries, what was delivered.

    ``delivered`` in the item's unit. ``plans`` are all versions that may be seen, ``entries`` the withdrawn
    ones too, both oldest first.
    """

    item: WorkItem
    plan: ItemPlan | None
    pending: ItemPlan | None
    plans: list[ItemPlan] = field(default_factory=list)
    entries: list[Completion] = field(default_factory=list)

    @property
    def planned(self) -> Decimal:
        """The quantity in force; 0 where nothing is planned (any more)."""
        return self.plan.quantity if self.plan else ZERO

    @property
    def is_removed(self) -> bool:
        """Whether the item was taken out of the plan."""
        return self.plan is not None and self.plan.is_removed

    @property
    def counted(self) -> list[Completion]:
        """The entries that count."""
        return [entry for entry in self.entries if entry.withdrawn_at is None]

    @property
    def delivered(self) -> Decimal:
        """What was delivered in all."""
        return sum((entry.quantity for entry in self.counted), ZERO)

    @property
    def last_on(self) -> date | None:
        """The day of the last entry that counts."""
        return max((entry.delivered_on for entry in self.counted), default=None)

    @property
    def without_evidence(self) -> int:
        """How many entries have no evidence yet."""
        return sum(entry.evidence_id is None for entry in self.counted)

    @property
    def is_finished(self) -> bool:
        """Whether all that is planned was delivered."""
        return bool(self.planned) and self.delivered >= self.planned

    @property
    def share_label(self) -> str:
        """What the bar says to who does not see it."""
        return (
            f"完成 {shown(self.delivered)}，计划 {shown(self.planned)} {self.item.menu_item.unit}"
        )

    @property
    def share(self) -> Decimal | None:
        """Delivered of planned as a percent for a bar, 100 at most; None where nothing is planned."""
        if not self.planned:
            return None
        return min(Decimal(100), self.delivered / self.planned * 100)


def lines_of(*, items: WorkItemQuerySet, on: date, approved_only: bool = False) -> list[ItemLine]:
    """The items of a queryset with plans and entries, in its order. Three queries."""
    rows = list(items.select_related("menu_item__menu_class", "estate", "project__street"))
    ids = [row.pk for row in rows]
    plans: defaultdict[int, list[ItemPlan]] = defaultdict(list)
    versions = ItemPlan.objects.filter(item_id__in=ids).select_related("proposed_by", "decided_by")
    for plan in versions.order_by("item_id", "version"):
        if plan.state == PlanState.APPROVED or not approved_only:
            plans[plan.item_id].append(plan)
    entries: defaultdict[int, list[Completion]] = defaultdict(list)
    completions = Completion.objects.filter(item_id__in=ids).select_related(
        "evidence", "recorded_by", "withdrawn_by"
    )
    for entry in completions.order_by("delivered_on", "pk"):
        entries[entry.item_id].append(entry)
    return [
        ItemLine(
            item=row,
            plan=plan_in_force(plans=plans[row.pk], on=on),
            pending=next((p for p in plans[row.pk] if p.state == PlanState.PENDING), None),
            plans=plans[row.pk],
            entries=entries[row.pk],
        )
        for row in rows
    ]


# -- structures --------------------------------------------------------------------------------------
def structures_of(*, project_ids: Iterable[int]) -> list[Structure]:
    """The structures of projects that stand, and those that were taken down on a known day. One query."""
    removals = StructureStep.objects.filter(structure=OuterRef("pk"), act=StructureAct.REMOVE)
    removed_on = Subquery(removals.order_by("-pk").values("occurred_on")[:1])
    findings = StructureStep.objects.filter(structure=OuterRef("pk"), act=StructureAct.FIND)
    found_on = Subquery(findings.order_by("pk").values("occurred_on")[:1])
    rows = IllegalStructure.objects.filter(project_id__in=list(project_ids)).defer("owner_sealed")
    found = []
    for row in rows.annotate(removed_on=removed_on, found_on=found_on):
        gone_on: date | None = row.removed_on  # type: ignore[attr-defined]
        if row.state in STANDING:
            gone_on = None
        elif row.state not in GONE or gone_on is None:
            continue
        first_seen: date | None = row.found_on  # type: ignore[attr-defined]
        found.append(
            Structure(
                Ground(row.project_id, row.estate_id),
                row.building,
                str(row),
                removed_on=gone_on,
                stood_from=date.min if row.stood_before else row.built_on or first_seen or date.min,
                is_dated=row.stood_before or row.built_on is not None,
            )
        )
    return found


@dataclass(frozen=True)
class StructureLine:
    """A structure as a page shows it: its steps, oldest first, and what is due next until when."""

    structure: IllegalStructure
    steps: list[StructureStep]
    due: Due | None
    overdue_days: int

    @property
    def found_on(self) -> date | None:
        """The day it was found."""
        return self.steps[0].occurred_on if self.steps else None

    def _day_of(self, act: StructureAct) -> date | None:
        days = [step.occurred_on for step in self.steps if step.act == act]
        return days[-1] if days else None

    @property
    def notified_on(self) -> date | None:
        """The day of the notice."""
        return self._day_of(StructureAct.NOTIFY)

    @property
    def removed_on(self) -> date | None:
        """The day it was taken down."""
        return self._day_of(StructureAct.REMOVE)

    @property
    def restored_on(self) -> date | None:
        """The day the roof was made watertight."""
        return self._day_of(StructureAct.RESTORE)

    @property
    def mark(self) -> str:
        """The kind of state mark (docs/face.md): alarm where the next step is late."""
        if self.overdue_days:
            return "alarm"
        kinds = {
            StructureState.FOUND: "waiting",
            StructureState.NOTIFIED: "active",
            StructureState.OBJECTED: "active",
            StructureState.REMOVED: "active",
            StructureState.RESTORED: "approved",
            StructureState.CLOSED: "approved",
            StructureState.DISMISSED: "quiet",
        }
        return kinds[StructureState(self.structure.state)]


def structure_lines(
    *, structures: StructureQuerySet, values: Mapping[str, Any], on: date
) -> list[StructureLine]:
    """The structures of a queryset with their steps and deadlines, the latest overdue first. Two queries."""
    rows = list(structures.select_related("project__street", "estate").defer("owner_sealed"))
    steps: defaultdict[int, list[StructureStep]] = defaultdict(list)
    taken = StructureStep.objects.filter(structure_id__in=[row.pk for row in rows])
    for step in taken.select_related("evidence", "recorded_by").order_by("structure_id", "pk"):
        steps[step.structure_id].append(step)
    limits = Limits.of(values)
    found = []
    for row in rows:
        own = steps[row.pk]
        due = None
        if own:
            due = next_due(
                state=StructureState(row.state),
                since=own[-1].occurred_on,
                limits=limits,
                due_on=own[-1].due_on,
                needs_waterproofing=row.needs_waterproofing,
            )
        found.append(StructureLine(row, own, due, due.overdue_days(on) if due else 0))
    return sorted(found, key=lambda line: (-line.overdue_days, line.structure.pk))


# -- utilities ---------------------------------------------------------------------------------------
def opening_of(plan: UtilityPlan, *, agreed: bool) -> Opening:
    """A utility's plan as the rules of clashes see it."""
    return Opening(
        pk=plan.pk,
        name=str(plan),
        ground=Ground(plan.project_id, plan.estate_id, plan.stretch),
        state=UtilityState(plan.state),
        start=plan.started_on or plan.planned_from,
        end=plan.finished_on or max(plan.planned_to, plan.started_on or plan.planned_to),
        opens_surface=plan.opens_surface,
        is_agreed=agreed,
    )


@dataclass(frozen=True)
class UtilityLine:
    """A utility's plan as a page shows it: what was agreed with it, oldest first, and what is wrong with it."""

    plan: UtilityPlan
    coordinations: list[Coordination]
    clashes: list[Clash]

    @property
    def mark(self) -> str:
        """The kind of state mark (docs/face.md)."""
        kinds = {
            UtilityState.PLANNED: "waiting",
            UtilityState.COORDINATED: "active",
            UtilityState.WORKING: "active",
            UtilityState.DONE: "approved",
            UtilityState.WITHDRAWN: "quiet",
        }
        return kinds[UtilityState(self.plan.state)]

    @property
    def depth(self) -> str:
        """1.2 米, "" where it is not known."""
        if self.plan.depth_cm is None:
            return ""
        return f"{shown(Decimal(self.plan.depth_cm) / 100)} 米"


def utility_lines(
    *, projects: ProjectQuerySet, values: Mapping[str, Any], on: date
) -> list[UtilityLine]:
    """The plans of the utilities on the ground of projects with their clashes, by day. A constant number of
    queries."""
    plans = list(
        UtilityPlan.objects.filter(project__in=projects)
        .select_related("project__street", "estate", "file")
        .order_by("planned_from", "pk")
    )
    agreed: defaultdict[int, list[Coordination]] = defaultdict(list)
    rows = Coordination.objects.filter(plan_id__in=[plan.pk for plan in plans])
    for row in rows.select_related("file", "recorded_by").order_by("held_on", "pk"):
        agreed[row.plan_id].append(row)
    facts = project_facts(projects=projects, on=on)
    items: defaultdict[int, list[ItemFacts]] = defaultdict(list)
    for item in item_facts(projects=facts, on=on, approval=Approval.APPROVED):
        items[item.project.pk].append(item)
    openings: defaultdict[int, list[Opening]] = defaultdict(list)
    for plan in plans:
        openings[plan.project_id].append(opening_of(plan, agreed=bool(agreed[plan.pk])))
    wrong: defaultdict[int, list[Clash]] = defaultdict(list)
    for pk, own in openings.items():
        for clash in clashes(own, items[pk], repeat_months=values[REPEAT_MONTHS.key]):
            for opening in clash.openings:
                wrong[opening].append(clash)
    return [UtilityLine(plan, agreed[plan.pk], wrong[plan.pk]) for plan in plans]


def clashes_of(lines: Iterable[UtilityLine]) -> list[Clash]:
    """Every clash of some plans once, by day."""
    found = dict.fromkeys(clash for line in lines for clash in line.clashes)
    return sorted(found, key=lambda clash: clash.day)


def settings_of(*, bureau: Any, on: date) -> Mapping[str, Any]:
    """The values of a bureau in force on a day. Two queries."""
    return values_in_force(organisation=bureau, on=on)
