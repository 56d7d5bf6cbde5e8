"""Workbooks out: declared as frozen values, written by openpyxl, the same bytes every time.

Nothing that a person typed can become a formula: every text is stored as a text, and one that
begins like a formula is marked so that a later edit in Excel or WPS keeps it a text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from renovation.core.documents.addresses import column_letter
from renovation.core.documents.blocks import Kind, Mark, Tone, Value
from renovation.core.documents.rows import FORMULA_LIKE, clean_text, sheet_data
from renovation.core.documents.sheets import (
    Book,
    Bounds,
    Choices,
    Paper,
    Role,
    Sheet,
    SheetCell,
    SheetState,
    Style,
    sheet_from_table,
    sheet_name,
    sheets_from_blocks,
)

if TYPE_CHECKING:
    from openpyxl.styles import NamedStyle
    from openpyxl.workbook import Workbook as OpenpyxlWorkbook

#: What a caller declares (``core.documents.sheets``) and what it does with it, in one place.
__all__ = [
    "CONTENT_TYPE",
    "Book",
    "Bounds",
    "Choices",
    "Paper",
    "Role",
    "Sheet",
    "SheetCell",
    "SheetState",
    "Style",
    "clean_text",
    "fixed_bytes",
    "put_value",
    "sheet_from_table",
    "sheet_name",
    "sheets_from_blocks",
    "write_workbook",
]

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EPOCH = (2020, 1, 1, 0, 0, 0)
#: Where openpyxl leaves room for the rows of a sheet that it was given none of.
_NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData></sheetData>")


def write_workbook(book: Book) -> bytes:
    """The .xlsx of a book; the same book gives the same bytes.

    Raises ValueError for a sheet name that Excel does not take (see `sheet_name`).
    """
    import openpyxl
    from openpyxl.packaging.custom import StringProperty

    workbook: Any = openpyxl.Workbook(write_only=True)
    styles = _Styles(workbook)
    rows: dict[str, bytes] = {}
    for number, sheet in enumerate(book.sheets, start=1):
        if sheet_name(sheet.name) != sheet.name:
            raise ValueError(f"not a sheet name: {sheet.name!r}")
        target = _start_sheet(workbook, sheet)
        styles.home = target
        rows[f"xl/worksheets/sheet{number}.xml"] = sheet_data(sheet, styles.number)
        _add_comments(target, sheet)
    properties = workbook.properties
    properties.title = clean_text(book.title)
    properties.creator = properties.lastModifiedBy = clean_text(book.creator)
    properties.subject = clean_text(book.subject)
    properties.language = "zh-CN"
    for name, value in book.properties.items():
        workbook.custom_doc_props.append(StringProperty(name=name, value=clean_text(value)))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return fixed_bytes(buffer.getvalue(), book.made_at, rows)


def put_value(cell: Any, value: Value | float | time | timedelta) -> None:
    """Put a value into an openpyxl cell; a text is a text, whatever it begins with."""
    if isinstance(value, Mark):
        value = str(value)
    if not isinstance(value, str):
        cell.value = value
        return
    text = clean_text(value)
    if not text:
        return
    cell.value = text
    cell.data_type = "s"
    if text.startswith(FORMULA_LIKE):
        cell.quotePrefix = True


def fixed_bytes(data: bytes, made_at: datetime, rows: Mapping[str, bytes] | None = None) -> bytes:
    """The same zip with fixed dates, order kept, and ``made_at`` as created and modified; ``rows`` are put into
    sheets that have none, by the name of the part. Raises ValueError where there is no room for them."""
    moment = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(W3CDTF\">)[^<]*", rb"\g<1>" + moment, content)
            if rows is not None and name in rows:
                before, *after = _NO_ROWS.split(content)
                if len(after) != 1:
                    raise ValueError(f"{name} has rows of its own")
                content = b"".join((before, rows[name], after[0]))
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            target.writestr(entry, content, compresslevel=6)
    return buffer.getvalue()


# -- writing -------------------------------------------------------------------------------------

_PAPER_SIZES = {Paper.A4: 9, Paper.A3: 8}
_TONES = {
    Tone.GREEN: "1F7A4A",
    Tone.OCHRE: "B06A00",
    Tone.RED: "B8281A",
    Tone.GREY: "626D79",
}
_FILLS = {
    Role.HEAD: "EAF0F7",
    Role.HEAD_REQUIRED: "FFF3D6",
    Role.GROUP: "F5F7F9",
    Role.SUBTOTAL: "F5F7F9",
    Role.TOTAL: "EAF0F7",
    Role.LOCKED: "F0F2F4",
}
_BARE = {Role.TITLE, Role.SUBTITLE, Role.NOTE, Role.PLAIN}
_BOLD = {Role.HEAD, Role.HEAD_REQUIRED, Role.GROUP, Role.SUBTOTAL, Role.TOTAL}


class _Styles:
    """The named styles of one workbook, made when first used; ``home`` is the sheet that asks."""

    def __init__(self, workbook: OpenpyxlWorkbook) -> None:
        self._workbook = workbook
        self._numbers: dict[tuple[Style, bool], int] = {}
        self.home: Any = None

    def number(self, style: Style, is_quoted: bool) -> int:
        """The number of a style among the workbook's formats; a quoted one keeps a text a text."""
        from openpyxl.cell import WriteOnlyCell

        known = self._numbers.get((style, is_quoted))
        if known is None:
            if (style, not is_quoted) not in self._numbers:
                self._workbook.add_named_style(_named(style))
            cell: Any = WriteOnlyCell(self.home)
            cell.style = style.name
            if is_quoted:
                cell.quotePrefix = True
            known = self._numbers[style, is_quoted] = cell.style_id
        return known


def _named(style: Style) -> NamedStyle:
    from openpyxl.styles import (
        Alignment,
        Border,
        Font,
        NamedStyle,
        PatternFill,
        Protection,
        Side,
    )

    role = style.role
    if role is Role.TITLE:
        font = Font(name="方正小标宋简体", size=18)
    elif style.tone:
        font = Font(name="宋体", size=10.5, bold=True, color=_TONES[style.tone])
    else:
        font = Font(
            name="黑体" if role in {Role.HEAD, Role.HEAD_REQUIRED} else "宋体",
            size=10.5,
            bold=role in _BOLD,
            italic=style.pending,
        )
    if role in {Role.TITLE, Role.HEAD, Role.HEAD_REQUIRED}:
        horizontal = "center"
    elif role is Role.SUBTITLE or style.kind.is_number:
        horizontal = "right"
    elif style.kind in {Kind.LABEL, Kind.DATE, Kind.MOMENT, Kind.MARK}:
        horizontal = "center"
    else:
        horizontal = "left"
    named = NamedStyle(
        name=style.name,
        font=font,
        alignment=Alignment(
            horizontal=horizontal, vertical="center", wrap_text=not style.kind.is_number
        ),
        number_format=style.number_format,
        protection=Protection(locked=role is not Role.INPUT),
    )
    if role not in _BARE:
        side = Side(style="thin", color="7B8794")
        named.border = Border(left=side, right=side, top=side, bottom=side)
    if role in _FILLS:
        named.fill = PatternFill("solid", start_color=_FILLS[role], end_color=_FILLS[role])
    return named


def _start_sheet(workbook: OpenpyxlWorkbook, sheet: Sheet) -> Any:
    """The sheet as openpyxl writes it, with everything but its rows."""
    target: Any = workbook.create_sheet(sheet.name)
    _set_up(target, sheet)
    # Merged areas and validations are written at the end of the part, so they can be set here.
    # A plain list, since openpyxl's own set would be written in an order that changes from run to run.
    target.merged_cells = list(sheet.merged)
    _add_validations(target, sheet)
    return target


def _add_comments(target: Any, sheet: Sheet) -> None:
    """What is said when the pointer rests on a cell: openpyxl keeps it in parts beside the sheet."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment
    from openpyxl.comments.comment_sheet import CommentRecord

    target._get_writer()  # which begins with an empty list of comments
    for number, row in enumerate(sheet.rows, start=1):
        for place, each in enumerate(row, start=1):
            if each is not None and each.comment:
                cell: Any = WriteOnlyCell(target)
                cell.column, cell.row = place, number
                cell.comment = Comment(clean_text(each.comment), "平台", height=90, width=280)
                target._comments.append(CommentRecord.from_cell(cell))


def _set_up(target: Any, sheet: Sheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    target.sheet_state = sheet.state.value
    for index, width in enumerate(sheet.widths, start=1):
        target.column_dimensions[column_letter(index)].width = width * 2 + 1
    if sheet.freeze:
        target.freeze_panes = sheet.freeze
    if sheet.repeat_rows:
        target.print_title_rows = sheet.repeat_rows
    if sheet.filter_area:
        target.auto_filter.ref = sheet.filter_area
    target.sheet_view.showGridLines = sheet.state is not SheetState.VISIBLE
    target.page_setup.paperSize = _PAPER_SIZES[sheet.paper]
    target.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    target.page_setup.fitToWidth, target.page_setup.fitToHeight = 1, 0
    target.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    target.print_options.horizontalCentered = True
    margins = target.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.footer = 0.6, 0.7, 0.35
    target.oddFooter.left.text = sheet.footer_left.replace("&", "&&") or None
    target.oddFooter.center.text = "第 &P 页，共 &N 页"
    target.oddFooter.right.text = sheet.footer_right.replace("&", "&&") or None
    if sheet.protected:
        target.protection.sheet = True
        target.protection.formatColumns = target.protection.formatRows = False


def _add_validations(target: Any, sheet: Sheet) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    for choices in sheet.choices:
        words = ",".join(choices.values)
        rule = DataValidation("list", formula1=f'"{words}"', allow_blank=True)
        _say(rule, choices.area, choices.message)
        target.data_validations.append(rule)
    for bounds in sheet.bounds:
        open_ended = bounds.maximum is None
        rule = DataValidation(
            "whole" if bounds.whole else "decimal",
            operator="greaterThanOrEqual" if open_ended else "between",
            formula1=str(bounds.minimum),
            formula2=None if open_ended else str(bounds.maximum),
            allow_blank=True,
            errorStyle="warning" if bounds.only_warns else None,
        )
        _say(rule, bounds.area, bounds.message)
        target.data_validations.append(rule)


def _say(rule: Any, area: str, message: str) -> None:
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "填写有误", message
    rule.prompt = message
    rule.add(area)
