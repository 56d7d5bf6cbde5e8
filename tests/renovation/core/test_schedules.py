"""When runs are due: days, weeks that shift with holidays, quarters that are over, missed runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.core.holidays import seeded_calendar
from renovation.core.schedules import (
    Every,
    OnRest,
    Rule,
    RunContext,
    ScheduleKind,
    due_periods,
    next_due,
)

CALENDAR = seeded_calendar()
RULES = {
    "every minute": Rule(every=Every.MINUTE),
    "every quarter of an hour": Rule(every=Every.MINUTE, step=15),
    "daily": Rule(every=Every.DAY, at=time(2, 0)),
    "on workdays": Rule(every=Every.DAY, at=time(8, 0), on_rest=OnRest.SKIP),
    "last workday": Rule(every=Every.WEEK, workday=-1, at=time(17, 0)),
    "after the week": Rule(every=Every.WEEK, workday=1, after=True, at=time(12, 0)),
    "friday": Rule(every=Every.WEEK, day=5, at=time(16, 0), on_rest=OnRest.BACK),
    "the 25th": Rule(every=Every.MONTH, day=25, on_rest=OnRest.FORWARD),
    "after the quarter": Rule(every=Every.QUARTER, workday=5, after=True),
    "10 days after the quarter": Rule(
        every=Every.QUARTER, day=10, after=True, on_rest=OnRest.FORWARD
    ),
}


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return local_moment(date(year, month, day), time(hour, minute))


def due(name: str, after: datetime, now: datetime) -> list[tuple[str, datetime]]:
    return due_periods(RULES[name], after, now, CALENDAR)


def test_weeks_move_with_the_calendar_and_idle_weeks_have_no_run() -> None:
    assert due("last workday", at(2026, 2, 9), at(2026, 3, 8)) == [
        ("2026-02-09", at(2026, 2, 14, 17)),  # a made-up Saturday
        ("2026-02-23", at(2026, 2, 28, 17)),  # likewise; the week of 16 February is idle
        ("2026-03-02", at(2026, 3, 6, 17)),
    ]
    assert due("after the week", at(2026, 2, 9), at(2026, 3, 10)) == [
        ("2026-02-02", at(2026, 2, 9, 12)),
        ("2026-02-09", at(2026, 2, 24, 12)),
        ("2026-02-23", at(2026, 3, 2, 12)),
        ("2026-03-02", at(2026, 3, 9, 12)),
    ]
    idle_too = Rule(every=Every.WEEK, workday=1, after=True, at=time(12, 0), idle_weeks=True)
    found = due_periods(idle_too, at(2026, 2, 23), at(2026, 2, 25), CALENDAR)
    assert [key for key, _ in found] == ["2026-02-09", "2026-02-16"]


def test_calendar_days_give_way_to_holidays_as_the_rule_says() -> None:
    assert due("friday", at(2025, 9, 29), at(2025, 10, 12)) == [
        ("2025-09-29", at(2025, 9, 30, 16)),
        ("2025-10-06", at(2025, 10, 10, 16)),
    ]
    assert due("the 25th", at(2025, 10, 1), at(2025, 11, 1)) == [("2025-10", at(2025, 10, 27, 9))]
    kept = Rule(every=Every.MONTH, day=31)
    assert due_periods(kept, at(2025, 2, 1), at(2025, 3, 1), CALENDAR) == [
        ("2025-02", at(2025, 2, 28, 9))
    ]
    assert [key for key, _ in due("on workdays", at(2025, 9, 27), at(2025, 10, 10))] == [
        "2025-09-28",
        "2025-09-29",
        "2025-09-30",
        "2025-10-09",
    ]


def test_a_quarter_that_is_over() -> None:
    assert due("after the quarter", at(2025, 10, 1), at(2025, 12, 31)) == [
        ("2025-Q3", at(2025, 10, 14, 9))
    ]
    assert due("10 days after the quarter", at(2026, 1, 1), at(2026, 6, 1)) == [
        ("2025-Q4", at(2026, 1, 12, 9)),
        ("2026-Q1", at(2026, 4, 10, 9)),
    ]


def test_only_later_than_after_and_not_later_than_now() -> None:
    moment = at(2025, 9, 12, 17)
    second = timedelta(seconds=1)
    expected = [("2025-09-08", moment)]
    assert due("last workday", moment - second, moment) == expected
    assert due("last workday", moment, moment + second) == []
    assert due("last workday", moment - 2 * second, moment - second) == []
    assert due("last workday", moment, moment - timedelta(days=9)) == []
    assert (
        due("last workday", (moment - second).astimezone(UTC), moment.astimezone(UTC)) == expected
    )


def test_minutes_that_were_slept_through_are_not_owed() -> None:
    assert due("every minute", at(2025, 9, 1), at(2025, 9, 8, 10, 5)) == [
        ("2025-09-08T10:05", at(2025, 9, 8, 10, 5))
    ]
    assert (
        due("every minute", at(2025, 9, 8, 10, 5), at(2025, 9, 8, 10, 5) + timedelta(seconds=59))
        == []
    )
    assert due("every quarter of an hour", at(2025, 9, 8, 10, 0), at(2025, 9, 8, 10, 29)) == [
        ("2025-09-08T10:15", at(2025, 9, 8, 10, 15))
    ]


@given(
    st.sampled_from([name for name, rule in RULES.items() if rule.every is not Every.MINUTE]),
    st.lists(st.integers(0, 60 * 24 * 500), min_size=3, max_size=6, unique=True),
)
def test_however_the_ticks_fall_every_run_is_due_once(name: str, minutes: list[int]) -> None:
    ticks = [at(2025, 1, 10) + timedelta(minutes=step) for step in sorted(minutes)]
    whole = due(name, ticks[0], ticks[-1])
    parts = [
        run for early, late in zip(ticks, ticks[1:], strict=False) for run in due(name, early, late)
    ]
    assert parts == whole
    assert len({key for key, _ in whole}) == len(whole)


@pytest.mark.parametrize("name", RULES)
def test_the_next_run_is_the_one_that_falls_due_next(name: str) -> None:
    now = at(2026, 2, 13, 11, 7)
    found = next_due(RULES[name], now, CALENDAR)
    assert found is not None
    key, moment = found
    assert moment > now
    assert due(name, now, moment) == [(key, moment)]
    assert due(name, now, moment - timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("every minute", "每分钟"),
        ("every quarter of an hour", "每15分钟"),
        ("daily", "每天02:00"),
        ("on workdays", "每天08:00（遇休息日不办）"),
        ("last workday", "每周最后一个工作日17:00"),
        ("after the week", "每周结束后第1个工作日12:00"),
        ("friday", "每周五16:00（遇休息日提前）"),
        ("the 25th", "每月第25天09:00（遇休息日顺延）"),
        ("after the quarter", "每季度结束后第5个工作日09:00"),
    ],
)
def test_rules_in_words(name: str, text: str) -> None:
    assert RULES[name].text == text


@pytest.mark.parametrize("name", RULES)
def test_rules_survive_storing(name: str) -> None:
    assert Rule.from_json(RULES[name].as_json()) == RULES[name]


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"every": "fortnight"},
        {"every": "week"},
        {"every": "week", "day": 5, "workday": 1},
        {"every": "week", "day": 8},
        {"every": "week", "day": "x"},
        {"every": "month", "workday": 0},
        {"every": "month", "workday": -1, "after": True},
        {"every": "day", "day": 3},
        {"every": "day", "at": "25:00"},
        {"every": "minute", "step": 0},
    ],
)
def test_rules_without_sense_are_refused_in_words(stored: dict[str, object]) -> None:
    with pytest.raises(Refusal) as caught:
        Rule.from_json(stored)
    assert caught.value.code.startswith("schedule.")
    assert caught.value.message.endswith("。")


def test_a_missed_run() -> None:
    def run(context: RunContext) -> dict[str, str]:
        return {"period": context.period_key}

    caught_up = ScheduleKind(code="a", label="甲", default_rule=RULES["daily"], run=run)
    strict = ScheduleKind(
        code="b",
        label="乙",
        default_rule=RULES["last workday"],
        run=run,
        catch_up=False,
        grace=timedelta(hours=2),
    )
    due_at = at(2025, 9, 12, 17)
    assert strict.period is Every.WEEK
    assert not caught_up.is_missed(due_at, due_at + timedelta(days=9))
    assert not strict.is_missed(due_at, due_at + timedelta(hours=2))
    assert strict.is_missed(due_at, due_at + timedelta(hours=2, seconds=1))
