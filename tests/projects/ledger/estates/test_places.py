"""Coordinates and outlines: held within the district's box, said in words where they are not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.ledger.parameters import DISTRICT_BOX
from projects.ledger.places import centre, check_inside, outline_text, parse_box, parse_outline
from renovation.core.errors import Refusal

BOX = parse_box("36.30, 117.60, 36.90, 118.30")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("36.3 117.6 36.9", "box.unreadable"),
        ("36.9,117.6,36.3,118.3", "box.empty"),
        ("36.3,118.3,36.9,117.6", "box.empty"),
        ("36.3,117.6,96.9,118.3", "box.empty"),
    ],
)
def test_a_box_that_is_none_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_box(typed)
    assert caught.value.code == code


def test_the_boxs_stored_text_reads_back_to_itself() -> None:
    assert DISTRICT_BOX.read(DISTRICT_BOX.store(BOX)) == BOX


def test_a_place_outside_is_refused_and_turned_numbers_are_told() -> None:
    check_inside((Decimal("36.9"), Decimal("118.3")), BOX, field="latitude")  # edges count
    with pytest.raises(Refusal) as caught:
        check_inside((Decimal("117.95"), Decimal("36.64")), BOX, field="latitude")
    assert caught.value.message == "纬度和经度填反了，请对调。"
    with pytest.raises(Refusal) as caught:
        check_inside((Decimal("36.91"), Decimal("118")), BOX, field="latitude")
    assert (caught.value.code, caught.value.field) == ("place.outside", "latitude")


def test_an_outline_is_pasted_as_it_comes() -> None:
    typed = "３６.6400，117.9500\n\n36.6410, 117.9500\n36.6410\t117.9520\n36.6400 117.9500\n"
    assert parse_outline(typed, box=BOX) == [
        ["36.640000", "117.950000"],
        ["36.641000", "117.950000"],
        ["36.641000", "117.952000"],
    ]
    assert parse_outline(" \n", box=BOX) == []


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ("36.64,117.95\n东南角", "outline.line", "第 2 行"),
        ("36.64,117.95\n36.65,117.95", "outline.few", "至少要三个点"),
        ("36.64,117.95\n36.65,117.95\n30.64,117.95", "place.outside", "不在本区范围内"),
        ("\n".join(["36.64,117.95", "36.65,117.96"] * 101), "outline.many", "最多 200 个点"),
    ],
)
def test_an_outline_that_is_none_is_refused(typed: str, code: str, says: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_outline(typed, box=BOX)
    assert (caught.value.code, caught.value.field) == (code, "outline")
    assert says in caught.value.message


@given(
    st.lists(
        st.tuples(st.integers(36_300_000, 36_900_000), st.integers(117_600_000, 118_300_000)),
        min_size=3,
        max_size=20,
        unique=True,
    )
)
def test_what_is_shown_reads_back(points: list[tuple[int, int]]) -> None:
    corners = [[f"{Decimal(part) / 1_000_000:.6f}" for part in point] for point in points]
    assert parse_outline(outline_text(corners), box=BOX) == corners


def test_the_middle_of_an_outline() -> None:
    assert centre([]) is None
    square = [["36.0", "117.0"], ["36.0", "118.0"], ["37.0", "118.0"], ["37.0", "117.0"]]
    assert centre(square) == (Decimal("36.500000"), Decimal("117.500000"))
