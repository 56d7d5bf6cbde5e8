"""Who reports in a week: the projects of a street, from their entry to their completion, through every street they
were in (MEASURES.md, What is in scope; Returns)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, FilteredRelation, Q, When
from django.db.models.functions import Coalesce

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Programme, Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.holding import held
from renovation.core.periods import Week
from renovation.core.unchanged import OneAgain


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """The weeks in which a project reports for a street, both included; ``last`` is None while none ends it. A
    project that moved has one for each street."""

    project: Project
    street_id: int
    first: Week
    last: Week | None

    def covers(self, week: Week) -> bool:
        """Whether the project reports in a week."""
        return self.first <= week and (self.last is None or week <= self.last)


def reporting_spans(*, bureau: Organisation) -> list[Reporting]:
    """When each project of a bureau reports: from the week of ``reporting_from`` (default: approval of the
    programme) to the week of the gate 完工, while it is in scope on the week's Sunday (MEASURES.md, What is
    in scope). Projects of earlier programmes are in it. Two queries.

    The gate counts with its evidence, or as an opening entry.
    """
    projects = Project.objects.filter(programme__bureau=bureau)
    return spans_of(
        projects=projects.select_related("programme", "street").order_by("street__order", "code")
    )


def spans_of(*, projects: ProjectQuerySet) -> list[Reporting]:
    """The same for the projects of a queryset that selects their programmes, in its order. Two queries."""
    rows: Any = projects.filter(approved_on__isnull=False).annotate(
        left_on=F("former_streets__until_on"), left_id=F("former_streets__street_id")
    )
    found: dict[int, tuple[Project, list[tuple[date, int]]]] = {}
    for row in rows:  # once for each street that a project left
        _, left = found.setdefault(row.pk, (row, []))
        if row.left_on is not None:
            left.append((row.left_on, row.left_id))
    gates = Gate.objects.filter(project__in=list(found))
    completed = dict(
        gates.filter(kind=GateKind.COMPLETED, actual_on__isnull=False)
        .exclude(evidence=None, is_opening=False)
        .values_list("project_id", "actual_on")
    )
    return [
        Reporting(project=project, street_id=street, first=first, last=last)
        for project, left in found.values()
        for street, first, last in _stays(
            project.street_id,
            left,
            _bounds(
                project.entered_on,
                project.reporting_from or project.programme.approved_on,
                completed.get(project.pk),
                project.cancelled_on,
            ),
        )
    ]


class ReportingProject(NamedTuple):
    """A project that reports, as much of it as a return has to know."""

    pk: int
    code: str
    name: str
    street_id: int


def reporting_in(
    *, street: Organisation, bureau: Organisation, week: Week
) -> list[ReportingProject]:
    """The projects of one street that report in a week, in the order of their codes. One query, of the street
    alone: a street's workbook must not pay for the district's."""
    projects = Project.objects.filter(programme__bureau=bureau).ever_of_street(street.pk)
    rows = _with_days(projects).order_by("code")
    found: dict[int, tuple[ReportingProject, _Days, list[tuple[date, int]]]] = {}
    for *said, entered, begins, completed, cancelled, left_on, left_id in rows.values_list(
        *ReportingProject._fields, *_DAYS, *_LEFT
    ):  # once for each street that a project left
        project = ReportingProject(*said)
        _, _, left = found.setdefault(
            project.pk, (project, (entered, begins, completed, cancelled), [])
        )
        if left_on is not None:
            left.append((left_on, left_id))
    bounds = cache(_bounds)  # most projects of a programme share their days
    return [
        project
        for project, days, left in found.values()
        for stay, first, last in _stays(project.street_id, left, bounds(*days))
        if stay == street.pk and first <= week and (last is None or week <= last)
    ]


#: What bounds a project's weeks, as `_with_days` gives it and `_bounds` takes it.
_Days = tuple[date, date, date | None, date | None]
_DAYS = ("approved_on", "begins", "completed__actual_on", "cancelled_on")
#: The street that a project left, and from which day on: a row for each, one of nothing where there is none.
_LEFT = ("former_streets__until_on", "former_streets__street_id")


def _with_days(projects: ProjectQuerySet) -> Any:
    """The entered ones of some projects, with the days that bound their weeks."""
    gates = Q(gates__kind=GateKind.COMPLETED, gates__actual_on__isnull=False)
    counts = Q(gates__evidence__isnull=False) | Q(gates__is_opening=True)
    return projects.filter(approved_on__isnull=False).annotate(
        begins=Coalesce("reporting_from", "programme__approved_on"),
        completed=FilteredRelation("gates", condition=gates & counts),
    )


def _bounds(
    approved_on: date, begins: date, completed_on: date | None, cancelled_on: date | None
) -> tuple[Week, Week | None]:
    """The first and last week in which a project reports; the last is None while none ends it."""
    ends = []
    if completed_on is not None:
        ends.append(Week.of(completed_on))
    if cancelled_on is not None:
        ends.append(Week.of(cancelled_on).previous())
    return Week.of(max(approved_on, begins)), min(ends) if ends else None


def _stays(
    street: int, left: Iterable[tuple[date, int]], bounds: tuple[Week, Week | None]
) -> Iterator[tuple[int, Week, Week | None]]:
    """(street, first week, last week) of a project in each street that has a week of it: ``left`` are the
    Mondays on which it left a street."""
    first, last = bounds
    for until_on, former in sorted(left):
        gone = Week.of(until_on)
        if first < gone and (last is None or first <= last):
            yield former, first, gone.previous() if last is None else min(last, gone.previous())
        first = max(first, gone)
    if last is None or first <= last or not left:
        yield street, first, last


@dataclass(frozen=True, slots=True)
class ReportingGroup:
    """So many projects of a street and a programme's year that report in the same weeks, both included."""

    street_id: int
    first: Week
    last: Week | None
    count: int
    year: int

    def holds(self, week: Week) -> bool:
        """Whether they report in a week."""
        return self.first <= week and (self.last is None or week <= self.last)


def reporting_groups(*, bureau: Organisation) -> list[ReportingGroup]:
    """``reporting_spans`` counted by street and span: who reports in a week without a row per project. One
    query, held by a reading request."""
    projects = Project.objects.filter(programme__bureau=bureau)
    return held(("reporting", bureau.pk), lambda: _reporting_groups(projects))


def is_reporting(*, street: Organisation, bureau: Organisation, week: Week) -> bool:
    """Whether a street has a project that reports in a week. One query, of the street alone."""
    projects = Project.objects.filter(programme__bureau=bureau).ever_of_street(street.pk)
    return any(
        group.street_id == street.pk and group.holds(week) for group in _reporting_groups(projects)
    )


def last_reporting_week(*, programme: Programme) -> Week | None:
    """The last week in which a project of a programme reports; None while one goes on, or where none ever did.
    One query."""
    lasts = [group.last for group in _reporting_groups(Project.objects.filter(programme=programme))]
    known = [last for last in lasts if last is not None]
    return max(known, default=None) if len(known) == len(lasts) else None


def _reporting_groups(projects: ProjectQuerySet) -> list[ReportingGroup]:
    rows = (
        _with_days(projects)
        .annotate(moved=Case(When(former_streets__isnull=False, then=F("pk"))))
        .order_by()
        .values_list("moved", "street_id", "programme__year", *_DAYS, *_LEFT)
        .annotate(count=Count("pk"))
    )
    found: list[ReportingGroup] = []
    moved: dict[int, tuple[int, int, tuple[Week, Week | None], list[tuple[date, int]]]] = {}
    for pk, street, year, *days, left_on, left_id, count in rows:
        if pk is None:
            found.append(ReportingGroup(street, *_bounds(*days), count, year))
        else:
            moved.setdefault(pk, (street, year, _bounds(*days), []))[3].append((left_on, left_id))
    for street, year, bounds, left in moved.values():
        found += [ReportingGroup(*stay, 1, year) for stay in _stays(street, left, bounds)]
    return found


def carried_counts(
    *, groups: Iterable[ReportingGroup], street: Organisation, week: Week
) -> dict[int, int]:
    """How many projects of earlier years' programmes a street reports in a week, by year, the newest first."""
    counts: dict[int, int] = {}
    for group in sorted(groups, key=lambda each: -each.year):
        if group.street_id == street.pk and group.year < week.end.year and group.holds(week):
            counts[group.year] = counts.get(group.year, 0) + group.count
    return counts


def reporting_counts(
    *, groups: Iterable[ReportingGroup], weeks: Iterable[Week]
) -> Mapping[Week, Mapping[int, int]]:
    """How many projects report in each week, by street id; a street without any is not in it. Nobody may change it."""
    told = tuple(weeks)
    return _COUNTS(told, tuple(groups), lambda groups: _counted(groups, told))


#: A page asks for the weeks of a year twice, for two days, and the next one asks again.
_COUNTS: OneAgain[tuple[ReportingGroup, ...], Mapping[Week, Mapping[int, int]]] = OneAgain(16)


def _counted(
    groups: Iterable[ReportingGroup], weeks: Iterable[Week]
) -> Mapping[Week, Mapping[int, int]]:
    every = [
        (
            group.street_id,
            group.first.start,
            group.last.start if group.last else date.max,
            group.count,
        )
        for group in groups
    ]
    found: dict[Week, dict[int, int]] = {}
    for week in weeks:
        counts: dict[int, int] = {}
        monday = week.start
        for street, first, last, count in every:
            if first <= monday <= last:
                counts[street] = counts.get(street, 0) + count
        found[week] = counts
    return found


def reporting_streets(*, bureau: Organisation) -> list[Organisation]:
    """The streets that ever had a project of a bureau, in their order. One query, held by a reading request."""

    def read() -> list[Organisation]:
        projects = Project.objects.filter(programme__bureau=bureau, approved_on__isnull=False)
        rows = Organisation.objects.without_tree_fields().filter(
            Q(pk__in=projects.values("street"))
            | Q(
                pk__in=projects.filter(former_streets__isnull=False).values(
                    "former_streets__street"
                )
            )
        )
        return list(rows.order_by("order", "code"))

    return held(("reporting streets", bureau.pk), read)


def reporting_projects(*, bureau: Organisation, week: Week) -> dict[int, list[Project]]:
    """The projects that report in a week, by street id, in the order of streets and codes."""
    return by_street(spans=reporting_spans(bureau=bureau), week=week)


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """A project of another programme that reports in a week, and the street it reports for in it."""

    project: Project
    street: Organisation


def carried_over(
    *, programme: Programme, week: Week, scope: Scope | None = None
) -> list[CarriedOver]:
    """The projects of the bureau's other programmes that report in a week: carry-over projects of earlier
    years, and what a coming year's programme begins early (MEASURES.md, What is in scope).

    The newest programme first, then by the street of that week and code; ``scope`` narrows to what counts for
    it: of its streets those that reported for them in that week. Two queries, a third where one has moved.
    """
    rows = Project.objects.filter(programme__bureau=programme.bureau).exclude(programme=programme)
    if scope is not None:
        rows = rows.counted_for(scope)
    spans = [
        span
        for span in spans_of(projects=rows.select_related("programme", "street"))
        if span.covers(week)
        and (scope is None or scope.party_ids or span.street_id in scope.organisation_ids)
    ]
    streets = {span.project.street_id: span.project.street for span in spans}
    if left := {span.street_id for span in spans} - streets.keys():
        streets.update(Organisation.objects.without_tree_fields().in_bulk(left))
    found = [CarriedOver(span.project, streets[span.street_id]) for span in spans]
    return sorted(
        found,
        key=lambda each: (-each.project.programme.year, each.street.order, each.project.code),
    )


def by_street(*, spans: Iterable[Reporting], week: Week) -> dict[int, list[Project]]:
    """The projects of spans that report in a week, by street id."""
    found: dict[int, list[Project]] = {}
    for span in spans:
        if span.covers(week):
            found.setdefault(span.street_id, []).append(span.project)
    return found
