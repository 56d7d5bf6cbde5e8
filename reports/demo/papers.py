"""Papers of the demo: past quarters' bulletins are out, so are the sheets of past weeks, the newest is a draft.

They pass through the same services and hands as any paper, at the moments when it was their time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Quarter, Week
from reports.papers import services
from reports.papers.minutes.issuing import issue_paper
from reports.papers.models import Document
from supervision.dispatch.models import Minutes
from supervision.weekly.judgements import judge_week

from .acts import Acts
from .people import District
from .returns import SHEET_WEEKS
from .weeks import AskedWeek, asked_weeks

#: The running number of a bulletin within the year it is signed in, by its quarter.
_SERIALS = {1: 9, 2: 17, 3: 26, 4: 2}


@dataclass
class PaperWriter:
    """Judges past weeks and carries past papers through their hands, in the order of time."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    _steps: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)
    _papers: dict[str, Document] = field(default_factory=dict)

    def write(self, first_on: date) -> None:
        """Everything from the first programme's approval up to now; the acts collected elsewhere are
        written between, so that the audit log is in the order of time."""
        weeks = asked_weeks(self.calendar, Week.of(first_on), Week.of(local_day(self.now)))
        closed = [asked for asked in weeks if asked.closes_at < self.now]
        for asked in closed:
            judge_week(
                bureau=self.district.bureau,
                week=asked.week,
                now=asked.closes_at + timedelta(seconds=1),
            )
        for asked in closed[-1 - SHEET_WEEKS : -1]:
            self._issued_sheets(asked)
        self._drafted_sheets(closed[-1])
        for quarter in self._quarters(first_on):
            self._bulletin(quarter)
        self._minutes()
        for moment, step in sorted(self._steps, key=lambda pair: pair[0]):
            if moment <= self.now:
                self.acts.write(until=moment)
                step()

    def _at(self, moment: datetime, step: Callable[[], object]) -> None:
        self._steps.append((moment, step))

    # -- sheets ------------------------------------------------------------------------------------
    def _issued_sheets(self, asked: AskedWeek) -> None:
        """Compiled at 13:00 on the day the week closed, issued at 16:10."""
        day = local_day(asked.closes_at)
        for clock, step in ((time(13), self._compile_sheet), (time(16, 10), self._issue_sheet)):
            moment = local_moment(day, clock)
            self._at(moment, partial(step, asked.week, moment))

    def _compile_sheet(self, week: Week, moment: datetime) -> None:
        bureau = self.district.bureau
        self._papers[week.key] = services.compile_sheet(
            bureau=bureau, subject=bureau, week=week, now=moment
        )

    def _issue_sheet(self, week: Week, moment: datetime) -> None:
        services.issue_sheet(
            document=self._papers[week.key], by=self.district.users["reviewer"], now=moment
        )

    def _drafted_sheets(self, asked: AskedWeek) -> None:
        """The last closed week's sheets wait to be read and issued."""
        moment = local_moment(local_day(asked.closes_at), time(13))
        compile_all = partial(
            services.compile_sheets, bureau=self.district.bureau, week=asked.week, now=moment
        )
        self._at(moment, compile_all)

    # -- minutes -----------------------------------------------------------------------------------
    def _minutes(self) -> None:
        """The paper of signed minutes is there a minute after the signature."""
        for minutes in Minutes.objects.signed().select_related("meeting__bureau", "signed_by"):
            if minutes.signed_at is not None:
                moment = minutes.signed_at + timedelta(minutes=1)
                self._at(moment, partial(issue_paper, minutes=minutes, now=moment))

    # -- bulletins ---------------------------------------------------------------------------------
    def _quarters(self, first_on: date) -> Iterator[Quarter]:
        quarter = Quarter.of(first_on)
        while quarter.end < local_day(self.now):
            yield quarter
            quarter = quarter.next()

    def _bulletin(self, quarter: Quarter) -> None:
        """Drafted on the 4th after the quarter, checked, approved and signed in the days that follow."""
        bureau, users, key = self.district.bureau, self.district.users, quarter.key
        first = self.calendar.roll_forward(quarter.end + timedelta(days=4))
        second = self.calendar.next_workday(first)
        third = self.calendar.next_workday(second)

        def draft(now: datetime) -> None:
            self._papers[key] = services.compile_bulletin(
                bureau=bureau, quarter=quarter, by=users["bureau"], now=now
            )

        def check(now: datetime) -> None:
            self._papers[key] = services.check(
                document=self._papers[key],
                by=users["bureau2"],
                now=now,
                opinion="数据已与周报、资金台账核对。",
            )

        def approve(now: datetime) -> None:
            self._papers[key] = services.approve(
                document=self._papers[key],
                by=users["reviewer"],
                now=now,
                opinion="同意，请局领导审定。",
            )

        def sign(now: datetime) -> None:
            self._papers[key] = services.sign(
                document=self._papers[key], by=users["leader"], now=now, opinion="同意印发。"
            )

        def number(now: datetime) -> None:
            text = f"{bureau.document_prefix}〔{third.year}〕{_SERIALS[quarter.number]}号"
            self._papers[key] = services.number(
                document=self._papers[key], number=text, by=users["office"], now=now
            )

        for moment, step in (
            (local_moment(first, time(9)), draft),
            (local_moment(second, time(10, 15)), check),
            (local_moment(second, time(15, 40)), approve),
            (local_moment(third, time(11, 5)), sign),
            (local_moment(third, time(16, 20)), number),
        ):
            self._at(moment, partial(step, moment))
