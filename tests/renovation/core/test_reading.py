"""Reading cells: numbers, amounts and dates as they are typed, nothing guessed, nothing rounded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.calendar import SHANGHAI
from renovation.core.errors import Refusal
from renovation.core.reading import (
    Cell,
    clean,
    fen_from_wanyuan,
    fen_from_yuan,
    is_blank,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_integer,
    to_halfwidth,
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("45", "45.0"),
        ("45.5", "45.5"),
        ("45.50", "45.5"),
        ("４５．５", "45.5"),
        ("1,234.5", "1234.5"),
        ("1，234，567", "1234567.0"),
        (" 45.5 \n", "45.5"),
        ("\u300045.5\u3000", "45.5"),
        ("4\u200b5", "45.0"),
        ("-3.1", "-3.1"),
        ("−3.1", "-3.1"),
        ("－3.1", "-3.1"),
        ("+3", "3.0"),
        (".5", "0.5"),
        ("-0", "0.0"),
        (45, "45.0"),
        (45.0, "45.0"),
        (45.5, "45.5"),
        (0.1 + 0.2, "0.3"),
        (Decimal("45.5"), "45.5"),
    ],
)
def test_numbers(typed: Cell, number: str) -> None:
    assert str(parse_decimal(typed, 1)) == number


@pytest.mark.parametrize(
    "typed",
    ["四十五", "45个", "1,23", "1,2345", "4 5", "1e3", "45%", "--1", "1.2.3", "0x10", "①", "٤٥", "½", ".", "NaN",
     "9" * 25, True, date(2025, 5, 9), float("inf"), float("nan"), time(9), timedelta(1), "#DIV/0!"],
)  # fmt: skip
def test_what_is_no_number(typed: Cell) -> None:
    with pytest.raises(Refusal) as caught:
        parse_decimal(typed, 1)
    assert caught.value.code == "number.unreadable"
    assert caught.value.expected == "数字"


@pytest.mark.parametrize("typed", [None, "", "  ", "\u3000", "\u200b"])
def test_an_empty_cell(typed: Cell) -> None:
    assert is_blank(typed)
    for reader, code in (
        (lambda: parse_decimal(typed, 1), "number"),
        (lambda: parse_date(typed), "date"),
    ):
        with pytest.raises(Refusal) as caught:
            reader()
        assert caught.value.code == f"{code}.missing"


@pytest.mark.parametrize(
    ("typed", "places", "code", "message", "found", "expected"),
    [
        (
            "45.55",
            1,
            "number.too_many_decimals",
            "小数位数过多：应为最多1位小数。",
            "45.55",
            "最多1位小数",
        ),
        (
            45.55,
            1,
            "number.too_many_decimals",
            "小数位数过多：应为最多1位小数。",
            "45.55",
            "最多1位小数",
        ),
        ("3.5", 0, "number.too_many_decimals", "小数位数过多：应为整数。", "3.5", "整数"),
        ("-1", 1, "number.too_small", "数值过小：不能小于0。", "-1", "不小于0"),
        ("101", 1, "number.too_large", "数值过大：不能大于100。", "101", "不大于100"),
        ("１０１％", 1, "number.too_large", "数值过大：不能大于100。", "１０１％", "不大于100"),
        (
            1e18,
            1,
            "number.too_large",
            "数值过大：不能大于100。",
            "1000000000000000000",
            "不大于100",
        ),
        (
            1e-7,
            1,
            "number.too_many_decimals",
            "小数位数过多：应为最多1位小数。",
            "0.0000001",
            "最多1位小数",
        ),
        (
            1e30,
            1,
            "number.too_large",
            "位数过多。",
            "100000000000000000000000……（共 31 位）",
            "不超过 24 位的数",
        ),
        (
            -1e30,
            1,
            "number.too_small",
            "位数过多。",
            "-10000000000000000000000……（共 31 位）",
            "不超过 24 位的数",
        ),
    ],
)
def test_numbers_beyond_what_is_allowed(
    typed: Cell, places: int, code: str, message: str, found: str, expected: str
) -> None:
    with pytest.raises(Refusal) as caught:
        parse_decimal(typed, places, minimum=0, maximum=100, percent=True)
    refusal = caught.value
    assert (refusal.code, refusal.message) == (code, message)
    assert (refusal.found, refusal.expected) == (found, expected)


@pytest.mark.parametrize(
    ("typed", "formatted", "number"),
    [
        ("45%", False, "45.0"),
        ("45.5 %", False, "45.5"),
        ("４５％", False, "45.0"),
        (45, False, "45.0"),
        (0.45, True, "45.0"),
        (0.553, True, "55.3"),
        (0.07, True, "7.0"),
        (1, True, "100.0"),
        ("45%", True, "45.0"),
    ],
)
def test_percentages(typed: Cell, formatted: bool, number: str) -> None:
    assert str(parse_decimal(typed, 1, percent=True, percent_formatted=formatted)) == number


def test_whole_numbers() -> None:
    assert parse_integer("1,204") == 1204
    assert parse_integer(12.0) == 12
    with pytest.raises(Refusal):
        parse_integer("-1", minimum=0)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_what_is_written_is_read(number: Decimal) -> None:
    assert parse_decimal(f"{number:,.2f}", 2) == number
    assert parse_decimal(float(number), 2) == number


@given(st.text(max_size=40) | st.from_regex(r"[0-9年月日./:% ,-]{1,20}", fullmatch=True))
def test_any_text_is_read_or_refused_in_words(typed: str) -> None:
    refusals = []
    for reader in (
        lambda: parse_decimal(typed, 2),
        lambda: parse_date(typed),
        lambda: parse_datetime(typed),
    ):
        try:
            reader()
        except Refusal as refusal:
            refusals.append(refusal)
    assert all(refusal.message.endswith("。") and refusal.expected for refusal in refusals)


@pytest.mark.parametrize(
    "typed",
    [
        "2025-5-9",
        "2025-05-09",
        "2025.5.9",
        "2025/5/9",
        "2025年5月9日",
        "2025年05月09日",
        "2025 年 5 月 9 日",
        "２０２５年５月９日",
        "2025年5月9号",
        "20250509",
        20250509.0,
        "2025-5-9 00:00:00",
        "2025-05-09T10:20:30",
        " 2025/5/9 ",
        date(2025, 5, 9),
        datetime(2025, 5, 9, 23, 59),
        45786,
        45786.0,
        45786.75,
        "45786",
    ],
)
def test_dates(typed: Cell) -> None:
    assert parse_date(typed) == date(2025, 5, 9)


def test_serials_of_old_macs() -> None:
    assert parse_date(45786 - 1462, date1904=True) == date(2025, 5, 9)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2025-2-30", "date.not_real"),
        ("2025年13月1日", "date.not_real"),
        ("20250230", "date.not_real"),
        ("1999-12-31", "date.out_of_range"),
        ("2101-1-1", "date.out_of_range"),
        ("1925年5月9日", "date.out_of_range"),
        (date(1900, 1, 1), "date.out_of_range"),
        (5, "date.out_of_range"),
        ("2025", "date.out_of_range"),
        (9_999_999, "date.out_of_range"),
        ("5月9日", "date.unreadable"),
        ("2025-5/9", "date.unreadable"),
        ("2025-5", "date.unreadable"),
        ("九月", "date.unreadable"),
        ("2025-5-9 25:00", "date.unreadable"),
        (-3, "date.unreadable"),
        (True, "date.unreadable"),
        (time(9), "date.unreadable"),
        (float("nan"), "date.unreadable"),
    ],
)
def test_what_is_no_date(typed: Cell, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_date(typed)
    assert caught.value.code == code
    assert caught.value.found == clean(typed)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2025-09-12 10:11:08", datetime(2025, 9, 12, 10, 11, 8, tzinfo=SHANGHAI)),
        ("2025年9月12日 9:05", datetime(2025, 9, 12, 9, 5, tzinfo=SHANGHAI)),
        ("2025/9/12", datetime(2025, 9, 12, tzinfo=SHANGHAI)),
        (45912.5, datetime(2025, 9, 12, 12, tzinfo=SHANGHAI)),
        (45912.999999, datetime(2025, 9, 13, tzinfo=SHANGHAI)),
        (datetime(2025, 9, 12, 10, 11), datetime(2025, 9, 12, 10, 11, tzinfo=SHANGHAI)),
        (datetime(2025, 9, 12, 17, tzinfo=UTC), datetime(2025, 9, 13, 1, tzinfo=SHANGHAI)),
    ],
)
def test_moments(typed: Cell, moment: datetime) -> None:
    assert parse_datetime(typed) == moment


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    forms: list[Cell] = [
        f"{year}-{month}-{number}",
        f"{year}.{month}.{number}",
        f"{year}/{month:02d}/{number:02d}",
        f"{year}年{month}月{number}日",
        (day - date(1899, 12, 30)).days,
    ]
    assert {parse_date(form) for form in forms} == {day}


def test_amounts_are_exact() -> None:
    assert fen_from_wanyuan(Decimal("1234.56")) == 1_234_560_000
    assert fen_from_wanyuan(Decimal("0.000001")) == 1
    assert fen_from_wanyuan(Decimal("-9.22")) == -9_220_000
    assert fen_from_yuan(Decimal("0.01")) == 1
    for convert, amount in ((fen_from_wanyuan, "0.0000001"), (fen_from_yuan, "0.001")):
        with pytest.raises(Refusal) as caught:
            convert(Decimal(amount))
        assert caught.value.code == "amount.below_fen"


def test_halfwidth() -> None:
    assert to_halfwidth("ＡＢ１２％，。（甲）\u3000") == "AB12%,。(甲) "
    assert clean(45.0) == "45"
    assert clean("\ufeff 甲 ") == "甲"
