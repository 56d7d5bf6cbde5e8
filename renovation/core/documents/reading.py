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
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from renovation.core.documents.addresses import address
from renovation.core.documents.biff import book_facts
from renovation.core.documents.ooxml import (
    MalformedError,
    SheetFacts,
    percent_styles,
    sheet_facts,
    sheet_parts,
)
from renovation.core.errors import Refusal
from renovation.core.reading import plain_number

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
    """Excel 97–2003, and WPS's .et with such content."""


class Visibility(StrEnum):
    VISIBLE = "visible"
    HIDDEN = "hidden"
    VERY_HIDDEN = "veryHidden"


class ReadCell(NamedTuple):
    """One cell that holds something. Row and column count from 1.

    ``value`` is what is stored: str, int (a whole number), float, bool, date, datetime, time, or
    None where a formula without a stored result or only an error stands. ``is_percent`` tells that
    the number is shown as a percentage, so that 0.45 means 45 %. ``error`` is "#N/A" and its kin,
    ``formula`` the formula as typed ("=G6+3"), where the file says it.
    """

    row: int
    column: int
    value: RawValue
    is_percent: bool = False
    is_formula: bool = False
    error: str = ""
    formula: str = ""

    @property
    def address(self) -> str:
        return address(self.row, self.column)

    @property
    def text(self) -> str:
        """The value as a person sees it, for a message; "" for none."""
        value = self.value
        if isinstance(value, str):  # as most are
            return value
        if value is None:
            return self.error
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if self.is_percent and isinstance(value, int | float):
            return f"{plain_number(float(f'{value * 100:.10g}'))}%"
        if isinstance(value, float):
            return plain_number(float(f"{value:.12g}"))
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


ACCEPTED = "请上传 .xlsx、.xls 或 .et 工作簿。"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


def read_workbook(data: bytes, filename: str, limits: Limits = DEFAULT_LIMITS) -> ReadWorkbook:
    """Every sheet of a workbook as typed cells.

    ``filename`` is used in no decision; it lets a refusal say which ending does not fit. Raises
    Refusal with a ``file.…`` or ``sheet.…`` code; nothing else leaves this function.
    """
    if not data:
        raise Refusal("file.empty", "文件是空的，请重新选择文件。", found="0 字节")
    if len(data) > limits.bytes:
        found, expected = f"{len(data) / MEGABYTE:.1f} MB", f"不超过 {limits.bytes // MEGABYTE} MB"
        raise Refusal(
            "file.too_large",
            f"文件有 {found}，{expected}才能上传，请删去图片和无关的工作表后再传。",
            found=found,
            expected=expected,
        )
    if data.startswith(_ZIP):
        return _read_zip(data, limits)
    if data.startswith(_OLE):
        return _read_ole(data, limits)
    raise _wrong_type(_name_of(data, filename))


def _read_zip(data: bytes, limits: Limits) -> ReadWorkbook:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _weigh(archive, len(data), limits)
            names = set(archive.namelist())
            if len({name.lower().replace("\\", "/") for name in names}) < len(archive.infolist()):
                raise _corrupt()  # calamine could take another part of that name than is weighed
            if "xl/workbook.xml" not in names:
                raise _wrong_type(_name_of_zip(names))
            facts = _facts_of(archive, limits)
    except (
        zipfile.BadZipFile, zlib.error, MalformedError, KeyError, EOFError, ValueError, OSError,
        NotImplementedError, RuntimeError,
    ) as error:  # fmt: skip
        raise _corrupt() from error
    has_macros = "xl/vbaProject.bin" in names
    return _with_values(data, facts, FileKind.XLSM if has_macros else FileKind.XLSX, has_macros)


def _weigh(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    """Refuse by the directory alone what would be too much to unpack."""
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise _password()
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > limits.entries
        or unpacked > limits.unpacked_bytes
        or (unpacked > 10 * MEGABYTE and unpacked > packed * limits.ratio)
    ):
        raise Refusal(
            "file.bomb",
            "文件解压后过大，已拒收，请用下载的模板重新填写。",
            found=f"{len(entries)} 个部分，解压后 {unpacked / MEGABYTE:.0f} MB",
            expected=f"解压后不超过 {limits.unpacked_bytes // MEGABYTE} MB",
        )


def _facts_of(archive: zipfile.ZipFile, limits: Limits) -> dict[str, SheetFacts]:
    """Scan every sheet. Reading a part whole checks its declared size and sum, so that calamine
    after it unpacks nothing that was not weighed."""
    parts = sheet_parts(archive)
    _check_sheets(len(parts), limits)
    percents = percent_styles(archive)
    if "xl/sharedStrings.xml" in archive.namelist():
        archive.read("xl/sharedStrings.xml")
    facts = {}
    for name, path in parts.items():
        if not path.startswith("xl/worksheets/"):
            continue
        found = sheet_facts(archive.read(path), percents, rows=limits.rows, columns=limits.columns)
        _check_reach(name, found, limits)
        facts[name] = found
    return facts


def _read_ole(data: bytes, limits: Limits) -> ReadWorkbook:
    import msoffcrypto
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {"/".join(path).lower() for path in container.listdir()}
            stream = next((name for name in ("workbook", "book") if name in streams), "")
            content = container.openstream(stream).read() if stream else b""
        if "encryptedpackage" in streams:
            raise _password()
        if not stream:
            raise _wrong_type("Word 文档" if "worddocument" in streams else "")
        if msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted():
            raise _password()
    except Refusal:
        raise
    except Exception as error:
        raise _corrupt() from error
    facts = book_facts(content)
    _check_sheets(len(facts), limits)
    for name, found in facts.items():
        _check_reach(name, found, limits)
    has_macros = any(name.startswith("_vba_project_cur") for name in streams)
    return _with_values(data, facts, FileKind.XLS, has_macros)


def _with_values(
    data: bytes, facts: dict[str, SheetFacts], kind: FileKind, has_macros: bool
) -> ReadWorkbook:
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            worksheet = python_calamine.SheetTypeEnum.WorkSheet
            metas = [meta for meta in book.sheets_metadata if meta.typ == worksheet]
            if kind is not FileKind.XLS and any(meta.name not in facts for meta in metas):
                raise _corrupt()  # what was not weighed is not read
            sheets = tuple(
                _sheet(
                    book.get_sheet_by_name(meta.name),
                    _VISIBILITY[str(meta.visible).rpartition(".")[2]],
                    facts.get(meta.name, SheetFacts()),
                )
                for meta in metas
            )
    except python_calamine.PasswordError as error:
        raise _password() from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise _corrupt() from error
    except BaseException as error:
        # A panic of the Rust reader is no Exception; it is a file that it cannot read.
        if type(error).__name__ == "PanicException":
            raise _corrupt() from error
        raise
    return ReadWorkbook(kind, sheets, has_macros)


_VISIBILITY = {
    "Visible": Visibility.VISIBLE,
    "Hidden": Visibility.HIDDEN,
    "VeryHidden": Visibility.VERY_HIDDEN,
}


def _sheet(sheet: Any, visibility: Visibility, facts: SheetFacts) -> ReadSheet:
    """Values and facts, joined into rows."""
    flagged = facts.formulas | facts.percents | facts.errors.keys()
    special = {row for row, _ in flagged}
    rows: list[tuple[ReadCell | None, ...]] = []
    new = tuple.__new__
    for row, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [
            None
            if value == ""
            else new(  # there are tens of thousands: even a call between costs
                ReadCell,
                (
                    row,
                    column,
                    value if type(value) is not float else _whole(value),
                    False,
                    False,
                    "",
                    "",
                ),
            )
            for column, value in enumerate(values, start=1)
        ]
        if row in special:
            cells = [
                _flagged(row, column, _whole(value), facts) if (row, column) in flagged else cell
                for column, (value, cell) in enumerate(zip(values, cells, strict=True), start=1)
            ]
        rows.append(tuple(cells))
    _extend(rows, facts)
    merged = tuple(
        MergedRange(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return ReadSheet(sheet.name, visibility, tuple(rows), merged)


def _whole(value: Any) -> RawValue:
    """Whole numbers come from .xlsx as floats."""
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return None if value == "" else value


def _flagged(row: int, column: int, value: RawValue, facts: SheetFacts) -> ReadCell | None:
    at = (row, column)
    cell = ReadCell(
        row,
        column,
        value,
        at in facts.percents,
        at in facts.formulas,
        facts.errors.get(at, ""),
        facts.formula_texts.get(at, ""),
    )
    return cell if value is not None or cell.is_formula or cell.error else None


def _extend(rows: list[tuple[ReadCell | None, ...]], facts: SheetFacts) -> None:
    """Put in the formulas and errors that stand outside the area that has values."""
    for row, column in sorted(facts.formulas | facts.errors.keys()):
        while len(rows) < row:
            rows.append(())
        cells = list(rows[row - 1])
        if column <= len(cells):
            continue
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = _flagged(row, column, None, facts)
        rows[row - 1] = tuple(cells)


def _check_sheets(count: int, limits: Limits) -> None:
    if count > limits.sheets:
        raise Refusal(
            "sheet.too_many",
            f"工作簿有 {count} 张工作表，超过 {limits.sheets} 张的上限，请只保留要上传的工作表。",
            found=f"{count} 张",
            expected=f"不超过 {limits.sheets} 张",
        )


def _check_reach(name: str, facts: SheetFacts, limits: Limits) -> None:
    if facts.last_row > limits.rows:
        raise Refusal(
            "sheet.too_many_rows",
            f"工作表“{name}”超过 {limits.rows} 行，请只保留要上传的行。",
            found=f"第 {facts.last_row} 行仍有内容",
            expected=f"不超过 {limits.rows} 行",
        )
    if facts.last_column > limits.columns:
        raise Refusal(
            "sheet.too_many_columns",
            f"工作表“{name}”超过 {limits.columns} 列，请只保留要上传的列。",
            found=f"第 {facts.last_column} 列仍有内容",
            expected=f"不超过 {limits.columns} 列",
        )


def _corrupt() -> Refusal:
    return Refusal("file.corrupt", "文件已损坏或不完整，无法读取，请重新导出后再上传。")


def _password() -> Refusal:
    return Refusal("file.password", "工作簿设有密码，请在 Excel 或 WPS 中取消密码、另存后再上传。")


def _wrong_type(what: str) -> Refusal:
    gap = " " if what[:1].isascii() else ""
    message = f"这是{gap}{what}，不是 Excel 工作簿，" if what else "这不是 Excel 工作簿，"
    return Refusal(
        "file.type", message + ACCEPTED, found=what or None, expected=".xlsx、.xlsm、.xls、.et"
    )


def _name_of_zip(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "二进制工作簿（.xlsb）"
    if "word/document.xml" in names:
        return "Word 文档"
    if "ppt/presentation.xml" in names:
        return "演示文稿"
    if "content.xml" in names and "mimetype" in names:
        return "OpenDocument 文件"
    return "压缩包"


_NAMES = {
    ".pdf": "PDF 文件", ".png": "图片", ".jpg": "图片", ".jpeg": "图片", ".gif": "图片",
    ".bmp": "图片", ".tif": "图片", ".tiff": "图片", ".webp": "图片", ".heic": "图片",
    ".rar": "压缩包", ".7z": "压缩包", ".gz": "压缩包", ".html": "网页文件", ".htm": "网页文件",
    ".xml": "XML 文件", ".rtf": "RTF 文档", ".exe": "程序", ".mp4": "视频", ".mp3": "录音",
}  # fmt: skip


def _name_of(data: bytes, filename: str) -> str:
    """What the bytes are, in Chinese; "" where nobody knows."""
    head = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return "网页文件"
    import puremagic

    try:
        known = _NAMES.get(puremagic.from_string(data[:65536]).lower(), "")
    except (puremagic.PureError, ValueError):
        known = ""
    if known:
        return known
    if b"\0" not in data[:4096]:
        return "文本文件（.csv）" if filename.lower().endswith(".csv") else "文本文件"
    return ""
