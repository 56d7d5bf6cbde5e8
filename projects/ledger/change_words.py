"""A change in words: its pairs of values, and its effect on dates and money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from renovation.core.calendar import local_day
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.periods import Week
from renovation.core.wording import chinese_date

from .enums import ChangeKind, ChangeState
from .models import ProjectChange


@dataclass(frozen=True, slots=True)
class Pair:
    """One value before and after, and by how much they differ."""

    name: str
    before: str
    after: str
    difference: str
    is_number: bool = False


def _wan(fen: int) -> str:
    return format_decimal(wanyuan_from_fen(fen), 2)


def days_words(days: int) -> str:
    """晚 12 天, 早 3 天, 不变."""
    if days == 0:
        return "不变"
    return f"晚 {days} 天" if days > 0 else f"早 {-days} 天"


def money_words(fen: int) -> str:
    """增 12.00 万元, 减 3.50 万元, 不变."""
    if fen == 0:
        return "不变"
    return f"增 {_wan(fen)} 万元" if fen > 0 else f"减 {_wan(-fen)} 万元"


def pairs_of(*, change: ProjectChange) -> list[Pair]:
    """What a change touches of the plan."""
    found = []
    for name, old, new in (
        ("计划开工", change.old_start_on, change.new_start_on),
        ("计划完工", change.old_completion_on, change.new_completion_on),
    ):
        if old is not None and new is not None:
            words = days_words((new - old).days)
            found.append(Pair(name, chinese_date(old), chinese_date(new), words))
    old_fen, new_fen = change.old_investment_fen, change.new_investment_fen
    if old_fen is not None and new_fen is not None:
        words = money_words(new_fen - old_fen)
        found.append(Pair("计划投资（万元）", _wan(old_fen), _wan(new_fen), words, is_number=True))
    old_area, new_area = change.old_area_sqm, change.new_area_sqm
    if old_area is not None and new_area is not None:
        gap = new_area - old_area
        words = f"{'增' if gap > 0 else '减'} {format_decimal(abs(gap), 2)} ㎡"
        found.append(
            Pair(
                "建筑面积（㎡）",
                format_decimal(old_area, 2),
                format_decimal(new_area, 2),
                words,
                is_number=True,
            )
        )
    return found


def effects_of(*, change: ProjectChange) -> str:
    """Its effect on dates and money, or on what counts, in one line; “不影响工期和投资” where there is none."""
    if change.is_of_enrolment:
        return _effect_of_enrolment(change)
    said = []
    if change.start_days_later:
        said.append(f"开工{days_words(change.start_days_later)}")
    if change.days_later:
        said.append(f"完工{days_words(change.days_later)}")
    if change.more_fen:
        said.append(f"投资{money_words(change.more_fen)}")
    if not said and change.baseline_id is not None:
        return "调整月度目标或节点，工期和投资不变"
    return "，".join(said) or "不影响工期和投资"


def _effect_of_enrolment(change: ProjectChange) -> str:
    day = "" if change.effective_on is None else chinese_date(change.effective_on)
    match ChangeKind(change.kind):
        case ChangeKind.ENTER:
            return f"{day}起计入"
        case ChangeKind.CANCEL:
            return f"{day}起不再计入"
        case ChangeKind.REPORT:
            return f"{day}所在的那一周起报送"
        case ChangeKind.MOVE if change.approved_on is not None and change.decided_at is not None:
            week = Week.of(local_day(change.decided_at))
            return (
                f"{chinese_date(change.approved_on)}批准，"
                f"自{week.label}起由{change.new_text or '接收街道'}报送"
            )
        case ChangeKind.MOVE:
            return f"批准当周的周一起由{change.new_text or '接收街道'}报送"
        case _:
            return "照旧计入"


def holds_from(*, change: ProjectChange, today: date, earliest: Week | None = None) -> str:
    """From when a change of enrolment holds, beside the day on which it was approved; "" for any other kind, and
    where it came to nothing. ``earliest`` is the first week in which a move that waits can be approved."""
    if change.state not in {ChangeState.DRAFT, ChangeState.APPROVED}:
        return ""
    if change.kind == ChangeKind.MOVE:
        waits = change.decided_at is None
        week = Week.of(today if change.decided_at is None else local_day(change.decided_at))
        if waits and earliest is not None and earliest > week:
            return f"最早{chinese_date(earliest.start)}（周一）批准，自{earliest.label}起"
        return f"{'本周批准的，' if waits else ''}自{week.label}起"
    if change.effective_on is None:
        return ""
    return f"自{chinese_date(change.effective_on)}起"
