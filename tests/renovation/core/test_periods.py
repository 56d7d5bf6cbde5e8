"""Weeks, months, quarters, years: labels, keys, belonging, the traps at the ends of years."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.periods import (
    FIRST_DAY,
    LAST_DAY,
    Month,
    Quarter,
    Week,
    Year,
    period_from_key,
    weeks_between,
)

DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("monday", "number", "label", "month", "quarter", "year"),
    [
        (date(2025, 9, 8), 37, "第37周（9月8日—9月14日）", "2025-09", "2025-Q3", 2025),
        (date(2024, 7, 8), 28, "第28周（7月8日—7月14日）", "2024-07", "2024-Q3", 2024),
        (date(2024, 6, 24), 26, "第26周（6月24日—6月30日）", "2024-06", "2024-Q2", 2024),
        (date(2025, 9, 29), 40, "第40周（9月29日—10月5日）", "2025-10", "2025-Q4", 2025),
        (date(2024, 12, 30), 1, "第1周（12月30日—1月5日）", "2025-01", "2025-Q1", 2025),
        (date(2025, 12, 29), 1, "第1周（12月29日—1月4日）", "2026-01", "2026-Q1", 2026),
        (date(2026, 12, 28), 53, "第53周（12月28日—1月3日）", "2027-01", "2027-Q1", 2027),
    ],
)
def test_weeks(monday: date, number: int, label: str, month: str, quarter: str, year: int) -> None:
    week = Week(monday)
    assert week.number == number
    assert week.label == label
    assert week.month.key == month
    assert week.quarter.key == quarter
    assert week.year == Year(year)
    assert week.key == monday.isoformat()
    assert Week.from_key(week.key) == week


@pytest.mark.parametrize(
    ("monday", "name"),
    [
        (date(2025, 9, 8), "2025年第37周"),
        (date(2024, 12, 30), "2025年第1周"),
        (date(2025, 12, 29), "2026年第1周"),
        # Their Sundays lie in the next year, their numbers count in the old one.
        (date(2026, 12, 28), "2026年第53周"),
        (date(2027, 12, 27), "2027年第52周"),
        (date(2028, 12, 25), "2028年第52周"),
    ],
)
def test_year_and_number_together_are_of_one_count(monday: date, name: str) -> None:
    week = Week(monday)
    assert week.full_number == name
    assert week.full_label == f"{name}（{week.span_label}）"


def test_no_two_weeks_have_one_name() -> None:
    weeks = weeks_between(Week.of(FIRST_DAY), Week.of(LAST_DAY))
    assert len({week.full_number for week in weeks}) == len(weeks) == 5271


def test_a_week_is_found_by_any_of_its_days() -> None:
    week = Week(date(2024, 12, 30))
    assert {Week.of(day) for day in week.days()} == {week}
    assert Week.of(datetime(2025, 1, 5, 23, 59)) == week
    assert week.contains(date(2025, 1, 5))
    assert not week.contains(date(2025, 1, 6))
    assert week.end == date(2025, 1, 5)
    assert week.next() == Week(date(2025, 1, 6))
    assert week.previous() == Week(date(2024, 12, 23))
    assert week < week.next()


@pytest.mark.parametrize(
    "key",
    [
        "2025-09-09",
        "2025-W37",
        "2025-9-8",
        "20250908",
        "2025-13-01",
        "",
        "0001-01-01",
        "1999-12-27",
        "2101-01-03",
        "9999-12-27",
    ],
)
def test_what_is_no_week(key: str) -> None:
    with pytest.raises(ValueError, match=r"not a|month"):
        Week.from_key(key)


def test_a_week_starts_on_a_monday_and_on_a_date() -> None:
    with pytest.raises(ValueError, match="not a Monday"):
        Week(date(2025, 9, 9))
    with pytest.raises(TypeError):
        Week(datetime(2025, 9, 8))


def test_weeks_of_months_quarters_and_years() -> None:
    assert [week.number for week in Month(2025, 9).weeks()] == [36, 37, 38, 39]
    third = Quarter(2025, 3).weeks()
    assert (third[0].key, third[-1].key, len(third)) == ("2025-06-30", "2025-09-22", 13)
    year = Year(2025).weeks()
    assert (year[0].key, year[-1].key, len(year)) == ("2024-12-30", "2025-12-22", 52)
    assert [week for quarter in Year(2025).quarters() for week in quarter.weeks()] == year
    assert [week for month in Year(2026).months() for week in month.weeks()] == Year(2026).weeks()
    assert len(Year(2023).weeks()) == 53


def test_weeks_between() -> None:
    first = Week(date(2025, 9, 8))
    assert weeks_between(first, first) == [first]
    assert [week.number for week in weeks_between(first, first.shift(3))] == [37, 38, 39, 40]
    assert weeks_between(first.next(), first) == []


def test_months_quarters_and_years() -> None:
    february = Month(2024, 2)
    assert (february.start, february.end) == (date(2024, 2, 1), date(2024, 2, 29))
    assert february.label == "2024年2月"
    assert february.shift(-2) == Month(2023, 12)
    assert february.shift(11) == Month(2025, 1)
    quarter = Quarter(2025, 3)
    assert quarter.label == "2025年第三季度"
    assert [Quarter(2025, number).label[5:] for number in (1, 2, 4)] == [
        "第一季度",
        "第二季度",
        "第四季度",
    ]
    assert (quarter.start, quarter.end) == (date(2025, 7, 1), date(2025, 9, 30))
    assert (Quarter(2025, 4).next(), Quarter(2025, 1).previous()) == (
        Quarter(2026, 1),
        Quarter(2024, 4),
    )
    assert quarter.months() == [Month(2025, 7), Month(2025, 8), Month(2025, 9)]
    assert Month(2025, 9).quarter == quarter
    year = Year(2025)
    assert (year.start, year.end, year.label) == (date(2025, 1, 1), date(2025, 12, 31), "2025年")
    assert (year.previous(), year.next(), year.shift(5)) == (Year(2024), Year(2026), Year(2030))
    for wrong in (lambda: Quarter(2025, 5), lambda: Month(2025, 13), lambda: Year(0)):
        with pytest.raises(ValueError):
            wrong()


@pytest.mark.parametrize(
    "period", [Week(date(2025, 9, 8)), Month(2025, 9), Quarter(2025, 3), Year(2025)]
)
def test_keys_read_back(period: Week | Month | Quarter | Year) -> None:
    assert period_from_key(period.key) == period
    assert str(period) == period.key
    assert type(period).from_key(period.key) == period


@pytest.mark.parametrize(
    "key", ["2025-Q5", "2025-00", "25", "2025-Q3 ", "٢٠٢٥", "2025\n", "1999", "0001-01", "2101-Q1"]
)
def test_what_is_no_period(key: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        period_from_key(key)


@given(DAYS)
def test_every_day_has_one_week_month_quarter_and_year(day: date) -> None:
    for period in (Week.of(day), Month.of(day), Quarter.of(day), Year.of(day)):
        assert period.start <= day <= period.end
        assert period.contains(day)
        assert day in period.days()
        assert period.previous().end + timedelta(days=1) == period.start
        assert period.next().start == period.end + timedelta(days=1)
        assert period.shift(3).shift(-3) == period
        assert not period.next().contains(day)


@given(DAYS)
def test_a_week_is_listed_by_the_month_of_its_sunday_only(day: date) -> None:
    week = Week.of(day)
    month = week.month
    assert week in month.weeks()
    assert week not in month.previous().weeks()
    assert week not in month.next().weeks()
    assert week in week.quarter.weeks()
    assert week in week.year.weeks()
