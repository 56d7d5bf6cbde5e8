"""The pre-filled workbook of a street: rows and known columns filled in and locked, asked columns with their
lists and bounds in the cells, ``_portal`` very hidden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from projects.ledger.known import KnownColumn
from projects.ledger.known import Value as KnownValue
from renovation.accounts.models import Organisation
from renovation.core.calendar import SHANGHAI
from renovation.core.documents.addresses import column_letter
from renovation.core.documents.blocks import Kind as CellKind
from renovation.core.documents.xlsx import (
    Book,
    Bounds,
    Choices,
    Paper,
    Role,
    Sheet,
    SheetCell,
    Style,
    sheet_name,
    write_workbook,
)
from renovation.core.memory import collector_waits
from renovation.core.wording import chinese_moment
from renovation.intake.manifest import Manifest, sheet_of
from renovation.intake.pipelines import Column, Kind, Show, Template, Value

from .checks import KEY
from .enums import Subject
from .models import AskedColumn, Inquiry
from .table import Line, Table
from .values import as_value, bounds_of, column_of, options_of

PREFIX = "inquiry"
HEADER_ROW = 4
#: So many columns of numbers stand beside the earlier answer in the preview; the others are named in words.
_COMPARED = 2
_CELLS = {
    Kind.TEXT: CellKind.TEXT,
    Kind.DECIMAL: CellKind.DECIMAL,
    Kind.INTEGER: CellKind.COUNT,
    Kind.DATE: CellKind.DATE,
    Kind.FLAG: CellKind.LABEL,
}


def code_of(inquiry: Inquiry) -> str:
    """The code of its pipeline."""
    return f"{PREFIX}:{inquiry.number}"


def key_column(inquiry: Inquiry) -> Column:
    """What names a row."""
    is_project = inquiry.subject == Subject.PROJECT
    return Column(
        field=KEY,
        header="项目编号" if is_project else "街道",
        longest=60,
        required=True,
        locked=True,
        expected="模板里填好的项目编号" if is_project else "街道的名称",
    )


def locked_columns(
    inquiry: Inquiry, known: list[KnownColumn] | tuple[KnownColumn, ...]
) -> list[Column]:
    """The columns that the portal fills in: the name of the project, and what it knows."""
    found = []
    if inquiry.subject == Subject.PROJECT:
        found.append(Column(field="name", header="项目名称", longest=80, locked=True))
    found += [
        Column(field=f"k{place}", header=column.header, longest=1000, locked=True)
        for place, column in enumerate(known, start=1)
    ]
    return found


def asked_columns(columns: list[AskedColumn] | tuple[AskedColumn, ...]) -> list[Column]:
    """The columns that a clerk fills in; the first numbers are compared in the preview."""
    numbers = [column.place for column in columns if bounds_of(column)[1] is not None][:_COMPARED]
    return [
        column_of(column, show=Show.COMPARE if column.place in numbers else Show.NAMED)
        for column in columns
    ]


def locked_values(table: Table, line: Line) -> dict[str, Value]:
    """What the portal fills into a row, by field."""
    found: dict[str, Value] = {KEY: line.key}
    if table.inquiry.subject == Subject.PROJECT:
        found["name"] = line.label
    for place, column in enumerate(table.known, start=1):
        value = line.filled.get(column.code)
        found[f"k{place}"] = None if value in (None, "") else column.text(value)
    return found


def file_name(inquiry: Inquiry, street: Organisation) -> str:
    """松龄路街道　维修资金欠缴情况（LS2025-003）.xlsx"""
    return f"{street.short_name}{inquiry.title}（{inquiry.number}）.xlsx"


@collector_waits()
def build(*, table: Table, street: Organisation, now: datetime) -> Template:
    """The workbook of a street, with what it answered before."""
    inquiry = table.inquiry
    columns = [
        key_column(inquiry),
        *locked_columns(inquiry, tuple(table.known)),
        *asked_columns(tuple(table.columns)),
    ]
    asked = {column.name: column for column in table.columns}
    rows, filled = [], {}
    for line in table.lines:
        known = locked_values(table, line)
        rows.append(tuple(_cell(column, known, asked, line, table) for column in columns))
        filled[line.key] = {
            column.field: column.text(known.get(column.field))
            for column in columns
            if column.locked
        }
    manifest = Manifest(
        pipeline=code_of(inquiry),
        street=street.code,
        street_name=street.short_name,
        week_start=inquiry.number,
        generated_at=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        values=filled,
    )
    book = Book(
        sheets=(_sheet(table, street, columns, rows, now), sheet_of(manifest)),
        title=f"{street.short_name}{inquiry.title}",
        subject="临时收数",
        made_at=now,
    )
    return Template(name=file_name(inquiry, street), content=write_workbook(book))


def _sheet(
    table: Table,
    street: Organisation,
    columns: list[Column],
    rows: list[tuple[SheetCell, ...]],
    now: datetime,
) -> Sheet:
    inquiry = table.inquiry
    first, last = HEADER_ROW + 1, HEADER_ROW + max(len(rows), 1)
    end = column_letter(len(columns))
    letters = {column.field: column_letter(n) for n, column in enumerate(columns, start=1)}
    head = tuple(
        SheetCell(
            column.header,
            Style(Role.HEAD_REQUIRED if column.required and not column.locked else Role.HEAD),
            column.hint,
        )
        for column in columns
    )
    due = f"最后期限{chinese_moment(inquiry.due_at)}。{chinese_moment(now)}生成。"
    return Sheet(
        name=sheet_name(inquiry.title),
        rows=(
            (SheetCell(f"{inquiry.title}　{street.short_name}", Style(Role.TITLE)),),
            (SheetCell(f"用途：{inquiry.purpose}", Style(Role.NOTE)),),
            (
                SheetCell(
                    f"{due}灰色各列由平台填好，不用改；白色各列由街道填写，黄色表头为必填。",
                    Style(Role.NOTE),
                ),
            ),
            head,
            *rows,
        ),
        widths=tuple(_width(column) for column in columns),
        heights={1: 32, 2: 34, 3: 20, HEADER_ROW: 34},
        merged=(f"A1:{end}1", f"A2:{end}2", f"A3:{end}3"),
        freeze=f"{'C' if inquiry.subject == Subject.PROJECT else 'B'}{first}",
        repeat_rows=f"{HEADER_ROW}:{HEADER_ROW}",
        paper=Paper.A4 if len(columns) <= 8 else Paper.A3,
        landscape=True,
        protected=True,
        choices=tuple(
            Choices(f"{letters[column.name]}{first}:{letters[column.name]}{last}", words)
            for column in table.columns
            if (words := options_of(column))
        ),
        bounds=tuple(
            _bounds(column, f"{letters[column.name]}{first}:{letters[column.name]}{last}")
            for column in table.columns
            if bounds_of(column)[1] is not None
        ),
        footer_left=f"{inquiry.number} {street.short_name}",
    )


def _bounds(column: AskedColumn, area: str) -> Bounds:
    minimum, maximum = bounds_of(column)
    made = column_of(column)
    return Bounds(
        area,
        minimum or 0,
        maximum,
        whole=made.kind is Kind.INTEGER,
        message=f"{made.expected}。",
    )


def _width(column: Column) -> float:
    if column.field in {KEY, "name"}:
        return 9
    if column.kind is not Kind.TEXT:
        return max(6.5, min(12, len(column.header) / 1.6))
    return 9 if column.locked or column.longest <= 60 else 16


def _cell(
    column: Column,
    known: Mapping[str, Value],
    asked: Mapping[str, AskedColumn],
    line: Line,
    table: Table,
) -> SheetCell:
    if column.locked:
        place = int(column.field[1:]) if column.field[1:].isdecimal() else 0
        if not place:
            return SheetCell(_plain(known.get(column.field)), Style(Role.LOCKED))
        return _known_cell(table.known[place - 1], line.filled.get(table.known[place - 1].code))
    definition = asked[column.field]
    stored = line.values.get(column.field) if line.values is not None else None
    style = Style(Role.INPUT, _CELLS[column.kind], column.places)
    return SheetCell(_plain(as_value(definition, stored)), style)


def _known_cell(column: KnownColumn, value: KnownValue) -> SheetCell:
    """As people read it: the portal compares texts with texts when the workbook comes back."""
    text = None if value in (None, "") else column.text(value)
    return SheetCell(text, Style(Role.LOCKED, CellKind.TEXT))


def _plain(value: Value) -> str | int | Decimal | date | None:
    return value or None if isinstance(value, str) else value
