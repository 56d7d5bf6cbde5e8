"""Compile the weekly dispatch sheet: facts of the ledger, figures, and what the week's returns say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from projects.ledger.enums import GateKind, RenovationType
from projects.ledger.facts import ProjectFacts, read_ledger
from projects.ledger.models import Programme, Project
from renovation.accounts.models import Organisation, named
from renovation.core.calendar import SHANGHAI
from renovation.core.measures import Approval, Measure, change
from renovation.core.periods import DAY, Week
from reports.figures.services import DISTRICT, PROJECT, STREET, Facts, at, load
from supervision.weekly.enums import APPROVED_STATES, PENDING_STATES
from supervision.weekly.facts import Report
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.reporting import carried_over
from supervision.weekly.return_facts import ReturnFacts
from supervision.weekly.weeks import latest_asked_before

from . import names
from .adjusted import AdjustedProject, adjusted_projects
from .assigned import AssignedRow, assigned_rows
from .described import Described, described_projects
from .facts import NOTHING, FigureMaps, Figures, figure_maps, light_method, programme_on
from .sheets import DispatchSheet, ReturnInput, SheetGroup, SheetPart, SheetRow
from .waived import WaivedRow, waived_rows

_GATES = tuple(GateKind)
_STAGES = {GateKind.STARTED: "施工中", GateKind.COMPLETED: "已完工", GateKind.ACCEPTED: "已验收"}


@dataclass(frozen=True)
class Said:
    """What the returns say of a project: this week's report, last week's plan, the report whose figures
    count, and the one whose figures counted a week before."""

    this_week: WeeklyReport | None = None
    last_plan: str = ""
    counted: Report | None = None
    counted_before: Report | None = None


@dataclass(frozen=True)
class Sums:
    """The figures of some of a sheet's projects, by district and street: with what waits, the money as
    approved, and the progress of the week before."""

    figures: FigureMaps
    money: FigureMaps
    before: FigureMaps

    @classmethod
    def of(cls, shown: Facts, settled: Facts, earlier: Facts | None) -> Sums:
        """Read from facts that are loaded."""
        sums = (DISTRICT, STREET)
        return cls(
            figure_maps(facts=shown, levels=sums),
            figure_maps(facts=settled, measures=names.FUNDS, levels=sums),
            NOTHING
            if earlier is None
            else figure_maps(facts=earlier, measures=[names.PHYSICAL], levels=sums),
        )

    def shown(self, street: str) -> dict[str, Measure]:
        """The figures of a street, or of the district where ``street`` is empty."""
        if street:
            figures, money = self.figures.street(street), self.money.street(street)
        else:
            figures, money = self.figures.district, self.money.district
        return {**figures, **money}

    def change(self, street: str) -> Measure | None:
        """How far the physical progress of a street or the district came in the week."""
        if street:
            return _progress_change(self.figures.street(street), self.before.street(street))
        return _progress_change(self.figures.district, self.before.district)


@dataclass(frozen=True)
class Part:
    """The projects of one programme on the sheet, with their sums."""

    programme: Programme
    projects: Sequence[ProjectFacts]
    sums: Sums


@dataclass(frozen=True)
class WeekFacts:
    """Everything that the sheets of a week are cut from: the district's and each street's.

    ``parts`` are the programme in force with all its projects, then the other programmes with those of
    their projects that report in the week; ``sums`` are over all of them. ``rows`` are the compiled rows
    by project id.
    """

    bureau: Organisation
    week: Week
    programme: Programme
    parts: Sequence[Part]
    sums: Sums
    rows: Mapping[int, SheetRow]
    inputs: Sequence[ReturnInput]
    returns: Mapping[int, WeeklyReturn]
    method: tuple[str, ...]
    adjusted: tuple[AdjustedProject, ...] = ()
    waived: tuple[WaivedRow, ...] = ()
    assigned: tuple[AssignedRow, ...] = ()

    def sheet(self, subject: Organisation) -> DispatchSheet:
        """The sheet of the district (``subject`` is the bureau) or of a street."""
        is_district = subject.pk == self.bureau.pk
        about = "" if is_district else subject.code
        groups: list[SheetGroup] = []
        parts: list[SheetPart] = []
        for part in self.parts:
            projects = [p for p in part.projects if is_district or p.street_id == subject.pk]
            if not projects:
                continue
            groups += self._groups(part, projects)
            parts.append(
                SheetPart(
                    year=part.programme.year,
                    name=part.programme.name,
                    is_carried=part.programme.year < self.programme.year,
                    figures=part.sums.shown(about),
                    progress_change=part.sums.change(about),
                )
            )
        if [part.year for part in parts] == [self.programme.year]:
            parts = []  # nothing to tell apart
        return DispatchSheet(
            bureau_name=self.bureau.name,
            district_name=self.bureau.district_name or self.bureau.short_name,
            subject_code=subject.code,
            subject_name="全区" if is_district else subject.short_name,
            is_district=is_district,
            week_start=self.week.start,
            programme=self.programme.name,
            groups=tuple(groups),
            parts=tuple(parts),
            figures=self.sums.shown(about),
            progress_change=self.sums.change(about),
            method=self.method,
            inputs=tuple(
                each for each in self.inputs if is_district or each.street_code == subject.code
            ),
            adjusted=tuple(
                each for each in self.adjusted if is_district or each.concerns(subject.code)
            ),
            waived=tuple(
                each for each in self.waived if is_district or each.street_code == subject.code
            ),
            assigned=tuple(
                each for each in self.assigned if is_district or each.concerns(subject.code)
            ),
        )

    def _groups(self, part: Part, projects: Sequence[ProjectFacts]) -> list[SheetGroup]:
        by_street: defaultdict[str, list[ProjectFacts]] = defaultdict(list)
        for project in projects:
            by_street[project.street_code].append(project)
        return [
            SheetGroup(
                street_code=code,
                street_name=members[0].street_name,
                year=part.programme.year,
                rows=tuple(self.rows[member.pk] for member in members),
                figures=part.sums.shown(code),
                progress_change=None
                if all(self.rows[member.pk].is_earlier for member in members)
                else part.sums.change(code),
                filler=_filler(self.returns.get(members[0].street_id)),
                filled_at=_filled_at(self.returns.get(members[0].street_id)),
            )
            for code, members in by_street.items()
        ]


def compile_sheet_content(
    *, bureau: Organisation, subject: Organisation, week: Week, now: datetime
) -> DispatchSheet:
    """The sheet as the data stand now: approved figures and those that wait, which are marked."""
    return read_week(bureau=bureau, week=week, now=now).sheet(subject)


def read_week(*, bureau: Organisation, week: Week, now: datetime) -> WeekFacts:
    """Read what the sheets of a week say, in a constant number of queries.

    Every project that reports in the week is on the sheet (MEASURES.md, What is in scope): of the
    programme in force all projects in scope, of the others those that report. One set of facts is loaded
    over all of them; a programme's sums are the same facts of its projects only.
    """
    programme = programme_on(bureau=bureau, day=week.end)
    carried = [each.project for each in carried_over(programme=programme, week=week)]
    ids = [project.pk for project in carried]
    ledger = read_ledger(
        projects=Project.objects.filter(Q(programme=programme) | Q(pk__in=ids)).order_by(
            "street__order", "code"
        )
    )
    facts = load(
        programme=programme,
        as_of=week.end,
        approval=Approval.ALL,
        now=now,
        period=week,
        ledger=ledger,
    )
    settled = facts.settled()
    last = latest_asked_before(bureau=bureau, week=week, now=now)
    earlier = at(facts=facts, day=last.end, now=now) if last is not None else None
    whole = Sums.of(facts, settled, earlier)
    parts = []
    for each in dict.fromkeys([programme, *(project.programme for project in carried)]):
        of_it = [fact for fact in facts.projects if fact.programme_year == each.year]
        own = {fact.pk for fact in of_it}
        sums = whole
        if carried:
            # Who was cancelled since belongs to what the figures were, as in the sum of the sheet.
            then = earlier.projects if earlier else ()
            were = {fact.pk for fact in then if fact.programme_year == each.year}
            sums = Sums.of(
                facts.only(own), settled.only(own), earlier.only(were) if earlier else None
            )
        parts.append(Part(each, of_it, sums))
    inputs = return_inputs(week=week, expected=facts.returns)
    returns = _returns(week, [project.street_id for project in facts.projects])
    return WeekFacts(
        bureau=bureau,
        week=week,
        programme=programme,
        parts=parts,
        sums=whole,
        rows=_rows(facts, settled, earlier, week, last, inputs),
        inputs=inputs,
        returns=returns,
        method=_method(light_method(facts.thresholds)),
        adjusted=adjusted_projects(
            bureau=bureau,
            since=last.end if last is not None else week.start - DAY,
            until=week.end,
            year=programme.year,
            counted={
                fact.code
                for fact in (*facts.projects, *(earlier.projects if earlier is not None else ()))
            },
        ),
        waived=waived_rows(returns=returns.values()),
        assigned=assigned_rows(bureau=bureau, week=week, now=now),
    )


def _rows(
    facts: Facts,
    settled: Facts,
    earlier: Facts | None,
    week: Week,
    last: Week | None,
    inputs: Iterable[ReturnInput],
) -> dict[int, SheetRow]:
    """The row of every project by its id."""
    level = (PROJECT,)
    shown = figure_maps(facts=facts, levels=level)
    money = figure_maps(facts=settled, measures=names.FUNDS, levels=level)
    before = NOTHING
    if earlier is not None:
        before = figure_maps(facts=earlier, measures=[names.PHYSICAL], levels=level)
    ids = [project.pk for project in facts.projects]
    described = described_projects(ids, week.end)
    counted = {fact.project.pk: fact.report for fact in facts.progress}
    counted_before: dict[int, Report | None] = {}
    if earlier is not None:
        counted_before = {fact.project.pk: fact.report for fact in earlier.progress}
    said = _said(ids, week, last, counted, counted_before)
    missing = {each.street_code: each.word for each in inputs if each.is_missing}
    return {
        project.pk: _row(
            project,
            {**shown.project(project.code), **money.project(project.code)},
            before.project(project.code),
            described.get(project.pk, Described()),
            said[project.pk],
            week,
            last,
            missing=missing.get(project.street_code, ""),
        )
        for project in facts.projects
    }


def _progress_change(now: Figures, before: Figures) -> Measure | None:
    first, second = now.get(names.PHYSICAL), before.get(names.PHYSICAL)
    if first is None or second is None or first.value is None or second.value is None:
        return None
    return change(first, second)


def _row(
    project: ProjectFacts,
    figures: Figures,
    before: Figures,
    described: Described,
    said: Said,
    week: Week,
    last: Week | None,
    *,
    missing: str,
) -> SheetRow:
    """One project; ``missing`` is the word of a street that did not report (未报, 待报)."""
    started, completed = project.gates.get(GateKind.STARTED), project.gates.get(GateKind.COMPLETED)
    report = said.this_week
    counted = said.counted
    finished = _passed(project, GateKind.COMPLETED, week.end)
    is_missing = bool(missing) and (finished is None or finished >= week.start)
    is_earlier = counted is not None and counted.week != week and finished is None
    compared_with = None
    before_report = said.counted_before
    if not is_earlier and before_report is not None and last is not None and finished is None:
        compared_with = before_report.week if before_report.week < last else None
    notes = []
    if compared_with is not None:
        notes.append(f"本周较第{compared_with.number}周")
    if counted is not None and counted.week != week and is_missing:
        notes.append(f"沿用第{counted.week.number}周数据")
    if counted is None and is_missing:
        notes.append("尚无周报")
    if started is not None and started.actual_on is not None and not started.counts:
        notes.append("开工待补依据")
    if completed is not None and completed.actual_on is not None and not completed.counts:
        notes.append("完工待补依据")
    if project.plan is None:
        notes.append("无计划")
    if report is not None and report.explanation:
        notes.append(report.explanation)
    done = report.work_done if report else ""
    if report is not None and report.is_unchanged:
        done = done or "无变化"
    if report is None and is_missing:
        done = f"（周报{missing}）"
    return SheetRow(
        code=project.code,
        name=project.name,
        communities="、".join(described.communities),
        estates="、".join(described.estates),
        years_built=_span(described.years),
        renovation_type=str(RenovationType(project.renovation_type).label),
        parties=dict(described.parties),
        contact=described.contact,
        phone=described.phone,
        stage=_stage(project, week.end),
        planned_start_on=project.plan.start_on if project.plan else None,
        started_on=_passed(project, GateKind.STARTED, week.end),
        planned_completion_on=project.plan.completion_on if project.plan else None,
        completed_on=finished,
        forecast_on=completed.forecast_on if completed else None,
        figures=dict(figures),
        progress_change=None if is_earlier else _progress_change(figures, before),
        last_plan=said.last_plan,
        work_done=done,
        problems=report.problems if report else "",
        coordination=report.coordination if report else "",
        next_plan=report.next_plan if report else "",
        workers_count=report.workers_count if report else None,
        is_pending=counted is not None and not counted.is_approved,
        note="；".join(notes),
        is_earlier=is_earlier,
        compared_with=compared_with.start if compared_with is not None else None,
    )


def _passed(project: ProjectFacts, kind: GateKind, day: date) -> date | None:
    gate = project.gates.get(kind)
    return gate.actual_on if gate is not None and project.passed_on(kind, day) else None


def _stage(project: ProjectFacts, day: date) -> str:
    passed = [kind for kind in _GATES if project.passed_on(kind, day)]
    return _STAGES.get(passed[-1], str(passed[-1].label)) if passed else "前期"


def _span(years: tuple[int, ...]) -> str:
    if not years:
        return ""
    low, high = min(years), max(years)
    return str(low) if low == high else f"{low}—{high}"


def _method(lights: str) -> tuple[str, ...]:
    progress = (
        "形象进度取最近一期周报的累计数，完工并有依据后为100；序时进度按现行基线的月度目标逐日推算；"
        "街道和全区按基线建筑面积加权平均；偏差为形象进度减序时进度。"
    )
    return (
        progress,
        lights,
        "投资完成率为累计完成投资除以计划投资；支付率为支付除以到位资金；“—”表示没有可计算的数据。",
    )


# -- what the returns say ----------------------------------------------------------------------------
def _said(
    ids: list[int],
    week: Week,
    last: Week | None,
    counted: Mapping[int, Report | None],
    counted_before: Mapping[int, Report | None],
) -> dict[int, Said]:
    starts = [week.start, *([last.start] if last else [])]
    rows = (
        WeeklyReport.objects.filter(
            project_id__in=ids,
            weekly_return__week_start__in=starts,
            weekly_return__state__in=[*APPROVED_STATES, *PENDING_STATES],
        )
        .select_related("weekly_return")
        .order_by("weekly_return__version")
    )
    this_week: dict[int, WeeklyReport] = {}
    plans: dict[int, str] = {}
    for row in rows:
        if row.weekly_return.week_start == week.start:
            this_week[row.project_id] = row
        else:
            plans[row.project_id] = row.next_plan
    return {
        pk: Said(this_week.get(pk), plans.get(pk, ""), counted.get(pk), counted_before.get(pk))
        for pk in ids
    }


def return_inputs(*, week: Week, expected: Iterable[ReturnFacts]) -> tuple[ReturnInput, ...]:
    """Each expected street with the version of its return that the figures count, or that there is none."""
    facts = list(expected)
    counted = _returns(week, [fact.street.pk for fact in facts])
    found = []
    for fact in facts:
        weekly_return = counted.get(fact.street.pk)
        # approved and published are one here: publishing follows the sheet and must not change it
        is_pending = weekly_return is not None and weekly_return.state in PENDING_STATES
        found.append(
            ReturnInput(
                street_code=fact.street.code,
                street_name=fact.street.short_name,
                week_start=week.start,
                state="pending" if is_pending else "approved" if weekly_return else "",
                word=("待核" if is_pending else "已核定") if weekly_return else fact.word,
                version=weekly_return.version if weekly_return else 0,
                return_id=weekly_return.pk if weekly_return else None,
                is_missing=weekly_return is None,
                is_pending=is_pending,
            )
        )
    return tuple(found)


def _returns(week: Week, street_ids: Iterable[int]) -> dict[int, WeeklyReturn]:
    """The highest version of each street's return that counts, approved or waiting."""
    rows = (
        WeeklyReturn.objects.filter(
            week_start=week.start,
            street_id__in=set(street_ids),
            state__in=[*APPROVED_STATES, *PENDING_STATES],
        )
        .select_related("submitted_by", "submitted_for")
        .order_by("version")
    )
    return {row.street_id: row for row in rows}


def _filler(weekly_return: WeeklyReturn | None) -> str:
    if weekly_return is None or weekly_return.submitted_by is None:
        return ""
    name = named(weekly_return.submitted_by, weekly_return.submitted_for)
    return name if weekly_return.review_waiver_id is None else f"{name}（街道审核停用）"


def _filled_at(weekly_return: WeeklyReturn | None) -> str:
    moment = weekly_return.submitted_at if weekly_return else None
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""
