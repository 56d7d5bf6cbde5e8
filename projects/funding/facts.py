"""The money of projects: per source, read once in three queries and answered for any day from memory; or in
sum, as the database adds it for one day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Q, QuerySet, Sum
from django.db.models.functions import Cast, Coalesce

from projects.ledger.facts import ProjectFacts
from projects.ledger.of_project import OfProject
from renovation.core.measures import Approval

from .chain import ORDER
from .enums import EventState, Stage
from .models import FundingEvent, FundingPlan, FundingSource

#: Stage, amount in 分 (negative for an adjustment downwards), the date it counts from.
Movement = tuple[Stage, int, date]
#: Project and source, by id.
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lot:
    """Money that was received on a day and is not released yet, in 分."""

    received_on: date
    amount_fen: int


@dataclass(frozen=True)
class MoneyFacts(OfProject):
    """A project's money from one source at the end of the day ``on``, in 分.

    ``sums`` by stage are what counts, ``movements`` what they are made of, in the order in which they count. ``pending_fen`` is what
    is recorded and not approved, by stage; it is in the sums only where it was asked for.
    """

    project: ProjectFacts
    source_code: str
    source_name: str
    source_order: int
    planned_fen: int
    sums: Mapping[Stage, int]
    pending_fen: Mapping[Stage, int]
    movements: Sequence[Movement]
    on: date

    @cached_property
    def lots(self) -> tuple[Lot, ...]:
        """What lies idle of the money received, the oldest first."""
        return idle_lots(self.movements)

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

    @cached_property
    def _sources_of(self) -> Mapping[int, Sequence[int]]:
        """The sources of each project that has a plan or an event, in their order."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for project, source in {**self.planned, **self.movements}:
            found[project].append(source)
        for sources in found.values():
            sources.sort(key=self.sources.__getitem__)
        return found

    def on(
        self, *, projects: Sequence[ProjectFacts], day: date, approval: Approval
    ) -> list[MoneyFacts]:
        """A fact per project and source that has a plan or an event by the day, in order of both."""
        everything = approval is Approval.ALL
        found = []
        for project in projects:
            for source in self._sources_of.get(project.pk, ()):
                key = (project.pk, source)
                rows = [row for row in self.movements.get(key, ()) if row[0][2] <= day]
                if not rows and key not in self.planned:
                    continue
                order, code, name = self.sources[source]
                waiting = [movement for movement, approved in rows if not approved]
                counted = [movement for movement, approved in rows if approved or everything]
                found.append(
                    MoneyFacts(
                        project=project,
                        source_code=code,
                        source_name=name,
                        source_order=order,
                        planned_fen=self.planned.get(key, 0),
                        sums=_sums(counted),
                        pending_fen=_sums(waiting) if waiting else _NOTHING,
                        movements=counted,
                        on=day,
                    )
                )
        return found


def read_money(*, project_ids: Iterable[int] | QuerySet[Any, Any]) -> Money:
    """The plans of projects and their events that are approved or wait for it. Three queries; the ids may be a
    query themselves."""
    ids = project_ids if isinstance(project_ids, QuerySet) else list(project_ids)
    plans = FundingPlan.objects.filter(project__in=ids).order_by()
    planned: dict[Key, int] = {
        (project, source): fen
        for project, source, fen in plans.values_list("project_id", "source_id", "planned_fen")
    }
    movements: defaultdict[Key, list[tuple[Movement, bool]]] = defaultdict(list)
    events = FundingEvent.objects.filter(
        project__in=ids, state__in=[EventState.APPROVED, EventState.PENDING]
    ).order_by("effective_on", "pk")
    for project, source, word, amount, day, state in events.values_list(
        "project_id", "source_id", "stage", "amount_fen", "effective_on", "state"
    ):
        movements[project, source].append(
            ((_STAGES[word], amount, day), state == EventState.APPROVED)
        )
    sources = FundingSource.objects.values_list("pk", "order", "code", "name")
    return Money(
        planned=planned,
        movements=movements,
        sources={pk: (order, code, name) for pk, order, code, name in sources},
    )


_STAGES = {stage.value: stage for stage in Stage}


class MoneyInSum(NamedTuple):
    """A project's money from all sources together at the end of a day, in 分: what its ``MoneyFacts`` come to.

    Every measure that adds amounts is the same over these as over those; what lies idle is told lot by lot and
    can't be asked of them.
    """

    project: ProjectFacts
    planned_fen: int
    sums: Mapping[Stage, int]
    pending_fen: Mapping[Stage, int]

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
        """The project's name."""
        return self.project.name


def money_in_sum(
    *,
    projects: Sequence[ProjectFacts],
    project_ids: Iterable[int] | QuerySet[Any, Any],
    day: date,
    approval: Approval,
) -> list[MoneyInSum]:
    """The money of projects in sum, one fact for each that has a plan or an event by the day, in their order.

    Three queries, in which the database adds integers: exact on both, and a district of thousands of projects has
    tens of thousands of events. ``project_ids`` are those of the projects or of more.
    """
    ids = project_ids if isinstance(project_ids, QuerySet) else list(project_ids)
    plans = FundingPlan.objects.filter(project__in=ids).order_by().values_list("project_id")
    planned: dict[int, int] = dict(plans.annotate(fen=_added("planned_fen")))
    events = FundingEvent.objects.filter(project__in=ids, effective_on__lte=day).order_by()
    counted = [EventState.APPROVED, *([EventState.PENDING] if approval is Approval.ALL else [])]
    sums: dict[int, dict[Stage, int]] = {
        project: dict(zip(ORDER, amounts, strict=True))
        for project, *amounts in _by_stage(events.filter(state__in=counted))
    }
    waiting: dict[int, dict[Stage, int]] = {
        project: dict(zip(ORDER, amounts, strict=True))
        for project, *amounts in _by_stage(events.filter(state=EventState.PENDING))
    }
    return [
        MoneyInSum(
            project=project,
            planned_fen=planned.get(project.pk, 0),
            sums=sums.get(project.pk, _NOTHING),
            pending_fen=waiting.get(project.pk, _NOTHING),
        )
        for project in projects
        if project.pk in planned or project.pk in sums or project.pk in waiting
    ]


def received_by(*, project_ids: Iterable[int], day: date) -> dict[int, int]:
    """The approved money received by the end of a day in 分, of each project that has any event. One query."""
    counted = Q(stage=Stage.RECEIVED, state=EventState.APPROVED)
    rows = FundingEvent.objects.filter(project__in=list(project_ids), effective_on__lte=day)
    return dict(
        rows.order_by().values_list("project_id").annotate(fen=_added("amount_fen", counted))
    )


def _added(column: str, of: Q | None = None) -> Coalesce:
    """The sum of a column of integers as an integer; PostgreSQL would make a decimal of it."""
    return Coalesce(Cast(Sum(column, filter=of), BigIntegerField()), 0)


def _by_stage(events: QuerySet[FundingEvent]) -> QuerySet[Any, Any]:
    """Project, then the sum of each stage in the order of the chain."""
    columns = {stage.value: _added("amount_fen", Q(stage=stage)) for stage in ORDER}
    return events.values_list("project_id").annotate(**columns)


def money_facts(
    *, projects: Sequence[ProjectFacts], on: date, approval: Approval
) -> list[MoneyFacts]:
    """A fact per project and source that has a plan or an event, in order of projects and sources."""
    money = read_money(project_ids=[project.pk for project in projects])
    return money.on(projects=projects, day=on, approval=approval)


#: Stages without money.
_NOTHING: Mapping[Stage, int] = MappingProxyType(dict.fromkeys(ORDER, 0))


def _sums(movements: Iterable[Movement]) -> dict[Stage, int]:
    sums = dict.fromkeys(ORDER, 0)
    for stage, amount, _ in movements:
        sums[stage] += amount
    return sums
