"""One asked column as the intake reads it, and its values as they are stored, shown and typed.

Stored in JSON: whole numbers and amounts (in 分) as integers, decimals and days as text, 是否 as true or false,
options and words as text. What is empty is not stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from renovation.core.errors import Refusal
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.reading import fen_from_wanyuan
from renovation.core.wording import chinese_date
from renovation.face.wording import DASH
from renovation.intake.cells import NO, YES
from renovation.intake.pipelines import Column, Kind, Show, Value

from .enums import ColumnKind
from .models import AskedColumn

Stored = int | bool | str
#: name of the column → value
Values = Mapping[str, Stored]

#: 10 billion yuan in 万元: above it somebody typed 元.
MOST_WANYUAN = Decimal("999999.99")
MOST = Decimal("999999999")
_KINDS = {
    ColumnKind.INTEGER: Kind.INTEGER,
    ColumnKind.DECIMAL: Kind.DECIMAL,
    ColumnKind.AMOUNT: Kind.DECIMAL,
    ColumnKind.DATE: Kind.DATE,
}


def column_of(asked: AskedColumn, *, show: Show = Show.NAMED) -> Column:
    """The column for the intake: header with unit, bounds, what belongs there in words."""
    kind = ColumnKind(asked.kind)
    minimum, maximum = bounds_of(asked)
    return Column(
        field=asked.name,
        header=asked.header,
        aliases=(asked.label,),
        kind=_KINDS.get(kind, Kind.TEXT),
        places=places_of(asked),
        minimum=minimum,
        maximum=maximum,
        longest=asked.longest if kind is ColumnKind.TEXT else 60,
        required=asked.is_required,
        expected=expected_of(asked),
        hint="。".join(part for part in (asked.hint.rstrip("。"), expected_of(asked)) if part),
        short=asked.title,
        show=show,
    )


def places_of(asked: AskedColumn) -> int:
    """The decimals of a column: two of 万元, those of the definition, none."""
    if asked.kind == ColumnKind.AMOUNT:
        return 2
    return asked.places if asked.kind == ColumnKind.DECIMAL else 0


def bounds_of(asked: AskedColumn) -> tuple[Decimal | None, Decimal | None]:
    """The bounds of a number, wide ones where none were given; None for what is no number."""
    if not ColumnKind(asked.kind).is_summed:
        return None, None
    most = MOST_WANYUAN if asked.kind == ColumnKind.AMOUNT else MOST
    minimum = Decimal(0) if asked.minimum is None else asked.minimum
    maximum = most if asked.maximum is None else asked.maximum
    return Decimal(plain(minimum)), Decimal(plain(maximum))


def options_of(asked: AskedColumn) -> tuple[str, ...]:
    """The words that may stand in a cell; none where it is no choice."""
    if asked.kind == ColumnKind.YES_NO:
        return (YES, NO)
    return tuple(asked.options) if asked.kind == ColumnKind.CHOICE else ()


def expected_of(asked: AskedColumn) -> str:
    """What belongs into the column, in words."""
    kind = ColumnKind(asked.kind)
    if words := options_of(asked):
        return f"{'、'.join(words)}之一"
    if kind is ColumnKind.DATE:
        days = [
            f"不早于 {chinese_date(asked.earliest)}" if asked.earliest else "",
            f"不晚于 {chinese_date(asked.latest)}" if asked.latest else "",
        ]
        return "，".join(part for part in ("日期，如 2025-9-18", *days) if part)
    if kind is ColumnKind.TEXT:
        return f"{asked.longest} 个字以内"
    places = places_of(asked)
    what = f"最多{places}位小数的数" if places else "整数"
    limits = [
        f"不小于 {plain(asked.minimum)}" if asked.minimum is not None else "不小于 0",
        f"不大于 {plain(asked.maximum)}" if asked.maximum is not None else "",
    ]
    unit = f"，单位{asked.shown_unit}" if asked.shown_unit else ""
    return "，".join(part for part in (what, *limits) if part) + unit


def plain(number: Decimal) -> str:
    """A bound without zeros that say nothing."""
    return f"{number.normalize():f}"


# -- stored ------------------------------------------------------------------------------------------
def as_stored(asked: AskedColumn, value: Value) -> Stored | None:
    """A value as the intake read it, for JSON; None where the cell is empty."""
    if value is None or value == "":
        return None
    kind = ColumnKind(asked.kind)
    if kind is ColumnKind.AMOUNT:
        return fen_from_wanyuan(Decimal(str(value)))
    if kind is ColumnKind.YES_NO:
        return value == YES
    if isinstance(value, Decimal):
        return f"{value:.{places_of(asked)}f}"
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def as_value(asked: AskedColumn, stored: Any) -> Value:
    """A stored value as the intake types it: amounts in 万元, days as days, 是 and 否 as words."""
    if stored is None:
        return None
    match ColumnKind(asked.kind):
        case ColumnKind.AMOUNT:
            amount = wanyuan_from_fen(int(stored))
            exact = Decimal(amount.numerator) / Decimal(amount.denominator)
            return exact.quantize(Decimal("0.01"))
        case ColumnKind.DECIMAL:
            return Decimal(stored)
        case ColumnKind.DATE:
            return date.fromisoformat(stored)
        case ColumnKind.YES_NO:
            return YES if stored else NO
        case ColumnKind.INTEGER:
            return int(stored)
        case _:
            return str(stored)


def as_text(asked: AskedColumn, stored: Any) -> str:
    """A stored value for people, with thousands separators; “—” where there is none."""
    value = as_value(asked, stored)
    if value is None or value == "":
        return DASH
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return format_decimal(value, places_of(asked))
    return chinese_date(value) if isinstance(value, date) else str(value)


def as_typed(asked: AskedColumn, stored: Any) -> str:
    """A stored value as a person would type it again; "" where there is none."""
    value = as_value(asked, stored)
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.{places_of(asked)}f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def total_of(asked: AskedColumn, stored: Iterable[Any]) -> Stored | None:
    """The sum of a column over its filled cells as stored (分, integer, decimal text); None where a sum makes
    no sense or nothing is filled."""
    if not ColumnKind(asked.kind).is_summed:
        return None
    found = [each for each in stored if each is not None]
    if not found:
        return None
    if asked.kind == ColumnKind.DECIMAL:
        return f"{sum((Decimal(each) for each in found), Decimal(0)):.{places_of(asked)}f}"
    return sum(int(each) for each in found)


def check_column(asked: AskedColumn, value: Value) -> Refusal | None:
    """What the intake's reading does not know of a column: options and bounds of days. None where it fits."""
    if value is None or value == "":
        return None
    words = options_of(asked)
    if words and value not in words:
        return Refusal("inquiry.option", f"{asked.title}没有这个选项：{value}")
    if isinstance(value, date) and (
        (asked.earliest is not None and value < asked.earliest)
        or (asked.latest is not None and value > asked.latest)
    ):
        return Refusal("inquiry.day", f"{asked.title}不在所问的日期之内：{chinese_date(value)}")
    return None
