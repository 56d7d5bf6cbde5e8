"""What is adjusted in the course of the year that runs: one project is entered later, one moves to another street,
one is to be cancelled. Pure values over days, as far as the day that is looked at has room for them.

The document of the programme's end is that of `outlines.official`; what it said before each adjustment is reckoned
back from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from renovation.core.calendar import WorkCalendar
from renovation.core.periods import Month, Quarter, Week

from .outlines import ZHONGLOU, Outline, official, official_parts, outlines
from .present import NOT_BEGUN

#: (projects, households, ㎡) of a street.
Totals = tuple[int, int, Decimal]

#: Places in the programme: who comes late begins in October, so that its papers have their time; who moves has no
#: other story; the last one has not begun when the year is over.
LATE_PLACE, MOVED_PLACE, UNSTARTED_PLACE = 13, 7, 13


@dataclass(frozen=True)
class Entry:
    """A project that was entered after the programme itself, and counts from that day."""

    place: int
    on: date
    document_number: str
    rationale: str


@dataclass(frozen=True)
class Move:
    """A project that was another street's before a Monday, in a community of it."""

    place: int
    left: str
    community: str
    on: date
    document_number: str
    rationale: str


@dataclass(frozen=True)
class Cancellation:
    """A project that counts up to a coming day: approved in the week that ended last."""

    place: int
    decided_on: date
    on: date
    document_number: str
    rationale: str


@dataclass(frozen=True)
class MidYear:
    """The adjustments of a programme; None where the day has no room for one."""

    entry: Entry | None = None
    move: Move | None = None
    cancellation: Cancellation | None = None

    def entered_on(self, place: int, programmed_on: date) -> date:
        """The day from which the project at a place counts."""
        if self.entry is not None and self.entry.place == place:
            return self.entry.on
        return programmed_on

    def entry_at(self, place: int) -> Entry | None:
        """The late entry of a place, None where it came with the programme."""
        return self.entry if self.entry is not None and self.entry.place == place else None

    def move_at(self, place: int) -> Move | None:
        """The move of a place, None where it stays."""
        return self.move if self.move is not None and self.move.place == place else None

    def totals_on(self, year: int, day: date) -> dict[str, Totals]:
        """Street → what the documents up to a day give, from the final ones backwards."""
        rows, found = outlines(year), dict(official(year))
        if self.entry is not None and day < self.entry.on:
            _shift(found, rows[self.entry.place], rows[self.entry.place].street, -1)
        if self.move is not None and day < self.move.on:
            moved = rows[self.move.place]
            _shift(found, moved, moved.street, -1)
            _shift(found, moved, self.move.left, 1)
        return found

    def parts_on(self, year: int, day: date) -> dict[str, tuple[int | None, int | None]]:
        """Street → estates and buildings as ``totals_on``, None where the document leaves them out."""
        rows = outlines(year)
        shifts = []
        if self.entry is not None and day < self.entry.on:
            shifts.append((rows[self.entry.place].street, rows[self.entry.place], -1))
        if self.move is not None and day < self.move.on:
            moved = rows[self.move.place]
            shifts += [(moved.street, moved, -1), (self.move.left, moved, 1)]
        found: dict[str, tuple[int | None, int | None]] = {}
        for street, parts in official_parts(year).items():
            if parts is None:
                found[street] = (None, None)
                continue
            own = [(row, sign) for place, row, sign in shifts if place == street]
            found[street] = (
                parts[0] + sum(sign * len(row.estates) for row, sign in own),
                parts[1] + sum(sign * row.buildings for row, sign in own),
            )
        return found


def _shift(found: dict[str, Totals], row: Outline, street: str, sign: int) -> None:
    count, households, area = found[street]
    found[street] = (count + sign, households + sign * row.households, area + sign * row.area_sqm)


def mid_year(*, year: int, programmed_on: date, today: date, calendar: WorkCalendar) -> MidYear:
    """The adjustments of the newest programme as they stand on a day.

    Entry and move lie in the last quarter that is over, where the programme had begun in it, and else in the weeks
    before; the cancellation was approved in the week that ended last. Once the year is over no project is entered.
    """
    return MidYear(
        _entry(year, programmed_on, today, calendar),
        _move(year, programmed_on, today, calendar),
        _cancellation(year, programmed_on, today, calendar),
    )


def _last_quarter(year: int, today: date) -> Quarter | None:
    quarter = Quarter.of(today).previous()
    return quarter if quarter.start.year == year else None


def _entry(year: int, programmed_on: date, today: date, calendar: WorkCalendar) -> Entry | None:
    if today.year > year:
        return None
    quarter = _last_quarter(year, today)
    if quarter is None:
        day = Week.of(today).shift(-4).start + timedelta(days=2)
    else:
        day = quarter.start + timedelta(days=50)
    day = calendar.roll_forward(day)
    if day < programmed_on + timedelta(days=14):
        return None
    return Entry(
        place=LATE_PLACE,
        on=day,
        document_number=f"川政办字〔{year}〕21号",
        rationale="居民改造意愿集中、专营单位出资已经落实，经区政府专题会议研究，同意补列入本年度计划。",
    )


def _move(year: int, programmed_on: date, today: date, calendar: WorkCalendar) -> Move | None:
    quarter = _last_quarter(year, today)
    if quarter is None:
        week = Week.of(today).shift(-2)
    else:
        week = Week.of(quarter.start + timedelta(days=42))
    while not calendar.is_workday(week.start):
        week = week.previous()
    if week.start < programmed_on + timedelta(days=7):
        return None
    return Move(
        place=MOVED_PLACE,
        left=ZHONGLOU,
        community="鼓楼社区",
        on=week.start,
        document_number=f"川政办字〔{year}〕18号",
        rationale="社区区划调整，小区划归松龄路街道聚贤社区管理，项目随属地移交。",
    )


def _cancellation(
    year: int, programmed_on: date, today: date, calendar: WorkCalendar
) -> Cancellation | None:
    this = Week.of(today)
    week = this.previous()
    while not (days := calendar.workdays_in(week)):
        week = week.previous()
    decided = days[max(0, len(days) - 2)]
    if decided < programmed_on + timedelta(days=7):
        return None
    month = Month.of(this.next().start)
    if month.start < this.next().start:
        month = month.next()
    return Cancellation(
        place=UNSTARTED_PLACE if today.year > year else NOT_BEGUN,
        decided_on=decided,
        on=month.start,
        document_number=f"川政办字〔{decided.year}〕33号",
        rationale="所在片区列入征收计划，整片拆迁，居民已签约过半，不再单独改造。",
    )
