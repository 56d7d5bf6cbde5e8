"""A faulty workbook handed back with its faults at their cells."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from renovation.core.documents.addresses import parse_address
from renovation.core.documents.reading import ReadWorkbook, Visibility, read_workbook
from renovation.core.documents.xlsx import clean_text, fixed_bytes, put_value
from renovation.core.errors import Fault, Severity

AUTHOR = "平台核对"
FAULT_SHEET = "核对结果"
_HEADERS = ("级别", "工作表", "单元格", "列", "问题", "查到", "应为", "规则")
_WIDTHS = (8, 12, 10, 22, 60, 24, 30, 26)
_COLOURS = {Severity.ERROR: "F4B6AE", Severity.REASON: "FBE0A8", Severity.NOTICE: "CFE0F3"}
_MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)


def annotate(data: bytes, filename: str, faults: Sequence[Fault]) -> bytes:
    """An .xlsx copy of a workbook: bad cells coloured and commented, all faults listed.

    The list stands on its own sheet 核对结果, with what has no cell; marks of an earlier copy are
    taken off first. Formulas stay as they are and are not computed, macros and outside links are
    left behind. An .xls or .et, and an .xlsx that openpyxl cannot take, is rebuilt from its values.
    Raises Refusal as `read_workbook` does.
    """
    original = read_workbook(data, filename)
    book = _open(data, original)
    _clear_marks(book)
    by_cell: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        if fault.sheet and fault.cell:
            by_cell.setdefault((fault.sheet, fault.cell), []).append(fault)
    for (sheet, cell), found in by_cell.items():
        if sheet in book.sheetnames:
            _mark(book[sheet], cell, found)
    _list_faults(book, faults)
    buffer = io.BytesIO()
    book.save(buffer)
    return fixed_bytes(buffer.getvalue(), _MADE_AT)


def _open(data: bytes, original: ReadWorkbook) -> Any:
    import openpyxl

    if data.startswith(b"PK"):
        try:
            return openpyxl.load_workbook(io.BytesIO(data), keep_vba=False, keep_links=False)
        except Exception:  # openpyxl refuses what Excel and calamine read: rebuild it
            return _rebuilt(original)
    return _rebuilt(original)


def _rebuilt(original: ReadWorkbook) -> Any:
    """A plain workbook with the same values at the same places."""
    import openpyxl

    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in original.sheets:
        target = book.create_sheet(sheet.name)
        target.sheet_state = sheet.visibility.value
        for _, cells in sheet:
            for cell in cells:
                if cell is None:
                    continue
                place = target.cell(cell.row, cell.column)
                put_value(place, cell.error or cell.value)
                if cell.is_percent:
                    place.number_format = "0.0%"
        for area in sheet.merged:
            target.merge_cells(area.address)
    if not any(s.visibility is Visibility.VISIBLE for s in original.sheets):
        book.create_sheet("表")
    return book


def _clear_marks(book: Any) -> None:
    from openpyxl.styles import PatternFill

    if FAULT_SHEET in book.sheetnames:
        book.remove(book[FAULT_SHEET])
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.comment is not None and cell.comment.author == AUTHOR:
                    cell.comment = None
                    cell.fill = PatternFill()


def _mark(sheet: Any, place: str, faults: Sequence[Fault]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    row, column = parse_address(place)
    cell = sheet.cell(row, column)
    for area in sheet.merged_cells.ranges:
        if cell.coordinate in area:
            cell = sheet.cell(area.min_row, area.min_col)
    worst = min(faults, key=lambda fault: list(Severity).index(fault.severity)).severity
    cell.fill = PatternFill("solid", start_color=_COLOURS[worst], end_color=_COLOURS[worst])
    lines = [cell.comment.text] if cell.comment is not None else []
    for fault in faults:
        lines.append(f"【{fault.severity.label}】{fault.message}")
        if fault.expected:
            lines.append(f"应为：{fault.expected}")
    text = clean_text("\n".join(lines))
    cell.comment = Comment(text, AUTHOR, height=60 + 18 * len(lines), width=320)


def _list_faults(book: Any, faults: Sequence[Fault]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet = book.create_sheet(FAULT_SHEET)
    for column, (header, width) in enumerate(zip(_HEADERS, _WIDTHS, strict=True), start=1):
        cell = sheet.cell(1, column)
        put_value(cell, header)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for row, fault in enumerate(faults, start=2):
        values = (
            fault.severity.label, fault.sheet, fault.cell, fault.column,
            fault.message, fault.found, fault.expected, fault.code,
        )  # fmt: skip
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            put_value(cell, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        colour = _COLOURS[fault.severity]
        sheet.cell(row, 1).fill = PatternFill("solid", start_color=colour, end_color=colour)
    sheet.freeze_panes = "A2"
