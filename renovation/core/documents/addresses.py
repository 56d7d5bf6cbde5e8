"""Cell addresses as a workbook shows them ("F7"); rows and columns count from 1."""

from __future__ import annotations

import re
from functools import lru_cache

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")


@lru_cache(maxsize=1024)
def column_letter(column: int) -> str:
    """1 → "A", 27 → "AA". Raises ValueError below 1."""
    if column < 1:
        raise ValueError(f"columns count from 1, not {column}")
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """ "A" → 1, "AA" → 27. Raises ValueError for anything but letters."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(f"not a column: {letters!r}")
        number = number * 26 + ord(letter) - ord("A") + 1
    if not number:
        raise ValueError("a column has at least one letter")
    return number


def address(row: int, column: int) -> str:
    """(7, 6) → "F7"."""
    if row < 1:
        raise ValueError(f"rows count from 1, not {row}")
    return f"{column_letter(column)}{row}"


def parse_address(text: str) -> tuple[int, int]:
    """ "F7" or "$F$7" → (7, 6): row, column. Raises ValueError otherwise."""
    match = _ADDRESS.match(text)
    if match is None:
        raise ValueError(f"not a cell address: {text!r}")
    return int(match[2]), column_number(match[1])


def range_address(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """(1, 1, 2, 3) → "A1:C2"; a single cell stays a single address."""
    start, end = address(first_row, first_column), address(last_row, last_column)
    return start if start == end else f"{start}:{end}"
