"""Forecasts against payments as a workbook: every line of a year, and the sums by quarter and street."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, Table, Value, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_moment
from renovation.records.acting import who

from .listing import ForecastTable, Group

_AMOUNTS = (
    Column("预测支付", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("实际支付", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("差额", Kind.CHANGE, 7, unit="万元", places=2),
    Column("偏差", Kind.CHANGE, 6, unit="%", places=1),
)
_LINES = (
    Column("项目编号", Kind.LABEL, 7),
    Column("项目名称", Kind.TEXT, 10),
    Column("街道", Kind.TEXT, 7),
    Column("季度", Kind.LABEL, 9),
    Column("资金来源", Kind.TEXT, 9),
    *_AMOUNTS,
    Column("预测版次", Kind.COUNT, 4),
    Column("待说明", Kind.LABEL, 4),
    Column("说明期限", Kind.DATE, 6),
    Column("原因", Kind.TEXT, 12),
    Column("说明", Kind.TEXT, 24),
    Column("说明岗位", Kind.TEXT, 9),
)


def forecast_workbook(
    *,
    table: ForecastTable,
    lines: Sequence[Group],
    streets: Sequence[Group],
    more: Sequence[Sheet] = (),
    now: datetime,
) -> bytes:
    """Three sheets: lines, quarters, streets; then those in which the forecasts come back in."""
    title = f"{table.year}年用款预测与实际支付"
    sums = (Column("季度", Kind.LABEL, 9), *_AMOUNTS, Column("待说明", Kind.COUNT, 5, unit="项"))
    sheets = (
        Table(columns=_LINES, rows=tuple(row(*_line(each)) for each in lines), name="逐项"),
        Table(
            columns=sums,
            rows=tuple(
                row(quarter.label, *_amounts(group), group.waiting)
                for quarter, group in table.quarters
            ),
            name="按季度",
        ),
        Table(
            columns=(Column("街道", Kind.TEXT, 9), *sums[1:]),
            rows=tuple(row(each.name, *_amounts(each), each.waiting) for each in streets),
            name="按街道",
        ),
    )
    return write_workbook(
        Book(
            sheets=(
                *(
                    sheet_from_table(
                        sheet,
                        title=title,
                        subtitles=(f"{chinese_moment(now)}导出，已核定", *to_change(more)),
                        paper=Paper.A3,
                        filters=True,
                    )
                    for sheet in sheets
                ),
                *more,
            ),
            title=title,
            made_at=now,
        )
    )


def _amounts(group: Group) -> tuple[Value, ...]:
    found = group.variance
    forecast = found.forecast_fen
    return (
        None if forecast is None else wanyuan_from_fen(forecast),
        wanyuan_from_fen(found.actual_fen),
        wanyuan_from_fen(found.difference_fen),
        found.value,
    )


def _line(group: Group) -> tuple[Value, ...]:
    line = group.line
    if line is None:
        raise ValueError("a row of lines has a line")
    said = line.explanation
    return (
        group.code,
        group.name,
        group.street,
        line.quarter.label,
        str(line.source),
        *_amounts(group),
        line.version,
        ("逾期" if group.late else "是") if group.waiting else "",
        group.due_on,
        str(said.get_reason_display()) if said else "",
        said.text if said else "",
        who(said, "explained_by") if said else "",
    )
