"""Dates and numbers in Chinese words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from renovation.core.wording import (
    chinese_date,
    chinese_moment,
    chinese_number,
    join,
    near_date,
    short_date,
    wide_brackets,
)


def test_dates_have_no_leading_zeros() -> None:
    assert chinese_date(date(2025, 5, 9)) == "2025年5月9日"
    assert short_date(date(2025, 5, 9)) == "5月9日"
    assert chinese_moment(datetime(2025, 5, 9, 17, 5, tzinfo=UTC)) == "2025年5月10日 01:05"
    with pytest.raises(ValueError, match="time zone"):
        chinese_moment(datetime(2025, 5, 9))


def test_chinese_numbers() -> None:
    words = {
        0: "零",
        1: "一",
        9: "九",
        10: "十",
        11: "十一",
        20: "二十",
        21: "二十一",
        99: "九十九",
    }
    assert {number: chinese_number(number) for number in words} == words
    for wrong in (-1, 100):
        with pytest.raises(ValueError):
            chinese_number(wrong)
    assert join(["甲", "乙", "丙"]) == "甲、乙、丙"


def test_a_day_near_the_reader_goes_without_its_year() -> None:
    day = date(2025, 12, 26)
    assert near_date(day, date(2025, 1, 1)) == "12月26日"
    assert near_date(day, date(2026, 1, 1)) == "2025年12月26日"


def test_brackets_are_set_wide() -> None:
    assert wide_brackets("开工率(项目)") == "开工率（项目）"
    assert wide_brackets("支付率") == "支付率"
