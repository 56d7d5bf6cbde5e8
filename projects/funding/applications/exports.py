"""The applications as a workbook: a row an application, and the rates by fund and by street."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, RowStyle, Table, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_moment, join

from .listing import ApplicationTable, RateLine

_APPLICATIONS = (
    Column("名称", Kind.TEXT, 14),
    Column("资金", Kind.TEXT, 8),
    Column("状态", Kind.LABEL, 5),
    Column("项目", Kind.TEXT, 20),
    Column("申请", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("批复", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("已下达", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("申报日期", Kind.DATE, 6),
    Column("申报文号", Kind.TEXT, 10),
    Column("批复日期", Kind.DATE, 6),
    Column("批复文号", Kind.TEXT, 10),
    Column("未获批原因", Kind.TEXT, 14),
)


def applications_workbook(
    *, table: ApplicationTable, more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Three sheets as the page: applications, by fund, by street; then those in which the applications come back in."""
    lines = Table(
        columns=_APPLICATIONS,
        rows=tuple(
            row(
                line.row.title,
                line.row.source.name,
                str(line.row.get_state_display()),
                join(line.project_names),
                wanyuan_from_fen(line.asked_fen),
                None if line.granted_fen is None else wanyuan_from_fen(line.granted_fen),
                wanyuan_from_fen(line.allocated_fen),
                line.row.reported_on,
                line.row.document_number,
                line.row.decided_on,
                line.row.decision_number,
                line.row.refusal_reason,
            )
            for line in table.lines
        ),
        name="上级资金申请",
    )
    sheets = (
        lines,
        _rates("资金", table.by_source, table.total),
        _rates("街道", table.by_street, table.total),
    )
    return write_workbook(
        Book(
            sheets=(
                *(
                    sheet_from_table(
                        sheet,
                        title="争取上级资金",
                        subtitles=(f"{chinese_moment(now)}导出", *to_change(more)),
                        paper=Paper.A3,
                        filters=True,
                    )
                    for sheet in sheets
                ),
                *more,
            ),
            title="争取上级资金",
            made_at=now,
        )
    )


def _rates(word: str, lines: Sequence[RateLine], total: RateLine) -> Table:
    return Table(
        columns=(
            Column(word, Kind.TEXT, 12),
            Column("申请", Kind.DECIMAL, 8, unit="万元", places=2),
            Column("批复", Kind.DECIMAL, 8, unit="万元", places=2),
            Column("已有结果的申请", Kind.DECIMAL, 8, unit="万元", places=2),
            Column("上级资金获批率", Kind.DECIMAL, 6, unit="%", places=1),
        ),
        rows=tuple(
            row(
                each.name,
                each.asked.value,
                each.granted.value,
                each.rate.denominator,
                each.rate.value,
                style=RowStyle.TOTAL if each is total else RowStyle.BODY,
            )
            for each in [*lines, total]
        ),
        name=f"按{word}",
    )
