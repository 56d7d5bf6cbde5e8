"""Workbooks out: declared as frozen values, written by openpyxl, the same bytes every time.

Nothing that a person typed can become a formula: every text is stored as a text, and one that
begins like a formula is marked so that a later edit in Excel or WPS keeps it a text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from renovation.core.documents.addresses import address, column_letter
from renovation.core.documents.blocks import (
    Block,
    Kind,
    Mark,
    RowStyle,
    Table,
    Tone,
    Value,
)

if TYPE_CHECKING:
    from openpyxl.styles import NamedStyle
    from openpyxl.workbook import Workbook as OpenpyxlWorkbook

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EPOCH = (2020, 1, 1, 0, 0, 0)
_FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_TEXT = 32_767


class Role(StrEnum):
    """What a cell is in its sheet."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    NOTE = "note"
    HEAD = "head"
    HEAD_REQUIRED = "head-required"
    BODY = "body"
    GROUP = "group"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    LOCKED = "locked"
    """Filled in by the portal, not to be changed: grey, locked where the sheet is protected."""
    INPUT = "input"
    """To be filled in by a person: unlocked where the sheet is protected."""
    PLAIN = "plain"
    """No border, no fill."""


@dataclass(frozen=True)
class Style:
    """How a cell looks; equal styles are one named style of the workbook."""

    role: Role = Role.BODY
    kind: Kind = Kind.TEXT
    places: int = 0
    tone: Tone | None = None
    pending: bool = False

    @property
    def name(self) -> str:
        parts = [self.role.value, self.kind.value]
        if self.kind in {Kind.DECIMAL, Kind.CHANGE}:
            parts.append(str(self.places))
        if self.tone:
            parts.append(self.tone.value)
        if self.pending:
            parts.append("pending")
        return " ".join(parts)

    @property
    def number_format(self) -> str:
        decimals = "." + "0" * self.places if self.places else ""
        return {
            Kind.COUNT: "0",
            Kind.DECIMAL: f"0{decimals}",
            Kind.CHANGE: f"+0{decimals};\u22120{decimals};0{decimals}",
            Kind.DATE: "yyyy-mm-dd",
        }.get(self.kind, "@")


@dataclass(frozen=True)
class SheetCell:
    """A value with its style; ``comment`` is shown when the pointer rests on it."""

    value: Value = None
    style: Style = Style()
    comment: str = ""


class Paper(StrEnum):
    A4 = "A4"
    A3 = "A3"


class SheetState(StrEnum):
    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


@dataclass(frozen=True)
class Choices:
    """A list of allowed words for an area (``area`` as "F5:F40")."""

    area: str
    values: tuple[str, ...]
    message: str = "请从列表中选择。"


@dataclass(frozen=True)
class Bounds:
    """Numbers allowed in an area; ``whole`` for whole numbers; no bound where None."""

    area: str
    minimum: Decimal | int = 0
    maximum: Decimal | int | None = None
    whole: bool = False
    message: str = "请填写允许范围内的数字。"


@dataclass(frozen=True)
class Sheet:
    """One sheet, ready to be written.

    ``widths`` are in Chinese characters; ``heights`` row number → points; ``merged`` areas as
    "A1:F1"; ``freeze`` the first cell that scrolls; ``repeat_rows`` the rows printed on every page
    ("1:4"); ``filter_area`` gets filter buttons; ``protected`` locks every cell whose role is not
    INPUT. Header and footer texts stand left, centre, right; page numbers are always printed.
    """

    name: str
    rows: tuple[tuple[SheetCell | None, ...], ...]
    widths: tuple[float, ...] = ()
    heights: Mapping[int, float] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    freeze: str = ""
    repeat_rows: str = ""
    filter_area: str = ""
    paper: Paper = Paper.A4
    landscape: bool = False
    state: SheetState = SheetState.VISIBLE
    protected: bool = False
    choices: tuple[Choices, ...] = ()
    bounds: tuple[Bounds, ...] = ()
    footer_left: str = ""
    footer_right: str = ""


@dataclass(frozen=True)
class Book:
    """A workbook: sheets in order and its document properties.

    ``properties`` become custom properties (the digest of a paper's snapshot is ``{"digest": …}``);
    ``made_at`` is the moment that the file claims, so that the same snapshot gives the same bytes.
    """

    sheets: tuple[Sheet, ...]
    title: str = ""
    creator: str = "老旧小区改造调度平台"
    subject: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    made_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)


def write_workbook(book: Book) -> bytes:
    """The .xlsx of a book; the same book gives the same bytes.

    Raises ValueError for a sheet name that Excel does not take (see `sheet_name`).
    """
    import openpyxl
    from openpyxl.packaging.custom import StringProperty

    workbook = openpyxl.Workbook(write_only=True)
    styles = _Styles(workbook)
    for sheet in book.sheets:
        if sheet_name(sheet.name) != sheet.name:
            raise ValueError(f"not a sheet name: {sheet.name!r}")
        _write_sheet(workbook, sheet, styles)
    properties = workbook.properties
    properties.title = clean_text(book.title)
    properties.creator = properties.lastModifiedBy = clean_text(book.creator)
    properties.subject = clean_text(book.subject)
    properties.language = "zh-CN"
    for name, value in book.properties.items():
        workbook.custom_doc_props.append(StringProperty(name=name, value=clean_text(value)))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return fixed_bytes(buffer.getvalue(), book.made_at)


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """A name that Excel takes: 31 characters, none of ``[]:*?/\\``, not taken before."""
    base = re.sub(r"[\[\]:*?/\\]", "", _CONTROL.sub("", text)).strip().strip("'")[:31] or "表"
    used = {name.casefold() for name in taken}
    name, number = base, 2
    while name.casefold() in used:
        tail = f"({number})"
        name, number = base[: 31 - len(tail)] + tail, number + 1
    return name


def clean_text(text: str) -> str:
    """The text without the control characters that XML refuses, as long as a cell allows."""
    return _CONTROL.sub("", text)[:_LONGEST_TEXT]


def put_value(cell: Any, value: Value | bool | float | datetime) -> None:
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
    if text.startswith(_FORMULA_LIKE):
        cell.quotePrefix = True


def fixed_bytes(data: bytes, made_at: datetime) -> bytes:
    """The same zip with fixed dates, order kept, and ``made_at`` as created and modified."""
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
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            target.writestr(entry, content, compresslevel=6)
    return buffer.getvalue()


# -- from blocks ---------------------------------------------------------------------------------


def sheet_from_table(
    table: Table,
    *,
    title: str = "",
    subtitles: Sequence[str] = (),
    name: str = "",
    paper: Paper = Paper.A4,
    landscape: bool = True,
    fixed_columns: int = 1,
    filters: bool = False,
    footer_left: str = "",
    footer_right: str = "",
) -> Sheet:
    """A styled sheet of a table: title, head, rows, totals, notes.

    Head rows are repeated on every printed page, head and the first ``fixed_columns`` columns stay
    in view. Numbers are stored as shown, an absent one is an empty cell, a mark is “● 正常”.
    """
    count = len(table.columns)
    rows: list[tuple[SheetCell | None, ...]] = []
    merged: list[str] = []
    heights: dict[int, float] = {}

    def line(text: str, role: Role, height: float) -> None:
        rows.append((SheetCell(text, Style(role)),))
        heights[len(rows)] = height
        if count > 1:
            merged.append(f"A{len(rows)}:{address(len(rows), count)}")

    if title or table.caption:
        line(title or table.caption, Role.TITLE, 36)
    for text in (*subtitles, *((f"单位：{table.unit}",) if table.unit else ())):
        line(text, Role.SUBTITLE, 20)
    first_head = len(rows) + 1
    _add_head(table, rows, merged, heights)
    last_head = len(rows)
    for each in table.all_rows:
        role = Role(each.style.value)
        if each.style is RowStyle.GROUP:
            style = Style(Role.GROUP)
            rows.append(
                (SheetCell(each.cells[0].value, style), *[SheetCell(None, style)] * (count - 1))
            )
            merged.append(f"A{len(rows)}:{address(len(rows), count)}")
            continue
        rows.append(
            tuple(
                SheetCell(
                    column.rounded(cell.value),
                    Style(
                        role,
                        column.kind,
                        column.places,
                        cell.value.tone if isinstance(cell.value, Mark) else None,
                        cell.pending,
                    ),
                    cell.note,
                )
                for column, cell in zip(table.columns, each.cells, strict=True)
            )
        )
    last_row = len(rows)
    for note in table.notes:
        line(note, Role.NOTE, 18)
    return Sheet(
        name=sheet_name(name or table.name or table.caption or title),
        rows=tuple(rows),
        widths=tuple(column.width for column in table.columns),
        heights=heights,
        merged=tuple(merged),
        freeze=address(last_head + 1, fixed_columns + 1),
        repeat_rows=f"{first_head}:{last_head}",
        filter_area=f"A{last_head}:{address(last_row, count)}" if filters else "",
        paper=paper,
        landscape=landscape,
        footer_left=footer_left,
        footer_right=footer_right,
    )


def sheets_from_blocks(blocks: Iterable[Block], **options: Any) -> tuple[Sheet, ...]:
    """One sheet for each table among the blocks, named apart; options as `sheet_from_table`."""
    sheets: list[Sheet] = []
    for block in blocks:
        if isinstance(block, Table):
            name = sheet_name(block.name or block.caption or "表", (s.name for s in sheets))
            sheets.append(sheet_from_table(block, name=name, **options))
    return tuple(sheets)


def _add_head(
    table: Table,
    rows: list[tuple[SheetCell | None, ...]],
    merged: list[str],
    heights: dict[int, float],
) -> None:
    style = Style(Role.HEAD)
    columns = table.columns
    if not any(column.group for column in columns):
        rows.append(tuple(SheetCell(column.title, style) for column in columns))
        heights[len(rows)] = 32
        return
    top = len(rows) + 1
    upper: list[SheetCell] = []
    lower: list[SheetCell] = []
    for index, column in enumerate(columns, start=1):
        begins = index == 1 or columns[index - 2].group != column.group or not column.group
        upper.append(SheetCell((column.group or column.title) if begins else None, style))
        lower.append(SheetCell(column.title if column.group else None, style))
        if not column.group:
            letter = column_letter(index)
            merged.append(f"{letter}{top}:{letter}{top + 1}")
        elif begins:
            last = index
            while last < len(columns) and columns[last].group == column.group:
                last += 1
            if last > index:
                merged.append(f"{address(top, index)}:{address(top, last)}")
    rows.extend((tuple(upper), tuple(lower)))
    heights[top] = heights[top + 1] = 26


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
    """The named styles of one workbook, made when first used."""

    def __init__(self, workbook: OpenpyxlWorkbook) -> None:
        self._workbook = workbook
        self._arrays: dict[Style, Any] = {}

    def array(self, style: Style, cell: Any) -> Any:
        """The style array for a cell; shared by all cells of the style."""
        known = self._arrays.get(style)
        if known is None:
            self._workbook.add_named_style(_named(style))
            cell.style = style.name
            known = self._arrays[style] = cell._style
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
    elif style.kind in {Kind.LABEL, Kind.DATE, Kind.MARK}:
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


def _write_sheet(workbook: OpenpyxlWorkbook, sheet: Sheet, styles: _Styles) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.comments import Comment

    target: Any = workbook.create_sheet(sheet.name)
    _set_up(target, sheet)
    for row in sheet.rows:
        cells: list[Any] = []
        for each in row:
            if each is None:
                cells.append(None)
                continue
            cell = WriteOnlyCell(target)
            cell._style = styles.array(each.style, cell)
            if isinstance(each.value, str) and each.value.startswith(_FORMULA_LIKE):
                cell._style = copy(cell._style)
            put_value(cell, each.value)
            if isinstance(each.value, date | datetime):
                cell._style = styles.array(each.style, cell)
            if each.comment:
                cell.comment = Comment(clean_text(each.comment), "平台", height=90, width=280)
            cells.append(cell)
        target.append(cells)
    # Merged areas and validations are written at the end of the part, so they can be set here.
    # A plain list, since openpyxl's own set would be written in an order that changes from run to run.
    target.merged_cells = list(sheet.merged)
    _add_validations(target, sheet)


def _set_up(target: Any, sheet: Sheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    target.sheet_state = sheet.state.value
    for index, width in enumerate(sheet.widths, start=1):
        target.column_dimensions[column_letter(index)].width = width * 2 + 1
    for number, height in sheet.heights.items():
        target.row_dimensions[number].height = height
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
        )
        _say(rule, bounds.area, bounds.message)
        target.data_validations.append(rule)


def _say(rule: Any, area: str, message: str) -> None:
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "填写有误", message
    rule.prompt = message
    rule.add(area)
