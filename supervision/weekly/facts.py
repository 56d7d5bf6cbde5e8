"""Weekly facts on a day: what the latest reports say of projects, and how streets returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Subquery

from projects.ledger.enums import GateKind
from projects.ledger.facts import FULL, ProjectFacts, month_ends
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.measures import Approval, round_half_up
from renovation.core.periods import Week
from renovation.records.services import values_in_force

from .enums import APPROVED_STATES, PENDING_STATES, ReturnState
from .models import ReturnEvent, WeeklyReport, WeeklyReturn
from .parameters import RED_BEHIND, RED_MONTHS, YELLOW_BEHIND
from .rules import Judgement, Situation, Thresholds, judge
from .standing import met_due, reported_at
from .weeks import closing_moments, moments_between, reporting_spans


@dataclass(frozen=True, slots=True)
class Report:
    """A weekly report as figures see it; it speaks from the Sunday of its week."""

    week: Week
    progress_percent: Fraction
    investment_fen: int
    is_approved: bool
    texts: tuple[str, str, str, str]

    @property
    def speaks_from(self) -> date:
        """The Sunday of its week."""
        return self.week.end


@dataclass(frozen=True, slots=True)
class ProgressFacts:
    """A project's progress at the end of a day: its ledger facts, its latest report, its light."""

    project: ProjectFacts
    report: Report | None
    on: date
    thresholds: Thresholds

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.code

    @property
    def label(self) -> str:
        """The project's name."""
        return self.project.name

    @property
    def is_completed(self) -> bool:
        """Whether 完工 was passed with its evidence."""
        return self.project.passed_on(GateKind.COMPLETED, self.on)

    @property
    def physical_percent(self) -> Fraction:
        """形象进度: of the latest report; none: 0; after 完工 with evidence: 100."""
        if self.is_completed:
            return FULL
        return self.report.progress_percent if self.report else Fraction(0)

    @property
    def scheduled_percent(self) -> Fraction | None:
        """序时进度; None without a baseline."""
        plan = self.project.plan
        return None if plan is None else plan.scheduled_percent(self.on)

    @property
    def completed_investment_fen(self) -> int:
        """累计完成投资 of the latest report, in 分."""
        return self.report.investment_fen if self.report else 0

    @property
    def judgement(self) -> Judgement:
        """The light with its reasons."""
        scheduled = self.scheduled_percent
        plan = self.project.plan
        behind = None if scheduled is None else round_half_up(scheduled - self.physical_percent, 1)
        return judge(
            Situation(
                is_completed=self.is_completed,
                is_started=self.project.passed_on(GateKind.STARTED, self.on),
                has_plan=plan is not None,
                has_report=self.report is not None,
                planned_start_on=plan.start_on if plan else None,
                behind_points=behind,
                month_ends_due=len(month_ends(plan.start_on, self.on)) if plan else 0,
                as_of=self.on,
            ),
            self.thresholds,
        )


def _states(approval: Approval) -> list[ReturnState]:
    return [*APPROVED_STATES, *(PENDING_STATES if approval is Approval.ALL else ())]


def _report(row: tuple[Any, ...]) -> Report:
    _, start, state, progress, investment, done, problems, coordination, plan = row
    return Report(
        week=Week(start),
        progress_percent=Fraction(progress),
        investment_fen=investment or 0,
        is_approved=state in APPROVED_STATES,
        texts=(done, problems, coordination, plan),
    )


_FIELDS = (
    "project_id",
    "weekly_return__week_start",
    "weekly_return__state",
    "progress_percent",
    "completed_investment_fen",
    "work_done",
    "problems",
    "coordination",
    "next_plan",
)


def latest_reports(
    *, project_ids: Iterable[int], on: date, approval: Approval
) -> dict[int, Report]:
    """The latest report of each project that speaks on a day, of the highest version that counts. Two queries."""
    candidates = (
        WeeklyReport.objects.filter(
            project=OuterRef("pk"),
            weekly_return__state__in=_states(approval),
            weekly_return__week_start__lte=on - timedelta(days=6),
            progress_percent__isnull=False,
        )
        .order_by("-weekly_return__week_start", "-weekly_return__version")
        .values("pk")[:1]
    )
    pks = [
        pk
        for pk in Project.objects.filter(pk__in=list(project_ids))
        .annotate(latest=Subquery(candidates))
        .values_list("latest", flat=True)
        if pk is not None
    ]
    rows = WeeklyReport.objects.filter(pk__in=pks).values_list(*_FIELDS)
    return {row[0]: _report(row) for row in rows}


def report_history(*, project_ids: Iterable[int], approval: Approval) -> dict[int, list[Report]]:
    """All reports of projects by week, of each week the highest version that counts. One query."""
    rows = (
        WeeklyReport.objects.filter(
            project_id__in=list(project_ids),
            weekly_return__state__in=_states(approval),
            progress_percent__isnull=False,
        )
        .order_by("project_id", "weekly_return__week_start", "weekly_return__version")
        .values_list(*_FIELDS)
    )
    found: defaultdict[int, list[Report]] = defaultdict(list)
    for row in rows:
        report = _report(row)
        reports = found[row[0]]
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
    history: dict[int, list[Report]] | None = None,
) -> list[ProgressFacts]:
    """A fact per project; from ``history`` where it is at hand (no query then)."""
    if history is None:
        latest = latest_reports(
            project_ids=[project.pk for project in projects], on=on, approval=approval
        )
    else:
        latest = {
            pk: spoken[-1]
            for pk, reports in history.items()
            if (spoken := [report for report in reports if report.speaks_from <= on])
        }
    return [ProgressFacts(project, latest.get(project.pk), on, thresholds) for project in projects]


# -- returns -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """An expected return: a street in a week that asked, and how it stood at the closing moment."""

    week: Week
    street: Organisation
    is_reported: bool
    is_on_time: bool
    is_nil: bool
    is_closed: bool
    was_approved: bool
    was_corrected: bool
    late_reason: str

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.street.code

    @property
    def project_code(self) -> str:
        """A return belongs to no single project."""
        return ""

    @property
    def label(self) -> str:
        """Street and week."""
        return f"{self.street.short_name} {self.week.label}"

    @property
    def word(self) -> str:
        """按时, 迟报, 未报 or 待报."""
        if self.is_reported:
            return "按时" if self.is_on_time else "迟报"
        return "未报" if self.is_closed else "待报"


def return_facts(
    *, bureau: Organisation, first: Week, last: Week, on: date, now: datetime
) -> list[ReturnFacts]:
    """Every expected return of the weeks from ``first`` to ``last`` whose Sunday is not after ``on``, by week
    and street. A constant number of queries."""
    weeks = moments_between(bureau=bureau, first=first, last=last, now=now)
    asked = {
        week: moments for week, moments in weeks.items() if moments.is_asked and week.end <= on
    }
    spans = reporting_spans(bureau=bureau)
    streets = {span.project.street_id: span.project.street for span in spans}
    closing = closing_moments(streets=streets.values(), moments=asked)
    returns: defaultdict[tuple[Week, int], list[WeeklyReturn]] = defaultdict(list)
    rows = WeeklyReturn.objects.filter(
        street__in=streets, week_start__gte=first.start, week_start__lte=last.start
    ).order_by("version")
    for row in rows:
        returns[Week(row.week_start), row.street_id].append(row)
    first_pks = [versions[0].pk for versions in returns.values()]
    events: defaultdict[int, list[ReturnEvent]] = defaultdict(list)
    for event in ReturnEvent.objects.filter(
        weekly_return__in=first_pks, act__in=["submit", "send_back"]
    ).defer("rows"):
        events[event.weekly_return_id].append(event)
    changed = set(
        WeeklyReport.objects.filter(weekly_return__in=first_pks, is_unchanged=False).values_list(
            "weekly_return_id", flat=True
        )
    )
    found = []
    for week, moments in asked.items():
        expected = {span.project.street_id for span in spans if span.covers(week)}
        for street_id in sorted(expected, key=lambda pk: (streets[pk].order, streets[pk].code)):
            closes_at = closing[week, street_id]
            versions = returns.get((week, street_id), [])
            one = versions[0] if versions else None
            reported = one is not None and reported_at(
                first=one, events=events[one.pk], moment=closes_at
            )
            found.append(
                ReturnFacts(
                    week=week,
                    street=streets[street_id],
                    is_reported=reported,
                    is_on_time=one is not None and met_due(first=one, moments=moments),
                    is_nil=reported and one is not None and one.pk not in changed,
                    is_closed=now > closes_at,
                    was_approved=_approved_by(versions[:1], on),
                    was_corrected=_approved_by(versions[1:], on),
                    late_reason=one.late_reason if one else "",
                )
            )
    return found


def _approved_by(versions: Sequence[WeeklyReturn], on: date) -> bool:
    """Whether one of the versions counts as approved at the end of a day. The data that are approved now
    speak about every earlier day (MEASURES.md, As of), so only the state is looked at, not when."""
    return any(version.state in APPROVED_STATES for version in versions if version.week_start <= on)


def thresholds_in_force(*, bureau: Organisation, on: date) -> Thresholds:
    """The light's thresholds of a bureau on a day. Two queries."""
    values = values_in_force(organisation=bureau, on=on)
    return Thresholds(
        red_behind=values[RED_BEHIND.key],
        yellow_behind=values[YELLOW_BEHIND.key],
        red_months=values[RED_MONTHS.key],
    )
