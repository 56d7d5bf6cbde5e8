"""The rules of the status light, in plain Python (MEASURES.md, Programme: 亮灯)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import ceil, floor

from renovation.core.wording import chinese_date


@dataclass(frozen=True)
class Thresholds:
    """What a bureau may set: percentage points behind, and month ends without a start."""

    red_behind: Decimal = Decimal("30.0")
    yellow_behind: Decimal = Decimal("10.0")
    red_months: int = 3

    @cached_property
    def red_tenths(self) -> int:
        """The limit of red in tenths of a point, rounded down: what is shown has one decimal."""
        return floor(self.red_behind * 10)

    @cached_property
    def yellow_tenths(self) -> int:
        """The limit of yellow in tenths of a point, rounded up."""
        return ceil(self.yellow_behind * 10)

    def as_json(self) -> dict[str, str]:
        """For the judgement's row: the rules as they were."""
        return {
            "red_behind": f"{self.red_behind:.1f}",
            "yellow_behind": f"{self.yellow_behind:.1f}",
            "red_months": str(self.red_months),
        }


@dataclass(frozen=True, slots=True)
class Situation:
    """What the light looks at, at the end of the day ``as_of``.

    ``physical_percent``, ``scheduled_percent`` and ``behind_points`` are as shown (one decimal; the last is
    the rounded difference, so it may differ by 0.1 from the difference of the others); the latter two are None
    without a plan. ``is_completed`` and ``is_started`` say that the gate was passed with its evidence,
    ``has_report`` that a report speaks, ``month_ends_due`` counts the month ends m with planned start ≤ m ≤
    as-of.
    """

    is_completed: bool
    is_started: bool
    has_report: bool
    planned_start_on: date | None
    physical_percent: Decimal
    scheduled_percent: Decimal | None
    behind_points: Decimal | None
    month_ends_due: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Judgement:
    """The light (green, yellow, red, grey) and the sentences that led to it, the weightiest first."""

    light: str
    reasons: tuple[str, ...]


def light_of(
    *,
    is_completed: bool,
    is_started: bool,
    has_report: bool,
    planned_start_on: date | None,
    behind_tenths: int | None,
    month_ends_due: int,
    as_of: date,
    thresholds: Thresholds,
) -> str:
    """The light alone, for who has thousands to judge; ``behind_tenths`` is ``behind_points`` in tenths. The
    first rule that fits decides, in the order of MEASURES.md; thresholds compare values as shown."""
    if is_completed:
        return "green"
    if planned_start_on is None or behind_tenths is None:
        return "grey"
    if as_of < planned_start_on and not has_report:
        return "grey"
    due = 0 if is_started else month_ends_due
    if behind_tenths > thresholds.red_tenths or 0 < due >= thresholds.red_months:
        return "red"
    if behind_tenths >= thresholds.yellow_tenths or due:
        return "yellow"
    return "green"


def judge(situation: Situation, thresholds: Thresholds) -> Judgement:
    """The light of ``light_of`` with the sentences that say why."""
    start, behind = situation.planned_start_on, situation.behind_points
    light = light_of(
        is_completed=situation.is_completed,
        is_started=situation.is_started,
        has_report=situation.has_report,
        planned_start_on=start,
        behind_tenths=None if behind is None else int(behind * 10),
        month_ends_due=situation.month_ends_due,
        as_of=situation.as_of,
        thresholds=thresholds,
    )
    return Judgement(light, tuple(_reasons(light, situation, thresholds)))


def _reasons(light: str, situation: Situation, thresholds: Thresholds) -> list[str]:
    """Why, the weightiest first."""
    start, behind = situation.planned_start_on, situation.behind_points
    if situation.is_completed:
        return ["已完工，依据齐全。"]
    if start is None or behind is None:
        return ["没有批准的基线，不判定进度。"]
    if light == "grey":
        return [f"未到计划开工日期{chinese_date(start)}，也没有周报。"]
    if light == "green":
        return [_even(situation, thresholds)]
    red: list[str] = []
    yellow: list[str] = []
    if behind > thresholds.red_behind:
        red.append(f"{_gap(situation)}，超过{thresholds.red_behind:.1f}个百分点。")
    elif behind >= thresholds.yellow_behind:
        yellow.append(f"{_gap(situation)}，达到{thresholds.yellow_behind:.1f}个百分点。")
    due = 0 if situation.is_started else situation.month_ends_due
    if due:
        late = f"计划{chinese_date(start)}开工，已过{due}个月末仍没有开工依据"
        if due >= thresholds.red_months:
            red.append(f"{late}，满{thresholds.red_months}个月末。")
        else:
            yellow.append(f"{late}。")
    return [*red, *yellow]


def _gap(situation: Situation) -> str:
    return (
        f"形象进度{situation.physical_percent:.1f}%，序时进度{situation.scheduled_percent:.1f}%，"
        f"落后{situation.behind_points:.1f}个百分点"
    )


def _even(situation: Situation, thresholds: Thresholds) -> str:
    if situation.behind_points is not None and situation.behind_points > 0:
        return f"{_gap(situation)}，不足{thresholds.yellow_behind:.1f}个百分点。"
    return f"形象进度{situation.physical_percent:.1f}%，不低于序时进度{situation.scheduled_percent:.1f}%。"
