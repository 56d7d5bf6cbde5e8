"""Weekly facts on a day: what the latest reports say of projects, and how streets returned."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber
from django.utils.functional import cached_property  # unlike Python's own it takes no lock

from projects.ledger.enums import GateKind
from projects.ledger.facts import ProjectFacts, month_end_count
from projects.ledger.of_project import OfProject
from renovation.accounts.models import Organisation
from renovation.core.measures import Approval, round_half_up
from renovation.core.periods import Week
from renovation.core.tuples import made
from renovation.core.unchanged import LARGE, Again, of_query
from renovation.core.wholes import whole
from renovation.records.services import values_in_force

from .enums import APPROVED_STATES
from .models import WeeklyReport, WeeklyReturn
from .of_project import reports_of
from .parameters import RED_BEHIND, RED_MONTHS, YELLOW_BEHIND
from .rules import Judgement, Situation, Thresholds, judge, light_of
from .sealed import by_return
from .steps import Step as Step
from .steps import counted_states
from .steps import report_steps as report_steps
from .steps import steps_of as steps_of


class Report(NamedTuple):
    """A weekly report as figures see it; it speaks from the Sunday of its week. ``progress_tenths`` is the
    cumulative progress in tenths of a percent, ``pk`` 0 where only the figures are known."""

    week: Week
    progress_tenths: int
    investment_fen: int
    is_approved: bool
    pk: int = 0

    @property
    def progress_percent(self) -> Fraction:
        """The cumulative progress in percent."""
        return Fraction(self.progress_tenths, 10)

    @property
    def speaks_from(self) -> date:
        """The Sunday of its week."""
        return self.week.end


class _ProgressFields(NamedTuple):
    project: ProjectFacts
    report: Report | None
    newest: Report | None
    on: date
    thresholds: Thresholds


class ProgressFacts(_ProgressFields, OfProject):
    """A project's progress at the end of the day ``on``: its ledger facts, the report that counts, its light.

    ``newest`` is the latest report that is approved or waits for it; where it waits and does not count, it
    is not ``report``.
    """

    @cached_property
    def is_completed(self) -> bool:
        """Whether 完工 was passed with its evidence."""
        return self.project.passed_on(GateKind.COMPLETED, self.on)

    @property
    def has_pending(self) -> bool:
        """Whether the newest report waits for approval (and would change the figure)."""
        return self.newest is not None and not self.newest.is_approved and not self.is_completed

    @property
    def rests_on_pending(self) -> bool:
        """Whether the report whose figures count is not approved; a completed project's progress asks no report,
        its investment does."""
        return self.report is not None and not self.report.is_approved

    @cached_property
    def physical_tenths(self) -> int:
        """形象进度 in tenths of a percent: of the latest report; none: 0; after 完工 with evidence: 1000."""
        if self.is_completed:
            return 1000
        report = self.report
        return report.progress_tenths if report is not None else 0

    @property
    def physical_percent(self) -> Fraction:
        """形象进度 in percent."""
        return Fraction(self.physical_tenths, 10)

    @cached_property
    def scheduled_parts(self) -> tuple[int, int] | None:
        """序时进度 in percent as numerator and denominator, not reduced; None without a baseline."""
        plan = self.project.plan
        return None if plan is None else plan.scheduled_parts(self.on)

    @property
    def scheduled_percent(self) -> Fraction | None:
        """序时进度; None without a baseline."""
        return None if self.scheduled_parts is None else Fraction(*self.scheduled_parts)

    @property
    def deviation_points(self) -> Fraction | None:
        """偏差: 形象进度 − 序时进度; None without a baseline."""
        scheduled = self.scheduled_percent
        return None if scheduled is None else self.physical_percent - scheduled

    @cached_property
    def deviation_tenths(self) -> int | None:
        """偏差 as shown, in tenths of a point: the unrounded difference, rounded half away from zero."""
        parts = self.scheduled_parts
        if parts is None:
            return None
        above, below = parts
        gap = self.physical_tenths * below - 10 * above
        rounded = (2 * abs(gap) + below) // (2 * below)
        return rounded if gap >= 0 else -rounded

    @property
    def completed_investment_fen(self) -> int:
        """累计完成投资 of the latest report, in 分."""
        return self.report.investment_fen if self.report else 0

    @cached_property
    def light(self) -> str:
        """The light alone: green, yellow, red or grey."""
        plan, deviation = self.project.plan, self.deviation_tenths
        is_started = self.project.passed_on(GateKind.STARTED, self.on)
        return light_of(
            is_completed=self.is_completed,
            is_started=is_started,
            has_report=self.report is not None,
            planned_start_on=plan.start_on if plan else None,
            behind_tenths=None if deviation is None else -deviation,
            month_ends_due=self._month_ends_due if plan and not is_started else 0,
            as_of=self.on,
            thresholds=self.thresholds,
        )

    @property
    def _month_ends_due(self) -> int:
        plan = self.project.plan
        return month_end_count(plan.start_on, self.on) if plan else 0

    @property
    def judgement(self) -> Judgement:
        """The light with its reasons."""
        scheduled, deviation = self.scheduled_percent, self.deviation_points
        plan = self.project.plan
        return judge(
            Situation(
                is_completed=self.is_completed,
                is_started=self.project.passed_on(GateKind.STARTED, self.on),
                has_report=self.report is not None,
                planned_start_on=plan.start_on if plan else None,
                physical_percent=round_half_up(self.physical_percent, 1),
                scheduled_percent=None if scheduled is None else round_half_up(scheduled, 1),
                behind_points=None if deviation is None else round_half_up(-deviation, 1),
                month_ends_due=self._month_ends_due,
                as_of=self.on,
            ),
            self.thresholds,
        )

    @property
    def remark(self) -> str:
        """Where the figure comes from, in words: `取第36周周报`, `完工`, `没有周报`."""
        if self.is_completed:
            return "已完工"
        if self.report is None:
            return "没有周报"
        pending = "" if self.report.is_approved else "，待核"
        return f"取第{self.report.week.number}周周报{pending}"


#: The progress of a report in tenths of a percent; the column has one decimal.
_TENTHS = whole("progress_percent", 10)

#: So few projects are looked up one by one; of more, those that stand in the newest week are read from it.
_FEW = 100


def latest_reports(
    *, project_ids: Iterable[int], on: date, approval: Approval
) -> dict[int, Report]:
    """The latest report of each project that speaks on a day, of the highest version that counts. Four queries
    at most.

    A report speaks from the Sunday of its week, so that of the running week is not among them. All reports of a
    single project are read, for another day or its curve to be told from them. Nearly every
    project of a district stands in the newest week, behind which there can be nothing later; what does not is
    looked up on its own.
    """
    wanted = set(project_ids)
    if len(wanted) == 1:
        return _report_of_one(wanted.pop(), on, approval)
    found = {} if len(wanted) <= _FEW else _reports_of_the_newest_week(wanted, on, approval)
    missing = wanted - found.keys()
    if missing:
        found |= _reports_one_by_one(missing, on, approval)
    return found


def _report_of_one(project_id: int, on: date, approval: Approval) -> dict[int, Report]:
    last, states = on - timedelta(days=6), counted_states(approval)
    for said in reversed(reports_of(project_id=project_id)):
        if said.week_start <= last and said.state in states:
            week = Week(said.week_start)
            figures = said.progress_tenths, said.investment_fen
            return {project_id: Report(week, *figures, said.is_approved, said.pk)}
    return {}


#: What a return says of projects, and its version.
_Said = tuple[int, dict[int, Report]]


def _reports_of_the_newest_week(
    wanted: set[int], on: date, approval: Approval
) -> dict[int, Report]:
    """What the returns of the newest week that speaks on a day say of projects."""
    returns = WeeklyReturn.objects.filter(
        state__in=counted_states(approval), week_start__lte=on - timedelta(days=6)
    )
    start = returns.aggregate(newest=Max("week_start"))["newest"]
    if start is None:
        return {}
    of_week = returns.filter(week_start=start)
    rows = WeeklyReport.objects.filter(weekly_return__in=of_week, progress_percent__isnull=False)
    week = Week(start)

    def read_besides(known: frozenset[int]) -> Iterator[tuple[int, str, _Said]]:
        found: dict[int, tuple[str, _Said]] = {}
        others = rows.filter(weekly_return__in=of_week.exclude(pk__among=known)).order_by()
        for returned, version, state, pk, project, tenths, investment in others.values_list(
            "weekly_return_id",
            "weekly_return__version",
            "weekly_return__state",
            "pk",
            "project_id",
            _TENTHS,
            "completed_investment_fen",
        ):
            if returned not in found:
                found[returned] = state, (version, {})
            is_approved = state in APPROVED_STATES
            report = made(Report, (week, tenths, investment or 0, is_approved, pk))
            found[returned][1][1][project] = report
        return ((pk, *each) for pk, each in found.items())

    def read() -> dict[int, Report]:
        said = by_return(("newest reports", start), read_besides)
        in_order = (said[pk] for pk in sorted(said, key=lambda pk: (said[pk][0], pk)))
        return {project: report for _, reports in in_order for project, report in reports.items()}

    said = of_query("newest reports", rows, read, shelf=LARGE)
    return {project: report for project, report in said.items() if project in wanted}


def _reports_one_by_one(wanted: set[int], on: date, approval: Approval) -> dict[int, Report]:
    of_each = Window(
        RowNumber(),
        partition_by="project_id",
        order_by=[F("weekly_return__week_start").desc(), F("weekly_return__version").desc()],
    )
    rows = (
        WeeklyReport.objects.filter(
            project__among=sorted(wanted),
            weekly_return__state__in=counted_states(approval),
            weekly_return__week_start__lte=on - timedelta(days=6),
            progress_percent__isnull=False,
        )
        .order_by()
        .annotate(place=of_each)
        .filter(place=1)
    )
    return {
        project: Report(Week(start), tenths, investment or 0, state in APPROVED_STATES, pk)
        for pk, project, start, state, tenths, investment in rows.values_list(
            "pk",
            "project_id",
            "weekly_return__week_start",
            "weekly_return__state",
            _TENTHS,
            "completed_investment_fen",
        )
    }


def report_texts(*, project_id: int, report: Report) -> tuple[str, str, str, str]:
    """What was done, problems, what to coordinate, next week's plan of a report of a project. One query, none where
    ``latest_reports`` read the project's reports."""
    return next(said.texts for said in reports_of(project_id=project_id) if said.pk == report.pk)


def report_history(*, project_ids: Iterable[int], approval: Approval) -> dict[int, list[Report]]:
    """All reports of projects by week, of each week the highest version that counts. One query.

    Without their texts: a year of a large district is read at once.
    """
    rows = (
        WeeklyReport.objects.filter(
            project_id__in=list(project_ids),
            weekly_return__state__in=counted_states(approval),
            progress_percent__isnull=False,
        )
        .order_by("project_id", "weekly_return__week_start", "weekly_return__version")
        .values_list(
            "project_id",
            "weekly_return__week_start",
            "weekly_return__state",
            _TENTHS,
            "completed_investment_fen",
        )
    )
    found: defaultdict[int, list[Report]] = defaultdict(list)
    for project, start, state, tenths, investment in rows:
        report = Report(Week(start), tenths, investment or 0, state in APPROVED_STATES)
        reports = found[project]
        if reports and reports[-1].week == report.week:
            reports[-1] = report
        else:
            reports.append(report)
    return found


def progress_facts(
    *,
    projects: Sequence[ProjectFacts],
    on: date,
    approval: Approval,
    thresholds: Thresholds,
) -> list[ProgressFacts]:
    """A fact per project. Six queries at most, however many projects there are."""
    newest = latest_reports(
        project_ids=[project.pk for project in projects], on=on, approval=Approval.ALL
    )
    counted = dict(newest)
    if approval is Approval.APPROVED:
        waiting = [pk for pk, report in newest.items() if not report.is_approved]
        for pk in waiting:
            del counted[pk]
        counted |= latest_reports(project_ids=waiting, on=on, approval=approval)
    given = {
        project.pk: (project, counted.get(project.pk), newest.get(project.pk), on, thresholds)
        for project in projects
    }
    if len(given) <= _FEW:
        return [made(ProgressFacts, of) for of in given.values()]
    return _AGAIN((on, len(given)), given, lambda of: made(ProgressFacts, of))


#: What a light and 序时进度 come to is worked out once: two days of two districts.
_AGAIN: Again[int, tuple[Any, ...], ProgressFacts] = Again(4)


def progress_from(
    *,
    projects: Sequence[ProjectFacts],
    on: date,
    history: Mapping[int, Sequence[Report]],
    thresholds: Thresholds,
) -> list[ProgressFacts]:
    """The same from a ``report_history`` that is at hand, without a query."""
    found = []
    last = on - timedelta(days=6)
    for project in projects:
        reports = history.get(project.pk, ())
        place = bisect_right(reports, last, key=_monday)
        report = reports[place - 1] if place else None
        found.append(ProgressFacts(project, report, report, on, thresholds))
    return found


def _monday(report: Report) -> date:
    return report.week.start


def thresholds_in_force(*, bureau: Organisation, on: date) -> Thresholds:
    """The light's thresholds of a bureau on a day. Two queries."""
    values = values_in_force(organisation=bureau, on=on)
    return Thresholds(
        red_behind=values[RED_BEHIND.key],
        yellow_behind=values[YELLOW_BEHIND.key],
        red_months=values[RED_MONTHS.key],
    )
