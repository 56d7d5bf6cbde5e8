"""Reading what people type and what workbooks hold: numbers, amounts and dates as Chinese offices write them.

Every function either returns the exact value or raises a `Refusal` with a stable code, a Chinese sentence,
what was found and what was expected. Nothing is guessed and nothing is rounded: more decimals than allowed
are refused (CONTRACT.md, weekly workbook).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from renovation.core.calendar import SHANGHAI
from renovation.core.errors import Refusal
from renovation.core.measures import FEN_PER_WANYUAN

Cell = str | int | float | Decimal | date | datetime | time | timedelta | bool | None
"""What a reader of workbooks finds in a cell."""

LONGEST_NUMBER = 24
FIRST_YEAR, LAST_YEAR = 2000, 2100
FEN_PER_YUAN = 100
SERIAL_EPOCH = date(1899, 12, 30)
SERIAL_EPOCH_1904 = date(1904, 1, 1)

_HALFWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x200F))
_NUMBER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?|[+-]?\.[0-9]+")
_DATE_FORMS = (
    re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})"),
    re.compile(r"([0-9]{4})(年)([0-9]{1,2})月([0-9]{1,2})[日号]?"),
    re.compile(r"([0-9]{4})()([0-9]{2})([0-9]{2})"),
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?")
_EXPECTED_DATE = "日期，如2025-5-9或2025年5月9日"


def to_halfwidth(text: str) -> str:
    """Full-width ASCII (１２．５％，) and wide spaces as half-width; invisible characters dropped.

    Chinese punctuation without an ASCII twin (。、“”) stays.
    """
    return text if text.isascii() else text.translate(_HALFWIDTH).translate(_INVISIBLE)


def clean(value: Cell) -> str:
    """The text of a cell: half-width is left to the parsers, only ends and invisible characters go."""
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return plain_number(value)
    text = str(value)
    return (text if text.isascii() else text.translate(_INVISIBLE)).strip()


def plain_number(value: float | Decimal) -> str:
    """A number in digits, never in powers of ten, to the 15 digits that Excel keeps: 1000000000000000000."""
    if isinstance(value, float):
        if not isfinite(value):
            return str(value)
        value = Decimal(format(value, ".15g"))
    return f"{value:f}"


def is_blank(value: Cell) -> bool:
    """Whether a cell holds nothing but white space."""
    return clean(value) == ""


def parse_decimal(
    value: Cell,
    places: int,
    *,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
    percent: bool = False,
    percent_formatted: bool = False,
) -> Decimal:
    """An exact number with at most `places` decimals, in `minimum`..`maximum` (both included).

    Understands full-width digits, thousands separators, `−` for minus; with `percent` also `45%` as 45.
    `percent_formatted` says that the cell is formatted as a percentage in its workbook: a number 0.45 in
    it is what the reader of the sheet sees as 45%, and is taken as 45. Floats from workbooks are read to
    the 15 digits that Excel keeps. Trailing zeros are no decimals.

    Refusals: number.missing, number.unreadable, number.too_many_decimals, number.too_small,
    number.too_large.
    """
    number = _read_number(value, places, percent=percent, percent_formatted=percent_formatted)
    found = clean(value)
    if _decimals(number) > places:
        expected = f"最多{places}位小数" if places else "整数"
        raise Refusal(
            "number.too_many_decimals",
            f"小数位数过多：应为{expected}。",
            found=found,
            expected=expected,
        )
    if minimum is not None and number < minimum:
        raise Refusal(
            "number.too_small",
            f"数值过小：不能小于{minimum}。",
            found=found,
            expected=f"不小于{minimum}",
        )
    if maximum is not None and number > maximum:
        raise Refusal(
            "number.too_large",
            f"数值过大：不能大于{maximum}。",
            found=found,
            expected=f"不大于{maximum}",
        )
    return Decimal(f"{number or Decimal(0):.{places}f}")


def parse_integer(value: Cell, *, minimum: int | None = None, maximum: int | None = None) -> int:
    """A whole number; refusals as `parse_decimal`."""
    return int(parse_decimal(value, 0, minimum=minimum, maximum=maximum))


def parse_date(value: Cell, *, date1904: bool = False) -> date:
    """A day between 2000-01-01 and 2100-12-31.

    Understands 2025-5-9, 2025.5.9, 2025/5/9, 2025年5月9日, 20250509, each also with a time of day behind
    it, and the serial numbers of workbooks (`date1904`: those of old Macs). Refusals: date.missing,
    date.unreadable, date.not_real (2025-02-30), date.out_of_range.
    """
    return _read_moment(value, date1904=date1904)[0]


def parse_datetime(value: Cell, *, date1904: bool = False) -> datetime:
    """A moment in Asia/Shanghai: a day as `parse_date` reads it, with its time of day or midnight.

    An aware datetime is converted. Refusals as `parse_date`.
    """
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(SHANGHAI).replace(tzinfo=None)
    day, clock = _read_moment(value, date1904=date1904)
    return datetime.combine(day, clock, tzinfo=SHANGHAI)


def fen_from_wanyuan(amount: Decimal) -> int:
    """万元 → 分, exact; Refusal amount.below_fen where something below a 分 would be lost."""
    return _fen(amount, FEN_PER_WANYUAN, "万元")


def fen_from_yuan(amount: Decimal) -> int:
    """元 → 分, exact; Refusal amount.below_fen where something below a 分 would be lost."""
    return _fen(amount, FEN_PER_YUAN, "元")


def _fen(amount: Decimal, factor: int, unit: str) -> int:
    numerator, denominator = amount.as_integer_ratio()
    fen, below = divmod(numerator * factor, denominator)
    if below:
        raise Refusal(
            "amount.below_fen",
            "金额不足一分，无法入账。",
            found=f"{amount:f}{unit}",
            expected="精确到分",
        )
    return fen


def _read_number(value: Cell, places: int, *, percent: bool, percent_formatted: bool) -> Decimal:
    found = clean(value)
    if found == "":
        raise Refusal("number.missing", "此处应填数字，现为空。", found="", expected="数字")
    unreadable = Refusal("number.unreadable", "此处应填数字。", found=found[:50], expected="数字")
    if isinstance(value, bool | date | time | timedelta):
        raise unreadable
    if isinstance(value, float | int | Decimal):
        number = Decimal(format(value, ".15g")) if isinstance(value, float) else Decimal(value)
        if not number.is_finite():
            raise unreadable
        if abs(number) >= Decimal(10) ** LONGEST_NUMBER:
            found = f"{found[:LONGEST_NUMBER]}……（共 {len(found.lstrip('-'))} 位）"
            code = "number.too_large" if number > 0 else "number.too_small"
            raise Refusal(
                code, "位数过多。", found=found, expected=f"不超过 {LONGEST_NUMBER} 位的数"
            )
        return number.scaleb(2) if percent_formatted else number
    text = to_halfwidth(found).strip().replace("\N{MINUS SIGN}", "-")
    if text.endswith("%") and (percent or percent_formatted):
        text = text[:-1].rstrip()
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise unreadable
    return Decimal(text.replace(",", ""))


def _decimals(number: Decimal) -> int:
    places = 0
    rest = Fraction(number).denominator
    while rest != 1:
        rest = (Fraction(10, rest)).denominator
        places += 1
    return places


def _read_moment(value: Cell, *, date1904: bool) -> tuple[date, time]:
    found = clean(value)
    if found == "":
        raise Refusal("date.missing", "此处应填日期，现为空。", found="", expected=_EXPECTED_DATE)
    unreadable = Refusal(
        "date.unreadable", "此处应填日期。", found=found[:50], expected=_EXPECTED_DATE
    )
    if isinstance(value, bool | time | timedelta):
        raise unreadable
    if isinstance(value, datetime):
        return _in_range(value.date(), found), value.time().replace(microsecond=0)
    if isinstance(value, date):
        return _in_range(value, found), time()
    text = to_halfwidth(found).strip()
    if re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]+)?", text):
        return _from_serial(Decimal(text), found, date1904=date1904)
    head, clock = _split_clock(text)
    for form in _DATE_FORMS:
        if match := form.fullmatch(head):
            try:
                day = date(int(match[1]), int(match[3]), int(match[4]))
            except ValueError:
                raise Refusal(
                    "date.not_real", "没有这一天。", found=found, expected=_EXPECTED_DATE
                ) from None
            return _in_range(day, found), clock
    raise unreadable


def _split_clock(text: str) -> tuple[str, time]:
    head, _, tail = text.replace("T", " ", 1).partition(" ")
    match = _CLOCK.fullmatch(tail.strip())
    if match is None:
        return re.sub(r"\s+", "", text), time()
    try:
        return head, time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return text, time()


def _from_serial(serial: Decimal, found: str, *, date1904: bool) -> tuple[date, time]:
    days = int(serial)
    seconds = int(((serial - days) * 86_400).to_integral_value())
    days, seconds = (days + 1, 0) if seconds == 86_400 else (days, seconds)
    epoch = SERIAL_EPOCH_1904 if date1904 else SERIAL_EPOCH
    try:
        day = epoch + timedelta(days=days)
    except OverflowError:
        raise _out_of_range(found) from None
    return _in_range(day, found), time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _in_range(day: date, found: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _out_of_range(found)
    return day


def _out_of_range(found: str) -> Refusal:
    years = f"{FIRST_YEAR}年至{LAST_YEAR}年之间的日期"
    return Refusal(
        "date.out_of_range",
        f"日期应在{FIRST_YEAR}年至{LAST_YEAR}年之间。",
        found=found,
        expected=years,
    )
