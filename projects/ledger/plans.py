"""The versions of a project's plan side by side, and the months that a plan asks targets for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.periods import Month
from renovation.core.wording import chinese_date

from .enums import BaselineState, GateKind
from .models import Baseline

LONGEST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One property of the plan in every version; ``changed`` marks a value that differs from the version
    before it (older stands left)."""

    name: str
    cells: tuple[tuple[str, bool], ...]
    is_number: bool = False


def months_between(*, start: date, completion: date) -> list[Month]:
    """The months whose last day lies strictly between start and completion; at most 60."""
    found: list[Month] = []
    month = Month.of(start)
    while month.end < completion and len(found) < LONGEST_MONTHS:
        if month.end > start:
            found.append(month)
        month = month.next()
    return found


def in_force(*, baselines: Sequence[Baseline], on: date) -> Baseline | None:
    """The latest version approved on or before a day; before the first, the first (MEASURES.md, 序时进度)."""
    chosen: Baseline | None = None
    for row in sorted(baselines, key=lambda row: row.version):
        if row.state != BaselineState.APPROVED:
            continue
        if chosen is None or (row.approved_on is not None and row.approved_on <= on):
            chosen = row
    return chosen


def side_by_side(*, baselines: Sequence[Baseline]) -> list[Line]:
    """Every property and monthly target, one column a version, oldest first. ``baselines`` come with their
    targets and nodes prefetched."""
    versions = sorted(baselines, key=lambda row: row.version)
    lines = [
        _line("计划开工", [chinese_date(row.planned_start_on) for row in versions]),
        _line("计划完工", [chinese_date(row.planned_completion_on) for row in versions]),
        _line(
            "计划投资（万元）",
            [format_decimal(wanyuan_from_fen(row.planned_investment_fen), 2) for row in versions],
            is_number=True,
        ),
        _line(
            "建筑面积（㎡）", [format_decimal(row.area_sqm, 2) for row in versions], is_number=True
        ),
    ]
    targets = [{target.month_end_on: target for target in row.targets.all()} for row in versions]
    ends = sorted({end for row in targets for end in row})
    for end in ends:
        cells = []
        for row in targets:
            target = row.get(end)
            cells.append(f"{target.target_percent:.1f}" if target else "")
        lines.append(_line(f"{Month.of(end).label}末（%）", cells, is_number=True))
    nodes = [{node.gate: node.planned_on for node in row.nodes.all()} for row in versions]
    for gate in GateKind:
        if any(gate in row for row in nodes):
            days = [chinese_date(row[gate]) if gate in row else "" for row in nodes]
            lines.append(_line(f"节点　{gate.label}", days))
    return lines


def _line(name: str, texts: Sequence[str], *, is_number: bool = False) -> Line:
    cells = tuple(
        (text, place > 0 and text != texts[place - 1]) for place, text in enumerate(texts)
    )
    return Line(name, cells, is_number)
