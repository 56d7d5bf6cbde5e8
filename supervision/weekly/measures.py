"""Measures of progress and of returns (MEASURES.md, Programme and Returns)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit, wan_sqm_from_sqm, wanyuan_from_fen

from .facts import ProgressFacts, ReturnFacts

#: light → the word of the API (CONTRACT.md).
LIGHT_WORDS = {"red": "红", "yellow": "黄", "green": "绿", "grey": "灰"}


def _weighted(
    of: Callable[[ProgressFacts], Fraction | None],
) -> Callable[[ProgressFacts], Part | None]:
    """Weight by the area in the baseline in force; without a baseline left out on both sides."""

    def part(fact: ProgressFacts) -> Part | None:
        value = of(fact)
        if fact.project.plan is None or value is None:
            return None
        return Part(value, wan_sqm_from_sqm(fact.project.plan.area_sqm))

    return part


def _without_plan(count: int) -> str:
    return f"无计划 {count} 个"


def _investment(fact: ProgressFacts) -> Part | None:
    plan = fact.project.plan
    if plan is None:
        return None
    return Part(
        wanyuan_from_fen(fact.completed_investment_fen), wanyuan_from_fen(plan.investment_fen)
    )


def _progress(
    name: str, code: str, of: Callable[[ProgressFacts], Fraction | None], definition: str
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.MEAN,
        unit=Unit.PERCENT,
        part_unit=Unit.WAN_SQM,
        facts="progress",
        group="进度",
        source="MEASURES.md Programme",
        definition=definition,
        contribute=_weighted(of),
        left_out=_without_plan,
    )


def _count(name: str, code: str, of: Callable[[ReturnFacts], bool], definition: str) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.SUM,
        unit=Unit.COUNT,
        facts="returns",
        group="报送",
        source="MEASURES.md Returns",
        definition=definition,
        contribute=lambda fact: Part(int(of(fact)), note=fact.word),
        levels=frozenset({"district", "street"}),
        is_flow=True,
    )


def _rate(
    name: str,
    code: str,
    above: Callable[[ReturnFacts], bool],
    below: Callable[[ReturnFacts], bool],
    definition: str,
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        facts="returns",
        group="报送",
        source="MEASURES.md Returns",
        definition=definition,
        contribute=lambda fact: Part(int(above(fact)), int(below(fact)), note=fact.word),
        levels=frozenset({"district", "street"}),
        is_flow=True,
    )


MEASURES: list[Declaration] = [
    _progress(
        "形象进度",
        "physical",
        lambda fact: fact.physical_percent,
        "项目取截至日最新一期周报的累计百分比，没有为 0，完工并有依据后为 100；合计按现行基线的建筑面积加权平均。",
    ),
    _progress(
        "序时进度",
        "scheduled",
        lambda fact: fact.scheduled_percent,
        "按现行基线，从计划开工（0）经各月末累计目标到计划完工（100）按日历天直线推算；合计按建筑面积加权平均，没有基线的项目不计。",
    ),
    Declaration(
        name="偏差",
        code="deviation",
        kind=Kind.DIFFERENCE,
        unit=Unit.POINTS,
        facts="progress",
        group="进度",
        source="MEASURES.md Programme",
        definition="形象进度 − 序时进度，百分点；负数为落后。",
        of=("形象进度", "序时进度"),
    ),
    Declaration(
        name="亮灯",
        code="light",
        kind=Kind.WORD,
        unit=Unit.WORD,
        facts="progress",
        group="进度",
        source="MEASURES.md Programme",
        definition="完工为绿；没有基线，或未到计划开工且没有周报为灰；落后超过 30 个百分点、或应开未开满 3 个月末为红；"
        "落后 10 至 30 个百分点、或应开未开 1 至 2 个月末为黄；其余为绿。界限是参数。",
        word=lambda fact: LIGHT_WORDS[fact.judgement.light],
        levels=frozenset({"project"}),
    ),
    Declaration(
        name="投资完成率",
        code="investment",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.WANYUAN,
        facts="progress",
        group="进度",
        source="MEASURES.md Programme",
        definition="累计完成投资之和 ÷ 现行基线计划投资之和。",
        contribute=_investment,
        left_out=_without_plan,
    ),
    _count(
        "应报", "returns-expected", lambda fact: True, "当周至少有一个在报项目的街道，按周累计。"
    ),
    _count(
        "已报",
        "returns-reported",
        lambda fact: fact.is_reported,
        "关闭时刻前报送且当时没有处于退回状态的。",
    ),
    _count(
        "按时报",
        "returns-on-time",
        lambda fact: fact.is_on_time,
        "首次报送不晚于截止时刻的；其后退回不影响。",
    ),
    _count(
        "零报告",
        "returns-nil",
        lambda fact: fact.is_nil,
        "各项目都填“无变化”的报送，计入已报，另行列数。",
    ),
    _count(
        "未报",
        "returns-missing",
        lambda fact: fact.is_closed and not fact.is_reported,
        "关闭时刻以后仍没有报送的。",
    ),
    _count(
        "待报",
        "returns-awaited",
        lambda fact: not fact.is_closed and not fact.is_reported,
        "关闭时刻以前还没有报送的。",
    ),
    _rate(
        "报送率", "returns-rate", lambda fact: fact.is_reported, lambda fact: True, "已报 ÷ 应报。"
    ),
    _rate(
        "及时率",
        "returns-on-time-rate",
        lambda fact: fact.is_on_time,
        lambda fact: True,
        "按时报 ÷ 应报。",
    ),
    _rate(
        "更正率",
        "returns-corrected-rate",
        lambda fact: fact.was_approved and fact.was_corrected,
        lambda fact: fact.was_approved,
        "核定后又更正的周报 ÷ 核定的周报。",
    ),
]
