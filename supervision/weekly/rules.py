"""The rules of the status light, in plain Python (MEASURES.md, Programme: 亮灯)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a bureau may set: percentage points behind, and month ends without a start."""

    red_behind: Decimal = Decimal("30.0")
    yellow_behind: Decimal = Decimal("10.0")
    red_months: int = 3

    def as_json(self) -> dict[str, str]:
        """For the judgement's row: the rules as they were."""
        return {
            "red_behind": str(self.red_behind),
            "yellow_behind": str(self.yellow_behind),
            "red_months": str(self.red_months),
        }


@dataclass(frozen=True, slots=True)
class Situation:
    """What the light looks at. Percentages as shown (one decimal); ``month_ends_due`` counts the month ends
    m with planned start ≤ m ≤ as-of."""

    is_completed: bool
    is_started: bool
    has_plan: bool
    has_report: bool
    planned_start_on: date | None
    behind_points: Decimal | None
    month_ends_due: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Judgement:
    """The light (green, yellow, red, grey) and the sentences that led to it."""

    light: str
    reasons: tuple[str, ...]


def judge(situation: Situation, thresholds: Thresholds) -> Judgement:
    """The first rule that fits decides, in the order of MEASURES.md; thresholds compare values as shown."""
    if situation.is_completed:
        return Judgement("green", ("已完工。",))
    if not situation.has_plan or situation.planned_start_on is None:
        return Judgement("grey", ("没有批准的计划。",))
    if situation.as_of < situation.planned_start_on and not situation.has_report:
        return Judgement("grey", (f"未到计划开工日期（{_day(situation.planned_start_on)}）。",))
    red: list[str] = []
    yellow: list[str] = []
    behind = situation.behind_points
    if behind is not None and behind > thresholds.red_behind:
        red.append(f"落后序时进度 {behind} 个百分点，超过 {thresholds.red_behind}。")
    elif behind is not None and behind >= thresholds.yellow_behind:
        yellow.append(f"落后序时进度 {behind} 个百分点，达到 {thresholds.yellow_behind}。")
    due = 0 if situation.is_started else situation.month_ends_due
    if due >= thresholds.red_months:
        red.append(f"应开工未开工，已过 {due} 个月末。")
    elif due >= 1:
        yellow.append(f"应开工未开工，已过 {due} 个月末。")
    if red:
        return Judgement("red", (*red, *yellow))
    if yellow:
        return Judgement("yellow", tuple(yellow))
    if behind is None or behind <= 0:
        return Judgement("green", ("达到序时进度。",))
    return Judgement(
        "green", (f"落后序时进度 {behind} 个百分点，不足 {thresholds.yellow_behind}。",)
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
