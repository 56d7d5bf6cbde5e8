"""Workbooks in: bytes to sheets, rows and typed cells, or one clear refusal.

What a file is, is told from its content, never from its name. Before anything is parsed the zip's
directory is checked (entries, declared sizes, ratio), so that a bomb costs nothing. Calamine reads
the values; number formats, formulas and macros' presence are read from the XML beside it, with a
parser that knows no entities. Nothing in a workbook is ever run.

Refusal codes: ``file.empty``, ``file.too_large``, ``file.type``, ``file.password``, ``file.bomb``,
``file.corrupt``, ``sheet.too_many``, ``sheet.too_many_rows``, ``sheet.too_many_columns``.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from xml.parsers import expat

from renovation.core.documents.addresses import address, parse_address
from renovation.core.errors import Refusal

MEGABYTE = 1024 * 1024

RawValue = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True)
class Limits:
    """What a workbook may weigh. The defaults hold a year of weekly rows many times over."""

    bytes: int = 20 * MEGABYTE
    unpacked_bytes: int = 200 * MEGABYTE
    ratio: int = 200
    entries: int = 2_000
    sheets: int = 50
    rows: int = 20_000
    columns: int = 300


DEFAULT_LIMITS = Limits()


class FileKind(StrEnum):
    XLSX = "xlsx"
    XLSM = "xlsm"
    XLS = "xls"
    ODS = "ods"


class Visibility(StrEnum):
    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


class NumberKind(StrEnum):
    """What a cell's number format says about its number."""

    GENERAL = "general"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class ReadCell:
    """One cell that holds something. Row and column count from 1.

    ``value`` is what is stored: str, int (a whole number), float, bool, date, datetime, time, or
    None where only a formula without a stored result stands. ``is_percent`` tells that the number
    is shown as a percentage, so that 0.45 means 45 %.
    """

    row: int
    column: int
    value: RawValue
    is_percent: bool = False
    is_formula: bool = False

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def text(self) -> str:
        """The value as a person sees it, for a message; "" for none."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if self.is_percent and isinstance(value, int | float):
            return f"{value * 100:.10g}%"
        if isinstance(value, float):
            return f"{value:.12g}"
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M" if value.time() != time() else "%Y-%m-%d")
        return str(value)


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged area, inclusive, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        start = address(self.first_row, self.first_column)
        return f"{start}:{address(self.last_row, self.last_column)}"

    def holds(self, row: int, column: int) -> bool:
        return (
            self.first_row <= row <= self.last_row
            and self.first_column <= column <= self.last_column
        )


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as rows of cells; ``rows[i][j]`` is the cell at row i+1, column j+1 or None."""

    name: str
    visibility: Visibility
    rows: tuple[tuple[ReadCell | None, ...], ...]
    merged: tuple[MergedRange, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.rows)

    @property
    def column_count(self) -> int:
        return max((len(each) for each in self.rows), default=0)

    def cell(self, row: int, column: int) -> ReadCell | None:
        """The cell at row and column (from 1), None where nothing stands."""
        if not 1 <= row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 1 <= column <= len(cells) else None

    def __iter__(self) -> Iterator[tuple[int, tuple[ReadCell | None, ...]]]:
        """Row numbers with their cells, empty rows left out."""
        for number, cells in enumerate(self.rows, start=1):
            if any(cells):
                yield number, cells

    @cached_property
    def formulas(self) -> tuple[str, ...]:
        """Addresses of the cells that hold a formula, in reading order."""
        return tuple(c.address for cells in self.rows for c in cells if c and c.is_formula)

    def merged_at(self, row: int, column: int) -> MergedRange | None:
        """The merged area that covers a cell."""
        return next((area for area in self.merged if area.holds(row, column)), None)


@dataclass(frozen=True)
class ReadWorkbook:
    """A workbook that was read; ``has_macros`` tells that code lies in it, which was not run."""

    kind: FileKind
    sheets: tuple[ReadSheet, ...]
    has_macros: bool = False

    def sheet(self, name: str) -> ReadSheet | None:
        """The sheet of that name, blanks around it ignored."""
        return next((s for s in self.sheets if s.name.strip() == name), None)

    @property
    def visible_sheets(self) -> tuple[ReadSheet, ...]:
        return tuple(s for s in self.sheets if s.visibility is Visibility.VISIBLE)
