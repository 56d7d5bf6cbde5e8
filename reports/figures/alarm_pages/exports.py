"""The alarms as a workbook: a row an alarm, and every week of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.documents.xlsx import Book, Paper, sheet_from_table, write_workbook
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment

from .listing import AlarmLine

_ALARMS = (
    Column("项目编号", Kind.LABEL, 7),
    Column("项目名称", Kind.TEXT, 10),
    Column("街道", Kind.TEXT, 7),
    Column("方向", Kind.LABEL, 8),
    Column("报警日期", Kind.DATE, 6),
    Column("报警时背离", Kind.CHANGE, 6, unit="百分点", places=1),
    Column("界限", Kind.DECIMAL, 5, unit="百分点", places=1),
    Column("最近背离", Kind.CHANGE, 6, unit="百分点", places=1),
    Column("超出周数", Kind.COUNT, 5, unit="周"),
    Column("状态", Kind.LABEL, 5),
    Column("说明", Kind.TEXT, 20),
    Column("解除日期", Kind.DATE, 6),
    Column("解除原因", Kind.TEXT, 8),
)
_WEEKS = (
    Column("项目编号", Kind.LABEL, 7),
    Column("报警日期", Kind.DATE, 6),
    Column("周次", Kind.TEXT, 14),
    Column("支付占计划投资", Kind.DECIMAL, 7, unit="%", places=1),
    Column("形象进度", Kind.DECIMAL, 7, unit="%", places=1),
    Column("背离", Kind.CHANGE, 6, unit="百分点", places=1),
)


def alarms_workbook(*, lines: Sequence[AlarmLine], now: datetime) -> bytes:
    """Two sheets: alarms and their weeks."""
    alarms = tuple(
        row(
            line.row.project.code,
            line.row.project.name,
            line.row.project.street.short_name,
            str(line.row.get_direction_display()),
            line.row.opened_on,
            line.row.value_points,
            line.row.threshold_points,
            line.last.value_points if line.last else None,
            line.weeks,
            str(line.row.get_state_display()),
            line.row.explanation,
            line.row.closed_on,
            line.row.closing,
        )
        for line in lines
    )
    weeks = tuple(
        row(
            line.row.project.code,
            line.row.opened_on,
            Week(each.week_start).label,
            each.paid_percent,
            each.physical_percent,
            each.value_points,
        )
        for line in lines
        for each in line.readings
    )
    sheets = tuple(
        sheet_from_table(
            Table(columns=columns, rows=rows, name=name),
            title=name,
            subtitles=(f"{chinese_moment(now)}导出，已核定",),
            paper=Paper.A3,
            filters=True,
        )
        for columns, rows, name in ((_ALARMS, alarms, "付款背离报警"), (_WEEKS, weeks, "逐周"))
    )
    return write_workbook(Book(sheets=sheets, title="付款背离报警", made_at=now))
