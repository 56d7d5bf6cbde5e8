"""Measures: exact inside, rounded once when shown, compared as shown."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.measures import (
    Approval,
    Measure,
    Unit,
    change,
    change_percent,
    difference,
    exact,
    exact_string,
    format_decimal,
    percent,
    rank,
    ratio,
    round_half_up,
    sqm_from_centi,
    wan_sqm_from_sqm,
    wanyuan_from_fen,
)

AS_OF = date(2025, 9, 14)


def points(value: str) -> Measure:
    return Measure.amount("progress", Decimal(value), Unit.PERCENT, as_of=AS_OF, label="形象进度")


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Decimal("48.75"), 1, "48.8"),
        (Decimal("48.74999"), 1, "48.7"),
        (Decimal("-0.05"), 1, "-0.1"),
        (Decimal("-0.04"), 1, "0.0"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(2, 3), 2, "0.67"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (0, 2, "0.00"),
    ],
)
def test_halves_round_away_from_zero(
    value: Decimal | Fraction | int, places: int, shown: str
) -> None:
    assert str(round_half_up(value, places)) == shown


@given(st.decimals(-(10**9), 10**9, places=6), st.integers(0, 4))
def test_rounding_agrees_with_decimal(value: Decimal, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert round_half_up(value, places) == expected
    assert round_half_up(value, places).as_tuple().exponent == -places


@pytest.mark.parametrize("wrong", [0.1, True, "1", None])
def test_only_exact_numbers_are_taken(wrong: object) -> None:
    with pytest.raises(TypeError):
        exact(wrong)  # type: ignore[arg-type]
    for nothing in ("NaN", "Infinity"):
        with pytest.raises(ValueError):
            exact(Decimal(nothing))


def test_a_rate_without_denominator_is_no_number() -> None:
    rate = Measure.rate("started_rate", 0, 0, as_of=AS_OF, label="开工率（项目）")
    assert rate.value is None
    assert rate.shown is None
    assert rate.text == "—"
    assert rate.full_text == "—"
    assert rate.decimal_string is None
    assert rate.parts_text == "0 / 0"
    assert ratio(1, 0) is None
    assert percent(1, 0) is None


def test_a_rate_carries_its_parts() -> None:
    rate = Measure.rate("started_rate", 5, 14, as_of=AS_OF, label="开工率（项目）")
    assert rate.value == Fraction(500, 14)
    assert rate.text == "35.7"
    assert rate.full_text == "35.7%"
    assert rate.decimal_string == "35.7"
    assert rate.parts_text == "5 / 14"
    assert (rate.numerator_string, rate.denominator_string) == ("5", "14")
    assert Measure.rate("all", 14, 14, as_of=AS_OF).decimal_string == "100.0"


def test_money_and_area() -> None:
    fen = [12_345_678_900, 5_000, 1]
    money = Measure.amount(
        "paid", sum(map(wanyuan_from_fen, fen), Fraction(0)), Unit.WANYUAN, as_of=AS_OF
    )
    assert money.text == "12,345.68"
    assert money.full_text == "12,345.68万元"
    assert money.decimal_string == "12345.68"
    areas = [wan_sqm_from_sqm(Decimal(sqm)) for sqm in ("92200", "86600", "63000")]
    area = Measure.amount("area", sum(areas, Fraction(0)), Unit.WAN_SQM, as_of=AS_OF)
    assert (area.text, area.decimal_string, area.value) == ("24.18", "24.18", Fraction(2418, 100))
    assert sqm_from_centi(123) == Fraction(123, 100)


def test_sums_add_unrounded_values() -> None:
    fen = [4_900, 4_900, 4_900]  # 0.0049 万元 each, shown 0.00
    total = sum(map(wanyuan_from_fen, fen), Fraction(0))
    assert [format_decimal(wanyuan_from_fen(amount), 2) for amount in fen] == ["0.00"] * 3
    assert format_decimal(total, 2) == "0.01"


def test_a_mean_is_weighted_and_keeps_its_sums() -> None:
    mean = Measure.mean(
        "progress", [(Decimal(50), Decimal("1.5")), (80, Decimal("0.5"))], as_of=AS_OF
    )
    assert mean.value == Fraction(115, 2)
    assert (mean.numerator, mean.denominator) == (Fraction(115), Fraction(2))
    assert mean.parts_text == "115.00 / 2.00"
    assert Measure.mean("progress", [], as_of=AS_OF).text == "—"


def test_text_for_people() -> None:
    down = Measure.amount("deviation", Decimal("-3.14"), Unit.POINTS, as_of=AS_OF)
    assert down.text == "−3.1"
    assert down.full_text == "−3.1个百分点"
    assert down.decimal_string == "-3.1"
    up = Measure.amount("deviation", Decimal("3.14"), Unit.POINTS, as_of=AS_OF)
    assert (up.text, up.signed_text) == ("3.1", "+3.1")
    flat = Measure.amount("deviation", Decimal("-0.04"), Unit.POINTS, as_of=AS_OF)
    assert (flat.text, flat.signed_text, flat.decimal_string) == ("0.0", "0.0", "0.0")
    homes = Measure.amount("homes", 2404, Unit.HOUSEHOLDS, as_of=AS_OF)
    assert (homes.full_text, homes.decimal_string) == ("2,404户", "2404")
    assert format_decimal(None, 2) == "—"
    assert format_decimal(Decimal("1234567.005"), 2, grouped=False) == "1234567.01"


def test_a_word_is_a_figure_too() -> None:
    light = Measure.of_word("light", "红", as_of=AS_OF, label="亮灯", approval=Approval.ALL)
    assert (light.text, light.full_text, light.decimal_string, light.shown) == (
        "红",
        "红",
        "红",
        None,
    )
    with pytest.raises(ValueError, match="WORD"):
        Measure(name="light", value=None, unit=Unit.WORD, as_of=AS_OF)
    with pytest.raises(ValueError, match="no difference"):
        difference(light, light, name="x")


def test_a_difference_is_rounded_once_from_unrounded_values() -> None:
    now, before = points("10.05"), points("9.94")
    assert (now.text, before.text) == ("10.1", "9.9")
    moved = change(now, before)
    assert moved.value == Fraction(11, 100)
    assert moved.text == "0.1"  # not 0.2, the difference of the two printed numbers
    assert moved.unit is Unit.POINTS
    assert moved.name == "progress_change"
    assert moved.full_text == "0.1个百分点"
    deviation = difference(points("45.2"), points("52.7"), name="deviation", label="偏差")
    assert (deviation.text, deviation.label, deviation.shown) == ("−7.5", "偏差", Decimal("-7.5"))


def test_a_difference_needs_two_numbers_of_one_unit() -> None:
    nothing = Measure.rate("progress", 0, 0, as_of=AS_OF)
    assert change(points("10"), nothing).text == "—"
    assert change(nothing, points("10")).decimal_string is None
    with pytest.raises(ValueError, match="no difference"):
        change(points("10"), Measure.amount("paid", 1, Unit.WANYUAN, as_of=AS_OF))


def test_a_difference_counts_what_one_of_the_two_counts() -> None:
    pending = Measure.amount("progress", 12, Unit.PERCENT, as_of=AS_OF, approval=Approval.ALL)
    assert change(points("10"), points("9")).approval is Approval.APPROVED
    assert change(pending, points("9")).approval is Approval.ALL
    assert change(points("9"), pending).approval is Approval.ALL
    assert [approval.label for approval in Approval] == ["已核定", "含待核"]
    assert [approval.mark for approval in Approval] == ["已核定", "待核"]


def test_change_in_percent() -> None:
    def orders(count: int) -> Measure:
        return Measure.amount("received", count, Unit.ORDERS, as_of=AS_OF)

    assert change_percent(orders(52), orders(100)).full_text == "−48.0%"
    assert change_percent(orders(5), orders(0)).text == "—"
    assert change(orders(52), orders(100)).full_text == "−48件"


def test_ranks_compare_values_as_shown() -> None:
    rows = {
        "a": points("48.74"),
        "b": points("60"),
        "c": points("48.66"),  # shown 48.7 as well
        "d": Measure.rate("progress", 0, 0, as_of=AS_OF),
        "e": points("12"),
    }
    ranked = rank(rows, key=lambda name: rows[name])
    assert [(item.place, item.row) for item in ranked] == [
        (1, "b"),
        (2, "a"),
        (2, "c"),
        (4, "e"),
        (None, "d"),
    ]
    assert [item.text for item in ranked] == ["1", "2", "2", "4", "—"]
    rising = rank(rows, key=lambda name: rows[name], descending=False)
    assert [(item.place, item.row) for item in rising] == [
        (1, "e"),
        (2, "a"),
        (2, "c"),
        (4, "b"),
        (None, "d"),
    ]
    assert [item.place for item in rank([3, 3, 3], key=lambda number: number)] == [1, 1, 1]


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_rows(values: list[int | None]) -> None:
    for item in rank(values, key=lambda value: value):
        if item.row is None:
            assert item.place is None
        else:
            assert item.place == 1 + sum(v is not None and v > item.row for v in values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (5, "5"),
        (Fraction(1, 8), "0.125"),
        (Decimal("12.3400"), "12.34"),
        (Fraction(-1, 3), "-0.333333"),
        (Fraction(1, 1_000_000), "0.000001"),
        (1400, "1400"),
        (Fraction(7, 12_500_000), "0.00000056"),
    ],
)
def test_exact_strings(value: Fraction | Decimal | int | None, text: str | None) -> None:
    assert exact_string(value) == text


@given(st.decimals(-(10**6), 10**6, places=5))
def test_exact_strings_lose_nothing(value: Decimal) -> None:
    text = exact_string(value)
    assert text is not None
    assert Decimal(text) == value


def test_parts_belong_together() -> None:
    with pytest.raises(ValueError, match="both"):
        Measure(name="x", value=None, unit=Unit.PERCENT, as_of=AS_OF, numerator=Fraction(1))
    with pytest.raises(TypeError):
        Measure(name="x", value=0.5, unit=Unit.PERCENT, as_of=AS_OF)  # type: ignore[arg-type]


def test_units() -> None:
    assert {unit.name: unit.places for unit in Unit if unit.places == 1} == {
        "PERCENT": 1,
        "POINTS": 1,
        "MEAN_DAYS": 1,
        "SCORE": 1,
    }
    assert len({unit.code for unit in Unit}) == len(Unit)


@pytest.mark.parametrize(
    ("note", "waits", "aside"),
    [
        ("", "", ""),
        ("无计划 2 个", "", "无计划 2 个"),
        ("无计划 2 个；待核 3 个项目，未计入", "3 个项目，未计入", "无计划 2 个"),
        ("含待核 128.00 万元", "含 128.00 万元", ""),
        ("无计划 2 个；含待核 128.00 万元", "含 128.00 万元", "无计划 2 个"),
        ("其中待核 3 个另计", "", "其中待核 3 个另计"),
        ("待补依据 1 个项目，未计入", "", "待补依据 1 个项目，未计入"),
    ],
)
def test_what_waits_is_told_apart_from_the_other_remarks(note: str, waits: str, aside: str) -> None:
    figure = Measure.amount("到位", 1, Unit.WANYUAN, as_of=date(2025, 5, 9), note=note)
    assert (figure.waits_text, figure.aside_text) == (waits, aside)
