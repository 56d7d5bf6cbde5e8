"""Measures of the funding chain (MEASURES.md, Money, per source and in sum)."""

from __future__ import annotations

from collections.abc import Callable

from renovation.core.declarations import Columns, Declaration, Kind, Part, Waiting
from renovation.core.measures import FEN_PER_WANYUAN, Unit
from renovation.core.wording import chinese_date

from .enums import Stage
from .facts import MoneyFacts

SOURCE = "平台指标口径“资金”"
GROUP = "资金"


def _amount_of(stage: Stage) -> Callable[[MoneyFacts], int]:
    return lambda fact: fact.sums[stage]


def _planned(fact: MoneyFacts) -> int:
    return fact.planned_fen


def _waiting(stage: Stage) -> Waiting:
    """What is recorded at a stage and not approved yet."""
    return Waiting(
        amount=lambda fact: fact.pending_fen[stage],
        over=FEN_PER_WANYUAN,
        unit=Unit.WANYUAN,
        noun="万元",
    )


def _stage(stage: Stage, definition: str) -> Declaration:
    return Declaration(
        name=stage.label,
        code=stage.value,
        kind=Kind.SUM,
        unit=Unit.WANYUAN,
        facts="money",
        group=GROUP,
        source=SOURCE,
        definition=definition,
        contribute=Columns(_amount_of(stage), over=FEN_PER_WANYUAN),
        waiting=_waiting(stage),
        rests=_resting(stage),
    )


def _rate(
    name: str,
    above: Stage,
    base: str,
    below: Callable[[MoneyFacts], int],
    definition: str,
    *,
    rests_on: tuple[Stage, ...],
) -> Declaration:
    return Declaration(
        name=name,
        code=f"{above.value}-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.WANYUAN,
        parts=(str(above.label), base),
        facts="money",
        group=GROUP,
        source=SOURCE,
        definition=definition,
        contribute=Columns(
            _amount_of(above), below, over=FEN_PER_WANYUAN, weight_over=FEN_PER_WANYUAN
        ),
        waiting=_waiting(above),
        rests=_resting(*rests_on),
    )


def _resting(*stages: Stage) -> Callable[[MoneyFacts], bool]:
    """Whether something recorded at one of the stages, which the figure is made of, is not approved."""
    return lambda fact: any(stage in fact.waits for stage in stages)


def _idle_mean(fact: MoneyFacts) -> Part | None:
    """Amount-weighted days; what has no lot left contributes nothing to either side."""
    amount = sum(lot.amount_fen for lot in fact.lots)
    if not amount:
        return None
    days = sum(lot.amount_fen * (fact.on - lot.received_on).days for lot in fact.lots)
    return Part(days, amount, over=amount, weight_over=FEN_PER_WANYUAN)


def _idle_lots(fact: MoneyFacts) -> str:
    return f"共 {len(fact.lots)} 笔，最早 {chinese_date(fact.lots[0].received_on)}到位"


def _idle_longest(fact: MoneyFacts) -> Part | None:
    return Part((fact.on - fact.lots[0].received_on).days) if fact.lots else None


def _oldest_lot(fact: MoneyFacts) -> str:
    return f"{chinese_date(fact.lots[0].received_on)}到位"


MEASURES: list[Declaration] = [
    Declaration(
        name="计划",
        code="planned",
        kind=Kind.SUM,
        unit=Unit.WANYUAN,
        facts="money",
        group=GROUP,
        source=SOURCE,
        definition="各项目各来源计划安排的资金之和。",
        contribute=Columns(_planned, over=FEN_PER_WANYUAN),
    ),
    _stage(Stage.ALLOCATED, "截至日已凭文件下达的资金；非财政资金以签订的协议为准。更正的金额从被更正的那一笔的日期起计。"),
    _stage(Stage.RECEIVED, "截至日已进入账户的资金。"),
    _stage(Stage.RELEASED, "截至日已拨给街道或施工单位的资金。"),
    _stage(Stage.PAID, "截至日已支付工程款的资金。"),
    _rate("资金到位率", Stage.RECEIVED, "计划", _planned, "到位资金除以计划资金。", rests_on=(Stage.RECEIVED,)),
    _rate("拨付率", Stage.RELEASED, "到位", _amount_of(Stage.RECEIVED), "拨付资金除以到位资金。", rests_on=(Stage.RELEASED, Stage.RECEIVED)),
    _rate("支付率", Stage.PAID, "到位", _amount_of(Stage.RECEIVED), "支付资金除以到位资金，即资金使用率。", rests_on=(Stage.PAID, Stage.RECEIVED)),
    Declaration(
        name="资金留置天数(加权)",
        code="idle-days",
        kind=Kind.MEAN,
        unit=Unit.MEAN_DAYS,
        part_unit=Unit.WANYUAN,
        parts=("金额×天数", "未拨付金额"),
        facts="money",
        group=GROUP,
        source=SOURCE,
        definition="拨付按到位先后冲减到位资金，剩余各笔从到位日到截至日的天数，按金额加权平均；多个项目的各笔合在一起算；金额乘天数的单位为万元·天；没有剩余为“—”。",
        contribute=_idle_mean,
        note=_idle_lots,
        rests=_resting(Stage.RECEIVED, Stage.RELEASED),
    ),
    Declaration(
        name="资金留置天数(最长)",
        code="idle-days-longest",
        kind=Kind.GREATEST,
        unit=Unit.DAYS,
        facts="money",
        group=GROUP,
        source=SOURCE,
        definition="剩余各笔到位资金中最早的一笔到截至日的天数；没有剩余为“—”。",
        contribute=_idle_longest,
        note=_oldest_lot,
        rests=_resting(Stage.RECEIVED, Stage.RELEASED),
    ),
]  # fmt: skip
