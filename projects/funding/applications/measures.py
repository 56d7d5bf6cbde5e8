"""Measures of the applications (CAPABILITIES.md B7): asked, granted, and how much of what was decided."""

from __future__ import annotations

from renovation.core.declarations import Declaration, Kind, Part, Waiting
from renovation.core.measures import Unit, wanyuan_from_fen

from .facts import AskedFacts

SOURCE = "平台指标口径“争取上级资金”"
GROUP = "争取上级资金"


def _asked(fact: AskedFacts) -> Part:
    return Part(wanyuan_from_fen(fact.asked_fen), note=fact.source_name)


def _granted(fact: AskedFacts) -> Part | None:
    if fact.granted_fen is None:
        return None
    return Part(wanyuan_from_fen(fact.granted_fen), note=fact.source_name)


def _rate(fact: AskedFacts) -> Part | None:
    if fact.granted_fen is None:
        return None
    return Part(
        wanyuan_from_fen(fact.granted_fen), wanyuan_from_fen(fact.asked_fen), note=fact.source_name
    )


_OPEN = Waiting(
    amount=lambda fact: wanyuan_from_fen(fact.asked_fen if fact.granted_fen is None else 0),
    unit=Unit.WANYUAN,
    noun="万元",
    word="已报待批",
    joins=False,
)

MEASURES: list[Declaration] = [
    Declaration(
        name="申请上级资金",
        code="funds-asked",
        kind=Kind.SUM,
        unit=Unit.WANYUAN,
        facts="asked",
        group=GROUP,
        source=SOURCE,
        definition="截至日已申报的上级资金申请中各项目的申请金额，已有结果和还没有结果的都算。",
        contribute=_asked,
    ),
    Declaration(
        name="批复上级资金",
        code="funds-granted",
        kind=Kind.SUM,
        unit=Unit.WANYUAN,
        facts="asked",
        group=GROUP,
        source=SOURCE,
        definition="截至日已批复的金额；批复不是下达，下达另凭下达文件登记。",
        contribute=_granted,
        waiting=_OPEN,
    ),
    Declaration(
        name="上级资金获批率",
        code="funds-granted-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.WANYUAN,
        parts=("批复", "申请"),
        facts="asked",
        group=GROUP,
        source=SOURCE,
        definition="截至日已有结果（批复或未获批）的申请，批复金额除以申请金额；还没有结果的两边都不计。",
        contribute=_rate,
        waiting=_OPEN,
    ),
]
