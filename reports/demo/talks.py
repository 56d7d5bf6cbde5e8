"""Meetings of the demo's residents: two to four a project, their matters solved or still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from simple_history.utils import bulk_create_with_history

from projects.residents.enums import MeetingKind
from projects.residents.models import Matter, Meeting
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.records.services import store_file

from .dice import Dice
from .evidence import page
from .people import District
from .told import Told

_PLACES = ("社区议事厅", "小区凉亭", "社区党群服务中心", "3 号楼前小广场")
_SUMMARIES = (
    "议改造内容和先后次序，多数居民同意先修屋面、通下水，再铺路划车位。",
    "通报施工安排，听取居民对停水、围挡和材料堆放的意见。",
    "议停车位划线、非机动车充电桩位置，形成一致意见。",
    "议完工后的物业管理和收费，推荐自改委成员。",
)
_MATTERS = (
    ("停水通知贴得太晚", "施工单位项目部", "停水改为提前一天入户告知"),
    ("单元门口堆放材料挡住轮椅通道", "施工单位项目部", "材料移至东侧空地，通道已让出"),
    ("楼道灯不亮", "社区居委会", "更换声控灯 12 盏"),
    ("下水井盖松动有异响", "市政养护中心", "井盖加固并更换胶圈"),
    ("希望增设晾衣架", "街道老旧小区改造专班", "已列入完善类内容，安装 8 组"),
    ("电动车充电位不够", "街道老旧小区改造专班", "与运营单位商定增加 20 个端口"),
    ("绿地踩踏后没有恢复", "施工单位项目部", "补种草皮并加设提示牌"),
)


@dataclass
class TalkWriter:
    """Writes the meetings of the projects as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    now: datetime

    def write(self, told: Sequence[Told]) -> None:
        """Meetings, then their matters; one file stands for the evidence of a project."""
        meetings: list[Meeting] = []
        matters: list[Matter] = []
        for one in told:
            self._of(one, meetings, matters)
        user = self.district.users["banyanglu"]
        bulk_create_with_history(meetings, Meeting, batch_size=200, default_user=user)
        for matter in matters:
            matter.meeting_id = matter.meeting.pk
        bulk_create_with_history(matters, Matter, batch_size=200, default_user=user)

    def _at(self, day: date) -> datetime:
        return min(local_moment(day, time(19)), self.now)

    def _of(self, one: Told, meetings: list[Meeting], matters: list[Matter]) -> None:
        today, project = local_day(self.now), one.project
        first, _ = self.district.posts(one.first_street)
        dice = Dice(f"{project.code} talks")
        proof = store_file(
            content=page(
                "议事问题办理佐证（演示）",
                [f"项目：{project.name}（{project.code}）", "本件为演示数据，不是真实文件。"],
            ),
            name=f"{project.name}议事问题办理佐证.pdf",
            content_type="application/pdf",
            by=first,
            now=self._at(project.entered_on),
            organisation=one.first_street,
        )
        day = project.entered_on - timedelta(days=dice.number(20, 40))
        for place in range(dice.number(2, len(_SUMMARIES))):
            day = self.calendar.roll_forward(day + timedelta(days=dice.number(20, 45)))
            if day > today:
                break
            meeting = Meeting(
                project=project,
                held_on=day,
                kind=dice.pick((MeetingKind.COUNCIL, MeetingKind.BENCH, MeetingKind.BUILDING)),
                place=dice.pick(_PLACES),
                attended=dice.number(9, 46),
                summary=_SUMMARIES[place],
            )
            meeting._history_date = self._at(day)  # type: ignore[attr-defined]
            meetings.append(meeting)
            for content, owner, result in dice.sample(_MATTERS, dice.number(1, 3)):
                due = day + timedelta(days=dice.number(7, 20))
                matter = Matter(meeting=meeting, content=content, owner=owner, due_on=due)
                solved = day + timedelta(days=dice.number(3, 18))
                # What is left open is young: a district that lets matters lie for a year shows nothing.
                left_open = dice.number(1, 12) == 1 and (today - due).days < 30
                if solved <= today and not left_open:
                    matter.solved_on, matter.result = solved, result
                    matter.evidence = proof
                    matter.solved_by, _ = self.district.posts(one.street_on(solved))
                matter._history_date = self._at(matter.solved_on or day)  # type: ignore[attr-defined]
                matters.append(matter)
