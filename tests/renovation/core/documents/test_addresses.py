"""Cell addresses, both ways."""

import pytest

from renovation.core.documents.addresses import (
    address,
    column_letter,
    column_number,
    parse_address,
    range_address,
)


@pytest.mark.parametrize(
    ("number", "letters"),
    [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (16384, "XFD")],
)
def test_columns_both_ways(number, letters):
    assert column_letter(number) == letters
    assert column_number(letters) == number


def test_addresses_both_ways():
    assert address(7, 6) == "F7"
    assert parse_address("F7") == (7, 6)
    assert parse_address("$AB$12") == (12, 28)
    assert range_address(1, 1, 2, 3) == "A1:C2"
    assert range_address(4, 2, 4, 2) == "B4"


@pytest.mark.parametrize("text", ["", "7F", "F0", "F", "7", "F7:G8", "甲1", "ABCD1"])
def test_what_is_no_address(text):
    with pytest.raises(ValueError):
        parse_address(text)


def test_counting_begins_at_one():
    for act in (lambda: address(0, 1), lambda: address(1, 0), lambda: column_number("")):
        with pytest.raises(ValueError):
            act()
