"""Measures of progress and of returns (MEASURES.md, Programme and Returns)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from operator import attrgetter

from renovation.core.declarations import Columns, Declaration, Kind, Part, Waiting
from renovation.core.measures import CENTI_SQM_PER_WAN_SQM, FEN_PER_WANYUAN, Unit
from renovation.core.parameters import Parameter
from renovation.core.wording import chinese_date

from .facts import ProgressFacts
from .parameters import CLOSE_CLOCK, DUE_CLOCK, RED_BEHIND, RED_MONTHS, YELLOW_BEHIND
from .return_facts import ReturnFacts
from .row_facts import RowFacts

#: light → the word of the API (CONTRACT.md).
LIGHT_WORDS = {"red": "红", "yellow": "黄", "green": "绿", "grey": "灰"}

PROGRESS, PROGRESS_SOURCE = "进度", "平台指标口径“计划”"
RETURNS, RETURNS_SOURCE = "报送", "平台指标口径“报送”"
QUALITY_SOURCE = "平台默认：数据质量由及时、完整、一致、更正四项构成"

#: Reports that wait for approval and would change a figure of progress.
WAITING = Waiting(amount=lambda fact: int(fact.has_pending))


def _without_plan(count: int) -> str:
    return f"无计划 {count} 个"


def _has_plan(fact: ProgressFacts) -> bool:
    """Without a baseline a project is left out on both sides."""
    return fact.project.plan is not None


#: By the area in the baseline in force.
_BY_AREA = attrgetter("project.plan.area_centi")

_PHYSICAL = Columns(
    attrgetter("physical_tenths"),
    _BY_AREA,
    over=10,
    weight_over=CENTI_SQM_PER_WAN_SQM,
    holds=_has_plan,
)
_SCHEDULED = Columns(
    lambda fact: fact.scheduled_parts[0],
    _BY_AREA,
    over=lambda fact: fact.scheduled_parts[1],
    weight_over=CENTI_SQM_PER_WAN_SQM,
    holds=_has_plan,
)
_INVESTMENT = Columns(
    attrgetter("completed_investment_fen"),
    attrgetter("project.plan.investment_fen"),
    over=FEN_PER_WANYUAN,
    weight_over=FEN_PER_WANYUAN,
    holds=_has_plan,
)


def _plan_words(fact: ProgressFacts) -> str:
    plan = fact.project.plan
    if plan is None:
        return ""
    return (
        f"第{plan.version}版基线，{chinese_date(plan.start_on)}至{chinese_date(plan.completion_on)}"
    )


def _remark(fact: ProgressFacts) -> str:
    return fact.remark


def _count(
    name: str,
    code: str,
    of: Callable[[ReturnFacts], bool],
    definition: str,
    *clocks: Parameter[time],
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.SUM,
        unit=Unit.VISITS,
        facts="returns",
        group=RETURNS,
        source=RETURNS_SOURCE,
        definition=definition,
        contribute=Columns(lambda fact: int(of(fact))),
        note=lambda fact: fact.word,
        levels=frozenset({"district", "street"}),
        is_flow=True,
        parameters=clocks,
    )


def _rate(
    name: str,
    code: str,
    above: Callable[[ReturnFacts], bool],
    below: Callable[[ReturnFacts], bool],
    parts: tuple[str, str],
    definition: str,
    *clocks: Parameter[time],
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.VISITS,
        parts=parts,
        facts="returns",
        group=RETURNS,
        source=RETURNS_SOURCE,
        definition=definition,
        contribute=Columns(lambda fact: int(above(fact)), lambda fact: int(below(fact))),
        note=lambda fact: fact.word,
        levels=frozenset({"district", "street"}),
        is_flow=True,
        parameters=clocks,
    )


def _quality(
    name: str,
    code: str,
    contribute: Callable[[RowFacts], Part | None],
    note: Callable[[RowFacts], str],
    parts: tuple[str, str],
    definition: str,
    *clocks: Parameter[time],
) -> Declaration:
    """A rate of rows of returns (CAPABILITIES.md D8)."""
    return Declaration(
        name=name,
        code=code,
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.ROWS,
        parts=parts,
        facts="rows",
        group=RETURNS,
        source=QUALITY_SOURCE,
        definition=definition,
        contribute=contribute,
        note=note,
        levels=frozenset({"district", "street"}),
        is_flow=True,
        parameters=clocks,
    )


MEASURES: list[Declaration] = [
    Declaration(
        name="序时进度",
        code="scheduled",
        kind=Kind.MEAN,
        unit=Unit.PERCENT,
        part_unit=Unit.WAN_SQM,
        parts=("折合", "建筑面积"),
        facts="progress",
        group=PROGRESS,
        source=PROGRESS_SOURCE,
        definition="按截至日有效的基线，从计划开工（0）经各月末累计目标到计划完工（100）按日历天直线推算，之前为 0，之后为 100；合计按基线建筑面积加权平均，没有基线的项目两边都不计。",
        contribute=_SCHEDULED,
        note=_plan_words,
        left_out=_without_plan,
    ),
    Declaration(
        name="形象进度",
        code="physical",
        kind=Kind.MEAN,
        unit=Unit.PERCENT,
        part_unit=Unit.WAN_SQM,
        parts=("折合", "建筑面积"),
        facts="progress",
        group=PROGRESS,
        source=PROGRESS_SOURCE,
        definition="项目取截至日最近一期周报的累计百分比（周报从当周周日起算），没有周报为 0，完工并有依据后为 100；合计与序时进度取同样的项目，按基线建筑面积加权平均。",
        contribute=_PHYSICAL,
        note=_remark,
        left_out=_without_plan,
        waiting=WAITING,
    ),
    Declaration(
        name="偏差",
        code="deviation",
        kind=Kind.DIFFERENCE,
        unit=Unit.POINTS,
        facts="progress",
        group=PROGRESS,
        source=PROGRESS_SOURCE,
        definition="形象进度减序时进度，百分点；负数为落后。按未舍入的数相减，只舍入一次。",
        of=("形象进度", "序时进度"),
    ),
    Declaration(
        name="亮灯",
        code="light",
        kind=Kind.WORD,
        unit=Unit.WORD,
        facts="progress",
        group=PROGRESS,
        source=PROGRESS_SOURCE,
        definition="依次判定：完工为绿；没有基线，或未到计划开工且没有周报为灰；落后超过红灯界限，或计划开工以来满规定个数的月末仍没有开工依据为红；落后达到黄灯界限，或有月末应开工未开工为黄；其余为绿。按显示的一位小数比较。",
        word=lambda fact: LIGHT_WORDS[fact.light],
        levels=frozenset({"project"}),
        waiting=WAITING,
        parameters=(RED_BEHIND, YELLOW_BEHIND, RED_MONTHS),
    ),
    Declaration(
        name="投资完成率",
        code="investment",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.WANYUAN,
        parts=("完成投资", "计划投资"),
        facts="progress",
        group=PROGRESS,
        source=PROGRESS_SOURCE,
        definition="最近一期周报的累计完成投资之和，除以截至日有效基线的计划投资之和；没有基线的项目两边都不计。",
        contribute=_INVESTMENT,
        note=_remark,
        left_out=_without_plan,
        waiting=WAITING,
        rests=lambda fact: fact.rests_on_pending,
    ),
    _count("应报", "returns-expected", lambda fact: True, "当周至少有一个项目在报的街道，各周合计；没有工作日的周不要求报送。"),
    _count("已报", "returns-reported", lambda fact: fact.is_reported, "关闭时刻以前报送、且当时没有处于退回状态的；零报告计入。", CLOSE_CLOCK),
    _rate("报送率", "returns-rate", lambda fact: fact.is_reported, lambda fact: True, ("已报", "应报"), "已报除以应报。", CLOSE_CLOCK),
    _count("按时报", "returns-on-time", lambda fact: fact.is_on_time, "首次报送不晚于截止时刻的；其后退回不影响。", DUE_CLOCK),
    replace(
        _rate("及时率", "returns-on-time-rate", lambda fact: fact.is_on_time, lambda fact: True, ("按时报", "应报"), "按时报除以应报。", DUE_CLOCK),
        note=lambda fact: fact.told,
    ),
    _count("零报告", "returns-nil", lambda fact: fact.is_nil, "各项目都填“无变化”的周报，已计入已报，另行列数。"),
    _count("待报", "returns-awaited", lambda fact: not fact.is_closed and not fact.is_reported, "关闭时刻以前还没有报送的。", CLOSE_CLOCK),
    _count("未报", "returns-missing", lambda fact: fact.is_closed and not fact.is_reported, "关闭时刻以后仍没有报送的。", CLOSE_CLOCK),
    replace(
        _rate("更正率", "returns-corrected-rate", lambda fact: fact.was_approved and fact.was_corrected, lambda fact: fact.was_approved, ("更正", "核定"), "截至日以前核定后又更正的周报，除以核定的周报；更正不影响已报和按时报。"),
        rests=lambda fact: fact.was_approved and fact.correction_waits,
    ),
    _quality(
        "完整率", "rows-whole-rate",
        lambda fact: Part(int(fact.is_whole), 1) if fact.is_expected else None,
        lambda fact: fact.whole_note,
        ("填全", "应填"),
        "应填为各周每个在报项目一行，还没有到关闭时刻、也没有报的不计；填全为关闭前已报，并且填了本周完成情况、下周计划、在场人数的行，填“无变化”的算填全；形象进度和完成投资不填不能报送。",
        CLOSE_CLOCK,
    ),
    _quality(
        "一致率", "rows-consistent-rate",
        lambda fact: Part(int(not fact.asked), 1) if fact.is_there else None,
        lambda fact: fact.asked_note,
        ("无疑问", "已报行"),
        "已报行为关闭前已报的周报里的行；无疑问为报送时没有一条校验规则要求说明（已豁免的不算）、区局也没有提请核实的行。",
        CLOSE_CLOCK,
    ),
    replace(
        _quality(
            "数据更正率", "rows-corrected-rate",
            lambda fact: Part(int(fact.was_corrected), 1) if fact.was_approved else None,
            lambda fact: "核定后更正" if fact.was_corrected else "",
            ("更正", "核定行"),
            "核定行为关闭前已报、已经核定的周报里的行；更正为截至日以前核定的更正稿改了其中任何一项的行。越低越好。",
        ),
        rests=lambda fact: fact.correction_waits,
    ),
]  # fmt: skip
