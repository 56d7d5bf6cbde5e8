"""Every figure of the portal, for a programme, a day and a choice of data (HOUSE.md §4.1).

One load of facts answers all measures at all levels; nothing else computes a figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from projects.funding.facts import MoneyFacts, money_facts
from projects.ledger.facts import ProjectFacts, project_facts
from projects.ledger.models import Programme, Project
from renovation.accounts.scope import Scope
from renovation.core.declarations import (
    Contribution,
    Declaration,
    Kind,
    contributions,
    difference_of,
)
from renovation.core.declarations import measure as compute
from renovation.core.measures import Approval, Measure, Ranked, rank
from renovation.core.periods import Period, Week, Year
from supervision.weekly.facts import (
    ProgressFacts,
    Report,
    ReturnFacts,
    progress_facts,
    report_history,
    return_facts,
    thresholds_in_force,
)

from .catalogue import catalogue
from .divergence import divergences

DISTRICT, STREET, PROJECT = "district", "street", "project"
LEVELS = (DISTRICT, STREET, PROJECT)


@dataclass(frozen=True, slots=True)
class Place:
    """What a figure is about: level, code, name and the address of its source rows (API ``scope``)."""

    level: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure at a place, and the address of the rows that it is made of."""

    measure: Measure
    place: Place
    source: str


@dataclass(frozen=True)
class Facts:
    """Everything that is known about a programme on a day, loaded once."""

    programme: Programme
    as_of: date
    approval: Approval
    period: Period
    projects: Sequence[ProjectFacts]
    progress: Sequence[ProgressFacts]
    money: Sequence[MoneyFacts]
    returns: Sequence[ReturnFacts]
    history: Mapping[int, Sequence[Report]] | None = None
    _cache: dict[tuple[str, str, str], Measure] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Mapping[str, Sequence[Any]]:
        """The tables of facts by the names that declarations use."""
        from projects.ledger.measures import Standing

        return {
            "ledger": [Standing(project, self.as_of) for project in self.projects],
            "progress": self.progress,
            "money": self.money,
            "returns": self.returns,
            "divergence": divergences(list(self.progress), list(self.money)),
        }

    @cached_property
    def places(self) -> Mapping[str, Sequence[Place]]:
        """The places of each level, in order: the district, its streets, their projects."""
        bureau = self.programme.bureau
        streets: dict[str, Place] = {}
        for project in self.projects:
            streets.setdefault(
                project.street_code, Place(STREET, project.street_code, project.street_name)
            )
        return {
            DISTRICT: [Place(DISTRICT, bureau.code, bureau.district_name or bureau.short_name)],
            STREET: list(streets.values()),
            PROJECT: [Place(PROJECT, project.code, project.name) for project in self.projects],
        }

    @cached_property
    def _grouped(self) -> Mapping[str, Mapping[tuple[str, str], Sequence[Any]]]:
        grouped: dict[str, Mapping[tuple[str, str], Sequence[Any]]] = {}
        for name, rows in self.tables.items():
            groups: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
            for row in rows:
                groups[DISTRICT, self.programme.bureau.code].append(row)
                groups[STREET, row.street_code].append(row)
                if row.project_code:
                    groups[PROJECT, row.project_code].append(row)
            grouped[name] = groups
        return grouped

    def rows(self, declaration: Declaration, place: Place) -> Sequence[Any]:
        """The facts of a measure at a place."""
        return self._grouped[declaration.facts].get((place.level, place.code), [])

    def contributions(self, declaration: Declaration, place: Place) -> list[Contribution]:
        """The source rows of a measure at a place: what the number is made of."""
        return contributions(declaration, self.rows(declaration, place))

    def get(self, name: str, place: Place | None = None) -> Measure:
        """The figure of a measure at a place (the district where none is named)."""
        spot = place or self.places[DISTRICT][0]
        key = (name, spot.level, spot.code)
        if key not in self._cache:
            declaration = catalogue()[name]
            if declaration.kind is Kind.DIFFERENCE and declaration.of is not None:
                minuend, subtrahend = (self.get(part, spot) for part in declaration.of)
                self._cache[key] = difference_of(declaration, minuend, subtrahend)
            else:
                self._cache[key] = compute(
                    declaration,
                    self.rows(declaration, spot),
                    as_of=self.as_of,
                    approval=self.approval,
                    period=self.period,
                )
        return self._cache[key]

    def figures(self, level: str, names: Iterable[str] | None = None) -> list[Figure]:
        """All measures of a level at all its places."""
        chosen = list(names) if names is not None else list(catalogue())
        return [
            Figure(self.get(name, place), place, source_address(self, name, place))
            for place in self.places[level]
            for name in chosen
            if level in catalogue()[name].levels
        ]

    def progress_of(self, code: str) -> ProgressFacts:
        """The progress of one project by its code; KeyError where it is not in scope."""
        return self._progress_by_code[code]

    @cached_property
    def _progress_by_code(self) -> Mapping[str, ProgressFacts]:
        return {fact.project.code: fact for fact in self.progress}

    def lights(self, place: Place | None = None) -> dict[str, int]:
        """How many projects of a place show each light: red, yellow, green, grey."""
        found = {"green": 0, "yellow": 0, "red": 0, "grey": 0}
        spot = place or self.places[DISTRICT][0]
        for fact in self._grouped["progress"].get((spot.level, spot.code), []):
            found[fact.judgement.light] += 1
        return found


def load(
    *,
    programme: Programme,
    as_of: date,
    approval: Approval,
    now: datetime,
    scope: Scope | None = None,
    period: Period | None = None,
    with_history: bool = False,
) -> Facts:
    """Load what is known of a programme at the end of a day, in a constant number of queries.

    ``scope`` narrows to the rows that somebody may see. ``period`` is what flows are counted over: the year to
    date where none is given. ``with_history`` keeps all reports of the projects, for curves and earlier days.
    """
    rows = Project.objects.filter(programme=programme)
    if scope is not None:
        rows = rows.visible_to(scope)
    projects = project_facts(projects=rows, on=as_of)
    thresholds = thresholds_in_force(bureau=programme.bureau, on=as_of)
    ids = [project.pk for project in projects]
    history = report_history(project_ids=ids, approval=approval) if with_history else None
    progress = progress_facts(
        projects=projects, on=as_of, approval=approval, thresholds=thresholds, history=history
    )
    money = money_facts(projects=projects, on=as_of, approval=approval)
    span = period or Year(programme.year)
    returns = return_facts(
        bureau=programme.bureau,
        first=_first_week(span),
        last=_last_week(span, as_of),
        on=as_of,
        now=now,
    )
    if scope is not None:
        returns = [row for row in returns if row.street.pk in scope.organisation_ids]
    return Facts(
        programme=programme,
        as_of=as_of,
        approval=approval,
        period=span,
        projects=projects,
        progress=progress,
        money=money,
        returns=returns,
        history=history,
    )


def _first_week(period: Period) -> Week:
    """A week belongs to the period of its Sunday."""
    week = Week.of(period.start)
    return week if period.contains(week.end) else week.next()


def _last_week(period: Period, as_of: date) -> Week:
    week = Week.of(min(period.end, as_of))
    while not period.contains(week.end) or week.end > as_of:
        if week.end < period.start:
            return week
        week = week.previous()
    return week


def at(facts: Facts, day: date) -> Facts:
    """The programme's progress on an earlier day from the history at hand; money and returns are not moved.

    For curves and “上周”; needs facts loaded ``with_history``.
    """
    if facts.history is None:
        raise ValueError("facts were loaded without history")
    bureau = facts.programme.bureau
    projects = project_facts(
        projects=Project.objects.filter(pk__in=[project.pk for project in facts.projects]), on=day
    )
    progress = progress_facts(
        projects=projects,
        on=day,
        approval=facts.approval,
        thresholds=thresholds_in_force(bureau=bureau, on=day),
        history={pk: list(rows) for pk, rows in facts.history.items()},
    )
    return Facts(
        programme=facts.programme,
        as_of=day,
        approval=facts.approval,
        period=facts.period,
        projects=projects,
        progress=progress,
        money=facts.money,
        returns=facts.returns,
        history=facts.history,
    )


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """Planned and actual progress of a place at the end of a day; ``physical`` is None after the as-of day."""

    day: date
    physical: Measure | None
    scheduled: Measure


def series(facts: Facts, days: Sequence[date], place: Place | None = None) -> list[SeriesPoint]:
    """The curve of a place over days, from facts loaded ``with_history``; no query.

    Plan and gates are those of the facts' day: one baseline for the whole curve, so that it has no jumps.
    """
    if facts.history is None:
        raise ValueError("facts were loaded without history")
    history = {pk: list(rows) for pk, rows in facts.history.items()}
    spot = place or facts.places[DISTRICT][0]
    physical, scheduled = catalogue()["形象进度"], catalogue()["序时进度"]
    chosen = [fact.project for fact in facts._grouped["progress"].get((spot.level, spot.code), [])]
    thresholds = facts.progress[0].thresholds if facts.progress else None
    found = []
    for day in days:
        if thresholds is None:
            break
        rows = progress_facts(
            projects=chosen,
            on=day,
            approval=facts.approval,
            thresholds=thresholds,
            history=history,
        )
        found.append(
            SeriesPoint(
                day,
                compute(physical, rows, as_of=day, approval=facts.approval)
                if day <= facts.as_of
                else None,
                compute(scheduled, rows, as_of=day, approval=facts.approval),
            )
        )
    return found


RANKING_METHOD = (
    "按偏差（形象进度 − 序时进度）由高到低排列，同分同名次、其后跳号；进度按基线建筑面积加权，"
    "按显示的一位小数比较。"
)


def ranking(facts: Facts) -> list[Ranked[Place]]:
    """The streets by deviation as shown, competition ranks; the method is ``RANKING_METHOD``."""
    return rank(facts.places[STREET], lambda place: facts.get("偏差", place))


def source_address(facts: Facts, name: str, place: Place) -> str:
    """The address of the page that lists what a figure is made of."""
    from django.urls import reverse

    code = catalogue()[name].code
    query = f"year={facts.programme.year}&as_of={facts.as_of}&approval={facts.approval.value}"
    spot = f"&level={place.level}&code={place.code}"
    return f"{reverse('figures:source', args=[code])}?{query}{spot}"


@dataclass(frozen=True, slots=True)
class TotalsDifference:
    """Where the ledger's sum differs from the programme's official total, by street and quantity."""

    street: str
    name: str
    official: Decimal
    ledger: Decimal


def totals_differences(facts: Facts) -> list[TotalsDifference]:
    """Compare the ledger with the programme's document by street (A2); empty where they agree."""
    found = []
    for total in facts.programme.totals.select_related("street"):
        rows = [row for row in facts.projects if row.street_id == total.street_id]
        pairs = [
            ("项目数（个）", Decimal(total.project_count), Decimal(len(rows))),
            (
                "户数（户）",
                Decimal(total.household_count),
                Decimal(sum(row.household_count for row in rows)),
            ),
            ("建筑面积（㎡）", total.area_sqm, sum((row.area_sqm for row in rows), Decimal(0))),
        ]
        found += [
            TotalsDifference(total.street.short_name, name, official, ledger)
            for name, official, ledger in pairs
            if official != ledger
        ]
    return found


__all__ = [
    "DISTRICT",
    "LEVELS",
    "PROJECT",
    "RANKING_METHOD",
    "STREET",
    "Facts",
    "Figure",
    "Place",
    "SeriesPoint",
    "TotalsDifference",
    "at",
    "load",
    "ranking",
    "series",
    "source_address",
    "totals_differences",
]
