"""The order of the works: 先拆违后治理, 先地下后地上, 先基本后提升 ([黄石答复]). Pure functions over facts.

Each rule gives sentences with its reasons; whether a sentence warns, asks for a reason or keeps a gate shut is
the business of who asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.addresses import building_form
from renovation.core.wording import chinese_date
from renovation.face.wording import quantity as shown

from .enums import Layer
from .facts import ItemFacts
from .ground import Ground, building_keys

STRUCTURES, UNDERGROUND, BASIC, REST = "structures", "underground", "basic", "rest"
RULE_WORDS = {
    STRUCTURES: "先拆违后治理",
    UNDERGROUND: "先地下后地上",
    BASIC: "先基本后提升",
    REST: "停工期",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing that is out of order: the rule, the sentence, the day it is about (None: now), and whether it
    has happened already or is only planned so."""

    rule: str
    sentence: str
    day: date | None
    has_happened: bool

    @property
    def rule_word(self) -> str:
        """先地下后地上."""
        return RULE_WORDS[self.rule]


@dataclass(frozen=True, slots=True)
class Standing:
    """An illegal structure that still stands."""

    ground: Ground
    building: str
    name: str


def ground_of(item: ItemFacts) -> Ground:
    """The ground of an item: its estate, or all of the project."""
    return Ground(item.project.pk, item.estate_id)


def standing_at(
    structures: Iterable[Standing], *, ground: Ground, buildings: str = ""
) -> list[Standing]:
    """The structures on a ground; those of the named buildings alone where some are named."""
    keys = building_keys(buildings)
    return [
        each
        for each in structures
        if each.ground.meets(ground) and (not keys or building_form(each.building) in keys)
    ]


def unfinished_below(items: Sequence[ItemFacts], *, ground: Ground) -> list[ItemFacts]:
    """The underground items of a ground that are planned and not finished."""
    return [
        item
        for item in items
        if item.layer is Layer.UNDERGROUND
        and item.planned
        and item.finished_on is None
        and ground_of(item).meets(ground)
    ]


def order_warnings(items: Sequence[ItemFacts], structures: Sequence[Standing] = ()) -> list[Warned]:
    """Everything that is out of order in a project, what has happened first, then by day."""
    found: list[Warned] = []
    for item in items:
        if item.layer is Layer.SURFACE:
            found += _underground_first(item, items)
        elif item.layer is Layer.ENVELOPE:
            found += _structures_first(item, structures)
        if item.class_code == "upgrade":
            found += _basic_first(item, items)
    return sorted(found, key=lambda each: (not each.has_happened, each.day or date.min))


def _underground_first(item: ItemFacts, items: Sequence[ItemFacts]) -> list[Warned]:
    found = []
    for below in unfinished_below(items, ground=ground_of(item)):
        if item.delivered:
            found.append(
                Warned(
                    UNDERGROUND,
                    f"{item.name}已完成 {shown(item.delivered)} {item.unit}，"
                    f"地下的{below.name}还没有完成（{progress(below)}）。",
                    None,
                    True,
                )
            )
        elif item.planned_from and below.planned_to and item.planned_from < below.planned_to:
            found.append(
                Warned(
                    UNDERGROUND,
                    f"{item.name}计划 {chinese_date(item.planned_from)} 开始，早于地下的{below.name}"
                    f"计划完成（{chinese_date(below.planned_to)}）。",
                    item.planned_from,
                    False,
                )
            )
    return found


def _structures_first(item: ItemFacts, structures: Sequence[Standing]) -> list[Warned]:
    here = standing_at(structures, ground=ground_of(item))
    touched = [
        each
        for each in here
        if item.buildings is None or building_form(each.building) in item.buildings
    ]
    if item.delivered and touched:
        said = f"{item.name}已完成 {shown(item.delivered)} {item.unit}"
        return [Warned(STRUCTURES, f"{said}，{_left(touched)}。", None, True)]
    begun = item.planned_from if item.finished_on is None else None
    if here and begun is not None and begun <= item.on:
        said = f"{item.name}计划 {chinese_date(begun)} 已开始"
        return [Warned(STRUCTURES, f"{said}，{_left(here)}。", begun, False)]
    return []


def _left(structures: Sequence[Standing]) -> str:
    """还有 1 处违建没有拆除（3 号楼屋面）."""
    names = "、".join(each.name for each in structures[:3]) + ("等" if len(structures) > 3 else "")
    return f"还有 {len(structures)} 处违建没有拆除（{names}）"


def _basic_first(item: ItemFacts, items: Sequence[ItemFacts]) -> list[Warned]:
    open_ = [
        each
        for each in items
        if each.class_code == "basic"
        and each.planned
        and each.finished_on is None
        and ground_of(each).meets(ground_of(item))
    ]
    if not item.delivered or not open_:
        return []
    names = "、".join(each.name for each in open_[:3]) + ("等" if len(open_) > 3 else "")
    return [
        Warned(
            BASIC,
            f"提升类的{item.name}已完成，基础类还有 {len(open_)} 项没有完成（{names}）。",
            None,
            True,
        )
    ]


def progress(item: ItemFacts) -> str:
    """完成 120／计划 300 米."""
    return f"完成 {shown(item.delivered)}／计划 {shown(item.planned)} {item.unit}"
