"""How the ledger stands on a day: plain facts of the projects in scope, in four queries."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .enums import EVIDENCE_REQUIRED, BaselineState, GateKind
from .models import Baseline, Estate, Gate, MonthlyTarget, Project
from .querysets import ProjectQuerySet

FULL = Fraction(100)


@dataclass(frozen=True, slots=True)
class Plan:
    """A baseline: dates, money in 分, area in ㎡, month ends with cumulative percent in order."""

    pk: int
    version: int
    start_on: date
    completion_on: date
    investment_fen: int
    area_sqm: Decimal
    targets: tuple[tuple[date, Decimal], ...]

    def scheduled_percent(self, day: date) -> Fraction:
        """序时进度: straight lines by calendar day through (planned start, 0), the month ends strictly between,
        and (planned completion, 100); 0 before, 100 after (MEASURES.md, Programme)."""
        if day <= self.start_on:
            return Fraction(0)
        if day >= self.completion_on:
            return FULL
        points = [(self.start_on, Fraction(0))]
        points += [
            (end, Fraction(percent))
            for end, percent in self.targets
            if self.start_on < end < self.completion_on
        ]
        points.append((self.completion_on, FULL))
        for (left, low), (right, high) in itertools.pairwise(points):
            if left <= day <= right:
                return low + (high - low) * Fraction((day - left).days, (right - left).days)
        raise AssertionError("the points cover every day between start and completion")


@dataclass(frozen=True, slots=True)
class GateFacts:
    """A gate: plan, forecast and actual date; ``counts`` is false for a claim without its evidence."""

    kind: GateKind
    planned_on: date | None
    forecast_on: date | None
    actual_on: date | None
    document_number: str
    counts: bool


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project in scope on a day. ``plan`` is the baseline in force, None where there is none."""

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
    area_sqm: Decimal
    plan: Plan | None
    gates: Mapping[GateKind, GateFacts]

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.code

    @property
    def label(self) -> str:
        """The project's name."""
        return self.name

    def passed_on(self, kind: GateKind, day: date) -> bool:
        """Whether a gate was passed on or before a day, with the evidence it requires."""
        gate = self.gates.get(kind)
        return (
            gate is not None
            and gate.counts
            and gate.actual_on is not None
            and gate.actual_on <= day
        )


def project_facts(*, projects: ProjectQuerySet, on: date) -> list[ProjectFacts]:
    """The facts of the projects of a queryset that are in scope on a day, in its order."""
    rows = list(projects.in_scope_on(on).select_related("street", "programme"))
    ids = [project.pk for project in rows]
    quantities = _quantities(ids)
    plans = _plans(ids, on)
    gates = _gates(ids)
    return [
        ProjectFacts(
            pk=project.pk,
            code=project.code,
            name=project.name,
            street_id=project.street_id,
            street_code=project.street.code,
            street_name=project.street.short_name,
            programme_year=project.programme.year,
            renovation_type=project.renovation_type,
            estate_count=quantities[project.pk][0],
            building_count=quantities[project.pk][1],
            household_count=quantities[project.pk][2],
            area_sqm=quantities[project.pk][3],
            plan=plans.get(project.pk),
            gates=gates.get(project.pk, {}),
        )
        for project in rows
    ]


def _quantities(ids: list[int]) -> Mapping[int, tuple[int, int, int, Decimal]]:
    sums: defaultdict[int, tuple[int, int, int, Decimal]] = defaultdict(
        lambda: (0, 0, 0, Decimal(0))
    )
    rows = Estate.objects.filter(project_id__in=ids).values_list(
        "project_id", "building_count", "household_count", "area_sqm"
    )
    for pk, buildings, households, area in rows:
        had = sums[pk]
        sums[pk] = (had[0] + 1, had[1] + buildings, had[2] + households, had[3] + area)
    return sums


def _plans(ids: list[int], on: date) -> dict[int, Plan]:
    """The baseline in force on a day: the latest approved on or before it, else the first."""
    chosen: dict[int, Baseline] = {}
    rows = Baseline.objects.filter(project_id__in=ids, state=BaselineState.APPROVED)
    for row in rows.order_by("project_id", "version"):
        if row.project_id not in chosen or (row.approved_on is not None and row.approved_on <= on):
            chosen[row.project_id] = row
    targets: defaultdict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    points = MonthlyTarget.objects.filter(baseline__in=[row.pk for row in chosen.values()])
    for pk, end, percent in points.order_by("month_end_on").values_list(
        "baseline_id", "month_end_on", "target_percent"
    ):
        targets[pk].append((end, percent))
    return {
        project_id: Plan(
            pk=row.pk,
            version=row.version,
            start_on=row.planned_start_on,
            completion_on=row.planned_completion_on,
            investment_fen=row.planned_investment_fen,
            area_sqm=row.area_sqm,
            targets=tuple(targets[row.pk]),
        )
        for project_id, row in chosen.items()
    }


def _gates(ids: Iterable[int]) -> dict[int, dict[GateKind, GateFacts]]:
    found: defaultdict[int, dict[GateKind, GateFacts]] = defaultdict(dict)
    for gate in Gate.objects.filter(project_id__in=ids):
        kind = GateKind(gate.kind)
        evident = gate.evidence_id is not None or gate.is_opening
        found[gate.project_id][kind] = GateFacts(
            kind=kind,
            planned_on=gate.planned_on,
            forecast_on=gate.forecast_on,
            actual_on=gate.actual_on,
            document_number=gate.document_number,
            counts=evident or kind not in EVIDENCE_REQUIRED,
        )
    return found


def month_ends(start: date, end: date) -> list[date]:
    """The last days of months from ``start`` to ``end``, both included."""
    found: list[date] = []
    day = start
    while True:
        first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = first_of_next - timedelta(days=1)
        if last > end:
            return found
        found.append(last)
        day = first_of_next


def projects_of(programme_id: int) -> ProjectQuerySet:
    """The projects of one programme in order of street and code."""
    return Project.objects.filter(programme_id=programme_id)
