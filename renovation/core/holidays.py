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


#: Lunar festivals of years whose notice is not out: 初一, 端午, 中秋 (by the Gregorian calendar).
_LUNAR: dict[int, tuple[date, date, date]] = {
    2027: (date(2027, 2, 6), date(2027, 6, 9), date(2027, 9, 15)),
    2028: (date(2028, 1, 26), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 2, 13), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 2, 3), date(2030, 6, 5), date(2030, 9, 12)),
    2031: (date(2031, 1, 23), date(2031, 6, 24), date(2031, 10, 1)),
    2032: (date(2032, 2, 11), date(2032, 6, 12), date(2032, 9, 19)),
    2033: (date(2033, 1, 31), date(2033, 6, 1), date(2033, 9, 8)),
    2034: (date(2034, 2, 19), date(2034, 6, 20), date(2034, 9, 27)),
    2035: (date(2035, 2, 8), date(2035, 6, 10), date(2035, 9, 16)),
}
STATUTORY = "全国年节及纪念日放假办法（2024年修订），放假安排未公布，暂定"


def statutory_days(year: int) -> tuple[HolidaySeed, ...]:
    """The thirteen statutory days off of a year whose notice is not out, without substitutes and make-up days.

    元旦 1, 春节 4 (除夕 to 初三), 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3 (DOMAIN.md §9). After 2035, and before
    2027, the lunar ones are left out: an administrator enters them.
    """
    short = year % 100
    qingming = date(year, 4, int(short * 0.2422 + 4.81) - short // 4)
    days = [
        *_off("元旦", STATUTORY, date(year, 1, 1), 1),
        *_off("清明节", STATUTORY, qingming, 1),
        *_off("劳动节", STATUTORY, date(year, 5, 1), 2),
        *_off("国庆节", STATUTORY, date(year, 10, 1), 3),
    ]
    if year in _LUNAR:
        spring, dragon_boat, mid_autumn = _LUNAR[year]
        days += [
            *_off("春节", STATUTORY, spring - timedelta(days=1), 4),
            *_off("端午节", STATUTORY, dragon_boat, 1),
        ]
        if mid_autumn not in {seed.day for seed in days}:  # within 国庆节 it has no row of its own
            days += _off("中秋节", STATUTORY, mid_autumn, 1)
    return tuple(sorted(days))
