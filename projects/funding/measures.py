"""Measures of the funding chain (MEASURES.md, Money, per source and in sum)."""

from __future__ import annotations

from collections.abc import Callable

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit, wanyuan_from_fen

from .enums import Stage
from .facts import MoneyFacts

LAW = "MEASURES.md Money"
GROUP = "资金"


def _amount(name: str, code: str, of: Callable[[MoneyFacts], int], definition: str) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.SUM,
        unit=Unit.WANYUAN,
        facts="money",
        group=GROUP,
        source=LAW,
        definition=definition,
        contribute=lambda fact: Part(wanyuan_from_fen(of(fact))),
    )


def _rate(
    name: str,
    code: str,
    above: Callable[[MoneyFacts], int],
    below: Callable[[MoneyFacts], int],
    definition: str,
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.WANYUAN,
        facts="money",
        group=GROUP,
        source=LAW,
        definition=definition,
        contribute=lambda fact: Part(wanyuan_from_fen(above(fact)), wanyuan_from_fen(below(fact))),
    )


def _planned(fact: MoneyFacts) -> int:
    return fact.planned_fen


def _stage(stage: Stage) -> Callable[[MoneyFacts], int]:
    return lambda fact: fact.sums[stage]


def _idle_mean(fact: MoneyFacts) -> Part | None:
    """Amount-weighted days; what has no lot left contributes nothing to either side."""
    amount = sum(lot.amount_fen for lot in fact.lots)
    if not amount:
        return None
    days = sum(lot.amount_fen * (fact.on - lot.received_on).days for lot in fact.lots)
    weight = wanyuan_from_fen(amount)
    return Part(wanyuan_from_fen(days) / weight, weight)


def _idle_longest(fact: MoneyFacts) -> Part | None:
    return Part((fact.on - fact.lots[0].received_on).days) if fact.lots else None


MEASURES: list[Declaration] = [
    _amount("计划", "planned", _planned, "各项目各来源计划安排的资金。"),
    _amount(
        "下达",
        "allocated",
        _stage(Stage.ALLOCATED),
        "截至日已凭文件下达的资金；非财政资金以签订的协议为准。",
    ),
    _amount("到位", "received", _stage(Stage.RECEIVED), "截至日已进入账户的资金。"),
    _amount("拨付", "released", _stage(Stage.RELEASED), "截至日已拨给街道或施工单位的资金。"),
    _amount("支付", "paid", _stage(Stage.PAID), "截至日已支付工程款的资金。"),
    _rate("资金到位率", "received-rate", _stage(Stage.RECEIVED), _planned, "到位 ÷ 计划。"),
    _rate(
        "拨付率", "released-rate", _stage(Stage.RELEASED), _stage(Stage.RECEIVED), "拨付 ÷ 到位。"
    ),
    _rate(
        "支付率",
        "paid-rate",
        _stage(Stage.PAID),
        _stage(Stage.RECEIVED),
        "支付 ÷ 到位，即资金使用率。",
    ),
    Declaration(
        name="资金留置天数(加权)",
        code="idle-days",
        kind=Kind.MEAN,
        unit=Unit.MEAN_DAYS,
        part_unit=Unit.WANYUAN,
        facts="money",
        group=GROUP,
        source=LAW,
        definition="拨付按先到先用冲减到位，剩余各笔从到位日到截至日的天数，按金额加权平均；没有剩余为“—”。",
        contribute=_idle_mean,
    ),
    Declaration(
        name="资金留置天数(最长)",
        code="idle-days-longest",
        kind=Kind.GREATEST,
        unit=Unit.DAYS,
        facts="money",
        group=GROUP,
        source=LAW,
        definition="剩余各笔到位资金中最早一笔到截至日的天数；没有剩余为“—”。",
        contribute=_idle_longest,
    ),
]
