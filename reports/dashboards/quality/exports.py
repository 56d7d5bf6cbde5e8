"""The league table of returns as a workbook, from the very value that the page shows."""

from __future__ import annotations

from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, Row, RowStyle, Value, row
from renovation.core.documents.listing import Described, list_workbook
from reports.figures.catalogue import declarations

from .table import MEASURED, QualityRow, QualityTable


def _columns() -> Described:
    found: list[tuple[Column, str]] = [
        (Column("名次", Kind.COUNT, 4), "相同的并列，名次顺延"),
        (Column("街道", Kind.TEXT, 9), ""),
    ]
    for each in MEASURED:
        declared = declarations()[each.name]
        above, below = declared.parts
        unit = declared.part_unit.text
        found += [
            (Column(each.name, Kind.DECIMAL, 6, unit="%", places=1), declared.definition),
            (Column(f"{each.name}：{above}", Kind.COUNT, 7, unit=unit), f"{each.name}里的{above}"),
            (Column(f"{each.name}：{below}", Kind.COUNT, 7, unit=unit), f"{each.name}里的{below}"),
        ]
    return (
        *found,
        (Column("迟报", Kind.COUNT, 5, unit="次"), "截止以后、关闭以前报送的周报"),
        (Column("迟报原因", Kind.TEXT, 20), "街道报送时选的类别和次数"),
    )


def _cells(line: QualityRow, *, style: RowStyle = RowStyle.BODY) -> Row:
    values: list[Value] = [line.place, line.name]
    for figure in line.figures:
        measure = figure.measure
        above, below = measure.numerator, measure.denominator
        values += [
            measure.value,
            None if above is None else int(above),
            None if below is None else int(below),
        ]
    return row(*values, line.late_count, line.reasons_text, style=style)


def quality_workbook(*, table: QualityTable, now: datetime) -> bytes:
    """A row a street, the whole at the foot; the method under the title."""
    return list_workbook(
        title=table.title,
        name="报送质量",
        columns=_columns(),
        rows=tuple(_cells(line) for line in table.rows),
        subtitles=(table.method,),
        made_at=now,
        totals=_cells(table.total, style=RowStyle.TOTAL),
    )
