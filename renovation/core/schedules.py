"""When something that repeats is due: kinds that wings declare, rules, and the pure arithmetic.

A wing lists what may be scheduled in its `schedules.py` as `KINDS: list[ScheduleKind]`. `renovation.jobs`
finds the lists by name, keeps a row per organisation with its rule, asks `due_periods` once a minute, and
keeps the ledger of runs (unique per kind, period and scope). Nothing here reads a clock or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from renovation.core.calendar import SHANGHAI, WorkCalendar, local_day, local_moment
from renovation.core.errors import Refusal
from renovation.core.periods import Month, Quarter, Week

WEEKDAYS = ("", "周一", "周二", "周三", "周四", "周五", "周六", "周日")
MINUTE_KEY = "%Y-%m-%dT%H:%M"


class Every(StrEnum):
    """How often: the period that a run belongs to."""

    MINUTE = "minute"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    @property
    def label(self) -> str:
        words = {
            "minute": "每分钟",
            "day": "每天",
            "week": "每周",
            "month": "每月",
            "quarter": "每季度",
        }
        return words[self.value]


class OnRest(StrEnum):
    """What becomes of a calendar day that is not worked."""

    KEEP = "keep"
    FORWARD = "forward"
    BACK = "back"
    SKIP = "skip"

    @property
    def label(self) -> str:
        words = {
            "keep": "",
            "forward": "遇休息日顺延",
            "back": "遇休息日提前",
            "skip": "遇休息日不办",
        }
        return words[self.value]


class _Span(Protocol):
    @property
    def start(self) -> date: ...

    @property
    def end(self) -> date: ...

    @property
    def key(self) -> str: ...

    def next(self) -> Self: ...


@dataclass(frozen=True)
class _Day:
    start: date

    @property
    def end(self) -> date:
        return self.start

    @property
    def key(self) -> str:
        return self.start.isoformat()

    def next(self) -> _Day:
        return _Day(self.start + timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a run of a period is due, in Asia/Shanghai.

    `every` names the period, `at` the time of day. The day is named in one of two ways:

    * `day`: the n-th calendar day, counted from 1; in a week 1 is Monday. A month too short gives its
      last day. `on_rest` says what becomes of a day that is not worked.
    * `workday`: the n-th working day, counted from 1; from the end where negative (−1 is the last).
      Where the period has no such day it has no run (a week without a working day asks for nothing).

    Both count inside the period, or, with `after`, in the days that follow its end: the run of a week,
    month or quarter that is made once it is over. A week without any working day has no run at all
    unless `idle_weeks` is set. Days need neither. With `minute`, `step` is the number of minutes between
    runs, counted from midnight.
    """

    every: Every
    at: time = time(9, 0)
    day: int | None = None
    workday: int | None = None
    after: bool = False
    on_rest: OnRest = OnRest.KEEP
    idle_weeks: bool = False
    step: int = 1

    def __post_init__(self) -> None:
        if self.at.tzinfo is not None:
            raise ValueError("the time of a rule is in Asia/Shanghai and carries no zone")
        if self.every is Every.MINUTE:
            if not 1 <= self.step <= 1440:
                raise Refusal("schedule.step", "间隔分钟数应在1至1440之间。", field="step")
            return
        if self.every is Every.DAY:
            if self.day is not None or self.workday is not None or self.after:
                raise Refusal("schedule.day", "每天执行的事项不需要指定日期。", field="day")
            return
        if (self.day is None) == (self.workday is None):
            raise Refusal("schedule.day", "请在“第几天”和“第几个工作日”中指定一项。", field="day")
        longest = {Every.WEEK: 7, Every.MONTH: 31, Every.QUARTER: 92}[self.every]
        if self.day is not None and not 1 <= self.day <= longest:
            raise Refusal("schedule.day", f"日期应在1至{longest}之间。", field="day")
        if self.workday is not None:
            lowest = 1 if self.after else -longest
            if self.workday == 0 or not lowest <= self.workday <= longest:
                raise Refusal("schedule.workday", "工作日序号不正确。", field="workday")

    def due_at(self, period: _Span, calendar: WorkCalendar) -> datetime | None:
        """The moment at which the run of `period` is due; None where it has none."""
        day = self._due_day(period, calendar)
        return None if day is None else local_moment(day, self.at)

    def _due_day(self, period: _Span, calendar: WorkCalendar) -> date | None:
        if self.every is Every.WEEK and not self.idle_weeks and not calendar.workdays_in(period):
            return None
        if self.workday is not None:
            if self.after:
                return calendar.add_workdays(period.end, self.workday)
            days = calendar.workdays_in(period)
            index = self.workday - 1 if self.workday > 0 else self.workday
            return days[index] if -len(days) <= index < len(days) else None
        if self.day is None:
            day = period.start
        elif self.after:
            day = period.end + timedelta(days=self.day)
        else:
            day = min(period.start + timedelta(days=self.day - 1), period.end)
        if calendar.is_workday(day) or self.on_rest is OnRest.KEEP:
            return day
        if self.on_rest is OnRest.SKIP:
            return None
        forward = self.on_rest is OnRest.FORWARD
        return calendar.next_workday(day) if forward else calendar.previous_workday(day)

    @property
    def text(self) -> str:
        """The rule in Chinese: `每周最后一个工作日17:00`, `每季度结束后第5个工作日09:00`."""
        if self.every is Every.MINUTE:
            return "每分钟" if self.step == 1 else f"每{self.step}分钟"
        clock = f"{self.at:%H:%M}"
        where = self.every.label + ("结束后" if self.after else "")
        if self.workday is not None:
            if self.workday == -1:
                return f"{where}最后一个工作日{clock}"
            if self.workday < 0:
                return f"{where}倒数第{-self.workday}个工作日{clock}"
            return f"{where}第{self.workday}个工作日{clock}"
        rest = f"（{self.on_rest.label}）" if self.on_rest.label else ""
        if self.day is None:
            return f"{where}{clock}{rest}"
        if self.every is Every.WEEK and not self.after:
            return f"{where[:-1]}{WEEKDAYS[self.day]}{clock}{rest}"
        return f"{where}第{self.day}天{clock}{rest}"

    def as_json(self) -> dict[str, Any]:
        """For the schedule's row; `from_json` reads it back."""
        return {
            "every": self.every.value,
            "at": self.at.isoformat("minutes"),
            "day": self.day,
            "workday": self.workday,
            "after": self.after,
            "on_rest": self.on_rest.value,
            "idle_weeks": self.idle_weeks,
            "step": self.step,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Rule:
        """The rule of a stored row; raises Refusal where it makes no sense."""
        try:
            return cls(
                every=Every(value["every"]),
                at=time.fromisoformat(value.get("at", "09:00")),
                day=value.get("day"),
                workday=value.get("workday"),
                after=bool(value.get("after", False)),
                on_rest=OnRest(value.get("on_rest", "keep")),
                idle_weeks=bool(value.get("idle_weeks", False)),
                step=value.get("step", 1),
            )
        except (KeyError, TypeError, ValueError) as fault:
            raise Refusal("schedule.unreadable", "计划任务的时间规则无法识别。") from fault


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """What a run is told: the period it is for, whose it is, the clock, and its row in the ledger."""

    period_key: str
    organisation_id: int | None
    now: datetime
    run_id: int | None


@dataclass(frozen=True, kw_only=True)
class ScheduleKind:
    """Something that may be scheduled, declared by the wing that does it.

    `code` is stable and unique in the portal (`weekly.open`), `label` Chinese. `default_rule` holds until
    an organisation has a row of its own. A run that was missed while the machine was down is caught up
    once where `catch_up` is True; where it is False, it is marked missed as soon as `grace` has passed
    since it was due. `run` does the work and returns what the ledger should keep (JSON), or None; it must
    be safe to call twice for one period.
    """

    code: str
    label: str
    default_rule: Rule
    run: Callable[[RunContext], dict[str, Any] | None]
    catch_up: bool = True
    grace: timedelta = timedelta(hours=1)
    help: str = ""
    moments: Callable[[int, datetime, datetime], list[tuple[str, datetime]]] | None = None
    when: str = ""

    @property
    def period(self) -> Every:
        return self.default_rule.every

    def text_of(self, rule: Rule) -> str:
        """When it runs by a rule, in Chinese."""
        return self.when or rule.text

    def is_missed(self, due_at: datetime, now: datetime) -> bool:
        """Whether a run that has not begun by `now` is to be marked missed instead of done late."""
        return not self.catch_up and now > due_at + self.grace


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Something that looks every minute for rows that wait (mail, renditions, audit entries to seal).

    A wing lists them in its `schedules.py` as `SWEEPS: list[Sweep]`. They leave no row in the ledger of
    runs: the rows that they find are the jobs. `run` takes the clock and returns how many rows it moved; it
    must be safe to run twice at once.
    """

    code: str
    run: Callable[[datetime], int]


def due_periods(
    rule: Rule, after: datetime, now: datetime, calendar: WorkCalendar
) -> list[tuple[str, datetime]]:
    """The runs that fell due later than `after` and not later than `now`, by their due moment.

    Returns (period key, due moment in Asia/Shanghai) pairs; the key is that of `core.periods` (day:
    ISO date, minute: `2025-09-08T10:05`). Of a rule by the minute only the latest is returned: nobody is
    owed the minutes that were slept through.
    """
    if now <= after:
        return []
    if rule.every is Every.MINUTE:
        return _latest_minute(rule, after, now)
    slack = timedelta(days=30 + 3 * max(rule.day or 0, rule.workday or 0))
    found = []
    for period in _periods(rule.every, local_day(after) - slack):
        if period.start > local_day(now) + timedelta(days=30):
            break
        due_at = rule.due_at(period, calendar)
        if due_at is not None and after < due_at <= now:
            found.append((period.key, due_at))
    return sorted(found, key=lambda pair: (pair[1], pair[0]))


def next_due(rule: Rule, now: datetime, calendar: WorkCalendar) -> tuple[str, datetime] | None:
    """The first run that falls due after `now`, within a year; for the page of schedules."""
    if rule.every is Every.MINUTE:
        local = now.astimezone(SHANGHAI)
        midnight = local_moment(local.date(), time())
        steps = int((local - midnight).total_seconds()) // (60 * rule.step) + 1
        due_at = min(midnight + timedelta(minutes=rule.step * steps), midnight + timedelta(days=1))
        return due_at.strftime(MINUTE_KEY), due_at
    for days in (40, 400):
        found = due_periods(rule, now, now + timedelta(days=days), calendar)
        if found:
            return found[0]
    return None


def _latest_minute(rule: Rule, after: datetime, now: datetime) -> list[tuple[str, datetime]]:
    local = now.astimezone(SHANGHAI)
    midnight = local_moment(local.date(), time())
    steps = int((local - midnight).total_seconds()) // (60 * rule.step)
    due_at = midnight + timedelta(minutes=rule.step * steps)
    return [(due_at.strftime(MINUTE_KEY), due_at)] if due_at > after else []


def _periods(every: Every, start: date) -> Iterator[_Span]:
    first: dict[Every, Callable[[date], _Span]] = {
        Every.DAY: _Day,
        Every.WEEK: Week.of,
        Every.MONTH: Month.of,
        Every.QUARTER: Quarter.of,
    }
    period = first[every](start)
    while True:
        yield period
        period = period.next()
