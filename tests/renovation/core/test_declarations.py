"""A contribution told column by column is added as the parts are that it gives one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renovation.core.declarations import Columns, Declaration, Kind, Part, Sums, sums_of
from renovation.core.measures import Unit


@dataclass(frozen=True)
class Row:
    """A fact of made-up numbers."""

    value: int
    weight: int
    over: int
    counts: bool


ROWS = st.lists(
    st.builds(
        Row,
        value=st.integers(-(10**15), 10**15),
        weight=st.integers(0, 10**12),
        over=st.sampled_from([1, 7, 10, 300]),
        counts=st.booleans(),
    ),
    max_size=8,
)
FORMS = (
    Columns(lambda row: row.value),
    Columns(lambda row: row.value, over=1_000_000, holds=lambda row: row.counts),
    Columns(lambda row: row.value, lambda row: row.weight, over=10, weight_over=100),
    Columns(
        lambda row: row.value,
        lambda row: row.weight,
        over=lambda row: row.over,
        weight_over=100,
        holds=lambda row: row.counts,
    ),
)


def declared(kind: Kind, contribute: Columns) -> Declaration:
    """A measure of a kind in percent, which multiplies a mean by a hundred more."""
    return Declaration(
        name="量",
        code="amount",
        kind=kind,
        unit=Unit.PERCENT,
        definition="量。",
        facts="rows",
        group="量",
        contribute=contribute,
    )


@given(ROWS)
def test_columns_add_up_to_their_parts(rows: list[Row]) -> None:
    for contribute in FORMS:
        kinds = [Kind.SUM] if contribute.weight is None else [Kind.RATE, Kind.MEAN]
        for kind in kinds:
            by_column = declared(kind, contribute)
            by_part = replace(by_column, contribute=lambda row, part=contribute: part(row))
            assert sums_of(by_column, rows) == sums_of(by_part, rows)


def test_the_sums_are_those_of_the_rows_that_count() -> None:
    rows = [Row(30, 2, 10, True), Row(5, 4, 4, True), Row(999, 999, 1, False)]
    mean = declared(Kind.MEAN, FORMS[3])
    assert sums_of(mean, rows) == Sums(
        above=(Fraction(30, 10) * Fraction(2, 100) + Fraction(5, 4) * Fraction(4, 100)) / 100,
        below=Fraction(6, 100),
        count=2,
    )
    assert FORMS[3](rows[2]) is None
    assert FORMS[3](rows[0]) == Part(30, 2, over=10, weight_over=100)


def test_a_mean_without_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="weight"):
        sums_of(declared(Kind.MEAN, FORMS[0]), [Row(1, 1, 1, True)])
