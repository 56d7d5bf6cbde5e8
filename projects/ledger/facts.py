"""How the ledger stands on a day: plain facts of the projects in scope.

``read_ledger`` reads everything about the projects of a queryset in five queries; ``Ledger.on`` then answers for
any day from memory, so that a curve over a year costs no more queries than a day.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, OuterRef

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
        left, low = self.start_on, Decimal(0)
        right, high = self.completion_on, Decimal(100)
        for end, percent in self.targets:
            if self.start_on < end <= day:
                left, low = end, percent
            elif day < end < self.completion_on:
                right, high = end, percent
                break
        # In tenths of a percent, which targets are whole numbers of: one fraction, made once.
        whole = (right - left).days
        tenths = int(low * 10) * whole + int((high - low) * 10) * (day - left).days
        return Fraction(tenths, 10 * whole)


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
    area_sqm: Decimal
    plan: Plan | None
    gates: Mapping[GateKind, GateFacts]
    feature: str = ""
    is_model: bool = False

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

    def passed(self, kind: GateKind) -> bool:
        """Whether a gate was passed by the day of these facts."""
        return self.passed_on(kind, self.on)

    def claimed(self, kind: GateKind) -> bool:
        """Whether a gate has an actual date by the day but waits for its evidence."""
        gate = self.gates.get(kind)
        return (
            gate is not None
            and not gate.counts
            and gate.actual_on is not None
            and gate.actual_on <= self.on
        )


Quantities = tuple[int, int, int, Decimal]
#: What a project without estates has.
NO_QUANTITIES: Quantities = (0, 0, 0, Decimal(0))


@dataclass(frozen=True)
class Ledger:
    """The rows of projects as they stand now; ``on`` says what they mean for a day.

    ``plans`` holds every approved baseline of a project with its approval date, the earliest first.
    """

    projects: Sequence[Project]
    quantities: Mapping[int, Quantities]
    plans: Mapping[int, Sequence[tuple[date, Plan]]]
    gates: Mapping[int, Mapping[GateKind, GateFacts]]

    def on(self, day: date) -> list[ProjectFacts]:
        """The facts of the projects in scope on a day: approved into the programme on or before it and not
        cancelled on or before it; completed projects stay (MEASURES.md, What is in scope)."""
        return [
            self._facts(project, day)
            for project in self.projects
            if project.approved_on <= day
            and (project.cancelled_on is None or project.cancelled_on > day)
        ]

    def plan_on(self, project_id: int, day: date) -> Plan | None:
        """The baseline in force: the latest approved on or before a day; before the first, the first."""
        plans = self.plans.get(project_id, ())
        in_force = [plan for approved_on, plan in plans if approved_on <= day]
        if in_force:
            return in_force[-1]
        return plans[0][1] if plans else None

    def _facts(self, project: Project, day: date) -> ProjectFacts:
        estates, buildings, households, area = self.quantities.get(project.pk, NO_QUANTITIES)
        return ProjectFacts(
            on=day,
            pk=project.pk,
            code=project.code,
            name=project.name,
            street_id=project.street_id,
            street_code=project.street.code,
            street_name=project.street.short_name,
            programme_year=project.programme.year,
            renovation_type=project.renovation_type,
            estate_count=estates,
            building_count=buildings,
            household_count=households,
            area_sqm=area,
            plan=self.plan_on(project.pk, day),
            gates=self.gates.get(project.pk, {}),
            feature=project.feature,
            is_model=project.is_model and (project.model_on is None or project.model_on <= day),
        )


def read_ledger(*, projects: ProjectQuerySet) -> Ledger:
    """Everything the ledger holds about the projects of a queryset, in its order. Five queries."""
    rows = list(projects.select_related("street", "programme"))
    ids = [project.pk for project in rows]
    return Ledger(projects=rows, quantities=_quantities(ids), plans=_plans(ids), gates=_gates(ids))


def project_facts(*, projects: ProjectQuerySet, on: date) -> list[ProjectFacts]:
    """The facts of the projects of a queryset that are in scope on a day, in its order. Five queries."""
    return read_ledger(projects=projects).on(on)


def _quantities(ids: list[int]) -> dict[int, Quantities]:
    sums: dict[int, Quantities] = {}
    rows = Estate.objects.filter(project_id__in=ids).values_list(
        "project_id", "building_count", "household_count", "area_sqm"
    )
    for pk, buildings, households, area in rows:
        had = sums.get(pk, NO_QUANTITIES)
        sums[pk] = (had[0] + 1, had[1] + buildings, had[2] + households, had[3] + area)
    return sums


def _plans(ids: list[int]) -> dict[int, list[tuple[date, Plan]]]:
    rows = list(
        Baseline.objects.filter(project_id__in=ids, state=BaselineState.APPROVED).order_by(
            "project_id", "approved_on", "version"
        )
    )
    targets: defaultdict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    points = MonthlyTarget.objects.filter(baseline__in=[row.pk for row in rows])
    for pk, end, percent in points.order_by("month_end_on").values_list(
        "baseline_id", "month_end_on", "target_percent"
    ):
        targets[pk].append((end, percent))
    found: defaultdict[int, list[tuple[date, Plan]]] = defaultdict(list)
    for row in rows:
        if row.approved_on is None:  # the database forbids it for an approved one
            continue
        plan = Plan(
            pk=row.pk,
            version=row.version,
            start_on=row.planned_start_on,
            completion_on=row.planned_completion_on,
            investment_fen=row.planned_investment_fen,
            area_sqm=row.area_sqm,
            targets=tuple(targets[row.pk]),
        )
        found[row.project_id].append((row.approved_on, plan))
    return found


def _gates(ids: Iterable[int]) -> dict[int, dict[GateKind, GateFacts]]:
    found: defaultdict[int, dict[GateKind, GateFacts]] = defaultdict(dict)
    for gate in Gate.objects.filter(project_id__in=list(ids)):
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


@dataclass(frozen=True, slots=True)
class LateStart:
    """A project whose planned start has passed and that has no proven start (应开未开)."""

    code: str
    name: str
    planned_start_on: date
    on: date

    @property
    def days(self) -> int:
        """Days since the planned start."""
        return (self.on - self.planned_start_on).days

    @property
    def month_ends(self) -> int:
        """Month ends m with planned start ≤ m ≤ the day (MEASURES.md, 亮灯)."""
        return len(month_ends(self.planned_start_on, self.on))


def late_starts(*, projects: ProjectQuerySet, on: date) -> list[LateStart]:
    """The projects of a queryset that are in scope on a day and should have started, in order of street and
    code, as ``days_without_start`` tells one. One query, and of the plans of those alone that have not begun."""
    begun = (
        Gate.objects.filter(
            project=OuterRef("pk"),
            kind__in=[GateKind.STARTED, GateKind.COMPLETED],
            actual_on__lte=on,
        )
        .exclude(evidence=None, is_opening=False)
        .values("pk")
    )
    waiting = projects.in_scope_on(on).filter(~Exists(begun)).order_by()
    rows = Baseline.objects.filter(
        state=BaselineState.APPROVED, project__in=waiting.values("pk")
    ).order_by("project__street__order", "project__code", "approved_on", "version")
    starts: dict[tuple[str, str], date] = {}
    for code, name, approved_on, start in rows.values_list(
        "project__code", "project__name", "approved_on", "planned_start_on"
    ):
        if (code, name) not in starts or (approved_on is not None and approved_on <= on):
            starts[code, name] = start
    return [LateStart(*project, start, on) for project, start in starts.items() if start < on]


def days_without_start(project: ProjectFacts, day: date) -> int | None:
    """Days since the planned start of a project that has no proven start; None where it is not late."""
    plan = project.plan
    if plan is None or plan.start_on >= day:
        return None
    if project.passed_on(GateKind.STARTED, day) or project.passed_on(GateKind.COMPLETED, day):
        return None
    return (day - plan.start_on).days


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


def projects_of(programme_id: int) -> ProjectQuerySet:
    """The projects of one programme in order of street and code."""
    return Project.objects.filter(programme_id=programme_id)
