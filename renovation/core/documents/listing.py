"""A list as a workbook: its table, and behind it a sheet that says what every column means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from renovation.core.errors import Refusal

from .blocks import Column, Kind, Row, Table, row
from .sheets import Paper, Sheet, SheetState, sheet_from_table
from .xlsx import Book, write_workbook

#: The columns of a list, each with its meaning; "" where the header says it all.
Described = Sequence[tuple[Column, str]]
MEANINGS = "数据说明"
#: Rows of a log that one workbook takes: more is cut by days, so that no request builds what no memory holds.
MOST_ROWS = 10_000


def check_length(count: int) -> None:
    """Refuses (``list.too_long``) a log that is longer than one workbook takes; nothing is left out silently."""
    if count > MOST_ROWS:
        raise Refusal(
            "list.too_long",
            f"筛出 {count} 条，一次最多导出 {MOST_ROWS} 条。请按日期分几次导出。",
            expected=f"最多 {MOST_ROWS} 条",
        )


def meanings_sheet(columns: Described) -> Sheet:
    """The sheet 数据说明 of a list: a row a column."""
    table = Table(
        columns=(
            Column("列", Kind.TEXT, 8),
            Column("单位", Kind.LABEL, 5),
            Column("含义", Kind.TEXT, 30),
        ),
        rows=tuple(
            row(column.header, column.unit, meaning or column.header) for column, meaning in columns
        ),
        name=MEANINGS,
    )
    return sheet_from_table(table, title=MEANINGS)


def to_change(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """What stands over a table that is there to be read, where ``sheets`` hold the same to be changed and brought
    back in; nothing where none does."""
    names = [sheet.name for sheet in sheets if sheet.state is SheetState.VISIBLE]
    if not names:
        return ()
    return (f"本表只供查看；要改的，改{'、'.join(f'“{name}”' for name in names)}，再传回平台",)


def list_workbook(
    *,
    title: str,
    name: str,
    columns: Described,
    rows: Iterable[Row],
    subtitles: Sequence[str],
    made_at: datetime,
    paper: Paper = Paper.A3,
    fixed_columns: int = 2,
    totals: Row | None = None,
    more: Sequence[Sheet] = (),
) -> bytes:
    """A workbook of one list, ``name`` its sheet, filters on its head; ``more`` are sheets behind the meanings,
    those in which the list comes back in."""
    table = Table(
        columns=tuple(column for column, _ in columns), rows=tuple(rows), totals=totals, name=name
    )
    shown = sheet_from_table(
        table,
        title=title,
        subtitles=(*subtitles, *to_change(more)),
        paper=paper,
        fixed_columns=fixed_columns,
        filters=True,
    )
    sheets = (shown, meanings_sheet(columns), *more)
    return write_workbook(Book(sheets=sheets, title=title, made_at=made_at))
