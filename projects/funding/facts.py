"""The money of projects, per source: read once in two queries, answered for any day from memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.facts import ProjectFacts
from renovation.core.measures import Approval

from .chain import ORDER
from .enums import EventState, Stage
from .models import FundingEvent, FundingPlan

#: Stage, amount in 分 (negative for an adjustment downwards), the date it counts from.
Movement = tuple[Stage, int, date]
#: Project and source, by id.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lot:
    """Money that was received on a day and is not released yet, in 分."""

    received_on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """A project's money from one source at the end of the day ``on``, in 分.

    ``sums`` by stage are what counts, ``lots`` what lies idle of it, the oldest first. ``pending_fen`` is what
    is recorded and not approved, by stage; it is in the sums only where it was asked for.
    """

    project: ProjectFacts
    source_code: str
    source_name: str
    source_order: int
    planned_fen: int
    sums: Mapping[Stage, int]
    pending_fen: Mapping[Stage, int]
    lots: tuple[Lot, ...]
    on: date

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.project.street_name

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.code

    @property
    def label(self) -> str:
        """Project and source."""
        return f"{self.project.name} {self.source_name}"


def idle_lots(movements: Iterable[Movement]) -> tuple[Lot, ...]:
    """What remains of 到位 after 拨付 consumed it, first in first out, by date, then order of entry.

    ``movements`` come in the order in which they count. An adjustment downwards counts from the date of the
    receipt that it corrects, so it takes from the lots received last before it.
    """
    lots: list[Lot] = []
    released = 0
    for stage, amount, day in movements:
        if stage == Stage.RELEASED:
            released += amount
        elif stage == Stage.RECEIVED and amount > 0:
            lots.append(Lot(day, amount))
        elif stage == Stage.RECEIVED:
            lots = _taken(lots[::-1], -amount)[::-1]
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


@dataclass(frozen=True)
class Money:
    """Plans and events of projects as they stand now: ``movements`` with whether each is approved, in the
    order in which they count (date, then id)."""

    planned: Mapping[Key, int]
    movements: Mapping[Key, Sequence[tuple[Movement, bool]]]
    sources: Mapping[int, tuple[int, str, str]]

    def on(
        self, *, projects: Sequence[ProjectFacts], day: date, approval: Approval
    ) -> list[MoneyFacts]:
        """A fact per project and source that has a plan or an event by the day, in order of both."""
        by_pk = {project.pk: project for project in projects}
        place = {project.pk: index for index, project in enumerate(projects)}
        spoken = {
            key: [row for row in rows if row[0][2] <= day] for key, rows in self.movements.items()
        }
        keys = {*self.planned, *(key for key, rows in spoken.items() if rows)}
        found = []
        for key in sorted(
            (key for key in keys if key[0] in by_pk),
            key=lambda key: (place[key[0]], self.sources[key[1]]),
        ):
            rows = spoken.get(key, [])
            everything = approval is Approval.ALL
            counted = [movement for movement, approved in rows if approved or everything]
            order, code, name = self.sources[key[1]]
            found.append(
                MoneyFacts(
                    project=by_pk[key[0]],
                    source_code=code,
                    source_name=name,
                    source_order=order,
                    planned_fen=self.planned.get(key, 0),
                    sums=_sums(counted),
                    pending_fen=_sums(movement for movement, approved in rows if not approved),
                    lots=idle_lots(counted),
                    on=day,
                )
            )
        return found


def read_money(*, project_ids: Iterable[int]) -> Money:
    """The plans of projects and their events that are approved or wait for it. Two queries."""
    ids = list(project_ids)
    planned: dict[Key, int] = {}
    sources: dict[int, tuple[int, str, str]] = {}
    for plan in FundingPlan.objects.filter(project_id__in=ids).select_related("source"):
        planned[plan.project_id, plan.source_id] = plan.planned_fen
        sources[plan.source_id] = (plan.source.order, plan.source.code, plan.source.name)
    movements: defaultdict[Key, list[tuple[Movement, bool]]] = defaultdict(list)
    events = FundingEvent.objects.filter(
        project_id__in=ids, state__in=[EventState.APPROVED, EventState.PENDING]
    )
    for project_id, source_id, order, code, name, stage, amount, day, state in events.order_by(
        "effective_on", "pk"
    ).values_list(
        "project_id",
        "source_id",
        "source__order",
        "source__code",
        "source__name",
        "stage",
        "amount_fen",
        "effective_on",
        "state",
    ):
        sources[source_id] = (order, code, name)
        movements[project_id, source_id].append(
            ((Stage(stage), amount, day), state == EventState.APPROVED)
        )
    return Money(planned=planned, movements=movements, sources=sources)


def money_facts(
    *, projects: Sequence[ProjectFacts], on: date, approval: Approval
) -> list[MoneyFacts]:
    """A fact per project and source that has a plan or an event, in order of projects and sources."""
    money = read_money(project_ids=[project.pk for project in projects])
    return money.on(projects=projects, day=on, approval=approval)


def _sums(movements: Iterable[Movement]) -> dict[Stage, int]:
    sums = dict.fromkeys(ORDER, 0)
    for stage, amount, _ in movements:
        sums[stage] += amount
    return sums
