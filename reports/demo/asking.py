"""Follow-ups of the demo (核实事项): one that is settled, one that is answered, one that waits for its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.wording import chinese_date
from supervision.weekly.enums import FollowUpAct, FollowUpState
from supervision.weekly.following.policies import ASKABLE
from supervision.weekly.models import FollowUp, FollowUpStep, WeeklyReport, WeeklyReturn
from supervision.weekly.values import ReportValues

from .acts import Acts
from .people import District

A, S = FollowUpAct, FollowUpState


@dataclass(frozen=True)
class _Case:
    """How many sent returns ago, what was asked and answered, how far it came."""

    returns_ago: int
    question: str
    answer: str
    state: FollowUpState


_CASES = (
    _Case(
        9,
        "累计完成投资 {investment} 万元，是否含甲供材料，请核实口径",
        "不含甲供材料，按监理签认的工程量计，已与施工单位核对。",
        S.CLOSED,
    ),
    _Case(
        4,
        "在场 {workers} 人，与现场实名制考勤不一致，请核实以哪个为准",
        "填报时少计了管网班组，考勤为准；下周起按考勤填。",
        S.ANSWERED,
    ),
    _Case(0, "累计形象进度 {progress}%，监理周报低一些，请核实是哪几栋楼", "", S.OPEN),
)


@dataclass(frozen=True)
class FollowUpWriter:
    """Asks about rows of returns that were sent before ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self) -> None:
        """One follow-up a case, where there are enough returns."""
        sent = list(
            WeeklyReturn.objects.filter(
                state__in=ASKABLE, superseded_by=None, is_opening=False, submitted_at__lte=self.now
            )
            .select_related("street")
            .order_by("-week_start", "-submitted_at", "-pk")[: _CASES[0].returns_ago + 1]
        )
        for case in _CASES:
            if len(sent) > case.returns_ago:
                self._ask(case, sent[case.returns_ago])

    def _ask(self, case: _Case, weekly_return: WeeklyReturn) -> None:
        report = (
            weekly_return.reports.filter(workers_count__gt=0, progress_percent__lt=100)
            .select_related("project")
            .order_by("-progress_percent", "project__code")
            .first()
        )
        if report is None:
            return
        asker, clerk = self.district.users["bureau"], self.district.users[weekly_return.street.code]
        # None of it happens after now.
        asked = min((weekly_return.submitted_at or self.now) + timedelta(hours=1), self.now)
        answered = min(self._next(asked, time(15, 20)), self.now)
        closed = min(self._next(answered, time(9, 40)), self.now)
        due_on = self.calendar.add_workdays(local_day(asked), 2)
        question = case.question.format(**_facts(report))
        made = FollowUp.objects.create(
            weekly_return=weekly_return,
            project=report.project,
            question=question,
            asking=question,
            row=ReportValues.of(report).as_json(),
            due_on=due_on,
            owner=asker,
            asked_by=asker,
            asked_at=asked,
            state=case.state,
            answered_by=clerk if case.answer else None,
            answered_on=local_day(answered) if case.answer else None,
            closed_by=asker if case.state == S.CLOSED else None,
            closed_on=local_day(closed) if case.state == S.CLOSED else None,
        )
        self._step(made, A.ASK, f"{question}（答复期限 {chinese_date(due_on)}）", asker, asked)
        if case.answer:
            self._step(made, A.ANSWER, case.answer, clerk, answered)
        if case.state == S.CLOSED:
            self._step(made, A.CLOSE, "口径一致。", asker, closed)

    def _next(self, after: datetime, at: time) -> datetime:
        """That time of the next working day."""
        return local_moment(self.calendar.next_workday(local_day(after)), at)

    def _step(self, made: FollowUp, act: FollowUpAct, text: str, by: User, at: datetime) -> None:
        FollowUpStep.objects.create(follow_up=made, act=act, text=text, by=by, at=at)
        street = made.weekly_return.street
        self.acts.add(
            f"return.follow_up.{act}",
            f"{act.label}{street.short_name}周报中{made.project.name}的核实事项",
            by=by,
            at=at,
            target=made,
            organisation=street,
            reason=text,
        )


def _facts(report: WeeklyReport) -> dict[str, str]:
    investment = wanyuan_from_fen(report.completed_investment_fen or 0)
    return {
        "progress": f"{report.progress_percent}",
        "investment": format_decimal(investment, 2),
        "workers": f"{report.workers_count}",
    }
