"""Workbooks as frozen values: books, sheets, cells and their styles, and sheets made of tables.

Declared here, written by ``core.documents.xlsx``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from renovation.core.documents.addresses import address, column_letter
from renovation.core.documents.blocks import (
    Block,
    Cell,
    Column,
    Kind,
    Mark,
    RowStyle,
    Table,
    Tone,
    Value,
)
from renovation.core.wording import PLATFORM

#: What XML, and with it a workbook, cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
            Kind.MOMENT: "yyyy-mm-dd hh:mm",
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
    """Numbers allowed in an area; ``whole`` for whole numbers; no bound where None. ``only_warns`` asks whether to go on
    where something else is typed, instead of refusing it: what is read may be more than a bare number (98.5万元)."""

    area: str
    minimum: Decimal | int = 0
    maximum: Decimal | int | None = None
    whole: bool = False
    only_warns: bool = False
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
    creator: str = PLATFORM
    subject: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    made_at: datetime = datetime(2020, 1, 1, tzinfo=UTC)


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """A name that Excel takes: 31 characters, none of ``[]:*?/\\``, not taken before."""
    base = re.sub(r"[\[\]:*?/\\]", "", CONTROL.sub("", text)).strip().strip("'")[:31] or "表"
    used = {name.casefold() for name in taken}
    name, number = base, 2
    while name.casefold() in used:
        tail = f"({number})"
        name, number = base[: 31 - len(tail)] + tail, number + 1
    return name


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
    # One object a style: by it the writer finds the number of the style.
    styles: dict[tuple[Role, Kind, int, Tone | None, bool], Style] = {}

    def styled(column: Column, cell: Cell, role: Role) -> SheetCell:
        column, value = column.of(cell), cell.value
        tone = value.tone if isinstance(value, Mark) else None
        look = (role, column.kind, column.places, tone, cell.pending)
        style = styles.get(look)
        if style is None:
            style = styles[look] = Style(*look)
        return SheetCell(column.rounded(value), style, cell.note)

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
                styled(column, cell, role)
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
