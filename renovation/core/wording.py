"""Chinese wording of dates and lists for pages and papers.

Dates in papers are Arabic without leading zeros (GB/T 9704-2012 7.3.5.4: 2025年5月9日).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from renovation.core.calendar import SHANGHAI

#: The portal's name as a thing: who sends a mail, what an interface or a workbook belongs to. What
#: stands over its pages is in docs/glossary.md.
PLATFORM = "老旧小区改造调度平台"
_DIGITS = "零一二三四五六七八九"


def chinese_date(day: date) -> str:
    """`2025年5月9日`"""
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date) -> str:
    """`5月9日`"""
    return f"{day.month}月{day.day}日"


def near_date(day: date, today: date) -> str:
    """`5月9日`, or `2025年5月9日` where the reader's ``today`` lies in another year."""
    return short_date(day) if day.year == today.year else chinese_date(day)


def chinese_moment(moment: datetime) -> str:
    """`2025年5月9日 17:00` in Asia/Shanghai; ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    local = moment.astimezone(SHANGHAI)
    return f"{chinese_date(local)} {local:%H:%M}"


def in_words(value: object) -> str:
    """A value in a sentence: a day as `2025年5月9日`, "" for None, anything else as it writes itself."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return chinese_date(value)
    return "" if value is None else str(value)


def chinese_number(number: int) -> str:
    """A whole number from 0 to 99 in Chinese figures: 二, 十, 二十一; for headings （一）、一、."""
    if not 0 <= number <= 99:
        raise ValueError(f"{number} is not between 0 and 99")
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def join(words: Iterable[str]) -> str:
    """`甲、乙、丙`"""
    return "、".join(words)


def wide_brackets(text: str) -> str:
    """`开工率（项目）` for `开工率(项目)`: brackets as Chinese text sets them."""
    return text.replace("(", "（").replace(")", "）")


def in_one_line(text: str) -> str:
    """A text without its line breaks and the spaces beside them: a title whose lines a person has broken."""
    return "".join(line.strip() for line in text.splitlines())
