"""Measures of after-care ([淄川2025] 物业管理服务提升、长效机制)."""

from __future__ import annotations

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit
from renovation.core.wording import chinese_date, join

from .facts import CareFacts

GROUP = "长效管理"
SOURCE = "平台指标口径“长效管理”"


def _cared(fact: CareFacts) -> Part | None:
    if fact.completed_on is None:
        return None
    parts = (
        ("没有自治组织", fact.has_committee, "任期已满"),
        ("没有管理方式", fact.has_management, "合同已到期"),
    )
    lacking = [
        over if over in fact.expired else word for word, is_there, over in parts if not is_there
    ]
    return Part(int(not lacking), 1, note=join(lacking))


def _handed(fact: CareFacts) -> Part | None:
    if fact.completed_on is None:
        return None
    note = f"{chinese_date(fact.handed_on)}移交" if fact.handed_on else "没有移交"
    return Part(int(fact.handed_on is not None), 1, note=note)


MEASURES: list[Declaration] = [
    Declaration(
        name="长效管理落实率(小区)",
        code="residents-care-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        parts=("已落实", "已完工"),
        facts="care",
        group=GROUP,
        source=SOURCE,
        definition="截至日已完工项目的小区里，有在任的自治组织、也有在管的管理方式的所占比例；"
        "任期已满、合同已到期的不计。",
        contribute=_cared,
    ),
    Declaration(
        name="移交率(小区)",
        code="residents-handed-rate",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        parts=("已移交", "已完工"),
        facts="care",
        group=GROUP,
        source=SOURCE,
        definition="截至日已完工项目的小区里，移交管养已经确认的所占比例；从移交日期起计。",
        contribute=_handed,
    ),
]
