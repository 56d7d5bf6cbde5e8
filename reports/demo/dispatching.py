"""Weekly meetings of the demo and what they assigned, with every state that an item may be in, and the agenda that
waits for the next one.

Rows are written in bulk as the services would have left them; only the coming meeting is planned by the service, so
that its agenda is the machine's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Week
from supervision.dispatch.enums import MinutesState, Presence, TopicKind
from supervision.dispatch.meetings import services as meetings
from supervision.dispatch.meetings.services import MeetingValues
from supervision.dispatch.models import (
    Attendee,
    Decision,
    DispatchMeeting,
    MeetingStep,
    Minutes,
    Topic,
)
from supervision.weekly.models import WeeklyReport, WeeklyReturn

from .acts import Acts
from .assigned import ItemStory, ItemWriter
from .dice import Dice
from .matters import Decisions, decided_of_returns, season_of
from .people import District
from .posts import clerk_on
from .weeks import AskedWeek, asked_weeks

#: Since when the bureau of the demo holds its meetings here. Each has a paper to be rendered at the first start, half a
#: second of a processor's time.
MEETING_WEEKS = 20
_PLACE, _CHAIR = "区住房和城乡建设局三楼会议室", "区局分管负责人"


@dataclass
class Sitting:
    """A meeting in the making: its week, what it talked about, who was late."""

    asked: AskedWeek
    meets_at: datetime
    plain: list[tuple[Topic, str]] = field(default_factory=list)
    meeting: DispatchMeeting = field(default_factory=DispatchMeeting)

    @property
    def day(self) -> date:
        """The day on which it met."""
        return local_day(self.meets_at)


@dataclass
class DispatchWriter:
    """Writes the meetings that were over by ``now``, their items, and the one to come."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    _clerks: dict[date, User] = field(default_factory=dict)
    _waiting: list[Sitting] = field(default_factory=list)

    def write(self) -> None:
        """The meetings of the last weeks."""
        last = Week.of(local_day(self.now))
        first = last.shift(-MEETING_WEEKS)
        returns = self._returns(first)
        weeks = [
            each for each in asked_weeks(self.calendar, first, last) if each.week.start in returns
        ]
        sittings = [
            Sitting(each, local_moment(local_day(each.closes_at), time(14, 30))) for each in weeks
        ]
        held = [each for each in sittings if each.meets_at + timedelta(hours=2) <= self.now]
        if held:
            self._write_meetings(held, returns)
            items = ItemWriter(self.district, self.calendar, self.acts, self.now, self.clerk)
            stories = items.write(held)
            self._carry(held, stories)
            self._write_minutes(held)
        self._waiting = sittings[len(held) :]

    def clerk(self, day: date) -> User:
        """Who does the clerk's work on a day."""
        if day not in self._clerks:
            self._clerks[day] = clerk_on(district=self.district, day=day)
        return self._clerks[day]

    def _returns(self, first: Week) -> dict[date, list[WeeklyReturn]]:
        found: dict[date, list[WeeklyReturn]] = defaultdict(list)
        rows = WeeklyReturn.objects.filter(week_start__gte=first.start, version=1)
        for row in rows.select_related("street").order_by("week_start", "street__order"):
            found[row.week_start].append(row)
        return found

    # -- meetings ------------------------------------------------------------------------------------
    def _write_meetings(self, held: list[Sitting], returns: dict[date, list[WeeklyReturn]]) -> None:
        counted: dict[int, int] = defaultdict(int)
        for sitting in held:
            year = sitting.asked.week.year.year
            counted[year] += 1
            clerk = self.clerk(sitting.day)
            sitting.meeting = DispatchMeeting(
                bureau=self.district.bureau,
                week_start=sitting.asked.week.start,
                year=year,
                number=counted[year],
                state="held",
                meets_at=sitting.meets_at,
                place=_PLACE,
                chair=_CHAIR,
                planned_by=clerk,
                planned_at=sitting.meets_at - timedelta(hours=2),
                proposed_at=sitting.meets_at - timedelta(hours=2),
                held_by=clerk,
                held_at=sitting.meets_at + timedelta(minutes=5),
            )
        DispatchMeeting.objects.bulk_create([each.meeting for each in held])
        behind, decisions = self._behind(held), Decisions()
        months: dict[tuple[int, int], int] = defaultdict(int)
        for place, sitting in enumerate(held):
            self._returns_topic(sitting, returns[sitting.asked.week.start], place)
            self._projects_topics(sitting, behind, decisions)
            month = (sitting.day.year, sitting.day.month)
            title, facts, decided = season_of(sitting.day, months[month])
            months[month] += 1
            self._topic(sitting, TopicKind.OTHER, title, facts, decided)
        Topic.objects.bulk_create([topic for each in held for topic, _ in each.plain])

    def _behind(self, held: list[Sitting]) -> dict[date, list[WeeklyReport]]:
        """The two projects of each week that stood lowest while the others went on, with the words of their street."""
        found: dict[date, list[WeeklyReport]] = defaultdict(list)
        rows = WeeklyReport.objects.filter(
            weekly_return__week_start__gte=held[0].asked.week.start,
            weekly_return__version=1,
            progress_percent__gt=0,
            progress_percent__lt=100,
        ).select_related("project__street", "weekly_return")
        for row in rows.order_by("progress_percent", "project__code"):
            found[row.weekly_return.week_start].append(row)
        return {start: reports[:2] for start, reports in found.items()}

    def _returns_topic(self, sitting: Sitting, returns: list[WeeklyReturn], place: int) -> None:
        streets = {row.street.short_name: row for row in returns}
        missing = [
            each.short_name for each in self.district.streets if each.short_name not in streets
        ]
        late = [
            name
            for name, row in streets.items()
            if row.first_submitted_at and row.first_submitted_at > sitting.asked.due_at
        ]
        said = [f"{word}：{'、'.join(names)}" for word, names in (("未报", missing), ("迟报", late)) if names]  # fmt: skip
        if said:
            self._topic(
                sitting,
                TopicKind.RETURNS,
                f"第{sitting.asked.week.number}周周报报送",
                f"{'；'.join(said)}。",
                decided_of_returns(missing, late, place),
                key="returns",
            )

    def _projects_topics(
        self, sitting: Sitting, behind: dict[date, list[WeeklyReport]], decisions: Decisions
    ) -> None:
        for report in behind.get(sitting.asked.week.start, []):
            words = report.problems or report.work_done or "按计划推进。"
            self._topic(
                sitting,
                TopicKind.YELLOW,
                f"{report.project.name}（{report.project.street.short_name}）",
                f"累计形象进度 {report.progress_percent}%。{words}"[:600],
                decisions.of(words),
                key=f"behind:{report.project_id}",
                report=report,
            )

    def _topic(
        self,
        sitting: Sitting,
        kind: TopicKind,
        title: str,
        facts: str,
        decided: str,
        *,
        key: str = "",
        report: WeeklyReport | None = None,
    ) -> None:
        topic = Topic(
            meeting=sitting.meeting,
            place=len(sitting.plain) + 1,
            kind=kind,
            title=title,
            facts=facts,
            street=report.project.street if report else None,
            project=report.project if report else None,
            source_key=key,
            added_by=None if key else sitting.meeting.planned_by,
            added_at=sitting.meeting.planned_at,
        )
        sitting.plain.append((topic, decided))

    def _carry(self, held: list[Sitting], stories: list[ItemStory]) -> None:
        """The items that stood unsettled at a later meeting are topics of it."""
        topics = []
        for sitting in held:
            place = len(sitting.plain)
            for story in stories:
                if (
                    story.is_open_at(sitting.meets_at)
                    and story.item.meeting_id != sitting.meeting.pk
                ):
                    place += 1
                    topics.append(story.topic(sitting, place))
        Topic.objects.bulk_create(topics)

    # -- minutes -------------------------------------------------------------------------------------
    def _write_minutes(self, held: list[Sitting]) -> None:
        leader = self.district.users["leader"]
        written, steps, decisions, attendees = [], [], [], []
        for sitting in held:
            clerk = self.clerk(sitting.day)
            minutes = Minutes(
                meeting=sitting.meeting,
                met_at=sitting.meets_at,
                place=_PLACE,
                chair=_CHAIR,
                recorder="区局经办岗",
                summary=_summary(sitting),
                recorded_by=clerk,
                recorded_at=sitting.meets_at + timedelta(minutes=80),
            )
            written.append(minutes)
        Minutes.objects.bulk_create(written)
        for sitting, minutes in zip(held, written, strict=True):
            attendees += self._attendees(sitting, minutes)
            decisions += [
                Decision(minutes=minutes, topic=topic, text=decided)
                for topic, decided in sitting.plain
            ]
        Attendee.objects.bulk_create(attendees)
        Decision.objects.bulk_create(decisions)
        for sitting, minutes in zip(held, written, strict=True):
            steps += self._sign(sitting, minutes, leader)
        Minutes.objects.bulk_update(
            written, ["state", "submitted_by", "submitted_at", "signed_by", "signed_at"]
        )
        MeetingStep.objects.bulk_create(sorted(steps, key=lambda step: step.at))

    def _attendees(self, sitting: Sitting, minutes: Minutes) -> list[Attendee]:
        dice = Dice(f"attendance {sitting.asked.week.key}")
        rows: list[tuple[Presence, Organisation | None, str, str]] = []
        for street in self.district.streets:
            away = dice.number(1, 12) == 1
            rows.append(
                (
                    Presence.EXCUSED if away else Presence.PRESENT,
                    street,
                    street.short_name,
                    "分管负责人",
                )
            )
        rows.append((Presence.PRESENT, self.district.bureau, self.district.bureau.short_name, "相关科室负责人"))  # fmt: skip
        if dice.number(1, 3) == 1:
            rows.append((Presence.ATTENDING, None, "区财政局", "经济建设科"))
        order = list(Presence)
        rows.sort(key=lambda row: order.index(row[0]))
        return [
            Attendee(
                minutes=minutes,
                place=place,
                presence=presence,
                organisation=organisation,
                name=name,
                post=post,
            )
            for place, (presence, organisation, name, post) in enumerate(rows, start=1)
        ]

    def _sign(self, sitting: Sitting, minutes: Minutes, leader: User) -> list[MeetingStep]:
        """As far as the signature where there was time for it; the steps and entries of all that was done."""
        clerk, meeting = self.clerk(sitting.day), sitting.meeting
        done: list[tuple[str, str, User, datetime, str, str]] = [
            ("meeting", "plan", clerk, meeting.planned_at, "", "agenda"),
            ("meeting", "hold", clerk, meeting.meets_at + timedelta(minutes=5), "agenda", "held"),
        ]
        submitted = sitting.meets_at + timedelta(minutes=90)
        signed = signing_moment(sitting)
        if submitted <= self.now:
            minutes.state, minutes.submitted_by = MinutesState.SUBMITTED, clerk
            minutes.submitted_at = submitted
            done.append(("minutes", "submit", clerk, submitted, "recording", "submitted"))
        if signed <= self.now:
            minutes.state, minutes.signed_by, minutes.signed_at = (
                MinutesState.SIGNED,
                leader,
                signed,
            )
            done.append(("minutes", "sign", leader, signed, "submitted", "signed"))
        words = {"plan": "拟定", "hold": "开始记录", "submit": "提请签发", "sign": "签发纪要"}
        for kind, act, by, at, before, after in done:
            target = minutes if kind == "minutes" else meeting
            self.acts.add(
                f"dispatch.{kind}.{act}",
                f"{words[act]}：{target}",
                by=by,
                at=at,
                target=target,
                organisation=self.district.bureau,
                changes={"state": [before or None, after]},
            )
        return [
            MeetingStep(
                meeting=meeting,
                act=act,
                from_state=before,
                to_state=after,
                by=by,
                stands_for=by.stands_for,
                at=at,
            )
            for _, act, by, at, before, after in done
        ]

    # -- what comes ----------------------------------------------------------------------------------
    def plan_next(self) -> None:
        """The meeting of the week whose return is due already, planned by the service."""
        due = [each for each in self._waiting if each.asked.due_at <= self.now]
        if not due:
            return
        sitting = due[0]
        clerk = self.clerk(local_day(self.now))
        meetings.plan(
            bureau=self.district.bureau,
            week=sitting.asked.week,
            values=MeetingValues(sitting.meets_at, _PLACE, _CHAIR),
            by=clerk,
            now=self.now,
        )


def _summary(sitting: Sitting) -> str:
    """How the meeting went, by what it talked about."""
    names = [topic.project.name for topic, _ in sitting.plain if topic.project is not None]
    about = f"，重点调度{'、'.join(names)}" if names else ""
    return (
        f"听取各街道第{sitting.asked.week.number}周进展{about}，"
        f"研究{sitting.plain[-1][0].title}，明确责任单位和时限。"
    )


def signing_moment(sitting: Sitting) -> datetime:
    """When the minutes were signed: the same day at the end of office."""
    return local_moment(sitting.day, time(17, 20))
