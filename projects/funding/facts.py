"""The money of projects on a day, per source: plain facts in two queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.facts import ProjectFacts
from renovation.core.measures import Approval

from .chain import ORDER
from .enums import EventState, Stage
from .models import FundingEvent, FundingPlan


@dataclass(frozen=True, slots=True)
class Lot:
    """Money that was received on a day and is not released yet, in 分."""

    received_on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """A project's money from one source on a day, in 分; ``lots`` are what lies idle, ``pending_fen`` what is
    recorded and not approved, by stage (counted in the sums only where it was asked for)."""

    project: ProjectFacts
    source_code: str
    source_name: str
    source_order: int
    planned_fen: int
    sums: dict[Stage, int]
    pending_fen: dict[Stage, int]
    lots: tuple[Lot, ...]
    on: date

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.code

    @property
    def label(self) -> str:
        """Project and source."""
        return f"{self.project.name} {self.source_name}"


def idle_lots(movements: Sequence[tuple[Stage, int, date]]) -> tuple[Lot, ...]:
    """What remains of 到位 after 拨付 consumed it, first in first out, by date, then order of entry.

    An adjusting entry downwards takes from what was received last before it counts, then from what is left.
    """
    lots: list[Lot] = []
    for stage, amount, day in movements:
        if stage == Stage.RECEIVED and amount > 0:
            lots.append(Lot(day, amount))
        elif stage == Stage.RECEIVED:
            lots = _taken(lots[::-1], -amount)[::-1]
    released = sum(amount for stage, amount, _ in movements if stage == Stage.RELEASED)
    return tuple(_taken(lots, released))


def _taken(lots: Sequence[Lot], amount: int) -> list[Lot]:
    """What is left of lots after an amount was taken from the first ones."""
    left: list[Lot] = []
    for lot in lots:
        part = min(amount, lot.amount_fen)
        amount -= part
        if lot.amount_fen > part:
            left.append(Lot(lot.received_on, lot.amount_fen - part))
    return left


def money_facts(
    *, projects: Sequence[ProjectFacts], on: date, approval: Approval
) -> list[MoneyFacts]:
    """A fact per project and source that has a plan or an event, in order of projects and sources."""
    by_pk = {project.pk: project for project in projects}
    plans: dict[tuple[int, int], int] = {}
    names: dict[int, tuple[str, str, int]] = {}
    rows = FundingPlan.objects.filter(project_id__in=by_pk).select_related("source")
    for plan in rows:
        plans[plan.project_id, plan.source_id] = plan.planned_fen
        names[plan.source_id] = (plan.source.code, plan.source.name, plan.source.order)
    approved: defaultdict[tuple[int, int], list[tuple[Stage, int, date]]] = defaultdict(list)
    pending: defaultdict[tuple[int, int], list[tuple[Stage, int, date]]] = defaultdict(list)
    events = FundingEvent.objects.as_of(on, pending=True).filter(project_id__in=by_pk)
    for event in events.select_related("source").order_by("effective_on", "pk"):
        key = (event.project_id, event.source_id)
        names[event.source_id] = (event.source.code, event.source.name, event.source.order)
        place = approved if event.state == EventState.APPROVED else pending
        place[key].append((Stage(event.stage), event.amount_fen, event.effective_on))
    order = {project.pk: place for place, project in enumerate(projects)}
    keys = sorted(
        {*plans, *approved, *pending}, key=lambda key: (order[key[0]], names[key[1]][2], key[1])
    )
    found = []
    for key in keys:
        movements = list(approved[key])
        if approval is Approval.ALL:
            movements = sorted([*movements, *pending[key]], key=lambda each: each[2])
        code, name, position = names[key[1]]
        found.append(
            MoneyFacts(
                project=by_pk[key[0]],
                source_code=code,
                source_name=name,
                source_order=position,
                planned_fen=plans.get(key, 0),
                sums=_sums(movements),
                pending_fen=_sums(pending[key]),
                lots=idle_lots(movements),
                on=on,
            )
        )
    return found


def _sums(movements: Iterable[tuple[Stage, int, date]]) -> dict[Stage, int]:
    sums = dict.fromkeys(ORDER, 0)
    for stage, amount, _ in movements:
        sums[stage] += amount
    return sums
