"""Clashes of the utilities' plans (专营单位管线统筹, [市长讲话]; 建办城〔2021〕50号 避免反复施工): pure functions.

Three rules: the same ground opened twice within some months, or at once without an agreement (``repeat``,
``together``); opened after the surface over it is finished, or is planned to be (``after_surface``); opened while
the surface is being laid (``while_surface``).
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from renovation.core.wording import chinese_date

from .enums import Layer, UtilityState
from .facts import ItemFacts
from .ground import Ground
from .sequence import ground_of

REPEAT, TOGETHER, AFTER_SURFACE, WHILE_SURFACE = (
    "repeat",
    "together",
    "after_surface",
    "while_surface",
)
RULE_WORDS = {
    REPEAT: "重复开挖",
    TOGETHER: "同期开挖未协调",
    AFTER_SURFACE: "路面完成后开挖",
    WHILE_SURFACE: "与地面施工冲突",
}


@dataclass(frozen=True, slots=True)
class Opening:
    """A utility's plan as it opens the ground: from and to are the actual days where they are known.

    ``is_agreed`` says whether a coordination with it is recorded.
    """

    pk: int
    name: str
    ground: Ground
    state: UtilityState
    start: date
    end: date
    opens_surface: bool
    is_agreed: bool

    @property
    def counts(self) -> bool:
        """Whether it opens, or has opened, the surface."""
        return self.opens_surface and self.state is not UtilityState.WITHDRAWN

    @property
    def is_over(self) -> bool:
        """Whether nothing can be changed about it any more."""
        return self.state is UtilityState.DONE


@dataclass(frozen=True, slots=True)
class Clash:
    """What is wrong with an opening: the rule, the sentence, the day it comes to pass, the plans concerned."""

    rule: str
    sentence: str
    day: date
    openings: tuple[int, ...]

    @property
    def rule_word(self) -> str:
        """重复开挖."""
        return RULE_WORDS[self.rule]


def after_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def clashes(
    openings: Sequence[Opening], items: Sequence[ItemFacts], *, repeat_months: int
) -> list[Clash]:
    """Every clash among openings, and between them and the surface items, by day."""
    counted = sorted(
        (each for each in openings if each.counts), key=lambda each: (each.start, each.pk)
    )
    surfaces = [item for item in items if item.layer is Layer.SURFACE and item.planned]
    found: list[Clash] = []
    for place, first in enumerate(counted):
        for second in counted[place + 1 :]:
            if first.ground.meets(second.ground):
                found += _between(first, second, repeat_months)
        if not first.is_over:
            over = [item for item in surfaces if first.ground.meets(ground_of(item))]
            found += _after_finished(first, over)
            found += [clash for item in over for clash in _with_planned(first, item)]
    return sorted(found, key=lambda clash: (clash.day, clash.openings, clash.rule))


def _between(first: Opening, second: Opening, months: int) -> list[Clash]:
    """Two openings of one ground, ``first`` beginning no later."""
    if first.is_over and second.is_over:
        return []
    pair = (first.pk, second.pk)
    where = second.ground.stretch or first.ground.stretch or "同一地段"
    if second.start <= first.end:
        if first.is_agreed and second.is_agreed:
            return []
        return [
            Clash(
                TOGETHER,
                f"{where}：{first.name}（{first.start} 至 {chinese_date(first.end)}）与{second.name}"
                f"（{chinese_date(second.start)} 至 {second.end}）同期开挖，还没有都登记协调。",
                second.start,
                pair,
            )
        ]
    if second.start < after_months(first.end, months):
        return [
            Clash(
                REPEAT,
                f"{where}：{first.name} {chinese_date(first.end)} 完成后，{second.name} {chinese_date(second.start)} 又要开挖，"
                f"不满 {months} 个月，应合并施工。",
                second.start,
                pair,
            )
        ]
    return []


def _after_finished(opening: Opening, surfaces: Sequence[ItemFacts]) -> list[Clash]:
    """An opening of ground whose surface is finished already, all of it in one sentence."""
    done = [
        (item.name, item.finished_on)
        for item in surfaces
        if item.finished_on is not None and opening.start > item.finished_on
    ]
    if not done:
        return []
    names = "、".join(f"{name} {chinese_date(day)}" for name, day in done)
    return [
        Clash(
            AFTER_SURFACE,
            f"{names} 已完成，{opening.name} {chinese_date(opening.start)} 还要开挖。",
            opening.start,
            (opening.pk,),
        )
    ]


def _with_planned(opening: Opening, item: ItemFacts) -> list[Clash]:
    """An opening after, or while, a surface is planned to be laid."""
    if item.finished_on is not None or item.planned_to is None:
        return []
    if opening.start > item.planned_to:
        return [
            Clash(
                AFTER_SURFACE,
                f"{item.name}计划 {chinese_date(item.planned_to)} 完成，{opening.name} {chinese_date(opening.start)} 才开挖。",
                opening.start,
                (opening.pk,),
            )
        ]
    if item.planned_from is not None and opening.end >= item.planned_from:
        return [
            Clash(
                WHILE_SURFACE,
                f"{item.name}计划 {chinese_date(item.planned_from)} 至 {chinese_date(item.planned_to)}，"
                f"{opening.name} {chinese_date(opening.start)} 至 {chinese_date(opening.end)} 开挖同一地段。",
                max(opening.start, item.planned_from),
                (opening.pk,),
            )
        ]
    return []
