"""What the rules asked about the demo's rows, and its 规则豁免: one that touched a row, one that is over, one that waits
for the bureau."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Week
from supervision.weekly.checks import questions_of
from supervision.weekly.comparison import ProjectContext, Terms
from supervision.weekly.earlier import Last
from supervision.weekly.models import ReportQuestion, RuleWaiver, WeeklyReport
from supervision.weekly.parameters import JUMP_POINTS
from supervision.weekly.rule_waivers.enums import RuleWaiverAct, RuleWaiverState
from supervision.weekly.values import ReportValues

from .acts import Acts
from .people import District

_RULE = "W211"


@dataclass(frozen=True)
class RuleWaiverWriter:
    """Keeps what the rules ask about returns that were sent by ``now``, and waives one rule."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self) -> None:
        """Questions of every sent return, then three waivers."""
        asked = self._questions()
        touched = next((each for each in reversed(asked) if self._is_recent(each)), None)
        if touched is not None:
            self._spare(touched)
        ReportQuestion.objects.bulk_create(asked, batch_size=300)
        self._others()

    def _questions(self) -> list[ReportQuestion]:
        """The rows in the order of their weeks, each beside the one before it. Two queries."""
        rows = (
            WeeklyReport.objects.filter(
                weekly_return__submitted_at__lte=self.now, progress_percent__isnull=False
            )
            .select_related("weekly_return__street", "project")
            .order_by("weekly_return__week_start", "weekly_return__version", "pk")
        )
        last: dict[int, tuple[Week, WeeklyReport]] = {}
        found = []
        for row in rows:
            week = Week(row.weekly_return.week_start)
            known = last.get(row.project_id)
            if known is not None and known[0] < week:
                terms = Terms(week, Decimal(JUMP_POINTS.default))
                context = _context(row, *known)
                found += [
                    ReportQuestion(
                        weekly_return=row.weekly_return,
                        project=row.project,
                        rule=rule,
                        message=message,
                    )
                    for rule, message, _ in questions_of(ReportValues.of(row), context, terms)
                ]
            last[row.project_id] = (week, row)
        return found

    def _is_recent(self, question: ReportQuestion) -> bool:
        sent = question.weekly_return.submitted_at
        return question.rule == _RULE and sent is not None and sent > self.now - timedelta(days=75)

    def _spare(self, question: ReportQuestion) -> None:
        """The rule was waived for this project two working days before its return was sent."""
        sent = question.weekly_return.submitted_at
        if sent is None:
            return
        day = self.calendar.subtract_workdays(local_day(sent), 3)
        street = question.weekly_return.street
        question.waiver = self._waiver(
            street,
            question.project,
            "管网分段集中验收，验收当周按段一次计入，进度会跳增。",
            asked=local_moment(day, time(10, 12)),
            decided=local_moment(self.calendar.next_workday(day), time(9, 5)),
            days=84,
        )

    def _others(self) -> None:
        street, other = self.district.streets[:2]
        past = self.calendar.subtract_workdays(local_day(self.now), 60)
        self._waiver(
            street,
            None,
            "上季度监理计量改用新系统，补计以前漏报的工程量。",
            asked=local_moment(past, time(14, 30)),
            decided=local_moment(self.calendar.next_workday(past), time(10, 20)),
            days=28,
        )
        project = (
            Project.objects.filter(
                street=other,
                approved_on__isnull=False,
                cancelled_on=None,
                programme__approved_on__lte=local_day(self.now),
            )
            .order_by("-programme__year", "code")
            .first()
        )
        if project is not None:
            today = local_moment(
                self.calendar.subtract_workdays(local_day(self.now), 1), time(16, 40)
            )
            self._waiver(
                other,
                project,
                "工程量变更待审定，审定前累计完成投资可能超过计划投资。",
                asked=min(today, self.now),
                decided=None,
                days=60,
                rule="W212",
            )

    def _waiver(
        self,
        street: Organisation,
        project: Project | None,
        reason: str,
        *,
        asked: datetime,
        decided: datetime | None,
        days: int,
        rule: str = _RULE,
    ) -> RuleWaiver:
        clerk, reviewer = self.district.users[street.code], self.district.users["reviewer"]
        starts = local_day(decided or asked)
        made = RuleWaiver.objects.create(
            street=street,
            project=project,
            rule=rule,
            starts_on=starts,
            ends_on=starts + timedelta(days=days - 1),
            reason=reason,
            state=RuleWaiverState.APPROVED if decided else RuleWaiverState.ASKED,
            asked_by=clerk,
            asked_at=asked,
            decided_by=reviewer if decided else None,
            decided_at=decided,
        )
        self._act(made, RuleWaiverAct.ASK, clerk, asked, reason)
        if decided:
            self._act(made, RuleWaiverAct.APPROVE, reviewer, decided, "")
        return made

    def _act(
        self, made: RuleWaiver, act: RuleWaiverAct, by: User, at: datetime, reason: str
    ) -> None:
        word = act.label if act is RuleWaiverAct.ASK else f"{act.label}豁免"
        self.acts.add(
            f"rule_waiver.{act}",
            f"{word}：{made.subject}，规则 {made.rule}",
            by=by,
            at=at,
            target=made,
            organisation=made.street,
            reason=reason,
        )


def _context(row: WeeklyReport, week: Week, before: WeeklyReport) -> ProjectContext:
    """The project beside its earlier row; what the demo never breaks is left out."""
    last = Last(
        week, before.progress_percent or Decimal(0), before.completed_investment_fen or 0, True
    )
    return ProjectContext(
        row.project_id, row.project.code, row.project.name, "", None, None, None, None, None, last
    )
