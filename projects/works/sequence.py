"""The order of the works: 先拆违后治理, 先地下后地上, 先基本后提升 ([黄石答复]). Pure functions over facts.

Each rule gives sentences with its reasons; whether a sentence warns, asks for a reason or keeps a gate shut is
the business of who asks. What was done is judged by its days: an order that was broken stays broken after the
late item was finished.
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
    has happened already or is only planned so. One that is not ``is_known`` may or may not have happened: what is
    recorded does not tell."""

    rule: str
    sentence: str
    day: date | None
    has_happened: bool
    is_known: bool = True

    @property
    def rule_word(self) -> str:
        """先地下后地上."""
        return RULE_WORDS[self.rule]


@dataclass(frozen=True, slots=True)
class Structure:
    """An illegal structure on its ground; ``removed_on`` is the day it was taken down, None while it stands.

    ``stood_from`` is the first day on which it is known to have stood: the day it was built, or that on which it was
    found. Where it ``is_dated`` it did not stand before that day; else nobody knows.
    """

    ground: Ground
    building: str
    name: str
    removed_on: date | None = None
    stood_from: date = date.min
    is_dated: bool = True

    def stood_on(self, day: date) -> bool:
        """Whether it is known to have stood at the end of a day."""
        return self.stood_from <= day and (self.removed_on is None or day < self.removed_on)

    def may_have_stood_on(self, day: date) -> bool:
        """Whether it is not known if it stood at the end of a day: before it was found, with no day of building."""
        return not self.is_dated and day < self.stood_from


def ground_of(item: ItemFacts) -> Ground:
    """The ground of an item: its estate, or all of the project."""
    return Ground(item.project.pk, item.estate_id)


def structures_at(
    structures: Iterable[Structure], *, ground: Ground, buildings: str = ""
) -> list[Structure]:
    """The structures on a ground; those of the named buildings alone where some are named."""
    keys = building_keys(buildings)
    return [
        each
        for each in structures
        if each.ground.meets(ground) and (not keys or building_form(each.building) in keys)
    ]


def below(items: Iterable[ItemFacts], *, ground: Ground) -> list[ItemFacts]:
    """The underground items of a ground that are planned."""
    return [
        item
        for item in items
        if item.layer is Layer.UNDERGROUND and item.planned and ground_of(item).meets(ground)
    ]


def basic(items: Iterable[ItemFacts], *, ground: Ground) -> list[ItemFacts]:
    """The items of the class 基础类 of a ground that are planned."""
    return [
        item
        for item in items
        if item.class_code == "basic" and item.planned and ground_of(item).meets(ground)
    ]


def unfinished(items: Iterable[ItemFacts]) -> list[ItemFacts]:
    """Those of which not all that is planned was delivered."""
    return [item for item in items if item.finished_on is None]


def _finished_after(item: ItemFacts, first: ItemFacts) -> bool:
    """Whether what should have been first was finished only after the item had begun; the same day is in order."""
    return (
        item.begun_on is not None
        and first.finished_on is not None
        and item.begun_on < first.finished_on
    )


def order_warnings(
    items: Sequence[ItemFacts], structures: Sequence[Structure] = ()
) -> list[Warned]:
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
    for pipe in below(items, ground=ground_of(item)):
        if _finished_after(item, pipe) and item.begun_on and pipe.finished_on:
            found.append(
                Warned(
                    UNDERGROUND,
                    f"{item.name} {chinese_date(item.begun_on)} 已有完成，"
                    f"地下的{pipe.name} {chinese_date(pipe.finished_on)} 才完成。",
                    item.begun_on,
                    True,
                )
            )
        elif pipe.finished_on is not None:
            continue
        elif item.delivered:
            found.append(
                Warned(
                    UNDERGROUND,
                    f"{item.name}已完成 {shown(item.delivered)} {item.unit}，"
                    f"地下的{pipe.name}还没有完成（{progress(pipe)}）。",
                    None,
                    True,
                )
            )
        elif item.planned_from and pipe.planned_to and item.planned_from < pipe.planned_to:
            found.append(
                Warned(
                    UNDERGROUND,
                    f"{item.name}计划 {chinese_date(item.planned_from)} 开始，早于地下的{pipe.name}"
                    f"计划完成（{chinese_date(pipe.planned_to)}）。",
                    item.planned_from,
                    False,
                )
            )
    return found


def _structures_first(item: ItemFacts, structures: Sequence[Structure]) -> list[Warned]:
    here = structures_at(structures, ground=ground_of(item))
    standing = [each for each in here if each.stood_on(item.on)]
    found = [*_removed_late(item, here), *_perhaps(item, here)]
    if touched := [each for each in standing if _days_beside(item, each)]:
        said = f"{item.name}已完成 {shown(item.delivered)} {item.unit}"
        return [Warned(STRUCTURES, f"{said}，{_left(touched)}。", None, True), *found]
    begun = item.planned_from if item.finished_on is None else None
    if standing and begun is not None and begun <= item.on:
        said = f"{item.name}计划 {chinese_date(begun)} 已开始"
        found.append(Warned(STRUCTURES, f"{said}，{_left(standing)}。", begun, False))
    return found


def _days_beside(item: ItemFacts, structure: Structure) -> list[date]:
    """The days on which an item was delivered on a structure's building while it stood."""
    return [day for day in item.days_at(structure.building) if structure.stood_on(day)]


def _removed_late(item: ItemFacts, here: Sequence[Structure]) -> list[Warned]:
    """The structures that are gone but stood when the work on their building was delivered; one that was taken down
    on that day is in order."""
    late = [
        (days[0], each.removed_on, each.name)
        for each in here
        if each.removed_on is not None
        and each.removed_on <= item.on
        and (days := _days_beside(item, each))
    ]
    if not late:
        return []
    first = min(begun for begun, _, _ in late)
    names = three([f"{name} {chinese_date(gone)}" for _, gone, name in late])
    said = (
        f"{item.name} {chinese_date(first)} 已有完成，有 {len(late)} 处违建后来才拆除（{names}）。"
    )
    return [Warned(STRUCTURES, said, first, True)]


def _perhaps(item: ItemFacts, here: Sequence[Structure]) -> list[Warned]:
    """The structures of which nobody says whether they stood when the work on their building was delivered: found
    only after it, on no day that they were built."""
    open_ = [
        (days[0], each)
        for each in here
        if each.stood_from <= item.on
        and not _days_beside(item, each)
        and (days := [day for day in item.days_at(each.building) if each.may_have_stood_on(day)])
    ]
    if not open_:
        return []
    first = min(day for day, _ in open_)
    names = three([f"{each.name} {chinese_date(each.stood_from)}" for _, each in open_])
    said = (
        f"{item.name} {chinese_date(first)} 已有完成，有 {len(open_)} 处违建后来才发现（{names}），"
        "建成日期没有登记，不知道那时在不在。"
    )
    return [Warned(STRUCTURES, said, first, False, is_known=False)]


def _left(structures: Sequence[Structure]) -> str:
    """还有 1 处违建没有拆除（3 号楼屋面）."""
    names = three([each.name for each in structures])
    return f"还有 {len(structures)} 处违建没有拆除（{names}）"


def _basic_first(item: ItemFacts, items: Sequence[ItemFacts]) -> list[Warned]:
    if not item.delivered:
        return []
    found = []
    rows = basic(items, ground=ground_of(item))
    if open_ := unfinished(rows):
        names = three([each.name for each in open_])
        said = f"提升类的{item.name}已完成，基础类还有 {len(open_)} 项没有完成（{names}）。"
        found.append(Warned(BASIC, said, None, True))
    late = [
        f"{each.name} {chinese_date(each.finished_on)}"
        for each in rows
        if _finished_after(item, each) and each.finished_on
    ]
    if late and item.begun_on:
        said = (
            f"提升类的{item.name} {chinese_date(item.begun_on)} 已完成，"
            f"基础类有 {len(late)} 项后来才完成（{three(late)}）。"
        )
        found.append(Warned(BASIC, said, item.begun_on, True))
    return found


def three(names: Sequence[str]) -> str:
    """甲、乙、丙等."""
    return "、".join(names[:3]) + ("等" if len(names) > 3 else "")


def progress(item: ItemFacts) -> str:
    """完成 120／计划 300 米."""
    return f"完成 {shown(item.delivered)}／计划 {shown(item.planned)} {item.unit}"
