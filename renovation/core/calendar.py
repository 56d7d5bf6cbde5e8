"""Working days and working hours: pure functions over a table that is passed in.

A day is worked where the table says so, else from Monday to Friday. The table comes from the State
Council's yearly notices (`renovation.core.holidays` holds those that are known; the portal keeps them as
rows that an administrator edits). All moments are in Asia/Shanghai.

Counting rule (民法典 第二百零一条、第二百零三条; 民事诉讼法 第八十五条, applied by analogy to office deadlines): the
day on which a period begins is not counted, counting starts on the next day (次日起算); a last day that is
not worked gives way to the first working day after it (`roll_forward`). Make-up Saturdays and Sundays
count as working days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
LONGEST_REST = 60
"""A table that shows more days off in a row than this is broken, and searching in it must end."""


class Span(Protocol):
    """Whatever has a first and a last day: a Week, a Month, a Quarter, a Year."""

    @property
    def start(self) -> date: ...

    @property
    def end(self) -> date: ...


class HolidayRecord(Protocol):
    """A row of the holiday table: a seed row or a database row."""

    @property
    def day(self) -> date: ...

    @property
    def is_workday(self) -> bool: ...


def local_day(moment: datetime) -> date:
    """The calendar day of an aware moment in Asia/Shanghai (never the day of UTC)."""
    return _local(moment).date()


def local_moment(day: date, clock: time) -> datetime:
    """The aware moment of `day` at `clock` in Asia/Shanghai."""
    return datetime.combine(day, clock, tzinfo=SHANGHAI)


def local_clock(moment: datetime) -> datetime:
    """What the clocks in Asia/Shanghai show at an aware moment, without a zone: for a workbook, which knows
    none. One without a zone is taken as it is."""
    return moment if moment.tzinfo is None else _local(moment).replace(tzinfo=None)


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return moment.astimezone(SHANGHAI)


@dataclass(frozen=True)
class WorkHours:
    """The office hours of a working day, as frames in order that do not touch or overlap."""

    frames: tuple[tuple[time, time], ...] = (
        (time(8, 30), time(12, 0)),
        (time(13, 30), time(17, 30)),
    )

    def __post_init__(self) -> None:
        if not self.frames:
            raise ValueError("office hours need at least one frame")
        edges = [edge for frame in self.frames for edge in frame]
        if any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("office hours must be in order and must not overlap")

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The frames of one day as aware moments."""
        return [(local_moment(day, begin), local_moment(day, end)) for begin, end in self.frames]

    @property
    def minutes_a_day(self) -> int:
        day = date(2025, 1, 2)
        return sum(int((end - begin).total_seconds()) // 60 for begin, end in self.on(day))


@dataclass(frozen=True)
class WorkCalendar:
    """The working calendar of an organisation.

    `exceptions` maps a day to True (worked, a make-up day) or False (off, a holiday or its substitute);
    days that are not in it follow the weekday. `published_years` are the years whose official
    arrangement is in the table; of other years only weekends are known (`is_published` says so and pages
    warn).
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict, hash=False)
    published_years: frozenset[int] = frozenset()
    hours: WorkHours = WorkHours()

    def __post_init__(self) -> None:
        object.__setattr__(self, "exceptions", dict(self.exceptions))

    @classmethod
    def from_records(
        cls,
        records: Iterable[HolidayRecord],
        *,
        published_years: Iterable[int] | None = None,
        hours: WorkHours | None = None,
    ) -> WorkCalendar:
        """A calendar from rows with `day` and `is_workday`.

        Where `published_years` is not given, every year that has a row counts as published.
        """
        exceptions = {record.day: record.is_workday for record in records}
        years = (
            {day.year for day in exceptions} if published_years is None else set(published_years)
        )
        return cls(exceptions, frozenset(years), hours or WorkHours())

    def is_published(self, year: int) -> bool:
        """Whether the official arrangement of `year` is in the table."""
        return year in self.published_years

    def is_workday(self, day: date) -> bool:
        plain = date(day.year, day.month, day.day)
        known = self.exceptions.get(plain)
        return plain.weekday() < 5 if known is None else known

    def next_workday(self, after: date) -> date:
        """The first working day later than `after`."""
        return self._search(after, DAY)

    def previous_workday(self, before: date) -> date:
        """The last working day earlier than `before`."""
        return self._search(before, -DAY)

    def roll_forward(self, day: date) -> date:
        """`day` itself where it is worked, else the first working day after it."""
        return day if self.is_workday(day) else self.next_workday(day)

    def roll_back(self, day: date) -> date:
        """`day` itself where it is worked, else the last working day before it."""
        return day if self.is_workday(day) else self.previous_workday(day)

    def add_workdays(self, start: date, count: int) -> date:
        """The last day of a period of `count` working days that begins on `start`.

        `start` itself is not counted, worked or not. `count` 0 (“当日”) is `start` rolled forward.
        Raises ValueError where `count` is negative.
        """
        if count < 0:
            raise ValueError("working days are counted forward; see subtract_workdays")
        if count == 0:
            return self.roll_forward(start)
        day = start
        for _ in range(count):
            day = self.next_workday(day)
        return day

    def subtract_workdays(self, end: date, count: int) -> date:
        """The day that lies `count` working days before `end`, `end` itself not counted."""
        if count < 0:
            raise ValueError("working days are counted backward here; see add_workdays")
        if count == 0:
            return self.roll_back(end)
        day = end
        for _ in range(count):
            day = self.previous_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to `end` (`start` excluded, `end` included).

        0 where `end` is not later than `start`.
        """
        days = range(start.toordinal() + 1, end.toordinal() + 1)
        return sum(self.is_workday(date.fromordinal(ordinal)) for ordinal in days)

    def workdays_in(self, span: Span) -> list[date]:
        """The working days of a week, month, quarter or year, in order; empty in a week without one."""
        return self._workdays(span.start, span.end)

    def first_workday(self, start: date, end: date) -> date | None:
        """The first working day from `start` to `end`, both included; None where there is none."""
        days = self._workdays(start, end)
        return days[0] if days else None

    def last_workday(self, start: date, end: date) -> date | None:
        """The last working day from `start` to `end`, both included; None where there is none."""
        days = self._workdays(start, end)
        return days[-1] if days else None

    def next_work_moment(self, moment: datetime) -> datetime:
        """`moment` itself inside office hours, else the next moment at which the office opens.

        The end of a frame is outside. The result is in Asia/Shanghai.
        """
        local = _local(moment)
        for begin, end in self._frames_from(local.date()):
            if local < end:
                return max(local, begin)
        raise AssertionError("unreachable: frames never end")

    def add_work_minutes(self, moment: datetime, minutes: int) -> datetime:
        """The moment at which `minutes` minutes of office time have passed since `moment`.

        A period that ends with a frame ends there, not at the beginning of the next one: 60 minutes from
        11:00 end at 12:00. 0 minutes give `next_work_moment`. Raises ValueError where negative.
        """
        if minutes < 0:
            raise ValueError("office time is counted forward")
        local = self.next_work_moment(moment)
        left = timedelta(minutes=minutes)
        for begin, end in self._frames_from(local.date()):
            if end <= local:
                continue
            begin = max(begin, local)
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise AssertionError("unreachable: frames never end")

    def work_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The office time between two moments; zero where `end` is not later."""
        first, last = _local(start), _local(end)
        total = timedelta()
        day = first.date()
        while day <= last.date():
            if self.is_workday(day):
                for begin, finish in self.hours.on(day):
                    total += max(min(finish, last) - max(begin, first), timedelta())
            day += DAY
        return total

    def _frames_from(self, day: date) -> Iterable[tuple[datetime, datetime]]:
        day = self.roll_forward(day)
        while True:
            yield from self.hours.on(day)
            day = self.next_workday(day)

    def _workdays(self, start: date, end: date) -> list[date]:
        days = (
            date.fromordinal(ordinal) for ordinal in range(start.toordinal(), end.toordinal() + 1)
        )
        return [day for day in days if self.is_workday(day)]

    def _search(self, origin: date, step: timedelta) -> date:
        day = date(origin.year, origin.month, origin.day)
        for _ in range(LONGEST_REST):
            day += step
            if self.is_workday(day):
                return day
        raise ValueError(f"no working day within {LONGEST_REST} days of {origin.isoformat()}")
