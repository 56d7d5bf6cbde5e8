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

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from projects.ledger.facts import ProjectFacts
from projects.ledger.of_project import OfProject
from projects.ledger.querysets import ProjectQuerySet
from renovation.core.holding import held
from renovation.core.measures import Approval
from renovation.core.numbered import number_of
from renovation.core.unchanged import LARGE, of_query
from renovation.core.wholes import Whole

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
    is recorded and not approved, by stage; it is in the sums only where it was asked for. ``waits`` are the stages at
    which anything is so, be it entries that come to nothing together.
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
    waits: frozenset[Stage] = frozenset()

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
                        waits=frozenset(stage for stage, _, _ in waiting),
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
    return Money(planned=planned, movements=movements, sources=held(("funding sources",), _sources))


def _sources() -> dict[int, tuple[int, str, str]]:
    """Order, code and name of every source, by its id."""
    rows = FundingSource.objects.values_list("pk", "order", "code", "name")
    return {pk: (order, code, name) for pk, order, code, name in rows}


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
    waits: frozenset[Stage]

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

    Two queries, in which the database adds integers: exact on both, and a district of thousands of projects has
    tens of thousands of events. ``project_ids`` are those of the projects or of more.
    """
    ids = project_ids if isinstance(project_ids, QuerySet) else list(project_ids)
    plans = FundingPlan.objects.filter(project__in=ids).order_by().values_list("project_id")
    planned: dict[int, int] = dict(plans.annotate(fen=_added("planned_fen")))
    events = FundingEvent.objects.filter(project__in=ids, effective_on__lte=day, state__in=_KNOWN)
    columns = {stage.value: _sum("amount_fen", Q(stage=stage)) for stage in ORDER}
    sums: dict[int, dict[Stage, int]] = {}
    waiting: dict[int, dict[Stage, int]] = {}
    waits: dict[int, frozenset[Stage]] = {}
    for project, state, *amounts in (
        events.order_by().values_list("project_id", "state").annotate(**columns)
    ):
        said = {stage: fen or 0 for stage, fen in zip(ORDER, amounts, strict=True)}
        if state == EventState.APPROVED:
            sums[project] = said
        else:
            waiting[project] = said
            waits[project] = frozenset(
                stage for stage, fen in zip(ORDER, amounts, strict=True) if fen is not None
            )
    if approval is Approval.ALL:
        for project, more in waiting.items():
            had = sums.get(project, _NOTHING)
            sums[project] = {stage: had[stage] + more[stage] for stage in ORDER}
    return [
        MoneyInSum(
            project=project,
            planned_fen=planned.get(project.pk, 0),
            sums=sums.get(project.pk, _NOTHING),
            pending_fen=waiting.get(project.pk, _NOTHING),
            waits=waits.get(project.pk, frozenset()),
        )
        for project in projects
        if project.pk in planned or project.pk in sums or project.pk in waiting
    ]


#: Events that are sums of money: approved, or waiting for it.
_KNOWN = [EventState.APPROVED, EventState.PENDING]


class MoneyOfStreet(NamedTuple):
    """The money of a street's projects from all sources together at the end of a day, in 分."""

    street_code: str
    street_name: str
    planned_fen: int
    sums: Mapping[Stage, int]
    pending_fen: Mapping[Stage, int]
    waits: frozenset[Stage]

    @property
    def label(self) -> str:
        """The street's short name."""
        return self.street_name

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks; it is no project's."""
        return ""


def money_by_street(
    *, projects: Sequence[ProjectFacts], day: date, approval: Approval
) -> list[MoneyOfStreet]:
    """The money of projects in sum, a row a street, as ``money_in_sum`` comes to over its projects. One query, in which
    the database adds integers: for a figure of a district or a street nobody needs the thousands of rows between.

    ``projects`` are in the streets where the day knows them. The database is told which project belongs to which row, so
    that the sums are over these projects and no other, and stand while nothing is written of money.
    """
    names: dict[tuple[str, str], int] = {}
    row_of: dict[int, int] = {}
    for fact in projects:
        name = (fact.street_code, fact.street_name)
        row_of[fact.pk] = names.setdefault(name, len(names) + 1)
    if not row_of:
        return []
    lowest, highest = min(row_of), max(row_of)

    def added(rows: QuerySet[Any, Any], kind: tuple[Any, Any], column: str) -> QuerySet[Any, Any]:
        those = rows.filter(project__gte=lowest, project__lte=highest).order_by()
        if len(row_of) * _SPARSE < highest - lowest:
            those = those.filter(project__among=list(row_of))
        said = those.values_list(number_of("project_id", row_of), *kind)
        summed: QuerySet[Any, Any] = said.annotate(number=_added(column))
        return summed

    events = FundingEvent.objects.filter(effective_on__lte=day, state__in=_KNOWN)
    rows = added(FundingPlan.objects.all(), _PLANNED, "planned_fen").union(
        added(events, _STAGED, "amount_fen"), all=True
    )
    found: defaultdict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for row, *said, number in of_query("money", rows, lambda: list(rows), shelf=LARGE):
        found[row][said[0], said[1]] = number
    everything = approval is Approval.ALL
    return [_of_street(name, found[row], everything) for name, row in names.items()]


#: Where the ids of projects are so many times farther apart than they are many, those between are not read.
_SPARSE = 4
_PLANNED: tuple[Any, Any] = Value("planned"), Value("")
_STAGED: tuple[Any, Any] = F("stage"), F("state")


def _of_street(
    names: tuple[str, str], amounts: Mapping[tuple[str, str], int], everything: bool
) -> MoneyOfStreet:
    waiting = {stage: amounts.get((stage.value, EventState.PENDING.value), 0) for stage in ORDER}
    approved = {stage: amounts.get((stage.value, EventState.APPROVED.value), 0) for stage in ORDER}
    return MoneyOfStreet(
        *names,
        planned_fen=amounts.get(("planned", ""), 0),
        sums={stage: approved[stage] + waiting[stage] for stage in ORDER}
        if everything
        else approved,
        pending_fen=waiting,
        waits=frozenset(
            stage for stage in ORDER if (stage.value, EventState.PENDING.value) in amounts
        ),
    )


def received_by(*, among: ProjectQuerySet, day: date) -> dict[int, int]:
    """The approved money received by the end of a day in 分, of each of these projects that has any event; one query."""
    counted = Q(stage=Stage.RECEIVED, state=EventState.APPROVED)
    rows = FundingEvent.objects.filter(project__in=among, effective_on__lte=day)
    return dict(
        rows.order_by().values_list("project_id").annotate(fen=_added("amount_fen", counted))
    )


def _sum(column: str, of: Q | None = None) -> Whole:
    """The sum of a column of integers as an integer, None over no rows; PostgreSQL would make a decimal of it."""
    return Whole(Sum(column, filter=of))


def _added(column: str, of: Q | None = None) -> Coalesce:
    """The same, 0 over no rows."""
    return Coalesce(_sum(column, of), 0)


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
