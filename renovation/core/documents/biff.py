"""The same facts of an .xls or .et (BIFF8): formulas, percentages, and how far cells reach.

Read from the records of the workbook stream ([MS-XLS] 2.3 and 2.4); best effort, since an older or
odd stream simply yields fewer facts.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from renovation.core.documents.ooxml import SheetFacts, is_percent_format

_BOF, _EOF, _BOUND_SHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_FORMULA, _NUMBER, _RK, _MULTIPLE_RK = 0x0006, 0x0203, 0x027E, 0x00BD
_LABEL, _LABEL_SHARED, _BOOL_OR_ERROR = 0x0204, 0x00FD, 0x0205
_CELLS = {_FORMULA, _NUMBER, _RK, _LABEL, _LABEL_SHARED, _BOOL_OR_ERROR}
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Record kinds and bodies from ``offset`` to the end of its substream."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, offset)
        yield kind, stream[offset + 4 : offset + 4 + size]
        offset += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return


def _text(data: bytes, count: int, flags: int) -> str:
    if flags & 1:
        return data[: count * 2].decode("utf-16-le", "replace")
    return data[:count].decode("latin-1")


def book_facts(stream: bytes) -> dict[str, SheetFacts]:
    """Sheet name → facts; {} where the stream is not BIFF8."""
    try:
        return _book_facts(stream)
    except (struct.error, IndexError):
        return {}


def _book_facts(stream: bytes) -> dict[str, SheetFacts]:
    percent_formats, formats, sheets = {9, 10}, [], []
    for kind, body in _records(stream, 0):
        if kind == _BOUND_SHEET:
            offset, _, _, count, flags = struct.unpack_from("<IBBBB", body)
            sheets.append((_text(body[8:], count, flags), offset))
        elif kind == _FORMAT:
            number, count, flags = struct.unpack_from("<HHB", body)
            if is_percent_format(_text(body[5:], count, flags)):
                percent_formats.add(number)
        elif kind == _XF:
            formats.append(struct.unpack_from("<H", body, 2)[0])
    percents = {index for index, number in enumerate(formats) if number in percent_formats}
    return {name: _sheet_facts(stream, offset, percents) for name, offset in sheets}


def _sheet_facts(stream: bytes, offset: int, percents: set[int]) -> SheetFacts:
    facts = SheetFacts()

    def reach(row: int, column: int, style: int) -> None:
        facts.last_row = max(facts.last_row, row + 1)
        facts.last_column = max(facts.last_column, column + 1)
        if style in percents:
            facts.percents.add((row + 1, column + 1))

    for kind, body in _records(stream, offset):
        if kind in _CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            reach(row, column, style)
            if kind == _FORMULA:
                facts.formulas.add((row + 1, column + 1))
            elif kind == _BOOL_OR_ERROR and body[7] == 1:
                facts.errors[row + 1, column + 1] = _ERRORS.get(body[6], "#N/A")
        elif kind == _MULTIPLE_RK:
            row, first = struct.unpack_from("<HH", body)
            for index in range((len(body) - 6) // 6):
                reach(row, first + index, struct.unpack_from("<H", body, 4 + index * 6)[0])
    return facts
