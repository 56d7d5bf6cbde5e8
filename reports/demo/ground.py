"""The ground of the demo: illegal structures with their cases, and the plans of the utilities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import models
from simple_history.utils import bulk_create_with_history

from projects.works.enums import (
    CostBearer,
    StructureAct,
    StructureKind,
    StructureState,
    UtilityKind,
    UtilityState,
)
from projects.works.flows import STRUCTURE
from projects.works.models import (
    Coordination,
    IllegalStructure,
    StructureStep,
    UtilityPlan,
)
from projects.works.owners import Owner, seal
from renovation.core.calendar import WorkCalendar, local_day, local_moment

from .acts import Acts
from .courses import Course
from .dice import Dice
from .people import District
from .told import Told

#: Kind, operator, whether the surface is opened, depth in cm, from and to which progress, who pays, contact.
UTILITIES: tuple[tuple[UtilityKind, str, bool, int | None, int, int, CostBearer, str], ...] = (
    (UtilityKind.WATER, "区自来水公司", True, 120, 5, 28, CostBearer.SHARED, "管网部"),
    (UtilityKind.GAS, "区燃气公司", True, 90, 10, 36, CostBearer.OPERATOR, "工程部"),
    (UtilityKind.HEAT, "区热力公司", True, 130, 10, 34, CostBearer.OPERATOR, "管网科"),
    (UtilityKind.TELECOM, "通信运营单位联合体", True, 80, 20, 41, CostBearer.OPERATOR, "建设部"),
    (UtilityKind.POWER, "区供电公司", False, None, 18, 40, CostBearer.OPERATOR, "配网班"),
)
STRETCHES = ("小区主路", "东侧支路", "南门至北门")
KINDS = (
    (StructureKind.ROOF, "屋面", True, "屋面加建房"),
    (StructureKind.SUNROOM, "六层露台", True, "铝合金阳光房"),
    (StructureKind.YARD, "一层南侧", False, "圈占绿地的围栏"),
    (StructureKind.SHED, "楼前", False, "储藏棚"),
)


@dataclass
class GroundWriter:
    """Writes structures and utilities' plans as they stand at ``now``; ``stuck`` are the projects with a
    structure that still stands."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def __post_init__(self) -> None:
        self.today = local_day(self.now)
        self.stuck: set[str] = set()

    def write(self, told: list[Told]) -> None:
        """Structures with their steps, then the utilities' plans with what was agreed."""
        newest = max(one.project.programme.year for one in told)
        self._write_structures(told, newest)
        self._write_utilities(told, newest)

    def _workday(self, day: date) -> date:
        return self.calendar.roll_forward(day)

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    # -- structures --------------------------------------------------------------------------------
    def _write_structures(self, told: list[Told], newest: int) -> None:
        rows: list[IllegalStructure] = []
        courses: list[list[tuple[StructureAct, date, str]]] = []
        owners: list[Told] = []
        under_way = [
            one.project.code
            for one in told
            if one.project.programme.year == newest
            and one.story.started_on is not None
            and one.story.started_on <= self.today
            and (one.story.completed_on is None or one.story.completed_on > self.today)
        ]
        for one in told:
            late = one.project.code in under_way[:4]
            for number in range(Dice(f"{one.project.code} 拆违").number(1, 3)):
                row, course = self._structure(
                    one,
                    number,
                    stuck=under_way.index(one.project.code) if late and not number else None,
                )
                course = [step for step in course if step[1] <= self.today]
                if not course:
                    continue
                if late and number == 0:
                    self.stuck.add(one.project.code)
                row._history_date = self._at(course[0][1], 10)  # type: ignore[attr-defined]
                rows.append(row)
                courses.append(course)
                owners.append(one)
        bulk_create_with_history(
            rows, IllegalStructure, batch_size=200, default_user=self.district.users["bureau"]
        )
        steps = []
        for row, course, one in zip(rows, courses, owners, strict=True):
            state: str = StructureState.FOUND
            for act, day, note in course:
                if act != StructureAct.FIND:
                    state = STRUCTURE.next(state, act)
                step = StructureStep(
                    structure=row,
                    act=act,
                    state=state,
                    occurred_on=day,
                    due_on=day + timedelta(days=14) if act == StructureAct.NOTIFY else None,
                    note=note,
                    recorded_by=self.district.users[one.street_on(day).code],
                    recorded_at=self._at(day, 17, 5),
                )
                steps.append(step)
        StructureStep.objects.bulk_create(steps, batch_size=500)
        for step in steps:
            structure = step.structure
            self.acts.add(
                f"structure.{step.act}",
                f"{structure.project}违法建设“{structure}”{StructureAct(step.act).label}",
                by=step.recorded_by,
                at=step.recorded_at,
                target=structure,
                of=structure.project,
                reason=step.note,
            )

    def _structure(
        self, one: Told, number: int, *, stuck: int | None
    ) -> tuple[IllegalStructure, list[tuple[StructureAct, date, str]]]:
        """A structure and the whole course of its case. A stuck one was found some weeks ago, and how far it got
        depends on its number."""
        dice = Dice(f"{one.project.code} 违建 {number}")
        is_stuck = stuck is not None
        kind, place, waterproof, note = KINDS[0 if is_stuck else dice.number(0, 3)]
        building = one.outline.buildings if is_stuck else 1 + number % one.outline.buildings
        found = self._workday(one.project.entered_on + timedelta(days=dice.number(14, 26)))
        if is_stuck:
            back = self.today - timedelta(days=dice.number(28, 33))
            found = max(one.project.entered_on, self.calendar.roll_back(back))
        notified = self._workday(found + timedelta(days=dice.number(2, 6)))
        removed = self._workday(notified + timedelta(days=dice.number(6, 13)))
        restored = self._workday(removed + timedelta(days=dice.number(3, 9)))
        course = [
            (StructureAct.FIND, found, ""),
            (StructureAct.NOTIFY, notified, "送达限期拆除告知书"),
            (StructureAct.REMOVE, removed, "街道组织拆除，垃圾已清运"),
        ]
        if waterproof:
            course.append((StructureAct.RESTORE, restored, "屋面防水重做，闭水试验合格"))
        else:
            course.append((StructureAct.CLOSE, removed, "地面违建，无需恢复防水"))
        if stuck == 0:
            course = course[:1]
        elif stuck in (1, 2):
            course = course[:2]
        elif is_stuck:
            objected = self._workday(notified + timedelta(days=9))
            course = [*course[:2], (StructureAct.OBJECT, objected, "当事人称有建设手续，正在核实")]
        state: str = StructureState.FOUND
        for act, day, _ in course[1:]:
            if day <= self.today:
                state = STRUCTURE.next(state, act)
        row = IllegalStructure(
            project=one.project,
            building=f"{building} 号楼",
            location=f"{dice.pick(('东', '中', '西'))}单元{place}",
            kind=kind,
            area_sqm=Decimal(dice.number(620, 3200)) / 100,
            needs_waterproofing=waterproof,
            # One was built lately; of some nobody knows; most are older than the renovation.
            built_on=found - timedelta(days=17) if stuck == 0 else None,
            stood_before=not is_stuck or stuck == 1,
            note=note,
            owner_sealed=seal(Owner("住户", f"1380000{dice.number(1000, 9999)}")),
            state=state,
        )
        return row, course

    # -- utilities ---------------------------------------------------------------------------------
    def _write_utilities(self, told: list[Told], newest: int) -> None:
        plans: list[models.Model] = []
        for one in told:
            course = Course.of(one, self.today)
            is_newest = one.project.programme.year == newest
            count = 3 + one.place % 3
            for number, spec in enumerate(UTILITIES[:count]):
                plans.append(self._utility(one, course, number, spec, is_newest=is_newest))
        bulk_create_with_history(
            plans, UtilityPlan, batch_size=200, default_user=self.district.users["bureau"]
        )
        talks = []
        for plan in plans:
            if not isinstance(plan, UtilityPlan) or plan.state == UtilityState.PLANNED:
                continue
            day = self.calendar.roll_back(plan.planned_from - timedelta(days=15))
            day = min(max(day, plan.project.entered_on), self.today)
            talks.append(
                Coordination(
                    plan=plan,
                    held_on=day,
                    participants=f"区局经办、{plan.project.street_on(day).short_name}、{plan.operator}、施工单位",
                    agreed=f"与小区管网同槽施工，{plan.planned_to:%m月%d日}前完成并恢复路面基层。",
                    recorded_by=self.district.users["bureau"],
                    recorded_at=self._at(day, 17, 30),
                )
            )
        Coordination.objects.bulk_create(talks)

    def _utility(
        self,
        one: Told,
        course: Course,
        number: int,
        spec: tuple[UtilityKind, str, bool, int | None, int, int, CostBearer, str],
        *,
        is_newest: bool,
    ) -> UtilityPlan:
        kind, operator, opens, depth, low, high, bearer, contact = spec
        begin, end = course.planned(low), course.planned(high)
        stretch = STRETCHES[0] if number < 3 else STRETCHES[1]
        # In the newest year some come too late, twice, or without a word.
        has_begun = is_newest and course.reached(30) is not None
        after_road = has_begun and one.place in (4, 9) and kind == UtilityKind.GAS
        again = has_begun and one.place in (2, 11) and kind == UtilityKind.HEAT
        if after_road or again:
            begin = self._workday(self.today + timedelta(days=20 if after_road else 11))
            end = begin + timedelta(days=17)
        alone = is_newest and (after_road or again or one.place == 8)
        started = course.reached(low) if not (after_road or again) else None
        finished = course.reached(high) if started else None
        if started and started <= self.today:
            state = UtilityState.WORKING
            if finished and finished <= self.today:
                state = UtilityState.DONE
        else:
            started = None
            state = UtilityState.PLANNED if alone else UtilityState.COORDINATED
        if state is not UtilityState.DONE:
            finished = None
        dice = Dice(f"{one.project.code} {operator}")
        plan = UtilityPlan(
            project=one.project,
            kind=kind,
            operator=operator,
            stretch=stretch,
            planned_from=begin,
            planned_to=max(end, begin),
            opens_surface=opens,
            depth_cm=depth,
            cost_bearer=bearer,
            contact=contact,
            phone=f"0533-0000{dice.number(100, 999):04d}",
            document_number=f"{one.project.programme.year}年管线计划第 {dice.number(3, 68)} 号",
            state=state,
            started_on=started,
            finished_on=max(finished, started) if finished and started else None,
        )
        plan._history_date = self._at(one.project.entered_on, 16, 30)  # type: ignore[attr-defined]
        return plan
