"""How a whole year went: fourteen timetables, told as they stand on the wall chart of 2025.

Days are written ``"3-20"``; ``"+2-6"`` lies in the following year, ``"++3-12"`` in the one after it. A row is a plan with its targets at month
ends, the actual start, what was reached by when, and the completion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from renovation.core.periods import Month

from .outlines import Outline
from .stories import Plan, Story, curved


@dataclass(frozen=True)
class Timetable:
    start: str
    end: str
    #: Cumulative targets at the month ends that follow the start, the first of them in ``first_month``.
    first_month: int
    targets: tuple[int, ...]
    started: str
    reached: Mapping[str, str]
    completed: str
    accepted: str = ""
    #: An earlier plan (start, end), when it was replaced, and why.
    before: tuple[str, str] | None = None
    #: Its targets, from the month end that follows its start; a flat S where none are given.
    before_targets: tuple[int, ...] = ()
    replaced: str = ""
    reason: str = ""


TIMETABLES: tuple[Timetable, ...] = (
    Timetable(
        "3-20", "10-30", 3, (3, 14, 27, 39, 53, 68, 83), "3-17",
        {"3-31": "2", "4-30": "12", "5-31": "25", "6-30": "39", "7-31": "55", "8-31": "73", "9-14": "80.5",
         "9-30": "88", "10-19": "96.5"},
        "10-24", "11-14",
    ),
    Timetable(
        "4-9", "11-14", 4, (7, 19, 31, 45, 60, 74, 91), "4-11",
        {"4-30": "5", "5-31": "16", "6-30": "27", "7-31": "41", "8-31": "56", "9-14": "63.2", "10-31": "87.5",
         "11-16": "96"},
        "11-21", "12-16",
    ),
    Timetable(
        "5-6", "11-30", 5, (9, 22, 36, 50, 65, 82), "5-15",
        {"5-31": "7", "6-30": "19", "7-31": "31", "8-31": "42", "9-7": "45", "9-14": "45.8", "10-31": "66.5",
         "11-30": "80", "12-31": "89.5", "+1-31": "96"},
        "+2-6", "+3-5",
    ),
    Timetable(
        "6-9", "12-10", 6, (8, 23, 39, 55, 74, 93), "6-6",
        {"6-30": "7", "7-31": "22", "8-31": "40", "9-14": "48", "9-30": "56", "10-31": "75", "11-30": "94"},
        "12-9", "12-26",
    ),
    Timetable(
        "3-3", "8-29", 3, (13, 28, 44, 60, 79), "3-4",
        {"3-31": "11", "4-30": "24", "5-31": "40", "6-30": "58", "7-31": "79", "8-24": "97"},
        "8-29", "9-11",
    ),
    Timetable(
        "4-1", "11-7", 4, (10, 22, 35, 48, 63, 77, 94), "4-1",
        {"4-30": "8", "5-31": "19", "6-30": "32", "7-31": "46", "8-31": "63", "9-14": "69", "9-21": "72.6",
         "9-30": "77.5", "10-31": "95.5"},
        "11-7", "11-28",
    ),
    Timetable(
        "5-11", "11-30", 5, (7, 20, 34, 49, 64, 82), "5-27",
        {"5-31": "1", "6-30": "15", "7-31": "27", "8-31": "38", "9-14": "42", "10-31": "66", "11-30": "82",
         "12-31": "86", "+1-31": "89.5", "+2-28": "95"},
        "+3-13", "+4-3",
    ),
    Timetable(
        "6-3", "12-4", 6, (11, 26, 42, 58, 77, 97), "6-4",
        {"6-30": "9", "7-31": "24", "8-31": "40", "9-14": "48.2", "10-31": "76", "11-30": "95.5"},
        "12-5", "12-29",
    ),
    Timetable(
        "7-1", "12-14", 7, (14, 31, 48, 68, 89), "7-7",
        {"7-31": "13", "8-31": "28", "9-14": "33.5", "10-31": "64", "11-30": "86.5"},
        "12-18", "12-31",
        before=("6-16", "11-30"), replaced="6-10",
        reason="给水支管由明敷改为入户改造，施工图修改后工期顺延两周",
    ),
    Timetable(
        "7-14", "12-19", 7, (8, 25, 43, 63, 84), "7-21",
        {"7-31": "4", "8-31": "15", "9-7": "17.5", "9-14": "26.5", "10-31": "58", "11-30": "81", "12-21": "97"},
        "12-25", "+1-14",
    ),
    Timetable(
        "8-20", "+3-31", 8, (6, 15, 32, 55, 78, 83, 88), "9-24",
        {"9-30": "2", "10-31": "20", "11-30": "44", "12-31": "65", "+1-31": "69.5", "+2-28": "77", "+3-31": "94"},
        "+4-17", "+5-8",
        before=("8-20", "12-24"), before_targets=(6, 27, 51, 76), replaced="10-20", reason="施工许可办理滞后，经街道申请并报区局同意，工期顺延至次年三月底",
    ),
    Timetable(
        "10-10", "12-30", 10, (21, 56), "10-14",
        {"10-31": "16", "11-30": "52", "12-21": "84"},
        "12-30", "+1-16",
    ),
    Timetable(
        "5-19", "12-1", 5, (4, 17, 31, 47, 63, 80, 99), "5-21",
        {"5-31": "3", "6-30": "15", "7-31": "30", "8-31": "47", "9-7": "51", "9-21": "57", "10-31": "78",
         "11-30": "97"},
        "12-4", "12-25",
    ),
    Timetable(
        "4-25", "11-25", 5, (13, 26, 39, 54, 69, 85), "5-12",
        {"5-31": "8", "6-30": "21", "7-31": "28", "8-31": "29.5", "9-7": "30", "9-21": "30", "9-30": "33",
         "10-31": "46", "11-30": "52", "12-31": "56", "+1-31": "57.5", "+3-31": "61", "+6-30": "68", "+9-30": "75",
         "+12-31": "84", "++1-31": "88"},
        "++3-12", "++4-9",
        before=("4-10", "10-31"), replaced="4-18", reason="化粪池移位方案重新论证，开工日期和月度目标相应调整",
    ),
)  # fmt: skip
#: The first is carried over: on any day, January included, it still reports beside the newest programme.
LATE, PERMIT, UNSTARTED = 13, 10, 11

#: Which timetable the projects of a later year follow, in the order of their codes.
_FOLLOWS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 11)


def timetable_of(year: int, place: int) -> int:
    """The number of the timetable that the project at a place (from 0) of a year follows."""
    return place if year == 2025 else _FOLLOWS[place]


def day_of(text: str, year: int) -> date:
    """``"3-20"`` in a year, ``"+2-6"`` in the one after it and so on; 28 February also in leap years."""
    month, day = text.lstrip("+").split("-")
    return date(year + text.count("+"), int(month), int(day))


def plan_of(row: Timetable, year: int) -> Plan:
    """The plan in force at the end of a timetable, in a year."""
    month = Month(year, row.first_month)
    targets = {month.shift(step).end: Decimal(percent) for step, percent in enumerate(row.targets)}
    return Plan(day_of(row.start, year), day_of(row.end, year), targets)


def _replaced_plan(row: Timetable, year: int) -> Plan | None:
    if row.before is None:
        return None
    start, end = (day_of(text, year) for text in row.before)
    if not row.before_targets:
        return curved(start, end)
    month = Month.of(start)
    targets = {
        month.shift(step).end: Decimal(percent) for step, percent in enumerate(row.before_targets)
    }
    return Plan(start, end, targets)


def settled_stories(
    year: int, rows: tuple[Outline, ...], *, unstarted: bool = False
) -> list[Story]:
    """What became of the projects of a year, told to the end.

    ``unstarted``: the year is only just over, and the project that was to begin last has not begun: its plan
    was put off in October. Otherwise all began by the end of October, as the programme asked.
    """
    stories = []
    for place in range(len(rows)):
        number = timetable_of(year, place)
        row = TIMETABLES[number]
        plan = plan_of(row, year)
        if unstarted and number == UNSTARTED:
            stories.append(
                Story(
                    plan=curved(date(year, 11, 12), date(year + 1, 7, 31)),
                    started_on=None,
                    first_plan=plan,
                    replaced_on=date(year, 10, 24),
                    reason="燃气管线迁改未完成，不具备进场条件，开工顺延",
                )
            )
            continue
        stories.append(
            Story(
                plan=plan,
                started_on=day_of(row.started, year),
                points=tuple(
                    (day_of(text, year), Fraction(percent)) for text, percent in row.reached.items()
                ),
                completed_on=day_of(row.completed, year),
                accepted_on=day_of(row.accepted, year),
                first_plan=_replaced_plan(row, year),
                replaced_on=day_of(row.replaced, year) if row.replaced else None,
                reason=row.reason,
            )
        )
    return stories
