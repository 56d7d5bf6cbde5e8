"""Measures of the programme that the ledger alone answers (MEASURES.md, Programme)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit, wan_sqm_from_sqm

from .enums import GateKind
from .facts import ProjectFacts

LAW = "MEASURES.md Programme"


class Standing:
    """A project fact on the day it is asked about; what measures of this wing read."""

    __slots__ = ("on", "project")

    def __init__(self, project: ProjectFacts, on: date) -> None:
        self.project = project
        self.on = on

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.code

    @property
    def label(self) -> str:
        """The project's name."""
        return self.project.name


def _sum(
    name: str, code: str, unit: Unit, amount: Callable[[ProjectFacts], Part], definition: str
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.SUM,
        unit=unit,
        facts="ledger",
        group="计划与关口",
        source=LAW,
        definition=definition,
        contribute=lambda standing: amount(standing.project),
    )


def _passed(word: str, code: str, kind: GateKind) -> list[Declaration]:
    """The rate of a gate by projects, by estates and by households."""

    def of(weight: Callable[[ProjectFacts], int]) -> Callable[[Standing], Part]:
        def part(standing: Standing) -> Part:
            amount = weight(standing.project)
            return Part(amount if standing.project.passed_on(kind, standing.on) else 0, amount)

        return part

    gate = kind.label
    ways: list[tuple[str, str, Unit, Callable[[ProjectFacts], int]]] = [
        ("项目", "projects", Unit.COUNT, lambda _project: 1),
        ("小区", "estates", Unit.COUNT, lambda project: project.estate_count),
        ("户数", "households", Unit.HOUSEHOLDS, lambda project: project.household_count),
    ]
    return [
        Declaration(
            name=f"{word}({by})",
            code=f"{code}-{suffix}",
            kind=Kind.RATE,
            unit=Unit.PERCENT,
            part_unit=unit,
            facts="ledger",
            group="计划与关口",
            source=LAW,
            definition=f"关口“{gate}”在截至日或以前通过且有依据文件的项目，按{by}计 ÷ 在计划内的全部{by}。",
            contribute=of(weight),
        )
        for by, suffix, unit, weight in ways
    ]


MEASURES: list[Declaration] = [
    _sum("项目数", "projects", Unit.COUNT, lambda p: Part(1), "截至日在计划内的项目个数。"),
    _sum(
        "小区数",
        "estates",
        Unit.COUNT,
        lambda p: Part(p.estate_count),
        "在计划内项目的小区个数之和。",
    ),
    _sum(
        "楼栋数",
        "buildings",
        Unit.BUILDINGS,
        lambda p: Part(p.building_count),
        "在计划内项目各小区楼栋数之和。",
    ),
    _sum(
        "户数",
        "households",
        Unit.HOUSEHOLDS,
        lambda p: Part(p.household_count),
        "在计划内项目各小区户数之和。",
    ),
    _sum(
        "建筑面积",
        "area",
        Unit.WAN_SQM,
        lambda p: Part(wan_sqm_from_sqm(p.area_sqm)),
        "在计划内项目各小区建筑面积之和，万㎡。",
    ),
    *_passed("开工率", "started", GateKind.STARTED),
    *_passed("完工率", "completed", GateKind.COMPLETED),
    *_passed("竣工验收率", "accepted", GateKind.ACCEPTED),
]
