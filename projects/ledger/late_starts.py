"""Projects whose planned start has passed and that have no proven start (应开未开)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from .enums import BaselineState, GateKind
from .facts import ProjectFacts, month_end_count
from .models import Baseline, Gate
from .querysets import ProjectQuerySet


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
        return month_end_count(self.planned_start_on, self.on)


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
