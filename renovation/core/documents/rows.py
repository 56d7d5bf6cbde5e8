"""The rows of a sheet as the XML of a workbook (ECMA-376, part 1, 18.3.1): what openpyxl would write, in a
fifth of its time.

A street's workbook has forty thousand cells; openpyxl builds an element for each, with its attributes, and
serialises it. Here a row is one text. Everything around the rows is openpyxl's: ``core.documents.xlsx`` lets it
write the sheet without them and puts them in. The tests compare both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .addresses import column_letter
from .blocks import Mark
from .sheets import CONTROL, Sheet, SheetCell, Style

#: What a text may begin with that Excel takes for a formula when somebody edits it.
FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 32_767
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

#: The number of a style in the workbook; whether its cell is marked as a text that looks like a formula.
Numbered = Callable[[Style, bool], int]


def clean_text(text: str) -> str:
    """The text without the control characters that XML refuses, as long as a cell allows."""
    return CONTROL.sub("", text)[:LONGEST_TEXT]


def sheet_data(sheet: Sheet, numbered: Numbered) -> bytes:
    """The element ``sheetData`` of a sheet."""
    return f"<sheetData>{''.join(_rows(sheet, numbered))}</sheetData>".encode()


def _rows(sheet: Sheet, numbered: Numbered) -> Iterator[str]:
    letters = [column_letter(place) for place in range(1, _width(sheet) + 1)]
    # Cells of a column share a style object, so its number is found without comparing styles.
    numbers: dict[int, int] = {}
    for number, row in enumerate(sheet.rows, start=1):
        height = sheet.heights.get(number)
        opening = "" if height is None else f' ht="{height:.16g}" customHeight="1"'
        yield f'<row r="{number}"{opening}>'
        for letter, cell in zip(letters, row, strict=False):
            if cell is None:
                continue
            style = numbers.get(id(cell.style))
            if style is None:
                style = numbers[id(cell.style)] = numbered(cell.style, False)
            value = cell.value
            if value is None or value == "":
                yield f'<c r="{letter}{number}" s="{style}"/>'
            elif isinstance(value, str | Mark):
                yield _text(f"{letter}{number}", style, cell, numbered)
            elif isinstance(value, bool):
                yield f'<c r="{letter}{number}" s="{style}" t="b"><v>{value:d}</v></c>'
            elif isinstance(value, int | float | Decimal):
                yield f'<c r="{letter}{number}" s="{style}"><v>{value:.16g}</v></c>'
            else:
                yield f'<c r="{letter}{number}" s="{style}"><v>{_serial(value):.16g}</v></c>'
        yield "</row>"


def _width(sheet: Sheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def _text(address: str, style: int, cell: SheetCell, numbered: Numbered) -> str:
    """A text is a text, whatever it begins with."""
    text = clean_text(str(cell.value))
    if text.startswith(FORMULA_LIKE):
        style = numbered(cell.style, True)
    if not text:
        return f'<c r="{address}" s="{style}"/>'
    stripped = text.strip()
    space = ' xml:space="preserve"' if stripped and stripped != text else ""
    return (
        f'<c r="{address}" s="{style}" t="inlineStr"><is><t{space}>'
        f"{text.translate(_ESCAPED)}</t></is></c>"
    )


def _serial(value: object) -> float:
    """A day or a moment as a workbook counts them. Raises TypeError for one with a time zone, and for what no
    cell can hold."""
    from openpyxl.utils.datetime import to_excel

    if not isinstance(value, date | time | timedelta):
        raise TypeError(f"no cell can hold {value!r}")
    if isinstance(value, datetime | time) and value.tzinfo is not None:
        raise TypeError("a workbook knows no time zones")
    serial: float = to_excel(value)  # type: ignore[no-untyped-call]
    return serial
