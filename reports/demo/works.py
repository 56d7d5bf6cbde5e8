"""The works of the demo: what projects take from the menu and what is delivered of it.

Quantities follow from buildings, households and area; what is delivered follows the story's own progress, so
that the pages agree with the weekly returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from simple_history.utils import bulk_create_with_history

from projects.ledger.enums import RenovationType
from projects.works.enums import (
    Layer,
    Origin,
    PlanState,
)
from projects.works.models import (
    Completion,
    ItemPlan,
    MenuItem,
    WorkItem,
)
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.records.models import StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .courses import Course
from .dice import Dice
from .evidence import page
from .ground import GroundWriter
from .people import District
from .told import Told
from .wishes import chosen_from, plans_filed

A, B, F, G = (
    RenovationType.INTEGRATED,
    RenovationType.BASIC,
    RenovationType.FUNCTION,
    RenovationType.ENVIRONMENT,
)
EVERY = (A, B, F, G)

#: Item, whether residents chose it, in which types of renovation, from and to which progress it is done, and
#: how much: per household (h), per building (b), per 100 ㎡ (a), or in all (n).
ITEMS: tuple[tuple[str, bool, tuple[RenovationType, ...], int, int, str, float], ...] = (
    ("water-pipes", False, EVERY, 5, 30, "h", 3.2),
    ("drainage", False, EVERY, 5, 35, "h", 4.1),
    ("heat-pipes", False, (A, B, F), 10, 35, "h", 3.4),
    ("gas-pipes", False, (A, B), 10, 38, "h", 2.6),
    ("power-lines", False, (A, B), 15, 40, "h", 2.2),
    ("telecom-lines", False, EVERY, 20, 42, "h", 2.8),
    ("overhead-lines", False, (A, F, G), 25, 45, "h", 2.4),
    ("secondary-water", False, (A, F), 20, 40, "n", 1),
    ("roof", False, EVERY, 30, 60, "a", 17),
    ("facade", False, EVERY, 35, 78, "a", 84),
    ("stairs", False, EVERY, 50, 82, "b", 3),
    ("roads", False, EVERY, 60, 90, "a", 12),
    ("dead-end-roads", False, (A,), 62, 88, "n", 1),
    ("security", False, EVERY, 70, 95, "b", 5),
    ("waste", False, EVERY, 75, 90, "n", 2),
    ("demolition", False, EVERY, 1, 15, "n", 3),
    ("greening", True, (A, G, F), 72, 97, "a", 8),
    ("lighting", True, EVERY, 70, 92, "b", 6),
    ("parking", True, EVERY, 64, 92, "h", 0.28),
    ("car-chargers", True, (A, F), 74, 95, "h", 0.05),
    ("bike-chargers", True, EVERY, 74, 93, "b", 12),
    ("barrier-free", True, (A, F), 55, 85, "b", 1),
    ("lifts", True, (F,), 40, 88, "n", 2),
    ("leisure", True, (A, G), 76, 96, "n", 1),
    ("canteen", True, (A,), 70, 96, "n", 1),
    ("elderly-care", True, (A,), 68, 95, "n", 1),
    ("parcels", True, (F,), 78, 96, "n", 1),
)


@dataclass
class WorksWriter:
    """Writes the works of the projects as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def __post_init__(self) -> None:
        self.today = local_day(self.now)
        self.newest = self.today.year
        self.stuck: set[str] = set()
        self.filed: dict[int, list[date]] = {}
        self.menu = {item.code: item for item in MenuItem.objects.filter(bureau=None)}

    def write(self, told: list[Told]) -> None:
        """The ground first, then items with plans and entries."""
        newest = self.newest = max(one.project.programme.year for one in told)
        ground = GroundWriter(self.district, self.calendar, self.acts, self.now)
        ground.write(told)
        self.stuck = ground.stuck
        self.filed = plans_filed(told)
        self._write_items(told, newest)

    # -- days --------------------------------------------------------------------------------------
    def _workday(self, day: date) -> date:
        return self.calendar.roll_forward(day)

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    # -- items -------------------------------------------------------------------------------------
    def _write_items(self, told: list[Told], newest: int) -> None:
        items: list[models.Model] = []
        chosen: list[tuple[Told, WorkItem, bool, int, int, int]] = []
        for one in told:
            for code, by_residents, types, low, high, per, rate in ITEMS:
                if one.outline.type not in types:
                    continue
                item = WorkItem(project=one.project, menu_item=self.menu[code])
                item._history_date = self._at(one.project.entered_on, 15)  # type: ignore[attr-defined]
                items.append(item)
                chosen.append((one, item, by_residents, low, high, _amount(one, per, rate)))
        bulk_create_with_history(
            items, WorkItem, batch_size=500, default_user=self.district.users["bureau"]
        )
        plans: list[ItemPlan] = []
        entries: list[Completion] = []
        files = {one.project.code: self._file(one) for one in told if one.story.started_on}
        courses = {one.project.code: Course.of(one, self.today) for one in told}
        for one, item, by_residents, low, high, amount in chosen:
            course = courses[one.project.code]
            plans += self._plans(one, item, by_residents, course, low, high, amount, newest)
            if one.project.code in files:
                entries += self._entries(
                    one, item, course, low, high, amount, files[one.project.code]
                )
        ItemPlan.objects.bulk_create(plans, batch_size=500)
        Completion.objects.bulk_create(entries, batch_size=500)
        self._act_on(plans, entries)

    def _plans(
        self,
        one: Told,
        item: WorkItem,
        by_residents: bool,
        course: Course,
        low: int,
        high: int,
        amount: int,
        newest: int,
    ) -> list[ItemPlan]:
        """The first plan; for a few items a change, approved or waiting.

        What residents choose is planned once they were asked in round 2. Of earlier years no round is told that
        asked about the menu: there it stands as it was taken over, without a round.
        """
        code = item.menu_item.code
        year = one.project.programme.year
        proposed = self._workday(one.project.entered_on + timedelta(days=2))
        chosen_on = chosen_from(
            one, code, newest=newest, today=self.today, filed=self.filed[one.project.pk]
        )
        is_chosen = by_residents and (year != newest or chosen_on is not None)
        decided: dict[str, Any] = {}
        if is_chosen and chosen_on is not None:
            proposed = min(max(proposed, self._workday(chosen_on)), self.today)
            decided = {
                "reason": "居民点单选定",
                "decided_by": self.district.users["reviewer"],
                "decided_at": self._at(proposed, 16, 30),
            }
        common = {
            "origin": Origin.CHOSEN if is_chosen else Origin.REQUIRED,
            "choice_round": 2 if is_chosen and chosen_on is not None else None,
            "planned_from": course.planned(low),
            "planned_to": course.planned(high),
        }
        was_more = code == "parking" and one.place % 5 == 1
        first = ItemPlan(
            item=item,
            version=1,
            quantity=Decimal(amount + (amount // 4 or 1) if was_more else amount),
            state=PlanState.APPROVED,
            proposed_by=self.district.users["bureau"],
            proposed_at=self._at(proposed, 15, 20),
            effective_on=proposed,
            **decided,
            **common,
        )
        found = [first]
        changed = self._workday(
            max(one.project.entered_on + timedelta(days=75), proposed + timedelta(days=10))
        )
        if was_more and changed < self.today:
            found.append(
                ItemPlan(
                    item=item,
                    version=2,
                    quantity=Decimal(amount),
                    reason="消防通道不能占用，车位重新划线",
                    state=PlanState.APPROVED,
                    proposed_by=self.district.users["bureau"],
                    proposed_at=self._at(changed, 10, 5),
                    effective_on=changed,
                    decided_by=self.district.users["reviewer"],
                    decided_at=self._at(changed, 16, 10),
                    **common,
                )
            )
        elif code in ("bike-chargers", "lighting") and one.place in (4, 10) and year == newest:
            asked = self.calendar.roll_back(self.today - timedelta(days=4))
            if asked > proposed:
                found.append(
                    ItemPlan(
                        item=item,
                        version=2,
                        quantity=Decimal(amount + 12),
                        reason="居民议事会要求增加，资金在批准的预备费内",
                        state=PlanState.PENDING,
                        proposed_by=self.district.users["bureau"],
                        proposed_at=self._at(asked, 14, 40),
                        **common,
                    )
                )
        return found

    def _entries(
        self,
        one: Told,
        item: WorkItem,
        course: Course,
        low: int,
        high: int,
        amount: int,
        file: StoredFile,
    ) -> list[Completion]:
        """What was finished at half and at the end of the item's span of progress."""
        dice = Dice(f"{one.project.code} {item.menu_item.code}")
        stuck = one.project.code in self.stuck
        halves = [(high, amount)] if amount < 4 else [
            ((low + high) // 2, amount // 2),
            (high, amount - amount // 2),
        ]  # fmt: skip
        total = one.outline.buildings
        found = []
        for number, (reached, quantity) in enumerate(halves):
            day = course.reached(reached)
            if day is None or day > self.today:
                continue
            is_envelope = item.menu_item.layer == Layer.ENVELOPE
            if is_envelope and stuck and number:
                continue  # 先拆违后治理: a structure still stands on the last building
            if item.menu_item.code == "telecom-lines" and self._is_out_of_order(one) and number:
                continue
            building = ""
            if is_envelope:
                middle = total // 2 if len(halves) == 2 else 0
                numbers = range(1, middle + 1) if number == 0 else range(middle + 1, total + 1)
                building = "、".join(f"{n} 号楼" for n in numbers)
            explanation = ""
            if item.menu_item.layer == Layer.SURFACE and self._is_out_of_order(one):
                explanation = "弱电井位待运营单位确认，道路先行，预留过路套管"
            more = quantity // 20 if item.menu_item.code == "roads" and one.place == 6 else 0
            found.append(
                Completion(
                    item=item,
                    quantity=Decimal(quantity + (more if number else 0)),
                    delivered_on=day,
                    building=building,
                    accepted_by="监理单位 总监岗",
                    evidence=None if dice.number(1, 16) == 1 else file,
                    explanation="现场按实际宽度铺装，较计划略有增加"
                    if more and number
                    else explanation,
                    recorded_by=self.district.users[one.street_on(day).code],
                    recorded_at=self._at(day, 16, dice.number(5, 55)),
                )
            )
        return found

    def _is_out_of_order(self, one: Told) -> bool:
        """In the newest year two projects lay the road before the cables are in."""
        done = one.story.completed_on
        is_newest = one.project.programme.year == self.newest
        return is_newest and one.place in (4, 9) and (done is None or done > self.today)

    def _file(self, one: Told) -> StoredFile:
        project, day = one.project, one.story.started_on or self.today
        street = one.street_on(day)
        lines = (f"项目：{project.name}（{project.code}）", "分项工程验收合格。", "演示文件。")
        return store_file(
            content=page("分项验收单", lines),
            name=f"{project.name}分项验收单.pdf",
            content_type="application/pdf",
            by=self.district.users[street.code],
            now=self._at(day, 16),
            organisation=street,
        )

    def _act_on(self, plans: list[ItemPlan], entries: list[Completion]) -> None:
        for plan in plans:
            if plan.version == 1:
                continue
            self.acts.add(
                "works.plan",
                f"{plan.item.project}“{plan.item}”计划 {plan.quantity} {plan.item.menu_item.unit}",
                by=plan.proposed_by,
                at=plan.proposed_at,
                target=plan,
                of=plan.item.project,
                reason=plan.reason,
            )
        for entry in entries:
            self.acts.add(
                "works.deliver",
                f"登记{entry.item.project}“{entry.item}”完成 {entry.quantity} {entry.item.menu_item.unit}",
                by=entry.recorded_by,
                at=entry.recorded_at,
                target=entry,
                of=entry.item.project,
                reason=entry.explanation,
            )


def _amount(one: Told, per: str, rate: float) -> int:
    """A quantity in the item's unit, in tens where it is more than a hundred."""
    outline = one.outline
    base = {
        "h": outline.households,
        "b": outline.buildings,
        "a": int(outline.area_sqm / 100),
        "n": 1,
    }[per]
    exact = base * rate * Dice(f"{one.project.code} {per} {rate}").number(92, 108) / 100
    amount = max(1, round(exact))
    return amount if amount <= 100 else amount // 10 * 10
