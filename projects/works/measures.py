"""Measures of what renovation brings: planned, delivered, delivery rate of each outcome; structures removed
(DOMAIN.md §2.1, published outcome indicators; [黄石答复])."""

from __future__ import annotations

from typing import Any

from renovation.core.declarations import Declaration, Kind, Part, Waiting
from renovation.core.measures import Exact, Unit
from renovation.core.wording import chinese_date

from .enums import Outcome, StructureState
from .facts import ItemFacts, StructureFacts
from .outcomes import COUNTED

SOURCE = "国办发〔2020〕23号改造内容；平台指标口径“改造成果”"
GROUP = "改造成果"
ITEMS, STRUCTURES = "items", "structures"


def _outcome(outcome: Outcome) -> list[Declaration]:
    """The three measures of an outcome."""
    unit, word = COUNTED[outcome].unit, str(outcome.label)

    def planned(fact: ItemFacts) -> Part | None:
        return Part(fact.counted(fact.planned)) if fact.outcome is outcome else None

    def delivered(fact: ItemFacts) -> Part | None:
        return Part(fact.counted(fact.delivered)) if fact.outcome is outcome else None

    def share(fact: ItemFacts) -> Part | None:
        if fact.outcome is not outcome:
            return None
        done = f"{chinese_date(fact.finished_on)}全部完成" if fact.finished_on else ""
        return Part(fact.counted(fact.delivered), fact.counted(fact.planned), note=done)

    def waits(fact: ItemFacts) -> Exact:
        if fact.outcome is not outcome or fact.pending is None:
            return 0
        return fact.counted(fact.pending)

    waiting = Waiting(amount=waits, unit=unit, noun=unit.text, word="待批准的计划")

    def declaration(name: str, code: str, kind: Kind, **more: Any) -> Declaration:
        return Declaration(
            name=name,
            code=f"works-{outcome.value}-{code}",
            kind=kind,
            facts=ITEMS,
            group=GROUP,
            source=SOURCE,
            **more,
        )

    return [
        declaration(
            f"{word}(计划)",
            "planned",
            Kind.SUM,
            unit=unit,
            definition=f"各项目截至日有效的改造内容计划中计入“{word}”的各条数量之和，按{unit.text}计；已取消的条目不计。",
            contribute=planned,
            waiting=waiting,
        ),
        declaration(
            f"{word}(完成)",
            "delivered",
            Kind.SUM,
            unit=unit,
            definition=f"截至日已完成并经验收登记的计入“{word}”的各条数量之和，按{unit.text}计；撤回的登记不计。",
            contribute=delivered,
        ),
        declaration(
            f"{word}完成率",
            "rate",
            Kind.RATE,
            unit=Unit.PERCENT,
            part_unit=unit,
            parts=("完成", "计划"),
            definition=f"“{word}”完成数量除以计划数量；超过计划的照实计入，可以大于 100%。",
            contribute=share,
            rests=lambda fact: bool(waits(fact)),
        ),
    ]


def _found(fact: StructureFacts) -> Part | None:
    return None if fact.state is StructureState.DISMISSED else Part(1)


def _removed(fact: StructureFacts) -> Part | None:
    if fact.state is StructureState.DISMISSED:
        return None
    note = f"{chinese_date(fact.removed_on)}拆除" if fact.removed_on else str(fact.state.label)
    return Part(int(fact.is_gone), 1, note=note)


MEASURES: list[Declaration] = [
    *(measure for outcome in Outcome for measure in _outcome(outcome)),
    Declaration(
        name="违法建设",
        code="works-structures",
        kind=Kind.SUM,
        unit=Unit.PLACES,
        facts=STRUCTURES,
        group=GROUP,
        source="国办发〔2020〕23号“拆除违法建设”；平台指标口径“改造成果”",
        definition="截至日在改造项目里发现的违法建设处数；经核实不属违建而核销的不计。",
        contribute=_found,
    ),
    Declaration(
        name="违法建设拆除率",
        code="works-structures-removed",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.PLACES,
        parts=("已拆除", "发现"),
        facts=STRUCTURES,
        group=GROUP,
        source="国办发〔2020〕23号“拆除违法建设”；平台指标口径“改造成果”",
        definition="截至日已拆除的违法建设处数（含已恢复防水、无需恢复的）除以发现的处数；核销的两边都不计。",
        contribute=_removed,
    ),
]  # fmt: skip
