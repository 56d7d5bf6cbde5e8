"""Workbooks of figures: the source rows of one, and the dictionary of all."""

from __future__ import annotations

from renovation.core.documents.blocks import Cell, Column, Kind, RowStyle, Table, row
from renovation.core.documents.xlsx import Book, sheet_from_table, write_workbook
from renovation.core.measures import Unit
from renovation.core.wording import chinese_date

from .dictionary import dictionary_table
from .facts import Facts
from .sources import Source, SourceColumn


def source_workbook(*, source: Source, facts: Facts) -> bytes:
    """The source rows of a figure with their total, and the definition beside them."""
    measure = source.figure.measure
    columns = (
        Column("来源", Kind.TEXT, 22),
        Column("项目编号", Kind.LABEL, 10),
        Column("街道", Kind.LABEL, 9),
        *(_column(each) for each in source.columns),
        Column("说明", Kind.TEXT, 22),
        *((Column("待核", Kind.TEXT, 16),) if source.has_waiting else ()),
    )
    rows = tuple(
        row(
            each.label,
            each.code,
            each.street,
            *(Cell(value, pending=bool(each.waiting)) for value in each.values),
            each.remark,
            *((each.waiting,) if source.has_waiting else ()),
        )
        for each in source.rows
    )
    totals = (
        row(
            "合计",
            "",
            "",
            *source.totals,
            measure.note,
            *(("",) if source.has_waiting else ()),
            style=RowStyle.TOTAL,
        )
        if source.totals
        else None
    )
    title = f"{source.figure.place.name}{measure.label}来源"
    table = Table(
        columns=columns,
        rows=rows,
        totals=totals,
        caption=title,
        name="来源",
        notes=(source.declaration.definition, source.sentence, *source.reasons),
    )
    subtitle = (
        f"{facts.programme.name}　截至{chinese_date(facts.as_of)}　{facts.approval.label}"
        + (f"　{measure.period.label}" if measure.period else "")
    )
    sheets = (
        sheet_from_table(table, title=title, subtitles=(subtitle,), filters=bool(rows)),
        sheet_from_table(dictionary_table([measure.name])),
    )
    return write_workbook(Book(sheets=sheets, title=title))


def dictionary_workbook() -> bytes:
    """The definitions of all measures."""
    table = dictionary_table()
    return write_workbook(Book(sheets=(sheet_from_table(table),), title="指标解释"))


def _column(column: SourceColumn) -> Column:
    places = column.unit.places
    kind = Kind.DECIMAL if places else Kind.COUNT
    if column.unit is Unit.POINTS:
        kind = Kind.CHANGE
    return Column(column.name, kind, 9, unit=column.unit.text, places=places)
