"""The findings as a workbook, filtered and sorted as the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_moment

from .listing import FindingTable

_COLUMNS = (
    Column("编号", Kind.LABEL, 6),
    Column("项目编号", Kind.LABEL, 7),
    Column("项目名称", Kind.TEXT, 10),
    Column("街道", Kind.TEXT, 7),
    Column("来源", Kind.TEXT, 7),
    Column("问题", Kind.TEXT, 20),
    Column("程度", Kind.LABEL, 4),
    Column("涉及金额", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("审计文号", Kind.TEXT, 9),
    Column("发现日期", Kind.DATE, 6),
    Column("责任单位", Kind.TEXT, 10),
    Column("责任岗位", Kind.TEXT, 9),
    Column("整改期限", Kind.DATE, 6),
    Column("状态", Kind.LABEL, 5),
    Column("逾期", Kind.COUNT, 4, unit="天"),
    Column("重新整改", Kind.COUNT, 4, unit="次"),
    Column("销号日期", Kind.DATE, 6),
)


def findings_workbook(*, table: FindingTable, more: Sequence[Sheet] = (), now: datetime) -> bytes:
    """A row a finding, and the sheets in which they come back in."""
    rows = tuple(
        row(
            line.row.number,
            line.row.project.code,
            line.row.project.name,
            line.row.project.street.short_name,
            str(line.row.get_origin_display()),
            line.row.title,
            str(line.row.get_severity_display()),
            wanyuan_from_fen(line.row.amount_fen),
            line.row.document_number,
            line.row.found_on,
            line.row.responsible,
            str(line.row.owner),
            line.row.deadline_on,
            str(line.row.get_state_display()),
            line.overdue_days,
            line.row.reopen_count,
            line.row.closed_on,
        )
        for line in table.lines
    )
    sheet = sheet_from_table(
        Table(columns=_COLUMNS, rows=rows, name="审计问题"),
        title="审计问题",
        subtitles=(f"{chinese_moment(now)}导出", *to_change(more)),
        paper=Paper.A3,
        fixed_columns=3,
        filters=True,
    )
    return write_workbook(Book(sheets=(sheet, *more), title="审计问题", made_at=now))
