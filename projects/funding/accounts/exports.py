"""The accounts as a workbook: a row an account (one without where a project has none), and their statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from renovation.core.documents.blocks import Column, Kind, Row, Table, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.wording import chinese_moment
from renovation.records.acting import who

from .register import ProjectLine

_ACCOUNTS = (
    Column("项目编号", Kind.LABEL, 7),
    Column("项目名称", Kind.TEXT, 10),
    Column("街道", Kind.TEXT, 7),
    Column("开户银行", Kind.TEXT, 12),
    Column("账号尾号", Kind.LABEL, 5),
    Column("用途", Kind.TEXT, 14),
    Column("开户", Kind.DATE, 6),
    Column("销户", Kind.DATE, 6),
    Column("到位", Kind.DECIMAL, 8, unit="元", places=2),
    Column("支付", Kind.DECIMAL, 8, unit="元", places=2),
    Column("台账余额", Kind.DECIMAL, 8, unit="元", places=2),
    Column("未记账户", Kind.COUNT, 5, unit="笔"),
    Column("待处理", Kind.TEXT, 14),
)
_STATEMENTS = (
    Column("项目编号", Kind.LABEL, 7),
    Column("账号尾号", Kind.LABEL, 5),
    Column("月份", Kind.LABEL, 7),
    Column("对账单余额", Kind.DECIMAL, 8, unit="元", places=2),
    Column("台账余额", Kind.DECIMAL, 8, unit="元", places=2),
    Column("差额", Kind.DECIMAL, 8, unit="元", places=2),
    Column("差额说明", Kind.TEXT, 16),
    Column("版次", Kind.COUNT, 4),
    Column("登记", Kind.TEXT, 9),
)


def accounts_workbook(
    *, lines: Sequence[ProjectLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """The rows of the list; account numbers only by their last four digits. ``more`` are the sheets in which the
    accounts come back in."""
    rows: list[Row] = []
    statements: list[Row] = []
    for line in lines:
        project = line.project
        place = (project.code, project.name, project.street.short_name)
        if not line.accounts:
            faults = "；".join(line.faults)
            rows.append(
                row(*place, "", "", "", None, None, None, None, None, line.unnamed_count, faults)
            )
        for number, each in enumerate(line.accounts):
            account = each.account
            rows.append(
                row(
                    *place,
                    account.bank,
                    account.number_tail,
                    account.purpose,
                    account.opened_on,
                    account.closed_on,
                    _yuan(each.received_fen),
                    _yuan(each.paid_fen),
                    _yuan(each.balance_fen),
                    line.unnamed_count if number == 0 else None,
                    "；".join(line.faults if number == 0 else each.faults),
                )
            )
            statements += [
                row(
                    project.code,
                    account.number_tail,
                    statement.month.label,
                    _yuan(statement.row.balance_fen),
                    _yuan(statement.ledger_fen),
                    _yuan(statement.difference_fen),
                    statement.row.explanation,
                    statement.versions,
                    who(statement.row, "entered_by"),
                )
                for statement in each.statements
            ]
    sheets = tuple(
        sheet_from_table(
            Table(columns=columns, rows=tuple(found), name=name),
            title=name,
            subtitles=(f"{chinese_moment(now)}导出，已核定", *to_change(more)),
            paper=Paper.A3,
            fixed_columns=2,
            filters=True,
        )
        for columns, found, name in (
            (_ACCOUNTS, rows, "资金专户"),
            (_STATEMENTS, statements, "对账单"),
        )
    )
    return write_workbook(Book(sheets=(*sheets, *more), title="资金专户", made_at=now))


def _yuan(fen: int) -> Fraction:
    return Fraction(fen, 100)
