"""The weekly returns: which rows each week asks for, what stands in them, and who did what when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Week, weeks_between
from supervision.weekly.enums import LateReason, ReturnAct, ReturnState
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from supervision.weekly.values import ReportValues

from .acts import Acts
from .dice import Dice
from .people import FOUNDED, District
from .pledging import Pledges
from .stories import tenths
from .told import Told
from .weeks import LEAST, AskedWeek, asked_weeks, moment_within, office_time_before, store_weeks
from .wording import Words, completion_words, words_for, workers

OPENING_WEEKS = 3
#: How many weeks before the last closed one have their dispatch sheets in the archive: the sheets publish
#: their returns. Earlier weeks are published without a sheet at hand.
SHEET_WEEKS = 2
JUMP = 10
#: (street, Monday) of what went otherwise than it should in the first year.
_MISSING = {("zhonglou", date(2025, 7, 7)), ("zhonglou", date(2025, 9, 8))}
_LATE = {("zhonglou", date(2025, 8, 18)), ("songlinglu", date(2025, 9, 1)), ("banyanglu", date(2025, 5, 12))}  # fmt: skip
_CORRECTED = {
    ("songlinglu", date(2025, 7, 21)): "松龄东苑累计完成投资误填，按监理计量单更正",
    ("banyanglu", date(2025, 10, 20)): "留仙苑小区累计完成投资重复计入，核对后更正",
}
_SENT_BACK = (
    "请核对外墙保温完成楼栋，与监理周报不一致。",
    "存在问题一栏请写明责任单位和解决时限。",
    "累计完成投资与上周相同但进度有增加，请核实。",
)


class Fate(Enum):
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    OPENING = "opening"
    #: The week that is open: sent and waiting, or begun.
    WAITING = "waiting"
    BEGUN = "begun"


@dataclass
class _Life:
    """A return that is growing: its row, its events, and the rows that stand in it."""

    row: WeeklyReturn
    told: list[Told]
    values: list[ReportValues]
    events: list[ReturnEvent] = field(default_factory=list)


@dataclass
class ReturnWriter:
    """Writes the returns of every street from the first programme's approval up to ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    pledges: Pledges

    def write(self, told: list[Told]) -> None:
        """Weeks, returns with their events, and reports."""
        first = Week.of(min(one.project.entered_on for one in told))
        last = Week.of(local_day(self.now))
        weeks = asked_weeks(self.calendar, first, last)
        store_weeks(self.district.bureau, weeks, weeks_between(first, last), now=self.now)
        closed = [asked for asked in weeks if asked.closes_at < self.now]
        self._newest = weeks[-1].week
        self._last_closed = closed[-1].week
        self._closed = [asked.week for asked in closed]
        lives: list[_Life] = []
        for street in self.district.streets:
            lives += self._street(street, told, weeks)
        lives.sort(key=lambda life: (life.row.week_start, life.row.version))
        self._store(lives)

    # -- one street --------------------------------------------------------------------------------
    def _street(
        self, street: Organisation, told: list[Told], weeks: list[AskedWeek]
    ) -> Iterator[_Life]:
        last: dict[int, ReportValues] = {}
        for place, asked in enumerate(weeks):
            rows = [one for one in told if one.reports_for(street, asked.week)]
            fate = self._fate(street, asked, place)
            if not rows or fate is Fate.MISSING:
                continue
            if fate is Fate.BEGUN:
                rows = rows[: max(2, len(rows) // 2)]
            values = [self._values(one, asked.week, last.get(one.project.pk)) for one in rows]
            reason = self._correction(street, asked.week)
            if reason and fate is Fate.ON_TIME and len(values) > 1:
                lives = [*self._corrected(street, asked, rows, values, reason)]
            else:
                lives = [self._life(street, asked, rows, values, fate)]
            begun = [life for life in lives if life.row.opened_at <= self.now]
            if begun:
                last |= {value.project_id: value for value in values}
            yield from begun

    def _fate(self, street: Organisation, asked: AskedWeek, place: int) -> Fate:
        week, code = asked.week, street.code
        if place < OPENING_WEEKS and week.start.year == FOUNDED.year:
            return Fate.OPENING
        if week == self._newest and asked.closes_at >= self.now:
            newest = {"banyanglu": Fate.WAITING, "songlinglu": Fate.BEGUN}
            passed = self.calendar.work_time_between(asked.opens_at, self.now)
            return newest.get(code, Fate.MISSING) if passed >= LEAST else Fate.MISSING
        if code == "zhonglou" and week >= self._last_closed:
            return Fate.MISSING
        if (code, week.start) in _MISSING:
            return Fate.MISSING
        recent = [self._closed[-2:-1], self._closed[-4:-3]]
        if (code == "songlinglu" and [week] == recent[0]) or (
            code == "zhonglou" and [week] == recent[1]
        ):
            return Fate.LATE
        if (code, week.start) in _LATE or Dice(f"{code} {week} fate").number(1, 21) == 1:
            return Fate.LATE
        return Fate.ON_TIME

    def _correction(self, street: Organisation, week: Week) -> str:
        known = _CORRECTED.get((street.code, week.start), "")
        if known or len(self._closed) < 12:
            return known
        this_year = street.code == "songlinglu" and week == self._closed[-9]
        return "双山里小区累计完成投资误填，按监理计量单更正" if this_year else ""

    # -- rows --------------------------------------------------------------------------------------
    def _values(self, one: Told, week: Week, last: ReportValues | None) -> ReportValues:
        story, outline = one.story, one.outline
        dice = Dice(f"{one.project.code} {week}")
        progress = story.progress(week.end)
        plan = story.plan_on(week.end)
        behind = tenths(plan.scheduled(week.end)) - progress
        started = story.started_on is not None and story.started_on <= week.end
        completes = story.completed_on is not None and week.contains(story.completed_on)
        investment = _investment(one, progress)
        idle = not self.calendar.workdays_in(week)[2:]
        same = last is not None and last.progress_percent == progress
        if last is not None and same and not completes and (idle or dice.number(1, 5) <= 3):
            return ReportValues(
                project_id=one.project.pk,
                progress_percent=progress,
                completed_investment_fen=last.completed_investment_fen,
                workers_count=0 if not started else dice.number(0, 4),
                is_unchanged=True,
            )
        words: Words = (
            completion_words(outline=outline, dice=dice)
            if completes
            else words_for(
                outline=outline,
                progress=progress,
                behind=behind,
                started=started,
                ahead=_share_passed(one.project.entered_on, week.end, plan.start),
                dice=dice,
            )
        )
        step = progress - (last.progress_percent or Decimal(0)) if last else Decimal(0)
        begins = story.started_on is not None and week.contains(story.started_on)
        return ReportValues(
            project_id=one.project.pk,
            progress_percent=progress,
            completed_investment_fen=investment,
            work_done=words.work_done,
            problems=words.problems,
            coordination=words.coordination,
            next_plan=words.next_plan,
            workers_count=workers(progress=progress, behind=behind, started=started, dice=dice),
            claimed_start_on=story.started_on if begins else None,
            claimed_completion_on=story.completed_on if completes else None,
            explanation="上次报送后有多个班组同步施工，监理已复核工程量。" if step > JUMP else "",
        )

    # -- lives -------------------------------------------------------------------------------------
    def _life(
        self,
        street: Organisation,
        asked: AskedWeek,
        told: list[Told],
        values: list[ReportValues],
        fate: Fate,
    ) -> _Life:
        dice = Dice(f"{street.code} {asked.week} life")
        row = WeeklyReturn(street=street, week_start=asked.week.start)
        life = _Life(row, told, values)
        if fate is Fate.OPENING:
            self._import(life, asked)
            return life
        sent = self._sending(asked, fate, dice)
        clerk = self._clerk(street)
        row.opened_at = office_time_before(sent, dice.number(30, 90), calendar=self.calendar)
        row.opened_by = clerk
        self._do(life, ReturnAct.OPEN, ReturnState.DRAFT, clerk, row.opened_at)
        if fate is Fate.BEGUN or sent > self.now:
            return life
        self._submit(life, clerk, sent, asked)
        if fate is Fate.WAITING:
            return life
        head = self._head(street)
        if fate is Fate.ON_TIME and dice.number(1, 16) == 1 and sent.hour < 14:
            back = sent + timedelta(minutes=dice.number(20, 50))
            row.comment = dice.pick(_SENT_BACK)
            row.sent_back_at, row.sent_back_by = back, head
            if not self._do(
                life, ReturnAct.SEND_BACK, ReturnState.SENT_BACK, head, back, row.comment
            ):
                return life
            sent = back + timedelta(minutes=dice.number(25, 70))
            self._submit(life, clerk, sent, asked)
        self._finish(life, asked, sent, fate, dice)
        return life

    def _sending(self, asked: AskedWeek, fate: Fate, dice: Dice) -> datetime:
        """When the clerk sends; what is still open has been sent or begun before now."""
        if fate in {Fate.WAITING, Fate.BEGUN}:
            ideal = asked.due_at - timedelta(hours=6, minutes=dice.number(0, 50))
            if ideal <= self.now:
                return ideal
            percent = dice.number(55, 80)
            within = moment_within(asked, calendar=self.calendar, now=self.now, percent=percent)
            return ideal if within is None else within
        if fate is Fate.LATE:
            return asked.closes_at - timedelta(minutes=dice.number(20, 190))
        day = local_day(asked.due_at)
        if dice.number(1, 4) == 1:
            earlier = self.calendar.previous_workday(day)
            day = earlier if asked.week.contains(earlier) else day
        return self.calendar.add_work_minutes(local_moment(day, time()), dice.number(60, 330))

    def _finish(
        self, life: _Life, asked: AskedWeek, sent: datetime, fate: Fate, dice: Dice
    ) -> None:
        """Review by the street, approval by the bureau, publication with the dispatch sheet."""
        row = life.row
        reviewer = self.district.users["reviewer"]
        reviewed = sent + timedelta(minutes=dice.number(15, 95))
        head = self._head(row.street)
        if not self._do(life, ReturnAct.REVIEW, ReturnState.REVIEWED, head, reviewed):
            return
        row.reviewed_at, row.reviewed_by = reviewed, head
        day = local_day(asked.closes_at)
        approved = local_moment(day, time(dice.number(9, 10), dice.number(0, 59)))
        if fate is Fate.LATE or approved <= reviewed:
            approved = max(reviewed, local_moment(day, time(13, 40))) + timedelta(
                minutes=dice.number(5, 40)
            )
        if not self._do(life, ReturnAct.APPROVE, ReturnState.APPROVED, reviewer, approved):
            return
        row.approved_at, row.approved_by = approved, reviewer
        if row.version == 1 and Week(row.week_start) in self._closed[-1 - SHEET_WEEKS :]:
            return
        published = max(approved + timedelta(minutes=10), local_moment(day, time(16, 10)))
        by = self.district.users["bureau"]
        if self._do(life, ReturnAct.PUBLISH, ReturnState.PUBLISHED, by, published):
            row.published_at = published

    def _submit(self, life: _Life, clerk: User, sent: datetime, asked: AskedWeek) -> None:
        row = life.row
        if self._do(life, ReturnAct.SUBMIT, ReturnState.SUBMITTED, clerk, sent):
            row.submitted_at, row.submitted_by = sent, clerk
            row.pledge = self.pledges.at(clerk, sent)
            row.first_submitted_at = row.first_submitted_at or sent
            row.due_at_met = asked.due_at
            if sent > asked.due_at and row.version == 1:
                row.late_reason = "施工单位计量资料报送较晚，核对后补报"
                row.late_code = LateReason.DATA

    def _import(self, life: _Life, asked: AskedWeek) -> None:
        """A week from before the portal, taken over from the old sheet by the bureau."""
        row, users = life.row, self.district.users
        day = self.calendar.add_workdays(date(2025, 2, 10), 3)
        row.is_opening = True
        row.opened_at = local_moment(day, time(10, asked.week.number))
        row.opened_by = users["bureau"]
        row.approved_at = local_moment(day, time(15, 30 + asked.week.number))
        row.approved_by = users["reviewer"]
        self._do(
            life, ReturnAct.OPEN, ReturnState.DRAFT, users["bureau"], row.opened_at, "期初导入"
        )
        self._do(life, ReturnAct.APPROVE, ReturnState.APPROVED, users["reviewer"], row.approved_at)

    def _corrected(
        self,
        street: Organisation,
        asked: AskedWeek,
        told: list[Told],
        values: list[ReportValues],
        reason: str,
    ) -> Iterator[_Life]:
        """A return with a slip in one row, and the version that mends it some days later."""
        wrong = list(values)
        place = next(
            (n for n, value in enumerate(values) if value.completed_investment_fen and not value.is_unchanged),
            0,
        )  # fmt: skip
        for number, one in enumerate(told):
            if one.project.name in reason and not values[number].is_unchanged:
                place = number
        wrong[place] = _with_slip(values[place])
        first = self._life(street, asked, told, wrong, Fate.ON_TIME)
        yield first
        day = self.calendar.add_workdays(local_day(asked.closes_at), 2)
        opened = local_moment(day, time(9, 20))
        if opened > self.now or first.row.state != ReturnState.PUBLISHED:
            return
        clerk = self._clerk(street)
        row = WeeklyReturn(
            street=street,
            week_start=asked.week.start,
            version=2,
            supersedes=first.row,
            correction_reason=reason,
            opened_at=opened,
            opened_by=clerk,
        )
        second = _Life(row, told, values)
        first.events.append(
            ReturnEvent(
                act=ReturnAct.CORRECT,
                from_state=first.row.state,
                to_state=first.row.state,
                at=opened,
                by=clerk,
                comment=reason,
            )
        )
        self._do(second, ReturnAct.OPEN, ReturnState.DRAFT, clerk, opened, reason)
        sent = opened + timedelta(minutes=50)
        self._submit(second, clerk, sent, asked)
        later = AskedWeek(asked.week, asked.opens_at, asked.due_at, local_moment(
            self.calendar.next_workday(day), time(12)))  # fmt: skip
        self._finish(second, later, sent, Fate.ON_TIME, Dice(f"{street.code} {asked.week} again"))
        yield second

    def _do(
        self,
        life: _Life,
        act: ReturnAct,
        to: ReturnState,
        by: User,
        at: datetime,
        comment: str = "",
    ) -> bool:
        """Carry the return on by one act, if that has happened by now."""
        if at > self.now:
            return False
        life.events.append(
            ReturnEvent(
                act=act,
                from_state="" if act == ReturnAct.OPEN else life.row.state,
                to_state=to,
                at=at,
                by=by,
                comment=comment,
                rows=_snapshot(life) if act == ReturnAct.SUBMIT else [],
            )
        )
        life.row.state = to
        return True

    def _clerk(self, street: Organisation) -> User:
        return self.district.users[street.code]

    def _head(self, street: Organisation) -> User:
        return self.district.users[f"{street.code}-head"]

    # -- storing -----------------------------------------------------------------------------------
    def _store(self, lives: list[_Life]) -> None:
        # Rows go into drafts: the database takes none into what is approved.
        states = [(life.row, life.row.state) for life in lives]
        for row, _ in states:
            row.state = ReturnState.DRAFT
        firsts = [life for life in lives if life.row.version == 1]
        seconds = [life for life in lives if life.row.version > 1]
        for group in (firsts, seconds):
            for life in group:
                if life.row.supersedes is not None:
                    life.row.supersedes = life.row.supersedes  # takes the key it was given by now
            WeeklyReturn.objects.bulk_create([life.row for life in group])
        reports: list[WeeklyReport] = []
        events: list[ReturnEvent] = []
        for life in lives:
            row = life.row
            written = max(row.opened_at, (row.submitted_at or row.opened_at) - timedelta(minutes=8))
            for one, value in zip(life.told, life.values, strict=True):
                reports.append(_report(row, one, value, written))
            for event in life.events:
                event.weekly_return = row
                events.append(event)
        WeeklyReport.objects.bulk_create(reports, batch_size=300)
        for row, state in states:
            row.state = state
        WeeklyReturn.objects.bulk_update([row for row, _ in states], ["state"], batch_size=300)
        events.sort(key=lambda event: event.at)
        ReturnEvent.objects.bulk_create(events, batch_size=300)
        for event in events:
            self._act(event)

    def _act(self, event: ReturnEvent) -> None:
        row = event.weekly_return
        week = Week(row.week_start)
        act = ReturnAct(event.act)
        version = f"（第{row.version}版）" if row.version > 1 else ""
        self.acts.add(
            f"return.{act.value}",
            f"{act.label}{row.street.short_name}{week.full_label}周报{version}",
            by=event.by,
            at=event.at,
            target=row,
            organisation=row.street,
            changes={"state": [event.from_state, event.to_state]},
            reason=event.comment,
        )


def _investment(one: Told, progress: Decimal) -> int:
    """Completed investment in 分, to 0.01 万元: it follows the progress, a little under it."""
    dice = Dice(f"{one.project.code} investment")
    rate = (
        Fraction(9908, 10000)
        if one.project.code == "ZC2025-14"
        else Fraction(dice.number(920, 985), 1000)
    )
    if progress == 100:
        rate = Fraction(986, 1000)
    exact = one.outline.investment * Fraction(progress) / 100 * rate
    return int(exact * 100) * 10_000


def _share_passed(first: date, day: date, last: date) -> Fraction:
    return Fraction((day - first).days, max((last - first).days, 1))


def _with_slip(value: ReportValues) -> ReportValues:
    fields: dict[str, Any] = {name: getattr(value, name) for name in ReportValues.__slots__}
    fields["completed_investment_fen"] = (value.completed_investment_fen or 0) + 8_600_000
    return ReportValues(**fields)


def _snapshot(life: _Life) -> list[dict[str, Any]]:
    return [
        {"project": one.project.code, "name": one.project.name, **value.as_json()}
        for one, value in zip(life.told, life.values, strict=True)
    ]


def _report(row: WeeklyReturn, one: Told, value: ReportValues, at: datetime) -> WeeklyReport:
    fields = {
        name: getattr(value, name)
        for name in ReportValues.__slots__
        if name not in {"project_id", "source_row"}
    }
    by = row.submitted_by or row.opened_by
    return WeeklyReport(
        weekly_return=row,
        project=one.project,
        updated_at=at,
        updated_by=by,
        unchanged_at=at if value.is_unchanged else None,
        unchanged_by=by if value.is_unchanged else None,
        **fields,
    )
