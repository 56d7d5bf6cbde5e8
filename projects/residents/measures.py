"""Measures of meetings ([黄石答复] 议事场次与解决问题数)."""

from __future__ import annotations

from collections.abc import Callable

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit
from renovation.core.wording import chinese_date

from .facts import TalkFacts

SOURCE = "平台指标口径“居民议事”"


def _meeting(fact: TalkFacts) -> Part | None:
    return None if fact.matter else Part(1)


def _raised(fact: TalkFacts) -> Part | None:
    return Part(1) if fact.matter else None


def _solved(fact: TalkFacts) -> Part | None:
    return Part(1) if fact.matter and fact.solved_on else None


def _share(fact: TalkFacts) -> Part | None:
    if not fact.matter:
        return None
    note = f"{chinese_date(fact.solved_on)}解决" if fact.solved_on else "没有解决"
    return Part(int(fact.solved_on is not None), 1, note=note)


def _sum(
    name: str,
    code: str,
    unit: Unit,
    definition: str,
    contribute: Callable[[TalkFacts], Part | None],
) -> Declaration:
    return Declaration(
        name=name,
        code=code,
        kind=Kind.SUM,
        unit=unit,
        facts="talks",
        group="居民议事",
        source=SOURCE,
        definition=definition,
        contribute=contribute,
    )


MEASURES: list[Declaration] = [
    _sum(
        "议事场次",
        "residents-meetings",
        Unit.VISITS,
        "截至日在计划内项目里召开的居民议事场次。",
        _meeting,
    ),
    _sum(
        "议事提出问题",
        "residents-raised",
        Unit.COUNT,
        "截至日召开的居民议事上提出并登记的问题个数。",
        _raised,
    ),
    _sum(
        "议事解决问题",
        "residents-solved",
        Unit.COUNT,
        "议事提出的问题中，截至日已经解决并有佐证的个数。",
        _solved,
    ),
    Declaration(
        name="议事问题解决率",
        code="residents-solved-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.COUNT,
        parts=("已解决", "提出"),
        facts="talks",
        group="居民议事",
        source=SOURCE,
        definition="截至日已解决的议事问题个数除以提出的问题个数；没有到期的也计入提出的个数。",
        contribute=_share,
    ),
]
