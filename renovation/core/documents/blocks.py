"""What a document says: typed blocks that page, PDF and workbook render alike.

A compile function fills these frozen values once; ``templates/papers/blocks.html`` renders them as
HTML (page and PDF), ``core.documents.xlsx.sheet_from_table`` as a sheet. A number is given exact
and is rounded once, here, when it is shown (MEASURES.md, ground rules): ROUND_HALF_UP to the
places of its column, “−” for minus, “—” for no number; the workbook holds that rounded number,
an empty cell for none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from renovation.core.calendar import local_clock
from renovation.core.measures import NO_NUMBER, format_decimal, round_half_up

#: A figure and the unit behind it: 2025年, 76.4%, −3.6个(百分点), 3268.50万元, 24.18万㎡, 2404户. Of a long
#: unit only the first word is held, so that a line does not end far before its measure.
_FIGURE = re.compile(
    r"([−+]?\d[\d.]*(?:[万亿]?㎡|[万亿]?平方米|[万亿]?元|万?[个户栋家件期次天周人部百]|[年月日时分号%％]))"
)


#: A head of Chinese characters alone.
_HAN = re.compile(r"[\u4e00-\u9fff]+")


class Tone(StrEnum):
    """The colour of a mark; a mark always carries a symbol and a word beside it."""

    GREEN = "green"
    OCHRE = "ochre"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True)
class Mark:
    """A light or a state in a cell: symbol, word and colour (● 正常)."""

    symbol: str
    word: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.symbol} {self.word}"


ON_COURSE = Mark("●", "正常", Tone.GREEN)
BEHIND = Mark("▲", "滞后", Tone.OCHRE)
FAR_BEHIND = Mark("■", "严重滞后", Tone.RED)
NOT_DUE = Mark("○", "未到开工", Tone.GREY)

Value = str | int | Decimal | Fraction | date | Mark | None


class Kind(StrEnum):
    """How a column's values are shown, aligned and stored in a workbook."""

    TEXT = "text"
    """Words, at the left, wrapped."""
    LABEL = "label"
    """A few words or a code, centred, never wrapped in numbers."""
    COUNT = "count"
    """A whole number."""
    DECIMAL = "decimal"
    """A decimal number with the column's places."""
    CHANGE = "change"
    """A decimal number with its sign always shown (百分点)."""
    DATE = "date"
    """A day, 2025-05-09."""
    MOMENT = "moment"
    """A day with its time in China, 2025-05-09 16:30."""
    MARK = "mark"
    """A light or state."""

    @property
    def is_number(self) -> bool:
        return self in {Kind.COUNT, Kind.DECIMAL, Kind.CHANGE}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``width`` is in Chinese characters: its share of the page in HTML, its width in a workbook.
    ``unit`` stands in brackets under or behind the header; ``group`` is a header above this and
    its neighbours of the same group; ``places`` the decimals shown.
    """

    header: str
    kind: Kind = Kind.TEXT
    width: float = 6
    unit: str = ""
    group: str = ""
    places: int = 0

    @property
    def title(self) -> str:
        """Header with unit, as one line."""
        return f"{self.header}（{self.unit}）" if self.unit else self.header

    def rounded(self, value: Value) -> Value:
        """The value as shown and as a workbook holds it: numbers rounded once, half up, moments in China's time."""
        if isinstance(value, Decimal | Fraction):
            return round_half_up(value, self.places if self.kind is not Kind.COUNT else 0)
        if isinstance(value, datetime) and value.tzinfo is not None:
            return local_clock(value)  # a workbook knows no time zones
        return value

    def of(self, cell: Cell) -> Column:
        """The column as it holds for one cell: with the cell's own kind and places where it has them."""
        if cell.kind is None:
            return self
        return replace(self, kind=cell.kind, places=cell.places)

    def text(self, value: Value) -> str:
        """The value in words of the paper. Raises TypeError for a float: figures are exact."""
        if value is None:
            return NO_NUMBER if self.kind in {*_NUMBERS, *_DAYS, Kind.MARK} else ""
        if isinstance(value, str | Mark):
            return str(value)
        if isinstance(value, datetime):
            return local_clock(value).strftime("%Y-%m-%d %H:%M")
        if isinstance(value, date):
            return value.strftime("%Y-%m-%d")
        places = self.places if self.kind in {Kind.DECIMAL, Kind.CHANGE} else 0
        return format_decimal(value, places, signed=self.kind is Kind.CHANGE)


_NUMBERS = (Kind.COUNT, Kind.DECIMAL, Kind.CHANGE)
_DAYS = (Kind.DATE, Kind.MOMENT)


@dataclass(frozen=True)
class Cell:
    """A value, and whether it is not yet approved (待核). None is no number, "" an empty place.

    Where a column holds figures of several units, each cell says its own ``kind`` and ``places``.
    """

    value: Value = None
    pending: bool = False
    note: str = ""
    kind: Kind | None = None
    places: int = 0


class RowStyle(StrEnum):
    BODY = "body"
    GROUP = "group"
    """One text over all columns that begins a group of rows."""
    SUBTOTAL = "subtotal"
    TOTAL = "total"


@dataclass(frozen=True)
class Row:
    """One row: as many cells as the table has columns; a group row has one cell."""

    cells: tuple[Cell, ...]
    style: RowStyle = RowStyle.BODY


def row(*values: Value | Cell, style: RowStyle = RowStyle.BODY) -> Row:
    """A row from bare values."""
    return Row(tuple(v if isinstance(v, Cell) else Cell(v) for v in values), style)


def group_row(text: str) -> Row:
    """A row that names the group below it."""
    return Row((Cell(text),), RowStyle.GROUP)


@dataclass(frozen=True)
class ShownCell:
    """A cell ready for a template: its text, its class names, what it spans."""

    text: str
    css: str
    mark: Mark | None = None
    pending: bool = False
    note: str = ""
    colspan: int = 1
    rowspan: int = 1
    unit: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """A head cut where a narrow column may break it: 形象|进度, 投资|完成率, 支付率; others anywhere."""
        if not _HAN.fullmatch(self.text) or len(self.text) not in {3, 4, 5}:
            return tuple(self.text)
        return (self.text,) if len(self.text) == 3 else (self.text[:2], self.text[2:])


@dataclass(frozen=True)
class ShownRow:
    css: str
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; its number is part of the text, as the draft has it (一、总体进展).

    Level 1 is set in 黑体, 2 in 楷体, 3 and 4 in 仿宋 (GB/T 9704-2012, 7.3.3).
    """

    text: str
    level: int = 1
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Piece:
    """A stretch of text; ``joined`` is a figure with its unit, which no line end may part."""

    text: str
    joined: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``lead`` is a heading that runs into it (（一）般阳路街道。), level 2 unless told."""

    text: str
    lead: str = ""
    lead_level: int = 2
    kind: str = field(default="paragraph", init=False)

    @property
    def pieces(self) -> list[Piece]:
        """The text cut at its figures, so that a template can hold them together."""
        found = []
        for index, part in enumerate(_FIGURE.split(self.text)):
            if part:
                found.append(Piece(part, joined=index % 2 == 1))
        return found


@dataclass(frozen=True)
class Note:
    """Small text under a table: method, ties, as-of, sources."""

    text: str
    kind: str = field(default="note", init=False)


@dataclass(frozen=True)
class Facts:
    """Names with their values, set as lines (截至日期：2025年10月19日)."""

    pairs: tuple[tuple[str, str], ...]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Drawing:
    """A chart as SVG from the one chart module; ``description`` says its finding in words."""

    svg: str
    title: str = ""
    description: str = ""
    kind: str = field(default="drawing", init=False)


@dataclass(frozen=True)
class PageBreak:
    kind: str = field(default="page-break", init=False)


@dataclass(frozen=True)
class Table:
    """A table with its caption above it and its notes below.

    ``unit`` is the unit of the whole table, at its right shoulder (单位：万元). ``name`` is the
    name of its sheet in a workbook. Raises ValueError when a row does not fit the columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row | None = None
    caption: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    name: str = ""
    empty: str = "无"
    kind: str = field(default="table", init=False)

    def __post_init__(self) -> None:
        for each in self.all_rows:
            wanted = 1 if each.style is RowStyle.GROUP else len(self.columns)
            if len(each.cells) != wanted:
                raise ValueError(f"{len(each.cells)} cells in a row of {wanted}: {each}")

    @property
    def all_rows(self) -> tuple[Row, ...]:
        return (*self.rows, self.totals) if self.totals else self.rows

    @property
    def column_classes(self) -> list[str]:
        """For ``<col>``: the width in half percents, as a class of widths.css; together 100 %."""
        total = sum(column.width for column in self.columns)
        classes, reached, done = [], 0.0, 0
        for column in self.columns:
            reached += column.width / total * 200
            classes.append(f"w-{max(1, round(reached) - done)}")
            done = round(reached)
        return classes

    @property
    def head(self) -> list[ShownRow]:
        """One or two header rows with their spans."""
        grouped = any(column.group for column in self.columns)
        upper: list[ShownCell] = []
        lower: list[ShownCell] = []
        index = 0
        while index < len(self.columns):
            column = self.columns[index]
            if not column.group:
                upper.append(
                    ShownCell(
                        column.header,
                        f"head-{column.kind}",
                        unit=column.unit,
                        rowspan=2 if grouped else 1,
                    )
                )
                index += 1
                continue
            members = _run(self.columns[index:], column.group)
            upper.append(ShownCell(column.group, "head-group", colspan=len(members)))
            lower.extend(
                ShownCell(each.header, f"head-{each.kind}", unit=each.unit) for each in members
            )
            index += len(members)
        rows = [ShownRow("head-row", tuple(upper))]
        if lower:
            rows.append(ShownRow("head-row", tuple(lower)))
        return rows

    @property
    def body(self) -> list[ShownRow]:
        """The rows and the totals as texts; the last row before a subtotal is told, for a print keeps it with
        the row before."""
        rows = self.all_rows
        closing = {
            before
            for before, after in pairwise(range(len(rows)))
            if rows[before].style is RowStyle.BODY and rows[after].style is RowStyle.SUBTOTAL
        }
        return [
            replace(shown, css=f"{shown.css} row-closing") if index in closing else shown
            for index, shown in enumerate(map(self._shown, rows))
        ]

    def _shown(self, each: Row) -> ShownRow:
        if each.style is RowStyle.GROUP:
            cell = ShownCell(str(each.cells[0].value), "cell-group", colspan=len(self.columns))
            return ShownRow("row-group", (cell,))
        cells = tuple(
            ShownCell(
                text=column.of(cell).text(cell.value),
                css=f"cell-{column.of(cell).kind}" + (" is-pending" if cell.pending else ""),
                mark=cell.value if isinstance(cell.value, Mark) else None,
                pending=cell.pending,
                note=cell.note,
            )
            for column, cell in zip(self.columns, each.cells, strict=True)
        )
        if each.style is not RowStyle.BODY and len(cells) > 1 and not cells[0].text:
            # A sum has no number: its name takes the room.
            cells = (replace(cells[1], colspan=2), *cells[2:])
        return ShownRow(f"row-{each.style}", cells)


def _run(columns: Sequence[Column], group: str) -> list[Column]:
    found: list[Column] = []
    for column in columns:
        if column.group != group:
            break
        found.append(column)
    return found


Block = Heading | Paragraph | Note | Facts | Drawing | PageBreak | Table


def texts(blocks: Iterable[Block]) -> str:
    """Every word of the blocks, for the check of glyphs and for search."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Heading | Note):
            found.append(block.text)
        elif isinstance(block, Paragraph):
            found.append(block.lead + block.text)
        elif isinstance(block, Facts):
            found.extend(f"{name}：{value}" for name, value in block.pairs)
        elif isinstance(block, Drawing):
            found.append(block.title)
        elif isinstance(block, Table):
            found.append(f"{block.caption} {block.unit}")
            found.extend(f"{column.group} {column.title}" for column in block.columns)
            found.extend(" ".join(cell.text for cell in each.cells) for each in block.body)
            found.extend(block.notes)
    return "\n".join(found)
