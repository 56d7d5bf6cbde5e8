"""Numbers and dates as the face writes them (FACE.md, Do): U+2212, “—”, day and time in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from renovation.core.measures import (
    MINUS,
    NO_NUMBER,
    format_decimal,
    round_half_up,
    wanyuan_from_fen,
)
from renovation.core.wording import near_date

DASH = NO_NUMBER

#: The day on which the page that is being made is read; None outside of a request.
_READ_ON: ContextVar[date | None] = ContextVar("read_on", default=None)


@contextmanager
def read_on(today: date) -> Iterator[None]:
    """Until the block ends, days and moments of other years than that of ``today`` are told with their year."""
    token = _READ_ON.set(today)
    try:
        yield
    finally:
        _READ_ON.reset(token)


def minus(text: object) -> str:
    """A number in text with the true minus sign in place of a leading hyphen."""
    shown = str(text)
    return MINUS + shown[1:] if shown[:1] == "-" else shown


def signed(value: object, places: int | None = None) -> str:
    """A change with its sign: +2.0, −1.4, 0.0. None and "" are “—”.

    Args:
        value: Decimal, int, or text that already carries its decimals.
        places: round half up to so many decimals; None keeps what there is.
    """
    if value is None or value == "":
        return DASH
    number = Decimal(str(value).replace(MINUS, "-").replace(",", ""))
    if places is not None:
        number = round_half_up(number, places)
    shown = f"{abs(number):,f}"
    if number == 0:
        return shown
    return ("+" if number > 0 else MINUS) + shown


#: What a line could break and must not: a day, the end of a document number, an amount with its unit, a number of
#: several groups such as that of a telephone (0533-0000 0001).
_NUMBERS = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日(?: \d{1,2}:\d{2})?"
    r"|〔\d{4}〕\d+号"
    r"|\d[\d,.]* ?(?:万元|万㎡|㎡|百分点)"
    r"|\d[\d,.:]*(?:[- ]\d[\d,.:]*)+"
)
_TELEPHONE = re.compile(
    r"(?:\+?86[- ]?)?(?:1\d{2}[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{3,4}[- ]?\d{4})"
)


def unbroken(text: object) -> str:
    """Text whose numbers, days and amounts stay in one line, escaped; what is markup already stays as it is."""
    if isinstance(text, SafeString):
        return text
    parts, at, shown = [], 0, str(text)
    for found in _NUMBERS.finditer(shown):
        parts += [escape(shown[at : found.start()])]
        parts += [format_html('<span class="num">{}</span>', found.group())]
        at = found.end()
    return mark_safe("".join([*parts, escape(shown[at:])]))  # noqa: S308 - each part is escaped


def telephone(text: str) -> str:
    """A telephone number that a phone can call; any other text as it is. "" is nothing."""
    if not _TELEPHONE.fullmatch(text.strip()):
        return escape(text)
    number = re.sub(r"[^+\d]", "", text)
    return format_html('<a class="tel num" href="tel:{}">{}</a>', number, text.strip())


def is_zero(value: object) -> bool:
    """Whether a change, number or text, is none at all."""
    text = str(value).replace(MINUS, "-").replace(",", "").strip()
    try:
        return Decimal(text) == 0
    except ArithmeticError:
        return False


def dash(value: object) -> str:
    """The value, or “—” where there is none."""
    return DASH if value is None or value == "" else minus(value)


def day(value: date | datetime | None) -> str:
    """9月14日, in local time; 2025年9月14日 where the page is read in another year (``read_on``)."""
    if value is None:
        return DASH
    local = _local(value)
    return near_date(local, _READ_ON.get() or local)


def full_day(value: date | datetime | None) -> str:
    """2025年9月14日, in local time."""
    if value is None:
        return DASH
    local = _local(value)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(value: datetime | None, now: datetime | None = None) -> str:
    """9月19日 10:41, in local time; 2025年9月19日 10:41 where the reader's ``now`` lies in another year.

    Without ``now`` the reader's day is that of the page being made (``read_on``).
    """
    if value is None:
        return DASH
    local = _local(value)
    clock = f" {local:%H:%M}" if isinstance(local, datetime) else ""
    return near_date(local, _local(now) if now else _READ_ON.get() or local) + clock


def quantity(value: Decimal | int | None) -> str:
    """A quantity without the zeros that say nothing: 1,234.5; “—” for None."""
    if value is None:
        return DASH
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def thousands(value: object) -> str:
    """2,404 or 3,302.46; None is “—”."""
    if value is None or value == "":
        return DASH
    return minus(f"{Decimal(str(value)):,f}")


def wanyuan(fen: int | None) -> str:
    """分 as 万元 with two decimals: 1,268.50; None is “—”."""
    return DASH if fen is None else format_decimal(wanyuan_from_fen(fen), 2)


def wanyuan_change(fen: int | None) -> str:
    """A change of 分 as 万元 with its sign: −68.00."""
    return DASH if fen is None else format_decimal(wanyuan_from_fen(fen), 2, signed=True)


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
