"""How the ledger stands on a day: plain facts of the projects in scope.

``read_ledger`` reads everything about the projects of a queryset in four queries; ``Ledger.on`` then answers for
any day from memory, so that a curve over a year costs no more queries than a day.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import cached_property  # unlike Python's own it takes no lock

from renovation.core.joined import Joined
from renovation.core.tuples import made
from renovation.core.unchanged import Again, Shelf, of_query, unchanged
from renovation.core.wholes import whole
from renovation.core.wording import near_date

from .enums import EVIDENCE_REQUIRED, BaselineState, GateKind
from .models import Baseline, Estate, Gate, MonthlyTarget, Project
from .querysets import ProjectQuerySet
from .stays import LedgerRow, stays_of

#: A month end with its cumulative target in tenths of a percent; all of them, in order.
Target = tuple[date, int]
Targets = tuple[Target, ...]
#: Stands behind everything that a day's own target can say behind its day.
_AFTER_THE_DAY = "~"


def in_sqm(centi: int) -> Decimal:
    """An area of 0.01 ㎡ in ㎡."""
    return Decimal(centi).scaleb(-2)


class _PlanFields(NamedTuple):
    pk: int
    version: int
    start_on: date
    completion_on: date
    investment_fen: int
    area_centi: int
    points: Targets | str


class Plan(_PlanFields):
    """A baseline: dates, money in 分, area in 0.01 ㎡. ``points`` are its targets, or the text that ``_plans`` reads them
    as: taken apart where somebody asks for ``targets``, which nobody does of a plan that is over."""

    @cached_property
    def targets(self) -> Targets:
        """Month ends with cumulative targets in tenths of a percent, in order."""
        points = self.points
        if not isinstance(points, str):
            return points
        return tuple(sorted(map(_target, points.split(",")))) if points else ()

    @property
    def area_sqm(self) -> Decimal:
        """The area in ㎡."""
        return in_sqm(self.area_centi)

    @cached_property
    def corners(self) -> tuple[list[int], list[int]]:
        """Where the line bends: ordinals of days and tenths of a percent, from (planned start, 0) through the
        month ends strictly between to (planned completion, 1000)."""
        first, last = self.start_on.toordinal(), self.completion_on.toordinal()
        points = self.points
        if isinstance(points, str):
            found = sorted(map(_corner, points.split(","))) if points else []
        else:
            found = [(day.toordinal(), tenths) for day, tenths in points]
        between = [point for point in found if first < point[0] < last]
        return (
            [first, *[day for day, _ in between], last],
            [0, *[tenths for _, tenths in between], 1000],
        )

    def _around(self, day: date) -> tuple[Target | None, Target | None]:
        """The last target on or before a day and the first after it. Of a text only these two are taken apart: written
        as ISO days, targets stand in the order of their texts."""
        points = self.points
        if isinstance(points, str):
            texts = sorted(points.split(",")) if points else []
            at = bisect_right(texts, f"{day.isoformat()}{_AFTER_THE_DAY}")
            return (
                _target(texts[at - 1]) if at else None,
                _target(texts[at]) if at < len(texts) else None,
            )
        at = bisect_right(points, day, key=itemgetter(0))
        return points[at - 1] if at else None, points[at] if at < len(points) else None

    def scheduled_parts(self, day: date) -> tuple[int, int]:
        """``scheduled_percent`` as numerator and denominator, not reduced."""
        if day <= self.start_on:
            return 0, 1
        if day >= self.completion_on:
            return 100, 1
        left, low, right, high = self.start_on, 0, self.completion_on, 1000
        before, after = self._around(day)
        if before is not None and before[0] > left:
            left, low = before
        if after is not None and after[0] < right:
            right, high = after
        whole = (right - left).days
        return low * whole + (high - low) * (day - left).days, 10 * whole

    def scheduled_percent(self, day: date) -> Fraction:
        """序时进度: straight lines by calendar day through (planned start, 0), the month ends strictly between,
        and (planned completion, 100); 0 before, 100 after (MEASURES.md, Programme)."""
        return Fraction(*self.scheduled_parts(day))


class GateFacts(NamedTuple):
    """A gate: plan, forecast and actual date; ``counts`` is false for a claim without its evidence."""

    kind: GateKind
    planned_on: date | None
    forecast_on: date | None
    actual_on: date | None
    document_number: str
    counts: bool


class ProjectFacts(NamedTuple):
    """A project that is in scope on the day ``on``. ``plan`` is the baseline in force, None where there is
    none; the quantities are the sums over its estates."""

    on: date
    pk: int
    code: str
    name: str
    street_id: int
    street_code: str
    street_name: str
    programme_year: int
    renovation_type: str
    estate_count: int
    building_count: int
    household_count: int
    area_centi: int
    plan: Plan | None
    gates: Mapping[GateKind, GateFacts]
    feature: str = ""
    is_model: bool = False
    #: Where the project went to another street after the day: when, which, and where it is now (its id).
    left_on: date | None = None
    left_to: str = ""
    now_street_id: int | None = None
    #: The day after this one from which the project is cancelled, where that is decided.
    cancelled_on: date | None = None

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.code

    @property
    def label(self) -> str:
        """The project's name."""
        return self.name

    @property
    def area_sqm(self) -> Decimal:
        """The area of its estates in ㎡."""
        return in_sqm(self.area_centi)

    def passed_on(self, kind: GateKind, day: date) -> bool:
        """Whether a gate was passed on or before a day, with the evidence it requires."""
        gate = self.gates.get(kind)
        return (
            gate is not None
            and gate.counts
            and gate.actual_on is not None
            and gate.actual_on <= day
        )

    def passed(self, kind: GateKind) -> bool:
        """Whether a gate was passed by the day of these facts."""
        return self.passed_on(kind, self.on)

    def leaving(self, today: date) -> str:
        """自12月10日起取消, as ``today`` reads it; "" where no cancellation is to come."""
        return f"自{near_date(self.cancelled_on, today)}起取消" if self.cancelled_on else ""

    def claimed(self, kind: GateKind) -> bool:
        """Whether a gate has an actual date by the day but waits for its evidence."""
        gate = self.gates.get(kind)
        return (
            gate is not None
            and not gate.counts
            and gate.actual_on is not None
            and gate.actual_on <= self.on
        )


_NO_GATES: Mapping[GateKind, GateFacts] = MappingProxyType({})
#: Estates, buildings, households and area in 0.01 ㎡ of a project.
Quantities = tuple[int, int, int, int]
#: What a project without estates has.
NO_QUANTITIES: Quantities = (0, 0, 0, 0)


#: A page tells two days, its own and the one before.
_DAYS = 2
Part = TypeVar("Part")

#: What the facts of a project are made of.
_Given = tuple[date, LedgerRow, Quantities, Plan | None, Mapping[GateKind, GateFacts]]

#: The ids of projects as a subquery.
Ids = QuerySet[Any, Any]


@dataclass(frozen=True)
class Ledger:
    """What is known of projects now; ``on`` says what it means for a day.

    ``projects`` holds a row for each stay of a project in a street, one for all that never moved. ``plans`` holds every
    approved baseline of a project with its approval date, the earliest first.
    """

    projects: Sequence[LedgerRow]
    quantities: Mapping[int, Quantities]
    plans: Mapping[int, Sequence[tuple[date, Plan]]]
    gates: Mapping[int, Mapping[GateKind, GateFacts]]
    _days: Mapping[date, Sequence[ProjectFacts]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def ids(self) -> Ids:
        """A query of the projects' ids."""
        among = frozenset(project.pk for project in self.projects)
        return Project.objects.filter(pk__among=among).order_by().values("pk")

    def on(self, day: date) -> Sequence[ProjectFacts]:
        """The facts of the projects in scope on a day, of the days asked for last told once."""
        days = self._days
        if day not in days:
            told = self._told(day)
            days = {**dict(list(days.items())[1 - _DAYS :]), day: told}
            object.__setattr__(self, "_days", days)  # at once: threads share a ledger that is kept
        return days[day]

    def _told(self, day: date) -> list[ProjectFacts]:
        given = {
            (pk := row.pk): (
                day,
                row,
                self.quantities.get(pk, NO_QUANTITIES),
                # Nearly all have one plan, and there are thousands: each is spared a call.
                own[0][1] if len(own := self.plans.get(pk, ())) == 1 else self.plan_on(pk, day),
                self.gates.get(pk, _NO_GATES),
            )
            for row in self.projects
            if row.is_in_scope_on(day)
        }
        return _AGAIN((day, len(given)), given, _facts)

    def only(self, chosen: Collection[int]) -> Ledger:
        """The same rows of some of the projects (ids)."""
        return replace(
            self,
            projects=[project for project in self.projects if project.pk in chosen],
        )

    def plan_on(self, project_id: int, day: date) -> Plan | None:
        """The baseline in force: the latest approved on or before a day; before the first, the first."""
        plans = self.plans.get(project_id, ())
        in_force = [plan for approved_on, plan in plans if approved_on <= day]
        if in_force:
            return in_force[-1]
        return plans[0][1] if plans else None


#: Two days of two districts, of which a write changed little.
_AGAIN: Again[int, _Given, ProjectFacts] = Again(4)


def _facts(given: _Given) -> ProjectFacts:
    day, row, quantities, plan, gates = given
    return made(
        ProjectFacts,
        (
            day,
            row.pk,
            row.code,
            row.name,
            row.street_id,
            row.street_code,
            row.street_name,
            row.programme_year,
            row.renovation_type,
            *quantities,
            plan,
            gates,
            row.feature,
            row.is_model and (row.model_on is None or row.model_on <= day),
            row.left_on,
            row.left_to,
            row.now_street_id,
            None if row.left_on else row.until_on,
        ),
    )


def read_ledger(
    *,
    projects: ProjectQuerySet,
    streets: Collection[int] | None = None,
    shelf: Shelf | None = None,
) -> Ledger:
    """Everything the ledger holds about the projects of a queryset, in its order; what nobody approved into the
    programme is not in it. Four queries, none of which makes an object of the ORM: a district has thousands of
    projects. ``streets`` narrows to the stays in some streets, by id. On a ``shelf`` each of the four is kept while its
    tables stay as they are: who enters a gate leaves the plans of all as they were."""
    approved = projects.filter(approved_on__isnull=False)
    if shelf is None:
        stays = stays_of(approved)
    else:
        stays = of_query("stays", approved, lambda: stays_of(approved), shelf=shelf)
    if streets is not None:
        stays = [row for row in stays if row.street_id in streets]
    return _ledger(stays, shelf)


def _ledger(stays: Sequence[LedgerRow], shelf: Shelf | None = None) -> Ledger:
    ids = frozenset(row.pk for row in stays)

    def part(name: str, read: Callable[[frozenset[int]], Part]) -> Part:
        if shelf is None:
            return read(ids)
        return unchanged((name, ids), lambda: read(ids), shelf=shelf, alone=True)

    return Ledger(
        projects=stays,
        quantities=part("quantities", _quantities),
        plans=part("plans", _plans),
        gates=part("gates", _gates),
    )


def project_facts(*, projects: ProjectQuerySet, on: date) -> Sequence[ProjectFacts]:
    """The facts of the projects of a queryset that are in scope on a day, in its order. Four queries."""
    return read_ledger(projects=projects).on(on)


def own_facts(*, project: Project, on: date) -> Sequence[ProjectFacts]:
    """The facts of one project on a day, in scope or not: what is checked before it is entered, its consent and
    its works, is known all the same. Four queries."""
    return facts_in_or_out(projects=Project.objects.filter(pk=project.pk), on=on)


def facts_in_or_out(*, projects: ProjectQuerySet, on: date) -> Sequence[ProjectFacts]:
    """The same of several projects, each in the street where it is. Four queries."""
    stays = sorted(stays_of(projects), key=lambda row: row.left_on or date.max)
    newest = {row.pk: row for row in stays}
    rows = [row._replace(from_on=date.min, until_on=None) for row in newest.values()]
    return _ledger(rows).on(on)


def _quantities(ids: Collection[int]) -> dict[int, Quantities]:
    sums: dict[int, Quantities] = {}
    rows = Estate.objects.filter(project__among=ids).order_by()
    for pk, buildings, households, area in rows.values_list(
        "project_id", "building_count", "household_count", whole("area_sqm", 100)
    ):
        had = sums.get(pk)
        sums[pk] = (
            (1, buildings, households, area)
            if had is None
            else (had[0] + 1, had[1] + buildings, had[2] + households, had[3] + area)
        )
    return sums


def _plans(ids: Collection[int]) -> dict[int, list[tuple[date, Plan]]]:
    """Approved baselines with their targets, which come as one text a baseline. One query."""
    target = Concat(
        Cast("month_end_on", CharField()), Value(" "), Cast("target_percent", CharField())
    )
    # Asked by baseline: a join would sort the baselines once for every target before joining its text.
    those = MonthlyTarget.objects.filter(baseline=OuterRef("pk")).order_by().values("baseline")
    rows = (
        Baseline.objects.filter(project__among=ids, state=BaselineState.APPROVED)
        .annotate(points=Subquery(those.annotate(points=Joined(target)).values("points")))
        .order_by("project_id", "approved_on", "version")
        .values_list(
            "project_id",
            "approved_on",
            "pk",
            "version",
            "planned_start_on",
            "planned_completion_on",
            "planned_investment_fen",
            whole("area_sqm", 100),
            "points",
        )
    )
    found: defaultdict[int, list[tuple[date, Plan]]] = defaultdict(list)
    for project, approved_on, pk, version, start, completion, investment, area, points in rows:
        if approved_on is None:  # the database forbids it for an approved one
            continue
        plan = made(Plan, (pk, version, start, completion, investment, area, points or ""))
        found[project].append((approved_on, plan))
    return found


@lru_cache(maxsize=20_000)
def _target(text: str) -> Target:
    """``2025-03-31 12.5`` as a day and tenths of a percent."""
    day, percent = text.split(" ")
    return date.fromisoformat(day), int(Decimal(percent) * 10)


@lru_cache(maxsize=20_000)
def _corner(text: str) -> tuple[int, int]:
    """The same with the day as its ordinal."""
    day, tenths = _target(text)
    return day.toordinal(), tenths


def _gates(ids: Collection[int]) -> dict[int, dict[GateKind, GateFacts]]:
    found: defaultdict[int, dict[GateKind, GateFacts]] = defaultdict(dict)
    rows = Gate.objects.filter(project__among=ids).order_by()
    for (
        project_id,
        word,
        planned,
        forecast,
        actual,
        number,
        evidence,
        is_opening,
    ) in rows.values_list(
        "project_id",
        "kind",
        "planned_on",
        "forecast_on",
        "actual_on",
        "document_number",
        "evidence_id",
        "is_opening",
    ):
        kind = _KINDS[word]
        counts = bool(evidence) or is_opening or kind not in EVIDENCE_REQUIRED
        found[project_id][kind] = made(GateFacts, (kind, planned, forecast, actual, number, counts))
    return found


_KINDS = {kind.value: kind for kind in GateKind}


def month_ends(start: date, end: date) -> list[date]:
    """The last days of months from ``start`` to ``end``, both included."""
    found: list[date] = []
    day = start
    while True:
        last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
        if last > end:
            return found
        found.append(last)
        day = last + timedelta(days=1)


def month_end_count(start: date, end: date) -> int:
    """How many there are of ``month_ends``, without listing them."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return max(0, whole + (end.day == calendar.monthrange(end.year, end.month)[1]))


def projects_of(programme_id: int) -> ProjectQuerySet:
    """The projects of one programme in order of street and code."""
    return Project.objects.filter(programme_id=programme_id)
