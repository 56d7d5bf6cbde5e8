"""What is being built at a project, what its residents said, who looks after it then: three parts of its page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.consent.enums import Purpose
from projects.consent.facts import ConsentFacts
from projects.consent.measures import NAMES
from projects.consent.wishes import Menu
from projects.residents.aftercare.facts import CareFacts
from projects.residents.enums import NoticePoint
from projects.works.facts import ItemFacts
from renovation.core.measures import format_decimal
from renovation.core.wording import chinese_date
from renovation.face.wording import quantity
from reports.figures.services import Facts, Place

from .described import Pair

#: So many items stand on the page of a project; the page 改造内容 has all.
_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """An item of the works: how much of what is planned is delivered, in its own unit."""

    name: str
    estate: str
    unit: str
    planned: Decimal
    delivered: Decimal
    chosen: bool
    finished: bool
    #: Households that wished for it; None where it stood in no menu.
    wished: int | None = None

    @property
    def share(self) -> float:
        """Delivered of planned in percent, at most 100: the length of a bar, no figure."""
        return round(min(100.0, float(self.delivered / self.planned * 100)), 1)

    @property
    def words(self) -> str:
        """What the bar says to who does not see it."""
        return f"计划 {quantity(self.planned)} {self.unit}，完成 {quantity(self.delivered)} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Doings:
    """The items in the order of what asks for a look: under way, not begun, finished; and how many are which.

    ``finding`` is the headline, ``rest`` how many are not shown, ``structures`` a sentence on illegal structures,
    ``wishes`` one on what became of what households wished for, "" where no menu was asked.
    """

    lines: tuple[ItemLine, ...]
    finding: str
    rest: int
    structures: str
    wishes: str = ""


def doings_of(facts: Facts, place: Place, menu: Menu | None) -> Doings:
    """The works of a project on the day of the facts, beside what its households wished for; nothing is read that the
    figures have not read."""
    wished = {row.item.code: row.household_count for row in menu.chosen} if menu else {}
    items: Sequence[ItemFacts] = [row for row in facts.rows("items", place) if row.planned]
    lines = [
        ItemLine(
            name=item.name,
            estate=item.estate_name,
            unit=item.unit,
            planned=item.planned,
            delivered=item.delivered,
            chosen=item.is_chosen,
            finished=item.finished_on is not None,
            wished=wished.get(item.code),
        )
        for item in items
    ]
    ordered = sorted(lines, key=lambda line: (line.finished, not line.delivered))
    done = sum(line.finished for line in lines)
    begun = sum(1 for line in lines if line.delivered and not line.finished)
    finding = ""
    if lines:
        finding = (
            f"{len(lines)} 条全部完成"
            if done == len(lines)
            else f"{len(lines)} 条完成 {done} 条，在做 {begun} 条"
        )
    return Doings(
        lines=tuple(ordered[:_SHOWN]),
        finding=finding,
        rest=max(0, len(lines) - _SHOWN),
        structures=_structures(facts, place),
        wishes=_wishes(items, menu),
    )


def _wishes(items: Sequence[ItemFacts], menu: Menu | None) -> str:
    """居民点单（第 2 轮，186 户）选了 9 项，列入方案 8 项，完成 5 项；没有列入：加装电梯（12 户）。"""
    if menu is None:
        return ""
    chosen = [row for row in menu.chosen if row.household_count]
    planned: dict[str, list[ItemFacts]] = {}
    for item in items:
        planned.setdefault(item.code, []).append(item)
    taken = [row for row in chosen if row.item.code in planned]
    done = [
        row for row in taken if all(item.finished_on is not None for item in planned[row.item.code])
    ]
    left = "、".join(
        f"{row.item.name}（{row.household_count} 户）" for row in chosen if row not in taken
    )
    return (
        f"居民点单（第 {menu.round.number} 轮，{menu.answered_count} 户）选了 {len(chosen)} 项，"
        f"列入方案 {len(taken)} 项，完成 {len(done)} 项"
        + (f"；没有列入：{left}。" if left else "。")
    )


def _structures(facts: Facts, place: Place) -> str:
    rate = facts.get("违法建设拆除率", place)
    if not rate.denominator:
        return ""
    return f"违法建设 {rate.denominator_text} 处，已拆除 {rate.numerator_text} 处。"


def residents_of(facts: Facts, place: Place, *, hung: Collection[NoticePoint]) -> tuple[Pair, ...]:
    """(name, words) of what residents said and were told: both rates with their households, and the round that
    counts; at how many of the five points they were told (``hung``); what they raised at meetings."""
    estates: Sequence[ConsentFacts] = facts.rows("consent", place)
    found: list[Pair] = []
    for purpose in Purpose:
        asked = [each for each in estates if purpose in each.rounds]
        if not asked:
            found.append((NAMES[purpose].removesuffix("率"), "还没有征询"))
            continue
        rate = facts.get(NAMES[purpose], place)
        number = max(each.rounds[purpose].number for each in asked)
        found.append(
            (
                NAMES[purpose].removesuffix("率"),
                f"{rate.parts_text} 户，{rate.full_text}，第 {number} 轮",
            )
        )
    if any(each.rounds for each in estates):
        both = facts.get("双80%达标", place)
        name = f"双{format_decimal(estates[0].threshold_percent, 0)}%"
        words = "达标" if both.value == 100 else "没有达标"
        found.append((name, words if len(estates) == 1 else f"{both.parts_text} 个小区达标"))
    lacking = "、".join(str(point.label) for point in NoticePoint if point not in hung)
    told = f"五个节点公示 {len(hung)} 个" + (f"，还没有{lacking}" if hung and lacking else "")
    found.append(("公示", told))
    if facts.rows("talks", place):
        held, raised, solved = (
            facts.get(name, place).text for name in ("议事场次", "议事提出问题", "议事解决问题")
        )
        found.append(("议事", f"{held} 次，提出 {raised} 个问题，解决 {solved} 个"))
    return tuple(found)


def care_of_project(facts: Facts, place: Place) -> tuple[Pair, ...]:
    """(name, words) of who looks after the estates of a project: after 完工 both rates with what is lacking; before it
    how many estates have a committee, nothing where none has."""
    estates: Sequence[CareFacts] = facts.rows("care", place)
    if not any(estate.completed_on for estate in estates):
        founded = sum(estate.has_committee for estate in estates)
        return (("自治组织", f"{founded} / {len(estates)} 个小区已成立"),) if founded else ()
    settled, handed = facts.get("长效管理落实率(小区)", place), facts.get("移交率(小区)", place)
    source = facts.contributions(facts.declared["长效管理落实率(小区)"], place)
    found: list[Pair] = [("落实", f"{settled.parts_text} 个小区，{settled.full_text}")]
    lacking = [f"{row.fact.name}{row.note}" for row in source if row.note]
    if lacking:
        found.append(("没有落实", "；".join(lacking)))
    days = sorted({estate.handed_on for estate in estates if estate.handed_on})
    when = f"，{chinese_date(days[-1])}" if days else ""
    found.append(("移交管养", f"{handed.parts_text} 个小区{when}"))
    return tuple(found)
