"""What a return is compared with: the street's reporting projects, their plans, gates and earlier figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q

from projects.funding.facts import received_by
from projects.ledger.dossier.reuse import reused_files
from projects.ledger.enums import EVIDENCE_REQUIRED, ChangeKind, ChangeState, GateKind, WorkKind
from projects.ledger.models import (
    Baseline,
    Estate,
    FormerStreet,
    Gate,
    Project,
    ProjectChange,
    RestWindow,
)
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.core.wording import chinese_date, join
from renovation.records.services import values_in_force

from .earlier import Last, figures_before
from .parameters import COMPLETED_SHARE, JUMP_POINTS, USUAL_FACTOR, USUAL_WEEKS
from .reporting import ReportingProject, reporting_in
from .rule_waivers.holding import HoldingWaiver, rule_waivers_at
from .usual import Step
from .weeks import bureau_of
from .written import WrittenRow


class ProjectContext(NamedTuple):
    """A reporting project as the checks see it. Gates are those that count (with evidence)."""

    project_id: int
    code: str
    name: str
    estates: str
    planned_start_on: date | None
    planned_completion_on: date | None
    planned_investment_fen: int | None
    started_on: date | None
    completed_on: date | None
    last: Last | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What holds for all rows of a return; ``rule_waivers`` are those in force, those of one project first; ``received`` is the
    money received by the week's Sunday by project id, of those whose money is in the ledger; ``rest`` the 停工期 that
    covers the whole week, "" where none does; ``reused`` the other projects that hold a photograph or an evidence of
    a project as their own, and ``namesakes`` the projects of the same name in other streets (name, street), by its
    id."""

    week: Week
    jump_points: Decimal
    rule_waivers: tuple[HoldingWaiver, ...] = ()
    received: Mapping[int, int] = field(default_factory=dict)
    rest: str = ""
    completed_share: Decimal = COMPLETED_SHARE.default
    usual_weeks: int = USUAL_WEEKS.default
    usual_factor: Decimal = USUAL_FACTOR.default
    reused: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    namesakes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def rule_waiver_of(self, rule: str, project_id: int) -> HoldingWaiver | None:
        """The waiver that spares a project a rule: its own before that of its street."""
        for each in self.rule_waivers:
            if each.rule == rule and each.project_id in {None, project_id}:
                return each
        return None

    def since(self, last: Last) -> str:
        """一周, or since which week where the earlier figure is older."""
        return "一周" if last.week == self.week.previous() else f"自第{last.week.number}周以来"


class _Plan(NamedTuple):
    planned_start_on: date
    planned_completion_on: date
    planned_investment_fen: int


#: How many projects whose “上周” is another week are named.
_MOST_NAMED = 3


@dataclass(frozen=True)
class LastWeeks:
    """Which week “上周” is: ``week`` of the most rows, the newest of them; ``others`` are the rows of which it is
    another week, by their name, as of a project that moved here after that week; ``pending_count`` counts the
    figures that are not approved."""

    week: Week
    others: Mapping[str, Week]
    pending_count: int

    @property
    def others_text(self) -> str:
        """文昌园小区取第46周；松龄小区等 5 个项目取第44周; "" where it is one week for all."""
        names: dict[Week, list[str]] = {}
        for name, week in self.others.items():
            names.setdefault(week, []).append(name)
        return "；".join(
            f"{join(found[:_MOST_NAMED])}"
            f"{f'等 {len(found)} 个项目' if len(found) > _MOST_NAMED else ''}取第{week.number}周"
            for week, found in sorted(names.items(), reverse=True)
        )


@dataclass(frozen=True)
class Elsewhere:
    """A known project that does not report here: its street, whether that is this street, and why it does not where
    an approved change says so (``取消``, ``移交``)."""

    name: str
    street: str
    is_ours: bool
    why: str = ""


@dataclass(frozen=True)
class WeekContext:
    """A street and a week with its projects by code, and what is known of the other codes in a file; ``bureau`` is the
    street's; ``written`` what its open return says already by project id, where a file is read for it."""

    street: Organisation
    terms: Terms
    projects: Mapping[str, ProjectContext]
    elsewhere: Mapping[str, Elsewhere]
    bureau: Organisation
    written: Mapping[int, WrittenRow] = field(default_factory=dict)

    @property
    def last_weeks(self) -> LastWeeks | None:
        """Which week “上周” is in each row; None where nothing was reported before."""
        lasts = {row.name: row.last for row in self.projects.values() if row.last is not None}
        if not lasts:
            return None
        counts = Counter(last.week for last in lasts.values())
        main = max(counts, key=lambda week: (counts[week], week))
        return LastWeeks(
            week=main,
            others={name: last.week for name, last in lasts.items() if last.week != main},
            pending_count=sum(not last.is_approved for last in lasts.values()),
        )


def load_context(
    *,
    street: Organisation,
    week: Week,
    codes: Iterable[str] = (),
    moment: datetime | None = None,
    only: Collection[int] | None = None,
    at: datetime | None = None,
) -> WeekContext:
    """Load what a street's return of a week is compared with, in a constant number of queries.

    ``codes`` are those that stand in a file; the ones that do not report here are looked up. ``moment`` is that at
    which the rows are judged: the waivers are those in force then, none are looked up where nothing is judged.
    ``only`` narrows to some projects (ids): a cell that is saved need not read the year of the whole street.
    ``at`` is the moment at which the earlier figures are looked at, now where none is given.
    """
    bureau = bureau_of(street)
    found = reporting_in(street=street, bureau=bureau, week=week)
    if only is None:
        among = _of_streets(found)
    else:
        found = [project for project in found if project.pk in only]
        among = Project.objects.filter(pk__in=[project.pk for project in found])
    contexts = contexts_of(projects=found, week=week, among=among, at=at)
    strange = set(codes) - contexts.keys()
    values = values_in_force(organisation=street, on=week.end)
    judged = moment is not None
    return WeekContext(
        street,
        Terms(
            week,
            values[JUMP_POINTS.key],
            rule_waivers_at(street=street, moment=moment) if moment is not None else (),
            received_by(among=among, day=week.end) if judged else {},
            _rest(bureau, week) if judged else "",
            values[COMPLETED_SHARE.key],
            values[USUAL_WEEKS.key],
            values[USUAL_FACTOR.key],
            reused_files(among=among) if judged else {},
            _namesakes(found, bureau, week) if judged else {},
        ),
        contexts,
        _elsewhere(strange, street, bureau, week) if strange else {},
        bureau,
    )


def contexts_of(
    *,
    projects: Iterable[Project | ReportingProject],
    week: Week,
    among: ProjectQuerySet | None = None,
    at: datetime | None = None,
) -> dict[str, ProjectContext]:
    """The contexts of projects at a week, by code, in the given order. Four queries. ``among`` is a query of them or of
    more, that of their streets where none is given; ``at`` as of ``load_context``."""
    rows = list(projects)
    if among is None:
        among = _of_streets(rows)
    plans = _plans(among, week.end)
    gates = _gates(among)
    lasts, steps = figures_before(among=among, week=week, at=at)
    estates: dict[int, list[str]] = {}
    for project_id, name in (
        Estate.objects.filter(project__in=among).order_by("pk").values_list("project_id", "name")
    ):
        estates.setdefault(project_id, []).append(name)
    contexts = {}
    for project in rows:
        plan = plans.get(project.pk)
        contexts[project.code] = ProjectContext(
            project_id=project.pk,
            code=project.code,
            name=project.name,
            estates=join(estates.get(project.pk, [])),
            planned_start_on=plan.planned_start_on if plan else None,
            planned_completion_on=plan.planned_completion_on if plan else None,
            planned_investment_fen=plan.planned_investment_fen if plan else None,
            started_on=gates.get((project.pk, GateKind.STARTED)),
            completed_on=gates.get((project.pk, GateKind.COMPLETED)),
            last=lasts.get(project.pk),
            steps=steps.get(project.pk, ()),
        )
    return contexts


def _of_streets(projects: Iterable[Project | ReportingProject]) -> ProjectQuerySet:
    """The projects of their streets: thousands of keys in a statement cost more than the rows of a few others."""
    streets = {project.street_id for project in projects}
    return Project.objects.filter(street_id__in=streets)


def _plans(among: ProjectQuerySet, day: date) -> dict[int, _Plan]:
    """The baseline in force on a day: the latest approved by then, before the first the first."""
    found: dict[int, _Plan] = {}
    rows = (
        Baseline.objects.approved()
        .filter(project__in=among)
        .order_by("project_id", "approved_on", "version")
        .values_list(
            "project_id",
            "approved_on",
            "planned_start_on",
            "planned_completion_on",
            "planned_investment_fen",
        )
    )
    for project_id, approved_on, start, completion, investment in rows:
        if project_id not in found or (approved_on is not None and approved_on <= day):
            found[project_id] = _Plan(start, completion, investment)
    return found


def _gates(among: ProjectQuerySet) -> dict[tuple[int, str], date]:
    rows = Gate.objects.filter(
        project__in=among, kind__in=EVIDENCE_REQUIRED, actual_on__isnull=False
    ).exclude(evidence=None, is_opening=False)
    return {
        (project_id, kind): day
        for project_id, kind, day in rows.values_list("project_id", "kind", "actual_on")
        if day is not None
    }


def _rest(bureau: Organisation, week: Week) -> str:
    """冬季（12月1日—2月28日，…）: the window that covers a whole week in which everything outdoors rests. One query."""
    rows = RestWindow.objects.filter(
        bureau=bureau, work_kind=WorkKind.ALL, from_on__lte=week.start, to_on__gte=week.end
    )
    row = rows.first()
    if row is None:
        return ""
    days = f"{chinese_date(row.from_on)}至{chinese_date(row.to_on)}"
    return f"{row.get_cause_display()}，{days}"


def _namesakes(
    projects: Sequence[ReportingProject], bureau: Organisation, week: Week
) -> dict[int, tuple[str, ...]]:
    """Project → 般阳路街道的 ZC2025-01, … of those in another street that bear its name and are in scope. One query."""
    streets = {project.street_id for project in projects}
    bearing = Project.objects.filter(
        Q(cancelled_on=None) | Q(cancelled_on__gt=week.end),
        programme__bureau=bureau,
        approved_on__lte=week.end,
        # As one value: before the tables were analysed a subquery is compared row by row.
        name__among=sorted({project.name for project in projects}),
    )
    if len(streets) == 1:
        bearing = bearing.exclude(street_id__in=streets)
    rows = bearing.order_by("street__order", "code").values_list(
        "name", "street_id", "street__short_name", "code"
    )
    by_name: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for name, street_id, street, code in rows:
        by_name[name].append((street_id, f"{street}的 {code}"))
    return {
        project.pk: others
        for project in projects
        if (
            others := tuple(
                said
                for street_id, said in by_name.get(project.name, ())
                if street_id != project.street_id
            )
        )
    }


def _elsewhere(
    codes: set[str], street: Organisation, bureau: Organisation, week: Week
) -> dict[str, Elsewhere]:
    """Projects of the bureau under these codes. Three queries."""
    rows = list(
        Project.objects.filter(code__in=codes, programme__bureau=bureau).select_related("street")
    )
    left: dict[int, list[FormerStreet]] = {}
    for stay in (
        FormerStreet.objects.filter(project__in=rows).select_related("street").order_by("until_on")
    ):
        left.setdefault(stay.project_id, []).append(stay)
    cancelling = ProjectChange.objects.filter(
        project__in=rows, kind=ChangeKind.CANCEL, state=ChangeState.APPROVED
    ).order_by("decided_at", "pk")
    numbers = {each.project_id: each.document_number for each in cancelling}
    return {
        row.code: Elsewhere(
            row.name,
            row.street.short_name,
            row.street_id == street.pk,
            _why(row, street, week, left.get(row.pk, []), numbers.get(row.pk, "")),
        )
        for row in rows
    }


def _why(
    project: Project, street: Organisation, week: Week, left: list[FormerStreet], number: str
) -> str:
    """``left`` are all streets that it left, in order: it may have gone on from the one to which it came from here."""
    past = [each for each in left if each.until_on <= week.start]
    then = left[len(past)].street if len(past) < len(left) else project.street
    if then.pk != street.pk:
        if all(each.street_id != street.pk for each in past):
            return ""
        return f"已调至{then.short_name}，自{chinese_date(past[-1].until_on)}起由该街道报送"
    if project.approved_on is None:
        return "还没有批准列入计划，不用报送"
    if project.cancelled_on is None or project.cancelled_on > week.end:
        return ""
    said = "，".join(part for part in (number, f"自{chinese_date(project.cancelled_on)}起") if part)
    return f"已取消（{said}），不再报送"
