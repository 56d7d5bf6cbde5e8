"""Measures of the programme that the ledger alone answers (MEASURES.md, Programme)."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from renovation.core.declarations import Columns, Declaration, Kind, Waiting
from renovation.core.measures import CENTI_SQM_PER_WAN_SQM, Unit
from renovation.core.wording import chinese_date

from .enums import GateKind
from .facts import ProjectFacts

SOURCE = "平台指标口径“计划”"
GROUP = "计划与关口"


def _sum(name: str, code: str, unit: Unit, amount: Columns, definition: str) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.SUM,
        unit=unit,
        facts="ledger",
        group=GROUP,
        source=SOURCE,
        definition=definition,
        contribute=amount,
    )


def _passed(word: str, code: str, kind: GateKind) -> list[Declaration]:
    """The rate of a gate by projects, by estates and by households."""

    def of(weight: Callable[[ProjectFacts], int]) -> Columns:
        return Columns(lambda project: weight(project) if project.passed(kind) else 0, weight)

    def words(project: ProjectFacts) -> str:
        gate = project.gates.get(kind)
        if project.passed(kind) and gate is not None and gate.actual_on is not None:
            return f"{chinese_date(gate.actual_on)}{kind.label}"
        return "待补依据" if project.claimed(kind) else ""

    ways: list[tuple[str, str, str, Unit, Callable[[ProjectFacts], int]]] = [
        ("项目", "projects", "项目个数", Unit.COUNT, lambda _project: 1),
        ("小区", "estates", "小区个数", Unit.COUNT, attrgetter("estate_count")),
        ("户数", "households", "户数", Unit.HOUSEHOLDS, attrgetter("household_count")),
    ]
    waiting = Waiting(
        amount=lambda project: int(project.claimed(kind)), word="待补依据", joins=False
    )
    return [
        Declaration(
            name=f"{word}({by})",
            code=f"{code}-{suffix}",
            kind=Kind.RATE,
            unit=Unit.PERCENT,
            part_unit=unit,
            parts=(f"已{kind.label.removeprefix('竣工')}", "共"),
            facts="ledger",
            group=GROUP,
            source=SOURCE,
            definition=f"截至日已通过“{kind.label}”关口并有依据文件的项目，按{counted}计，除以在计划内项目的{counted}。",
            contribute=of(weight),
            note=words,
            waiting=waiting,
        )
        for by, suffix, counted, unit, weight in ways
    ]


MEASURES: list[Declaration] = [
    _sum("项目数", "projects", Unit.COUNT, Columns(lambda _: 1), "截至日在计划内的项目个数：已列入计划、没有取消；完工的仍在内。"),
    _sum("小区数", "estates", Unit.COUNT, Columns(attrgetter("estate_count")), "在计划内项目的小区个数之和。"),
    _sum("楼栋数", "buildings", Unit.BUILDINGS, Columns(attrgetter("building_count")), "在计划内项目各小区楼栋数之和。"),
    _sum("户数", "households", Unit.HOUSEHOLDS, Columns(attrgetter("household_count")), "在计划内项目各小区户数之和。"),
    _sum("建筑面积", "area", Unit.WAN_SQM, Columns(attrgetter("area_centi"), over=CENTI_SQM_PER_WAN_SQM), "在计划内项目各小区建筑面积之和。"),
    *_passed("开工率", "started", GateKind.STARTED),
    *_passed("完工率", "completed", GateKind.COMPLETED),
    *_passed("竣工验收率", "accepted", GateKind.ACCEPTED),
]  # fmt: skip
