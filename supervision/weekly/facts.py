"""Weekly facts on a day: what the latest reports say of projects, and how streets returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Subquery

from projects.ledger.enums import GateKind
from projects.ledger.facts import FULL, ProjectFacts, month_ends
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.measures import Approval, round_half_up
from renovation.core.periods import Week
from renovation.records.services import values_in_force

from .enums import APPROVED_STATES, PENDING_STATES, ReturnAct, ReturnState
from .models import ReturnEvent, WeeklyReport, WeeklyReturn
from .parameters import RED_BEHIND, RED_MONTHS, YELLOW_BEHIND
from .rules import Judgement, Situation, Thresholds, judge
from .standing import met_due, reported_at
from .weeks import (
    closing_moments,
    moments_between,
    reporting_counts,
    reporting_groups,
    reporting_streets,
)


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
    """A project's progress at the end of the day ``on``: its ledger facts, the report that counts, its light.

    ``newest`` is the latest report that is approved or waits for it; where it waits and does not count, it
    is not ``report``.
    """

    project: ProjectFacts
    report: Report | None
    newest: Report | None
    on: date
    thresholds: Thresholds

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.project.street_name

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
    def has_pending(self) -> bool:
        """Whether the newest report waits for approval (and would change the figure)."""
        return self.newest is not None and not self.newest.is_approved and not self.is_completed

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
    def deviation_points(self) -> Fraction | None:
        """偏差: 形象进度 − 序时进度; None without a baseline."""
        scheduled = self.scheduled_percent
        return None if scheduled is None else self.physical_percent - scheduled

    @property
    def completed_investment_fen(self) -> int:
        """累计完成投资 of the latest report, in 分."""
        return self.report.investment_fen if self.report else 0

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
                month_ends_due=len(month_ends(plan.start_on, self.on)) if plan else 0,
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


def _states(approval: Approval) -> list[ReturnState]:
    return [*APPROVED_STATES, *(PENDING_STATES if approval is Approval.ALL else ())]


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


def _report(row: tuple[Any, ...]) -> Report:
    _, start, state, progress, investment, *texts = row
    return Report(
        week=Week(start),
        progress_percent=Fraction(progress),
        investment_fen=investment or 0,
        is_approved=state in APPROVED_STATES,
        texts=(texts[0], texts[1], texts[2], texts[3]),
    )


def latest_reports(
    *, project_ids: Iterable[int], on: date, approval: Approval
) -> dict[int, Report]:
    """The latest report of each project that speaks on a day, of the highest version that counts. Two queries.

    A report speaks from the Sunday of its week, so that of the running week is not among them.
    """
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
        .order_by()
        .values_list("latest", flat=True)
        if pk is not None
    ]
    rows = WeeklyReport.objects.filter(pk__in=pks).values_list(*_FIELDS)
    return {row[0]: _report(row) for row in rows}


def report_history(*, project_ids: Iterable[int], approval: Approval) -> dict[int, list[Report]]:
    """All reports of projects by week, of each week the highest version that counts. One query.

    Without their texts: a year of a large district is read at once.
    """
    rows = (
        WeeklyReport.objects.filter(
            project_id__in=list(project_ids),
            weekly_return__state__in=_states(approval),
            progress_percent__isnull=False,
        )
        .order_by("project_id", "weekly_return__week_start", "weekly_return__version")
        .values_list(*_FIELDS[:5])
    )
    found: defaultdict[int, list[Report]] = defaultdict(list)
    for row in rows:
        report = _report((*row, "", "", "", ""))
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
) -> list[ProgressFacts]:
    """A fact per project. Four queries at most, however many projects there are."""
    newest = latest_reports(
        project_ids=[project.pk for project in projects], on=on, approval=Approval.ALL
    )
    counted = dict(newest)
    if approval is Approval.APPROVED:
        waiting = [pk for pk, report in newest.items() if not report.is_approved]
        for pk in waiting:
            del counted[pk]
        counted |= latest_reports(project_ids=waiting, on=on, approval=approval)
    return [
        ProgressFacts(project, counted.get(project.pk), newest.get(project.pk), on, thresholds)
        for project in projects
    ]


def progress_from(
    *,
    projects: Sequence[ProjectFacts],
    on: date,
    history: Mapping[int, Sequence[Report]],
    thresholds: Thresholds,
) -> list[ProgressFacts]:
    """The same from a ``report_history`` that is at hand, without a query."""
    found = []
    for project in projects:
        report = next(
            (each for each in reversed(history.get(project.pk, ())) if each.speaks_from <= on), None
        )
        found.append(ProgressFacts(project, report, report, on, thresholds))
    return found


# -- returns -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """An expected return: a street in a week that asked, and how it stood at the closing moment.

    ``is_closed`` says whether that moment has passed. ``was_approved`` and ``was_corrected`` are about the
    first version and those after it.
    """

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
    def street_name(self) -> str:
        """The street's short name."""
        return self.street.short_name

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
        """按时, 迟报, 未报 or 待报; 按时报后退回 for what stood sent back at the closing moment."""
        if self.is_reported:
            return "按时" if self.is_on_time else "迟报"
        if self.is_on_time:
            return "按时报后退回"
        return "未报" if self.is_closed else "待报"


def return_facts(
    *,
    bureau: Organisation,
    first: Week,
    last: Week,
    on: date,
    now: datetime,
    approval: Approval = Approval.APPROVED,
) -> list[ReturnFacts]:
    """Every expected return of the weeks from ``first`` to ``last`` whose Sunday is not after ``on``, by week
    and street. A constant number of queries; none where no week is asked about.

    Whether a street reported is judged at its closing moment, or now where that lies ahead; only a correction
    is looked at by ``approval`` and by the end of ``on``.
    """
    if last < first:
        return []
    weeks = moments_between(bureau=bureau, first=first, last=last, now=now)
    asked = {
        week: moments for week, moments in weeks.items() if moments.is_asked and week.end <= on
    }
    groups = reporting_groups(bureau=bureau)
    expected = reporting_counts(groups=groups, weeks=asked)
    streets = {street.pk: street for street in reporting_streets(bureau=bureau)}
    closing = closing_moments(streets=streets.values(), moments=asked)
    versions = _versions(streets, first, last)
    firsts = [rows[0].pk for rows in versions.values()]
    events, nil = _acts(firsts), _nil_returns(firsts)
    found = []
    for week, moments in asked.items():
        for street in streets.values():
            if street.pk not in expected[week]:
                continue
            closes_at = closing[week, street.pk]
            rows = versions.get((week, street.pk), [])
            one = rows[0] if rows else None
            reported = one is not None and reported_at(
                first=one, events=events[one.pk], moment=min(closes_at, now)
            )
            found.append(
                ReturnFacts(
                    week=week,
                    street=street,
                    is_reported=reported,
                    is_on_time=one is not None and met_due(first=one, moments=moments),
                    is_nil=reported and one is not None and one.pk in nil,
                    is_closed=now > closes_at,
                    was_approved=one is not None and one.state in APPROVED_STATES,
                    was_corrected=any(_counts(row, on, approval) for row in rows[1:]),
                    late_reason=one.late_reason if one else "",
                )
            )
    return found


def _versions(
    streets: Iterable[int], first: Week, last: Week
) -> dict[tuple[Week, int], list[WeeklyReturn]]:
    """The versions of each return, the first one first. One query."""
    found: defaultdict[tuple[Week, int], list[WeeklyReturn]] = defaultdict(list)
    rows = WeeklyReturn.objects.filter(
        street__in=list(streets), week_start__gte=first.start, week_start__lte=last.start
    )
    for row in rows.order_by("version"):
        found[Week(row.week_start), row.street_id].append(row)
    return found


def _acts(firsts: list[int]) -> Mapping[int, list[ReturnEvent]]:
    """The submissions and sendings back of returns. One query."""
    found: defaultdict[int, list[ReturnEvent]] = defaultdict(list)
    rows = ReturnEvent.objects.filter(
        weekly_return__in=firsts, act__in=[ReturnAct.SUBMIT, ReturnAct.SEND_BACK]
    )
    for row in rows.defer("rows"):
        found[row.weekly_return_id].append(row)
    return found


def _nil_returns(firsts: list[int]) -> set[int]:
    """零报告: the returns whose rows, one at least, all say 无变化. One query."""
    rows = WeeklyReport.objects.filter(weekly_return__in=firsts)
    unchanged: dict[int, bool] = {}
    for pk, is_unchanged in rows.values_list("weekly_return_id", "is_unchanged"):
        unchanged[pk] = unchanged.get(pk, True) and is_unchanged
    return {pk for pk, all_unchanged in unchanged.items() if all_unchanged}


def _counts(correction: WeeklyReturn, on: date, approval: Approval) -> bool:
    """Whether a correction was made by the end of a day: approved by then, or submitted where what waits is
    asked for."""
    if correction.state in APPROVED_STATES:
        at = correction.approved_at
    elif correction.state in PENDING_STATES and approval is Approval.ALL:
        at = correction.submitted_at
    else:
        return False
    return at is not None and local_day(at) <= on


def thresholds_in_force(*, bureau: Organisation, on: date) -> Thresholds:
    """The light's thresholds of a bureau on a day. Two queries."""
    values = values_in_force(organisation=bureau, on=on)
    return Thresholds(
        red_behind=values[RED_BEHIND.key],
        yellow_behind=values[YELLOW_BEHIND.key],
        red_months=values[RED_MONTHS.key],
    )
