"""Measures of what the dispatch meeting assigns (CAPABILITIES.md W1). They follow 按时办结率 of MEASURES.md, 12345:
each item is judged once; what is granted before a limit is over moves it, what is granted later does not."""

from __future__ import annotations

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit

from .facts import ItemFacts

GROUP, SOURCE = "周调度交办", "平台指标口径“周调度交办”"


def _assigned(fact: ItemFacts) -> Part | None:
    return Part(1) if fact.is_assigned else None


def _done(fact: ItemFacts) -> Part | None:
    return Part(1) if fact.is_done else None


def _in_time(fact: ItemFacts) -> Part | None:
    return Part(int(fact.in_time), 1) if fact.is_judged else None


MEASURES: list[Declaration] = [
    Declaration(
        name="交办事项",
        code="dispatch-assigned",
        kind=Kind.SUM,
        unit=Unit.ITEMS,
        facts="assigned",
        group=GROUP,
        source=SOURCE,
        definition="期内生效的交办事项件数：会议交办的自纪要签发日、电话和现场交办的自登记日生效；截至日前撤销的不计。分街道的，计给期限届满之日（未届满的，截至日）的责任街道，参建单位和科室办的计给项目当日所在的街道，以后转交、项目调街道的不改；三项指标相同。",
        contribute=_assigned,
        note=lambda fact: fact.note,
        is_flow=True,
    ),
    Declaration(
        name="交办已办结",
        code="dispatch-done",
        kind=Kind.SUM,
        unit=Unit.ITEMS,
        facts="assigned",
        group=GROUP,
        source=SOURCE,
        definition="期内生效的交办事项中，截至日已由区局核实办结的件数。",
        contribute=_done,
        note=lambda fact: fact.note,
        is_flow=True,
    ),
    Declaration(
        name="交办按期办结率",
        code="dispatch-in-time-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.ITEMS,
        parts=("按期办结", "应判"),
        facts="assigned",
        group=GROUP,
        source=SOURCE,
        definition="每件只判一次，计入结果已定的那一天所在的期，以后不再改判：被认可的报办结不晚于期限的为按期，计入区局核实办结之日；其余计入期限届满的次日，期限内报过、届满以后才退回的计入最后退回之日；期限内已报、区局还没有核的暂不判。期限为最初期限，期限届满前准许的延期计入，届满后准许的不计。截至日前撤销的不计。",
        contribute=_in_time,
        note=lambda fact: fact.note,
        is_flow=True,
    ),
]
