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
from .people import District
from .posts import clerk_on
from .weeks import AskedWeek, asked_weeks

#: Since when the bureau of the demo holds its meetings here. Each has a paper to be rendered at the first start, half a
#: second of a processor's time.
MEETING_WEEKS = 20
_PLACE, _CHAIR = "区住房和城乡建设局三楼会议室", "区局分管负责人"
#: General topics by month: title, facts, what was decided.
_GENERAL: dict[int, tuple[str, str, str]] = {
    1: (
        "春节前农民工工资",
        "各项目进入节前结算期。",
        "各街道逐项目核实工资专户，节前全部发放到位。",
    ),
    2: ("节后复工", "各项目陆续复工。", "复工前完成人员教育和设备检查，未检查的不得复工。"),
    3: ("前期手续", "招投标、施工许可集中办理。", "手续每周通报一次，卡住的由区局牵头协调。"),
    4: (
        "扬尘治理",
        "春季大风，裸土和物料堆放较多。",
        "裸土当日覆盖，施工围挡全封闭，街道每日巡查。",
    ),
    5: ("雨季准备", "六月起进入汛期。", "先做排水管网，深基坑和脚手架逐项目排查建档。"),
    6: ("汛期值守", "强降雨预警期间停止室外作业。", "各项目排班值守，预警期间街道在岗。"),
    7: ("高温作业", "室外温度持续偏高。", "十二时至十五时停止室外露天作业，备足防暑用品。"),
    8: ("管线统筹", "水电气热讯同步入地。", "专营单位一次开挖、一次回填，街道统一排期。"),
    9: ("外墙质量", "外墙保温大面积施工。", "监理旁站到位，拉拔试验不合格的返工。"),
    10: ("冬季前收尾", "十一月中旬起外墙涂料停工。", "倒排工期，涂料和防水十一月十五日前完成。"),
    11: ("冬季施工", "气温降至零度以下。", "停止湿作业，室内和管网项目调整工序继续推进。"),
    12: ("竣工验收", "年度计划进入验收期。", "竣工资料同步归档，成熟一个验收一个。"),
}


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
        behind = self._behind(held)
        for sitting in held:
            self._topics(sitting, returns[sitting.asked.week.start], behind)
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

    def _topics(
        self,
        sitting: Sitting,
        returns: list[WeeklyReturn],
        behind: dict[date, list[WeeklyReport]],
    ) -> None:
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
                "未报、迟报的街道说明原因，下周按时报送。",
                key="returns",
            )
        for report in behind.get(sitting.asked.week.start, []):
            words = report.problems or report.work_done or "按计划推进。"
            self._topic(
                sitting,
                TopicKind.YELLOW,
                f"{report.project.name}（{report.project.street.short_name}）",
                f"累计形象进度 {report.progress_percent}%。{words}"[:600],
                "街道每日调度，下周会上报进展。",
                key=f"behind:{report.project_id}",
                report=report,
            )
        title, facts, decided = _GENERAL[sitting.day.month]
        self._topic(sitting, TopicKind.OTHER, title, facts, decided)

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
                summary="听取各街道一周进展，逐项研究存在问题，明确责任单位和时限。",
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


def signing_moment(sitting: Sitting) -> datetime:
    """When the minutes were signed: the same day at the end of office."""
    return local_moment(sitting.day, time(17, 20))
