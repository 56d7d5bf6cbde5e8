"""Weeks, months, quarters and years as frozen, ordered values.

A week runs from Monday to Sunday and belongs to the month, quarter and year of its Sunday; its number is
the ISO number, and it is stored as its Monday, never as a pair of year and number (the week of 2024-12-30
is week 1, the week of 2026-12-28 is week 53 and belongs to January 2027; the year of that number is 2026,
``Week.iso_year``). Source: MEASURES.md, ground
rules; bulletins print “第28周（7月8日—7月14日）” (DOMAIN.md §9).

Keys come from outside (an address, a form): they are read for the years 2000 to 2100 only, so that no reckoning
with what they name leaves the calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
#: The days that may be asked about.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_YEAR = "(20[0-9]{2}|2100)"
ORDINALS = ("", "一", "二", "三", "四")


def _days(start: date, end: date) -> Iterator[date]:
    for ordinal in range(start.toordinal(), end.toordinal() + 1):
        yield date.fromordinal(ordinal)


@dataclass(frozen=True, order=True)
class Week:
    """A week by its Monday. `Week.of(day)` finds the week of any day."""

    start: date

    def __post_init__(self) -> None:
        if isinstance(self.start, datetime):
            raise TypeError("a week starts on a date, not on a moment")
        if self.start.weekday() != 0:
            raise ValueError(f"{self.start.isoformat()} is not a Monday")

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds `day`."""
        plain = date(day.year, day.month, day.day)
        return cls(plain - timedelta(days=plain.weekday()))

    @classmethod
    def from_key(cls, key: str) -> Week:
        """The week of a key as in `.key`; raises ValueError where it is no ISO Monday."""
        if not re.fullmatch(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}", key):
            raise ValueError(f"not a week: {key!r}")
        return cls(date.fromisoformat(key))

    @property
    def end(self) -> date:
        """The Sunday."""
        return self.start + timedelta(days=6)

    @property
    def key(self) -> str:
        """The Monday, ISO: `2025-09-08`."""
        return self.start.isoformat()

    @property
    def number(self) -> int:
        """The ISO number, 1 to 53."""
        return self.start.isocalendar().week

    @property
    def iso_year(self) -> int:
        """The year that the number counts in, that of the Thursday. At the turn of a year it is not that of the Sunday
        (``year``), so a code, a file's name and whatever else names a week by year and number take it from here: with
        the Sunday's year 2027-12-27 and 2028-12-25 would both be week 52 of 2028. Figures go by ``year``."""
        return self.start.isocalendar().year

    @property
    def full_number(self) -> str:
        """`2025年第37周`: tells the week from all others."""
        return f"{self.iso_year}年第{self.number}周"

    @property
    def full_label(self) -> str:
        """`2025年第37周（9月8日—9月14日）`"""
        return f"{self.iso_year}年{self.label}"

    @property
    def span_label(self) -> str:
        """`9月8日—9月14日`"""
        first, last = self.start, self.end
        return f"{first.month}月{first.day}日—{last.month}月{last.day}日"

    @property
    def label(self) -> str:
        """`第37周（9月8日—9月14日）`"""
        return f"第{self.number}周（{self.span_label}）"

    @property
    def month(self) -> Month:
        return Month.of(self.end)

    @property
    def quarter(self) -> Quarter:
        return Quarter.of(self.end)

    @property
    def year(self) -> Year:
        return Year.of(self.end)

    def contains(self, day: date) -> bool:
        return self.start <= date(day.year, day.month, day.day) <= self.end

    def days(self) -> list[date]:
        return list(_days(self.start, self.end))

    def previous(self) -> Week:
        return Week(self.start - timedelta(days=7))

    def next(self) -> Week:
        return Week(self.start + timedelta(days=7))

    def shift(self, weeks: int) -> Week:
        """The week that lies `weeks` later (earlier where negative)."""
        return Week(self.start + timedelta(days=7 * weeks))

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; `.month` is its number, 1 to 12."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def from_key(cls, key: str) -> Month:
        match = re.fullmatch(rf"{_YEAR}-([0-9]{{2}})", key)
        if match is None:
            raise ValueError(f"not a month: {key!r}")
        return cls(int(match[1]), int(match[2]))

    @property
    def start(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        return self.next().start - DAY

    @property
    def key(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def label(self) -> str:
        """`2025年9月`"""
        return f"{self.year}年{self.month}月"

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, (self.month + 2) // 3)

    def contains(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.month)

    def days(self) -> list[date]:
        return list(_days(self.start, self.end))

    def weeks(self) -> list[Week]:
        """The weeks whose Sunday lies in the month."""
        return _weeks_of(self.start, self.end)

    def previous(self) -> Month:
        return self.shift(-1)

    def next(self) -> Month:
        return self.shift(1)

    def shift(self, months: int) -> Month:
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter; `.number` is 1 to 4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"no quarter {self.number}")
        date(self.year, 1, 1)

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def from_key(cls, key: str) -> Quarter:
        match = re.fullmatch(rf"{_YEAR}-Q([1-4])", key)
        if match is None:
            raise ValueError(f"not a quarter: {key!r}")
        return cls(int(match[1]), int(match[2]))

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        return Month(self.year, 3 * self.number).end

    @property
    def key(self) -> str:
        return f"{self.year:04d}-Q{self.number}"

    @property
    def label(self) -> str:
        """`2025年第三季度`"""
        return f"{self.year}年第{ORDINALS[self.number]}季度"

    def contains(self, day: date) -> bool:
        return Quarter.of(day) == self

    def days(self) -> list[date]:
        return list(_days(self.start, self.end))

    def months(self) -> list[Month]:
        return [Month(self.year, 3 * self.number - 2 + step) for step in range(3)]

    def weeks(self) -> list[Week]:
        """The weeks whose Sunday lies in the quarter."""
        return _weeks_of(self.start, self.end)

    def previous(self) -> Quarter:
        return self.shift(-1)

    def next(self) -> Quarter:
        return self.shift(1)

    def shift(self, quarters: int) -> Quarter:
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, order=True)
class Year:
    """A calendar year; `.year` is its number."""

    year: int

    def __post_init__(self) -> None:
        date(self.year, 1, 1)

    @classmethod
    def of(cls, day: date) -> Year:
        return cls(day.year)

    @classmethod
    def from_key(cls, key: str) -> Year:
        if not re.fullmatch(_YEAR, key):
            raise ValueError(f"not a year: {key!r}")
        return cls(int(key))

    @property
    def start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def end(self) -> date:
        return date(self.year, 12, 31)

    @property
    def key(self) -> str:
        return f"{self.year:04d}"

    @property
    def label(self) -> str:
        """`2025年`"""
        return f"{self.year}年"

    def contains(self, day: date) -> bool:
        return day.year == self.year

    def days(self) -> list[date]:
        return list(_days(self.start, self.end))

    def months(self) -> list[Month]:
        return [Month(self.year, number) for number in range(1, 13)]

    def quarters(self) -> list[Quarter]:
        return [Quarter(self.year, number) for number in range(1, 5)]

    def weeks(self) -> list[Week]:
        """The weeks whose Sunday lies in the year: 52 or 53."""
        return _weeks_of(self.start, self.end)

    def previous(self) -> Year:
        return Year(self.year - 1)

    def next(self) -> Year:
        return Year(self.year + 1)

    def shift(self, years: int) -> Year:
        return Year(self.year + years)

    def __str__(self) -> str:
        return self.key


Period = Week | Month | Quarter | Year
"""Any of the four; all have start, end, key, label, contains, days, previous, next and shift."""


def period_from_key(key: str) -> Period:
    """The period of a key: `2025-09-08` a week, `2025-09`, `2025-Q3`, `2025`; raises ValueError."""
    kinds: tuple[type[Week] | type[Month] | type[Quarter] | type[Year], ...] = (
        Week,
        Month,
        Quarter,
        Year,
    )
    for kind in kinds:
        try:
            return kind.from_key(key)
        except ValueError:
            continue
    raise ValueError(f"not a period: {key!r}")


def weeks_between(first: Week, last: Week) -> list[Week]:
    """All weeks from `first` to `last`, both included; empty where `last` is earlier."""
    count = (last.start - first.start).days // 7
    return [first.shift(step) for step in range(count + 1)]


def _weeks_of(start: date, end: date) -> list[Week]:
    first = Week.of(start)
    last = Week.of(end)
    if last.end > end:
        last = last.previous()
    return weeks_between(first, last)
