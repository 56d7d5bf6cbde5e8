"""资金总表 as a workbook, filtered, cut and sorted as the page."""

from __future__ import annotations

from collections.abc import Sequence

from renovation.core.documents.blocks import Column, Kind, RowStyle, Table, Value, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.measures import Unit
from renovation.core.wording import chinese_date

from .listing import COLUMNS, DECLARED, MoneyRow, MoneyTable


def money_workbook(*, table: MoneyTable, more: Sequence[Sheet] = ()) -> bytes:
    """The rows and their totals; a rate without denominator is an empty cell. ``more`` are the sheets in which the
    planned amounts come back in."""
    columns = (
        Column("项目编号", Kind.LABEL, 8),
        Column(
            table.cut.label.removeprefix("按") if table.cut != "each" else "项目", Kind.TEXT, 12
        ),
        Column("街道", Kind.TEXT, 8),
        Column("资金来源", Kind.TEXT, 10),
        *(_column(name) for name in COLUMNS.values()),
    )
    rows = [row(*_cells(each)) for each in table.rows]
    if table.total is not None:
        rows.append(row(*_cells(table.total), style=RowStyle.TOTAL))
    title = f"{table.year}年资金总表（{table.cut.label}）"
    sheet = sheet_from_table(
        Table(columns=columns, rows=tuple(rows), caption=title, name="资金总表"),
        title=title,
        subtitles=(
            f"截至{chinese_date(table.as_of)}，{table.approval.label}",
            *to_change(more),
        ),
        paper=Paper.A3,
        fixed_columns=2,
        filters=True,
    )
    return write_workbook(Book(sheets=(sheet, *more), title=title))


def _column(name: str) -> Column:
    unit = DECLARED[name].unit
    width = 6 if unit is Unit.PERCENT else 7
    return Column(name, Kind.DECIMAL, width, unit=unit.text, places=unit.places)


def _cells(each: MoneyRow) -> list[Value]:
    return [
        each.code,
        each.name,
        each.street,
        each.source,
        *(found.value for found in each.measures.values()),
    ]
