"""What the demo's meetings assigned and how it went: most of it done in time, some late, some sent back, some with more
time; of the last meetings one overdue, one that asks for more time, one carried over and over, one to be closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from projects.ledger.models import Party, Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Week
from renovation.core.wording import chinese_date, short_date
from supervision.dispatch.enums import (
    AnswererKind,
    ExtensionState,
    ItemAct,
    ItemOrigin,
    ItemState,
    TopicKind,
)
from supervision.dispatch.models import DispatchItem, ItemExtension, ItemStep, Topic

from .acts import Acts
from .dice import Dice
from .matters import Task, obstacle_of
from .people import District

if TYPE_CHECKING:
    from .dispatching import Sitting

A, S = ItemAct, ItemState
#: Of a project, where nothing that stands in its way says what is to be done.
_WORKS = (
    Task("补齐消防通道施工手续，报区局备查", "手续齐全，复印件报区局", "图审意见已取得，等消防窗口受理。", "手续已办齐，复印件已报区局。"),
    Task("清退滞留在小区出入口的建筑垃圾", "出入口清空，居民通行不受影响", "已清运四车，剩余部分周末前清完。", "垃圾清空，出入口已恢复。"),
    Task("核对雨污分流管线与自来水公司开挖计划", "两家开挖计划并成一份，报区局", "已和自来水公司对图一次。", "开挖计划已合并，一次开挖、一次回填。"),
    Task("补齐隐蔽工程验收照片和记录", "照片和记录逐栋对应，报区局备查", "照片已找齐，记录补签中。", "已逐栋对应归档。"),
    Task("逐栋核对形象进度和监理周报", "核对表由街道和监理签字，报区局", "已核对三栋。", "核对完毕，签字表已报。"),
    Task("落实下一道工序的材料和班组", "材料进场单和班组名册报区局", "材料已订，班组在谈。", "材料进场，班组到岗。"),
)  # fmt: skip
#: To a street, of no project.
_STREETS = (
    Task("逐项目核实农民工工资专户余额，列出清单", "清单报区局，欠付的写明解决日期", "已核实一半项目。", "清单已报，没有欠付。"),
    Task("排查在建小区深基坑和脚手架", "隐患清单和整改照片报区局", "已排查三个小区。", "排查完毕，隐患已整改。"),
    Task("更换破损围挡，补齐公示牌", "围挡完好，公示牌内容齐全，附照片", "围挡已订货。", "围挡和公示牌已更换，照片随附。"),
)  # fmt: skip
_SECTION = Task("汇总各街道前期手续卡点，协调联合审批", "卡点清单和解决日期发各街道", "已收齐两个街道。", "清单已发各街道。")  # fmt: skip
_LONG = Task("完成沿街商铺门头拆改协商，全部签订协议", "商铺全部签订协议，名单报区局", "已签订六成，其余商铺要求提高补偿。", "")  # fmt: skip
#: Given to one street and passed on to another, with the reason.
_PASSED = Task("拆除两街道交界处占压污水主管的棚屋", "棚屋拆除，主管露出，附前后照片", "已同户主见面，约定搬迁日期。", "")  # fmt: skip
_PASSED_ON = "现场核对，棚屋在{street}辖区一侧。"
#: How many meetings ago the item was assigned that was passed on since.
_PASSED_BACK = 2


@dataclass
class ItemStory:
    """An item with what happened to it, in order; what would come after now is left out."""

    item: DispatchItem
    steps: list[ItemStep] = field(default_factory=list)
    extensions: list[ItemExtension] = field(default_factory=list)

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it was in force and not at its end."""
        begun, end = self.item.in_force_at, self.item.done_at
        return begun is not None and begun < moment and (end is None or end > moment)

    def topic(self, sitting: Sitting, place: int) -> Topic:
        """It as a topic of a later meeting."""
        item, day = self.item, sitting.day
        state = S.TO_ACCEPT
        for step in self.steps:
            if step.at <= sitting.meets_at:
                state = S(step.to_state)
        late = (day - item.first_due_on).days if state in {S.TO_ACCEPT, S.WORKING} else 0
        words = f"{item.answerer_name}，{state.label}，{short_date(item.first_due_on)}到期"
        if late > 0:
            words += f"，已逾期 {late} 天" if not item.extension_count else "，已延期"
        notes = [
            step.text for step in self.steps if step.act == A.NOTE and step.at <= sitting.meets_at
        ]
        said = f"；最近进展：{notes[-1].rstrip('。')}" if notes else ""
        project = item.project
        return Topic(
            meeting=sitting.meeting,
            place=place,
            kind=TopicKind.ITEM,
            title=f"{item.code} {item.task}"[:80],
            facts=f"{words}{said}。",
            street=project.street if project else self._street,
            project=project,
            item=item,
            source_key=f"item:{item.pk}",
            added_at=sitting.meeting.planned_at,
        )

    @property
    def _street(self) -> Organisation | None:
        return self.item.organisation if self.item.answerer_kind == AnswererKind.STREET else None


@dataclass
class ItemWriter:
    """Makes the items of meetings and lets them run up to ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    clerk: Callable[[date], User]
    _stories: list[ItemStory] = field(default_factory=list)
    _numbers: dict[date, int] = field(default_factory=lambda: defaultdict(int))
    #: Of which projects the task that an obstacle asks for was given.
    _asked: set[tuple[int, str]] = field(default_factory=set)

    def write(self, held: Sequence[Sitting]) -> list[ItemStory]:
        """All items, written; in the order in which they were assigned."""
        signed = [each for each in held if local_moment(each.day, time(17, 20)) <= self.now]
        last = len(signed) - 1
        for place, sitting in enumerate(held):
            self._of_meeting(place, sitting, back=last - place)
        DispatchItem.objects.bulk_create([story.item for story in self._stories])
        ItemStep.objects.bulk_create(
            sorted(
                (step for story in self._stories for step in story.steps), key=lambda step: step.at
            )
        )
        ItemExtension.objects.bulk_create(
            [each for story in self._stories for each in story.extensions]
        )
        self._audit()
        return self._stories

    # -- what was assigned ---------------------------------------------------------------------------
    def _of_meeting(self, place: int, sitting: Sitting, *, back: int) -> None:
        """``back`` is how many signed meetings came after; −1 of one whose minutes wait for the signature."""
        dice = Dice(f"items {sitting.asked.week.key}")
        about = next((topic for topic, _ in sitting.plain if topic.project is not None), None)
        if about is not None and about.project is not None:
            words = self._about(about.project, about.facts, place)
            story = self._assign(sitting, words, about.street, topic=about)
            self._run(story, dice, words, {0: "asks", 1: "stuck"}.get(back, ""))
        street = self.district.streets[place % len(self.district.streets)]
        general = sitting.plain[-1][0]
        if back == 3:
            story = self._assign(sitting, _LONG, street, topic=general, days=60)
            self._run(story, dice, _LONG, "carried")
        elif back == _PASSED_BACK:
            story = self._assign(sitting, _PASSED, street, topic=general, days=45)
            self._pass_on(story)
        elif place % 2 == 0 or back == 0:
            words = _STREETS[(place + 1) // 2 % len(_STREETS)]
            story = self._assign(sitting, words, street, topic=general)
            self._run(story, dice, words, "reported" if back == 0 else "")
        elif place % 5 == 1:
            story = self._assign(sitting, _SECTION, None, topic=general)
            self._run(story, dice, _SECTION, "")
        if back >= 0 and (place % 4 == 2 or back == 0):
            words = _WORKS[(place + 3) % len(_WORKS)]
            at = local_moment(self.calendar.next_workday(sitting.day), time(9, 25))
            if at <= self.now and about is not None:
                story = self._assign(sitting, words, about.street, topic=about, at=at)
                self._run(story, dice, words, "fresh" if back == 0 else "")

    def _about(self, project: Project, facts: str, place: int) -> Task:
        """What is assigned of a project: what its obstacle asks for, once; then something else."""
        obstacle = obstacle_of(facts)
        if obstacle is not None and (project.pk, obstacle.sign) not in self._asked:
            self._asked.add((project.pk, obstacle.sign))
            return obstacle.task
        return _WORKS[place % len(_WORKS)]

    def _assign(
        self,
        sitting: Sitting,
        words: Task,
        street: Organisation | None,
        *,
        topic: Topic,
        days: int = 7,
        at: datetime | None = None,
    ) -> ItemStory:
        """An item of a topic, or with ``at`` one by telephone about the same project."""
        week = Week.of(local_day(at)) if at else sitting.asked.week
        minutes = 40 + 5 * self._numbers[week.start]
        assigned = at or sitting.meets_at + timedelta(minutes=minutes)
        signed = local_moment(sitting.day, time(17, 20))
        force = at or (signed if signed <= self.now else None)
        party = self._builder(topic.project) if at else None
        self._numbers[week.start] += 1
        due = self.calendar.roll_forward(local_day(force or assigned) + timedelta(days=days))
        by = self.clerk(local_day(assigned))
        item = DispatchItem(
            bureau=self.district.bureau,
            week_start=week.start,
            number=self._numbers[week.start],
            origin=ItemOrigin.PHONE if at else ItemOrigin.MEETING,
            meeting=None if at else sitting.meeting,
            topic=None if at else topic,
            project=topic.project,
            task=words.task,
            standard=words.standard,
            **self._answerer(street, party),
            first_due_on=due,
            due_on=due,
            limit_on=due,
            owner=self.district.users["bureau"],
            state=S.TO_ACCEPT if force else S.PLANNED,
            assigned_by=by,
            assigned_at=assigned,
            in_force_at=force,
        )
        story = ItemStory(item)
        self._stories.append(story)
        name = f"{item.answerer_name}，{chinese_date(due)}前"
        self._step(story, A.ASSIGN, "", item.state if at else S.PLANNED, by, assigned, name)
        if force and not at:
            leader = self.district.users["leader"]
            self._step(story, A.ENFORCE, S.PLANNED, S.TO_ACCEPT, leader, force, "纪要签发")
        return story

    def _builder(self, project: Project | None) -> Party | None:
        """The contractor of a project by the account of the demo, where it builds there."""
        account = self.district.users["contractor"]
        if project is None:
            return None
        companies = account.memberships.values("organisation")
        return project.parties.filter(organisation__in=companies).first()

    def _answerer(self, street: Organisation | None, party: Party | None) -> dict[str, Any]:
        kind = AnswererKind.STREET if street else AnswererKind.SECTION
        if party is not None:
            return {
                "answerer_kind": AnswererKind.PARTY,
                "organisation": party.organisation,
                "party": party,
                "answerer_name": party.name,
            }
        return {
            "answerer_kind": kind,
            "organisation": street or self.district.bureau,
            "answerer_name": street.short_name if street else "城市更新科",
        }

    # -- how it went ---------------------------------------------------------------------------------
    def _run(self, story: ItemStory, dice: Dice, words: Task, fate: str) -> None:
        """Let an item run; ``fate`` is what the demo wants to show of it, "" what the dice say."""
        item = story.item
        if item.in_force_at is None or fate == "fresh":
            return
        begun = local_day(item.in_force_at)
        street = self._answering(item)
        accepted = self._at(begun, 1, time(9, 5 + dice.number(0, 40)))
        if fate:  # what is shown is there on any day
            accepted = min(accepted, self.now)
        if not self._accept(story, street, accepted):
            return
        fate = fate or dice.pick(("",) * 14 + ("late", "late", "back", "back", "more", "more"))
        if fate not in {"asks", "reported"}:
            self._note(story, street, self._at(begun, 2, time(15, 10)), words.note)
        if fate in {"stuck", "carried"}:
            return
        due = item.due_on
        if fate == "asks":
            at = min(self._at(begun, 2, time(10, 20)), self.now)
            self._ask(story, street, at, due + timedelta(days=14))
            return
        if fate == "reported":
            at = min(self._at(begun, 2, time(16, 5)), self.now)
            self._report(story, street, at, words.done)
            return
        if fate == "more":
            asked = self._at(begun, 3, time(10, 20))
            due = self.calendar.roll_forward(due + timedelta(days=7))
            if self._ask(story, street, asked, due):
                self._grant(story, local_moment(local_day(asked), time(16, 30)), due)
        behind = dice.number(1, 3) if fate == "late" else -dice.number(0, 1)
        reported = local_moment(
            self.calendar.roll_forward(due + timedelta(days=behind))
            if behind > 0
            else self._before(due, -behind),
            time(15, 20 + dice.number(0, 30)),
        )
        if fate == "back":
            early = self._at(begun, 3, time(16))
            if self._report(story, street, early, words.done):
                self._send_back(story, self._at(local_day(early), 1, time(9, 30)))
        if self._report(story, street, reported, words.done):
            self._close(story, self._at(local_day(reported), 1, time(10, 15)))

    def _pass_on(self, story: ItemStory) -> None:
        """The street that has it is the wrong one; the next signs for it and works on it."""
        item, streets = story.item, self.district.streets
        if item.in_force_at is None or item.organisation is None:
            return
        begun, first = local_day(item.in_force_at), item.organisation
        places = [street.pk for street in streets]
        other = streets[(places.index(first.pk) + 1) % len(streets)]
        self._accept(story, self._answering(item), self._at(begun, 1, time(9, 20)))
        at = self._at(begun, 1, time(16, 10))
        reason = _PASSED_ON.format(street=other.short_name)
        text = f"由{item.answerer_name}转交{other.short_name}：{reason}"
        by = self.clerk(local_day(at))
        if self._step(story, A.TRANSFER, S.WORKING, S.TO_ACCEPT, by, at, text) is None:
            return
        step = story.steps[-1]
        step.from_kind, step.from_organisation = item.answerer_kind, first
        step.from_name = item.answerer_name
        item.accepted_by = item.accepted_at = None
        item.organisation, item.answerer_name = other, other.short_name
        self._accept(story, self._answering(item), self._at(begun, 2, time(10, 5)))
        self._note(story, self._answering(item), self._at(begun, 4, time(15, 30)), _PASSED.note)

    def _answering(self, item: DispatchItem) -> User:
        if item.answerer_kind == AnswererKind.STREET and item.organisation is not None:
            return self.district.users[item.organisation.code]
        if item.answerer_kind == AnswererKind.PARTY:
            return self.district.users["contractor"]
        return self.district.users["bureau2"]

    def _at(self, day: date, workdays: int, clock: time) -> datetime:
        return local_moment(self.calendar.add_workdays(day, workdays), clock)

    def _before(self, day: date, workdays: int) -> date:
        for _ in range(workdays):
            day = self.calendar.previous_workday(day)
        return day

    def _accept(self, story: ItemStory, by: User, at: datetime) -> bool:
        item = story.item
        done = self._step(story, A.ACCEPT, S.TO_ACCEPT, S.WORKING, by, at, "")
        if done is not None:
            item.accepted_by, item.accepted_at = by, done
        return done is not None

    def _note(self, story: ItemStory, by: User, at: datetime, text: str) -> None:
        self._step(story, A.NOTE, S.WORKING, S.WORKING, by, at, text)

    def _report(self, story: ItemStory, by: User, at: datetime, text: str) -> bool:
        done = self._step(story, A.REPORT, S.WORKING, S.REPORTED, by, at, text)
        if done is not None:
            story.item.reported_by, story.item.reported_at = by, done
        return done is not None

    def _close(self, story: ItemStory, at: datetime) -> None:
        by = self.district.users["reviewer"]
        done = self._step(story, A.CLOSE, S.REPORTED, S.DONE, by, at, "已核。")
        if done is not None:
            story.item.done_by, story.item.done_at = by, done

    def _send_back(self, story: ItemStory, at: datetime) -> None:
        by, text = self.district.users["reviewer"], "缺照片，不能证明已经办到，补齐再报。"
        if self._step(story, A.SEND_BACK, S.REPORTED, S.WORKING, by, at, text) is not None:
            story.item.reported_by = story.item.reported_at = None
            story.item.send_back_count += 1

    def _ask(self, story: ItemStory, by: User, at: datetime, wanted: date) -> bool:
        reason = "材料供应推迟，协商还要时间。"
        text = f"申请延至{chinese_date(wanted)}：{reason}"
        done = self._step(story, A.ASK_EXTENSION, S.WORKING, S.WORKING, by, at, text)
        if done is None:
            return False
        story.extensions.append(
            ItemExtension(
                item=story.item,
                due_on_then=story.item.due_on,
                wanted_on=wanted,
                reason=reason,
                asked_by=by,
                asked_at=done,
            )
        )
        return True

    def _grant(self, story: ItemStory, at: datetime, day: date) -> None:
        by, item = self.district.users["reviewer"], story.item
        text = f"延至{chinese_date(day)}：只此一次。"
        done = self._step(story, A.GRANT_EXTENSION, S.WORKING, S.WORKING, by, at, text)
        if done is None:
            return
        item.due_on = item.limit_on = day
        item.extension_count += 1
        extension = story.extensions[-1]
        extension.state, extension.granted_on = ExtensionState.GRANTED, day
        extension.decided_by, extension.decided_at, extension.words = by, done, "只此一次。"

    def _step(
        self,
        story: ItemStory,
        act: ItemAct,
        before: str,
        after: str,
        by: User,
        at: datetime,
        text: str,
    ) -> datetime | None:
        """One act, not before the last one: when it was done, None where it lies ahead or its state is not there."""
        item, last = story.item, story.steps[-1] if story.steps else None
        if last is not None:
            at = max(at, last.at)
        if at > self.now or (last is not None and last.to_state != before):
            return None
        item.state = after
        story.steps.append(
            ItemStep(
                item=item,
                act=act,
                from_state=before,
                to_state=after,
                text=text,
                by=by,
                stands_for=by.stands_for,
                at=at,
            )
        )
        return at

    def _audit(self) -> None:
        for story in self._stories:
            for step in story.steps:
                self.acts.add(
                    f"dispatch.item.{step.act}",
                    f"{A(step.act).label}：{story.item.code} {story.item.task}",
                    by=step.by,
                    at=step.at,
                    target=story.item,
                    organisation=self.district.bureau,
                    reason=step.text,
                    changes={"state": [step.from_state or None, step.to_state]},
                )
