"""What the rows of a roster are compared with: the programme, its projects, estates and plans, in a constant
number of queries; and the rows brought together by project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, prefetch_related_objects

from projects.ledger.baselining import BaselineValues, values_of
from projects.ledger.enrolment import entries_waiting
from projects.ledger.enums import BaselineState, RenovationType
from projects.ledger.models import Baseline, Estate, Programme, Project
from projects.ledger.parameters import (
    AREA_PER_HOUSEHOLD,
    HOUSEHOLDS_PER_BUILDING,
    INVESTMENT_PER_SQM,
)
from projects.ledger.programmes import Quantities, of_row
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.measures import wanyuan_from_fen
from renovation.core.reading import fen_from_wanyuan
from renovation.core.tuples import made
from renovation.intake.pipelines import Column, Row, Target, Value
from renovation.records.services import values_in_force

from .columns import PLAN_FIELDS, PROJECT_FIELDS

_OF_PROJECT = frozenset(PROJECT_FIELDS)
TYPES = {str(kind.label): kind for kind in RenovationType}


@dataclass(frozen=True)
class Known:
    """A project of the programme with its estates by name, and the latest version of its plan, a draft
    included. ``proposed_on`` is the day on which it is to be entered, while that waits for approval."""

    project: Project
    estates: Mapping[str, Estate]
    plan: Baseline | None
    proposed_on: date | None = None

    @property
    def is_settled(self) -> bool:
        """Whether its street and the day of its entry are a matter of an approved change."""
        return self.project.is_entered or self.proposed_on is not None

    @property
    def has_draft(self) -> bool:
        """Whether a plan waits for approval."""
        return self.plan is not None and self.plan.state == BaselineState.DRAFT


@dataclass(frozen=True)
class Ranges:
    """Between what a figure is believed without a word (DOMAIN.md §10): ㎡ a household, households a
    building, 元 a ㎡; each lowest and highest."""

    area: tuple[Decimal, Decimal]
    households: tuple[Decimal, Decimal]
    investment: tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Roster:
    """What the rows are judged by. ``elsewhere`` says of codes of the file outside the programme where they stand;
    ``plan_codes`` and ``budget_codes`` give the project that has them; ``leads`` are the keys of the rows
    that speak for their project."""

    programme: Programme | None
    streets: Mapping[str, Organisation]
    communities: Mapping[tuple[int, str], Organisation]
    projects: Mapping[str, Known]
    elsewhere: Mapping[str, str]
    plan_codes: Mapping[str, str]
    budget_codes: Mapping[str, str]
    official: Mapping[int, Quantities]
    ranges: Ranges
    leads: frozenset[str]
    row_count: int
    on: date
    estates: Mapping[int, tuple[str, Estate]] = field(default_factory=dict)

    @property
    def street_names(self) -> list[str]:
        """The short names, each once, in their order."""
        return list(dict.fromkeys(street.short_name for street in self.streets.values()))

    def estate_of(self, row: Row) -> Estate | None:
        """The estate that a row means: by its number in the ledger, else by project and name."""
        code = str(row.values.get("code", ""))
        number = row.values.get("ledger_number")
        if isinstance(number, int) and number in self.estates:
            owner, estate = self.estates[number]
            return estate if owner == code else None
        known = self.projects.get(code)
        return known.estates.get(str(row.values.get("estate", ""))) if known else None


def load(target: Target, keys: Sequence[str], now: datetime) -> Roster:
    """Programme, streets and communities, projects with estates and plans, codes and totals: fourteen queries
    at most, however many rows."""
    bureau = target.organisation
    programme = Programme.objects.filter(bureau=bureau, year=int(target.period_key)).first()
    streets: dict[str, Organisation] = {}
    for street in Organisation.objects.filter(parent=bureau, kind=OrganisationKind.STREET).order_by(
        "order"
    ):
        streets[street.short_name] = street
        streets[street.name] = street
    communities = {
        (each.parent_id, name): each
        for each in Organisation.objects.filter(
            parent__parent=bureau, kind=OrganisationKind.COMMUNITY
        )
        if each.parent_id is not None
        for name in (each.short_name, each.name)
    }
    projects = known_projects(Project.objects.filter(programme=programme))
    prefetch_related_objects(
        [known.plan for known in projects.values() if known.plan is not None], "targets", "nodes"
    )
    leads: dict[str, str] = {}
    for key in keys:
        leads.setdefault(key.partition("　")[0], key)
    elsewhere, plan_codes, budget_codes = {}, {}, {}
    # Whose are the codes of the file, and all that have a code of the plan or the budget.
    concerned = Q(code__among=list(leads)) | Q(plan_code__gt="") | Q(budget_code__gt="")
    for code, plan_code, budget_code, owner, year in Project.objects.filter(concerned).values_list(
        "code", "plan_code", "budget_code", "programme__bureau_id", "programme__year"
    ):
        if code not in projects:
            elsewhere[code] = f"{year} 年度的计划" if owner == bureau.pk else "别的区局"
        if plan_code:
            plan_codes[plan_code] = code
        if budget_code:
            budget_codes[budget_code] = code
    values = values_in_force(organisation=bureau, on=local_day(now))
    return Roster(
        programme=programme,
        streets=streets,
        communities=communities,
        projects=projects,
        elsewhere=elsewhere,
        plan_codes=plan_codes,
        budget_codes=budget_codes,
        official={
            total.street_id: of_row(total)
            for total in (programme.totals.all() if programme else ())
        },
        ranges=Ranges(
            values[AREA_PER_HOUSEHOLD.key],
            values[HOUSEHOLDS_PER_BUILDING.key],
            values[INVESTMENT_PER_SQM.key],
        ),
        leads=frozenset(leads.values()),
        row_count=len(set(keys)),
        on=local_day(now),
        estates={
            estate.pk: (code, estate)
            for code, known in projects.items()
            for estate in known.estates.values()
        },
    )


def known_projects(projects: ProjectQuerySet) -> dict[str, Known]:
    """Projects by code, in the order of streets and codes, with estates, latest plans and the entries that
    wait. Four queries."""
    plans: dict[int, Baseline] = {}
    for plan in Baseline.objects.filter(project__in=projects).order_by("version"):
        plans[plan.project_id] = plan
    estates: dict[int, dict[str, Estate]] = {}
    for estate in (
        Estate.objects.filter(project__in=projects).select_related("community").order_by("pk")
    ):
        estates.setdefault(estate.project_id, {})[estate.name] = estate
    proposed = dict(entries_waiting(projects=projects).values_list("project_id", "effective_on"))
    rows = projects.select_related("street").order_by("street__order", "code")
    return {
        project.code: Known(
            project,
            estates.get(project.pk, {}),
            plans.get(project.pk),
            proposed.get(project.pk),
        )
        for project in rows
    }


def key_of(values: Mapping[str, Value]) -> str:
    """A row is named by its project and estate, by the estate's number where the portal had given it."""
    number = values.get("ledger_number")
    name = f"#{number}" if isinstance(number, int) else str(values.get("estate") or "")
    return f"{values.get('code', '')}　{name}".strip("　")


def present_values(known: Known, estate: Estate | None) -> dict[str, Value]:
    """What the ledger says now, in the words of the columns; None for what it does not know."""
    project, plan = known.project, known.plan
    found: dict[str, Value] = {
        "street": project.street.short_name,
        "code": project.code,
        "name": project.name,
        "renovation_type": str(project.get_renovation_type_display()),
        "approved_on": project.approved_on or known.proposed_on,
        "planned_investment": _wanyuan(plan.planned_investment_fen) if plan else None,
        "planned_start_on": plan.planned_start_on if plan else None,
        "planned_completion_on": plan.planned_completion_on if plan else None,
        "plan_code": project.plan_code,
        "budget_code": project.budget_code,
        "note": project.note or None,
    }
    if estate is not None:
        found |= {
            "community": estate.community.short_name if estate.community else None,
            "estate": estate.name,
            "address": estate.address or None,
            "year_built": estate.year_built,
            "building_count": estate.building_count,
            "household_count": estate.household_count,
            "area_sqm": estate.area_sqm,
            "ledger_number": estate.pk,
        }
    return found


def _wanyuan(fen: int) -> Decimal:
    amount = wanyuan_from_fen(fen)
    return Decimal(amount.numerator) / Decimal(amount.denominator)


class Said(NamedTuple):
    """A value of a project and the row that said it first."""

    value: Value
    row: Row


@dataclass(frozen=True)
class Group:
    """The rows of one project: what they say of it, each thing once, and where later rows say otherwise
    (field, row)."""

    code: str
    rows: tuple[Row, ...]
    said: Mapping[str, Said]
    conflicts: tuple[tuple[str, Row], ...]

    def value(self, name: str) -> Value:
        """What was said, None for nothing."""
        said = self.said.get(name)
        return said.value if said else None

    def row_of(self, name: str) -> Row:
        """The row that said it, the first one where none did."""
        said = self.said.get(name)
        return said.row if said else self.rows[0]

    def is_unread(self, name: str) -> bool:
        """Whether a cell of it could not be read, which is said where it stands."""
        return any(name in row.faulty for row in self.rows)


def groups_of(rows: Iterable[Row]) -> list[Group]:
    """The rows by project code, in the order of the workbook; rows without a code are left out."""
    members: dict[str, list[Row]] = {}
    for row in rows:
        code = str(row.values.get("code") or "")
        if code:
            members.setdefault(code, []).append(row)
    found = []
    for code, mine in members.items():
        said: dict[str, Said] = {}
        conflicts: list[tuple[str, Row]] = []
        for row in mine:
            for name, value in row.values.items():
                if value is None or value == "" or name not in _OF_PROJECT:
                    continue
                first = said.get(name)
                if first is None:
                    said[name] = made(Said, (value, row))
                elif first.value != value:
                    conflicts.append((name, row))
        found.append(Group(code, tuple(mine), said, tuple(conflicts)))
    return found


def plan_values(
    group: Group, known: Known | None
) -> tuple[Decimal | None, date | None, date | None]:
    """Investment in 万元, start and completion after the import: what the file says, else the latest plan."""
    said = group.said
    found = [said[name].value if name in said else None for name in PLAN_FIELDS]
    if known is not None and None in found:
        present = present_values(known, None)
        found = [
            present[name] if value is None else value
            for name, value in zip(PLAN_FIELDS, found, strict=True)
        ]
    return found[0], found[1], found[2]  # type: ignore[return-value]


def plan_changes(group: Group, known: Known | None) -> bool:
    """Whether the file says another plan than the latest one, or a first one."""
    if known is None or known.plan is None:
        return all(value is not None for value in plan_values(group, known))
    return bool(changed_of_plan(group, known))


def changed_of_plan(group: Group, known: Known | None) -> list[str]:
    """The fields of the plan that the file says otherwise than the latest one; those of a first plan."""
    present = present_values(known, None) if known else {}
    return [name for name in PLAN_FIELDS if group.value(name) not in (None, present.get(name))]


def plan_of(group: Group, known: Known | None) -> BaselineValues | None:
    """The plan after the import: the latest one, with what the file says in its place and without the targets
    that no longer lie between its dates. A first plan has no targets, and no area yet. None where investment,
    start or completion is not known."""
    investment, start, completion = plan_values(group, known)
    if investment is None or start is None or completion is None:
        return None
    older = (
        values_of(baseline=known.plan)
        if known is not None and known.plan is not None
        else BaselineValues(start, completion, 0, Decimal(0), targets={}, tasks={})
    )
    kept = [month for month in older.targets if start < month.end < completion]
    return replace(
        older,
        planned_start_on=start,
        planned_completion_on=completion,
        planned_investment_fen=fen_from_wanyuan(investment),
        targets={month: older.targets[month] for month in kept},
        tasks={month: older.tasks[month] for month in kept},
        work_kinds={month: older.work_kinds[month] for month in kept if month in older.work_kinds},
    )


def text_of(row: Row, column: Column) -> str:
    """The text of a cell, "" for none."""
    return str(row.values.get(column.field) or "")


def whole_of(row: Row, column: Column) -> int | None:
    """The whole number of a cell."""
    value = row.values.get(column.field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def area_of(row: Row) -> Decimal | None:
    """The area of a row in ㎡."""
    value = row.values.get("area_sqm")
    return value if isinstance(value, Decimal) else None
