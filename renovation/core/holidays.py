"""The State Council's arrangements of holidays that are known, as seed rows.

The portal copies them into its holiday table, which an administrator edits; a new year's notice comes
out in November of the year before. Days off that fall on a weekend are named too, so that the table
reads like the notice. Source: DOMAIN.md §9 and the notices named below.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from renovation.core.calendar import WorkCalendar

NOTICE_2025 = "国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）"
NOTICE_2026 = "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）"


class HolidaySeed(NamedTuple):
    """One day of a notice: off (`is_workday` False) or made up for (True)."""

    day: date
    is_workday: bool
    name: str
    source: str


def _off(name: str, source: str, first: date, days: int) -> Iterator[HolidaySeed]:
    for step in range(days):
        yield HolidaySeed(first + timedelta(days=step), False, name, source)


def _made_up(name: str, source: str, *days: date) -> Iterator[HolidaySeed]:
    for day in days:
        yield HolidaySeed(day, True, f"{name}调休上班", source)


HOLIDAYS: tuple[HolidaySeed, ...] = tuple(
    sorted(
        [
            *_off("元旦", NOTICE_2025, date(2025, 1, 1), 1),
            *_off("春节", NOTICE_2025, date(2025, 1, 28), 8),
            *_made_up("春节", NOTICE_2025, date(2025, 1, 26), date(2025, 2, 8)),
            *_off("清明节", NOTICE_2025, date(2025, 4, 4), 3),
            *_off("劳动节", NOTICE_2025, date(2025, 5, 1), 5),
            *_made_up("劳动节", NOTICE_2025, date(2025, 4, 27)),
            *_off("端午节", NOTICE_2025, date(2025, 5, 31), 3),
            *_off("国庆节、中秋节", NOTICE_2025, date(2025, 10, 1), 8),
            *_made_up("国庆节、中秋节", NOTICE_2025, date(2025, 9, 28), date(2025, 10, 11)),
            *_off("元旦", NOTICE_2026, date(2026, 1, 1), 3),
            *_made_up("元旦", NOTICE_2026, date(2026, 1, 4)),
            *_off("春节", NOTICE_2026, date(2026, 2, 15), 9),
            *_made_up("春节", NOTICE_2026, date(2026, 2, 14), date(2026, 2, 28)),
            *_off("清明节", NOTICE_2026, date(2026, 4, 4), 3),
            *_off("劳动节", NOTICE_2026, date(2026, 5, 1), 5),
            *_made_up("劳动节", NOTICE_2026, date(2026, 5, 9)),
            *_off("端午节", NOTICE_2026, date(2026, 6, 19), 3),
            *_off("中秋节", NOTICE_2026, date(2026, 9, 25), 3),
            *_off("国庆节", NOTICE_2026, date(2026, 10, 1), 7),
            *_made_up("国庆节", NOTICE_2026, date(2026, 9, 20), date(2026, 10, 10)),
        ]
    )
)
"""Every day of the notices for 2025 and 2026, in order."""

PUBLISHED_YEARS = frozenset({2025, 2026})


def seeded_calendar() -> WorkCalendar:
    """The working calendar of the seed rows alone."""
    return WorkCalendar.from_records(HOLIDAYS, published_years=PUBLISHED_YEARS)
