"""What was typed in over the year, in plain dicts: the only thing that the second count knows.

Days are ``date``, moments aware ``datetime`` in Asia/Shanghai, money integers of 分, areas integers of 0.01 ㎡,
percentages integers of tenths. Nothing here reads the portal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple


class Row(NamedTuple):
    """What a row of a return says: tenths of a percent, 分, next week's plan and how many were on site (None where
    the cell stayed empty), why it is as it is, and whether the clerk ticked 无变化 instead of all that."""

    tenths: int
    fen: int
    plan: str = ""
    workers: int | None = None
    why: str = ""
    unchanged: bool = False


@dataclass
class Plan:
    """A version of a project's plan; ``targets`` are tenths of a percent by month end, ``known_at`` is when it was
    entered, None where that was before the year."""

    approved_on: date
    start_on: date
    end_on: date
    investment_fen: int
    area_centi: int
    targets: Mapping[date, int] = field(default_factory=dict)
    known_at: datetime | None = None


@dataclass
class Project:
    """A project: the year of its programme, where it was from which day on, its estates (buildings, households,
    0.01 ㎡), its plans in the order of their versions, its gates as (day, whether its evidence is there)."""

    year: int
    entered_on: date
    reports_from: date
    stays: list[tuple[date, str]]
    estates: list[tuple[int, int, int]]
    plans: list[Plan] = field(default_factory=list)
    gates: dict[str, tuple[date, bool]] = field(default_factory=dict)
    cancelled_on: date | None = None


@dataclass
class Version:
    """A version of a return: its acts in order, and its rows by project."""

    rows: dict[str, Row] = field(default_factory=dict)
    acts: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def standing(self) -> str:
        """The last act: submit, review, approve or send back; "" for a draft."""
        return self.acts[-1][1] if self.acts else ""


@dataclass
class Return:
    """The return of a street and week: its versions, whether every row of the first said 无变化, until when it
    may come by exception, the due moment that its first submission met, of what kind the reason of its lateness was,
    and the projects about which the bureau asked, with the day."""

    versions: list[Version] = field(default_factory=list)
    is_nil: bool = False
    extended_to: datetime | None = None
    due_at_met: datetime | None = None
    late_kind: str = ""
    questions: list[tuple[date, str]] = field(default_factory=list)


@dataclass
class Money:
    """A movement: ``corrects`` is the number of the entry whose day it counts from."""

    project: str
    source: str
    stage: str
    fen: int
    day: date
    is_approved: bool = False
    corrects: int | None = None


@dataclass
class Application:
    """上级资金 asked for: 分 by project from the day of its report, granted 分 by project from the day of the answer."""

    asked: Mapping[str, int]
    reported_on: date
    granted: Mapping[str, int] = field(default_factory=dict)
    decided_on: date = date.max


@dataclass
class Waiver:
    """A rule that asks a project nothing, from the moment of its approval to the end of its last day."""

    project: str
    rule: str
    since: datetime
    first: date
    last: date


@dataclass
class Record:
    """The district's year: its streets, the Monday of the first week of which anything is told. ``calendar`` holds
    days that are not as their weekday says (True where one works), ``changed_days`` what was entered later: (when,
    day, whether one works)."""

    streets: tuple[str, ...]
    begins: date
    calendar: dict[date, bool]
    changed_days: list[tuple[datetime, date, bool]] = field(default_factory=list)
    projects: dict[str, Project] = field(default_factory=dict)
    returns: dict[tuple[date, str], Return] = field(default_factory=dict)
    planned: dict[tuple[str, str], int] = field(default_factory=dict)
    money: list[Money] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)

    def return_of(self, monday: date, street: str) -> Return:
        """The return of a street and week, an empty one where nothing came."""
        return self.returns.setdefault((monday, street), Return())

    def told_until(self, monday: date) -> Iterator[tuple[date, Version]]:
        """Every version of every return up to a week, the latest week and the highest version first."""
        while monday >= self.begins:
            for street in self.streets:
                told = self.returns.get((monday, street))
                for version in reversed(told.versions if told else ()):
                    yield monday, version
            monday -= timedelta(days=7)


#: A figure as it must be shown, with its parts: value, numerator, denominator.
Shown = tuple[Any, Any, Any]
