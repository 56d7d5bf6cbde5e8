"""Measures of what residents bring in and of how they judge the work ([黄石答复] 五共)."""

from __future__ import annotations

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import FEN_PER_WANYUAN, Unit
from renovation.core.wording import chinese_date

from .facts import SharingFacts

GROUP = "共建共评"
SOURCE = "平台指标口径“共建共评”"


def _money(fact: SharingFacts) -> Part | None:
    return Part(fact.fen, over=FEN_PER_WANYUAN) if fact.fen else None


def _hours(fact: SharingFacts) -> Part | None:
    return Part(fact.hours) if fact.hours else None


def _evaluated(fact: SharingFacts) -> Part | None:
    return Part(1) if fact.evaluated_on else None


def _coverage(fact: SharingFacts) -> Part | None:
    if fact.gift or not fact.is_completed:
        return None
    note = f"{chinese_date(fact.evaluated_on)}共评" if fact.evaluated_on else "没有共评"
    return Part(int(fact.evaluated_on is not None), 1, note=note)


def _satisfied(fact: SharingFacts) -> Part | None:
    return Part(fact.satisfied, fact.base) if fact.base else None


def _approving(fact: SharingFacts) -> Part | None:
    return Part(fact.satisfied + fact.basic, fact.base) if fact.base else None


MEASURES: list[Declaration] = [
    Declaration(
        name="居民另行出资",
        code="residents-money",
        kind=Kind.SUM,
        unit=Unit.WANYUAN,
        facts="sharing",
        group=GROUP,
        source=SOURCE,
        definition="截至日居民为改造出的、第二人已确认的钱里，没有记入资金台账“居民出资”的金额；"
        "已记入的只在资金里计，两处不重复。",
        contribute=_money,
    ),
    Declaration(
        name="居民投劳工时",
        code="residents-hours",
        kind=Kind.SUM,
        unit=Unit.HOURS,
        facts="sharing",
        group=GROUP,
        source=SOURCE,
        definition="截至日第二人已确认的居民投劳工时之和。",
        contribute=_hours,
    ),
    Declaration(
        name="已共评项目",
        code="residents-evaluated",
        kind=Kind.SUM,
        unit=Unit.COUNT,
        facts="sharing",
        group=GROUP,
        source=SOURCE,
        definition="截至日有已确认的共同评价的项目个数。",
        contribute=_evaluated,
    ),
    Declaration(
        name="共评覆盖率",
        code="residents-evaluated-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        parts=("已共评", "已完工"),
        facts="sharing",
        group=GROUP,
        source=SOURCE,
        definition="截至日已完工的项目里，有已确认的共同评价的所占比例。",
        contribute=_coverage,
    ),
    Declaration(
        name="共评满意率",
        code="residents-satisfied-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.PEOPLE,
        parts=("满意", "参评"),
        facts="sharing",
        group=GROUP,
        source=SOURCE,
        definition="各项目截至日最近一次已确认的共同评价里，满意人数之和除以参评人数之和；没有表态的也在参评人数里。"
        "基本满意不折算，与 12345 的满意率不同。",
        contribute=_satisfied,
    ),
    Declaration(
        name="共评认可率",
        code="residents-approving-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.PEOPLE,
        parts=("满意和基本满意", "参评"),
        facts="sharing",
        group=GROUP,
        source=SOURCE,
        definition="各项目截至日最近一次已确认的共同评价里，满意和基本满意人数之和除以参评人数之和。",
        contribute=_approving,
    ),
]
