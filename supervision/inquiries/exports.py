"""The table of an inquiry as a workbook: with its definition, who answered when, and what the columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from renovation.core.documents.blocks import Cell, Column, Kind, Row, RowStyle, Table, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.documents.xlsx import Book, Paper, sheet_from_table, write_workbook
from renovation.core.wording import chinese_moment, join
from renovation.records.acting import who

from .enums import ColumnKind, Subject
from .listing import InquiryLine
from .models import AskedColumn
from .services import Burden
from .table import Table as Asked
from .values import as_value, expected_of, places_of

_KINDS = {
    ColumnKind.INTEGER: Kind.COUNT,
    ColumnKind.DECIMAL: Kind.DECIMAL,
    ColumnKind.AMOUNT: Kind.DECIMAL,
    ColumnKind.DATE: Kind.DATE,
    ColumnKind.YES_NO: Kind.LABEL,
    ColumnKind.CHOICE: Kind.LABEL,
    ColumnKind.TEXT: Kind.TEXT,
}


LIST_COLUMNS: Described = (
    (Column("编号", Kind.LABEL, 7), ""),
    (Column("名称", Kind.TEXT, 14), ""),
    (Column("年度计划", Kind.COUNT, 4, unit="年"), ""),
    (Column("按什么填", Kind.LABEL, 5), "一个项目、一个小区或一个街道一行。"),
    (Column("用途", Kind.TEXT, 18), ""),
    (Column("状态", Kind.LABEL, 6), ""),
    (Column("拟定", Kind.TEXT, 8), "岗位。"),
    (Column("拟定时间", Kind.MOMENT, 8), ""),
    (Column("批准", Kind.TEXT, 8), "岗位；没有发出的为空。"),
    (Column("发出时间", Kind.MOMENT, 8), ""),
    (Column("批准时的期限", Kind.MOMENT, 8), ""),
    (Column("最后期限", Kind.MOMENT, 8), "延期以后的。"),
    (Column("要填的街道", Kind.COUNT, 5, unit="个"), ""),
    (Column("报齐", Kind.COUNT, 4, unit="个"), "每行都填齐的街道；没有发出的为空。"),
    (Column("其中迟报", Kind.COUNT, 4, unit="个"), "报齐晚于最后期限的。"),
    (Column("没有报齐", Kind.TEXT, 14), "街道。"),
    (Column("结束时间", Kind.MOMENT, 8), ""),
)


def list_of_inquiries(*, lines: Sequence[InquiryLine], now: datetime) -> bytes:
    """The list of inquiries, and what its columns mean."""
    return list_workbook(
        title="临时收数",
        name="临时收数",
        columns=LIST_COLUMNS,
        rows=[_line(line) for line in lines],
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )


def _line(line: InquiryLine) -> Row:
    inquiry = line.inquiry
    is_sent = inquiry.approved_at is not None
    return row(
        inquiry.number,
        inquiry.title,
        inquiry.programme.year,
        str(inquiry.get_subject_display()),
        inquiry.purpose,
        str(inquiry.get_state_display()),
        who(inquiry, "drafted_by"),
        inquiry.drafted_at,
        who(inquiry, "approved_by") if is_sent else "",
        inquiry.approved_at,
        inquiry.first_due_at,
        inquiry.due_at,
        line.asked,
        line.complete if is_sent else None,
        line.late if is_sent else None,
        join(line.missing) if is_sent else "",
        inquiry.closed_at,
    )


def inquiry_workbook(*, table: Asked, burden: Burden, now: datetime) -> bytes:
    """Three sheets: the table with its totals, 收数说明, 各列说明."""
    inquiry = table.inquiry
    sheets = (
        sheet_from_table(
            _answers(table),
            title=inquiry.title,
            subtitles=(
                f"{inquiry.number}，{inquiry.get_state_display()}，{chinese_moment(now)}导出",
            ),
            paper=Paper.A3 if len(table.columns) + len(table.known) > 6 else Paper.A4,
            fixed_columns=3,
            filters=True,
        ),
        sheet_from_table(_definition(table, burden), title="收数说明"),
        sheet_from_table(_columns(table), title="各列说明"),
    )
    return write_workbook(Book(sheets=sheets, title=inquiry.title, made_at=now))


def _column(asked: AskedColumn) -> Column:
    kind = _KINDS[ColumnKind(asked.kind)]
    return Column(
        asked.label,
        kind,
        12 if kind is Kind.TEXT else 8,
        unit=asked.shown_unit,
        places=places_of(asked),
    )


def _answers(table: Asked) -> Table:
    by_project = table.inquiry.subject == Subject.PROJECT
    fixed: tuple[Column, ...] = (Column("街道", Kind.TEXT, 8),)
    if by_project:
        fixed += (Column("项目编号", Kind.LABEL, 8), Column("项目名称", Kind.TEXT, 10))
    fixed += (Column("填报", Kind.LABEL, 5),)
    known = tuple(
        Column(each.label, each.kind, 8, unit=each.unit, places=each.places) for each in table.known
    )
    rows = []
    for line in table.lines:
        cells: list[Cell] = [Cell(line.row.street.short_name)]
        if line.row.project is not None:
            cells += [Cell(line.row.project.code), Cell(line.row.project.name)]
        cells.append(Cell("已报" if line.is_answered else "未报"))
        cells += [Cell(table.filled_value(line, each)) for each in table.known]
        values = line.values or {}
        cells += [Cell(_value(column, values.get(column.name))) for column in table.columns]
        rows.append(Row(tuple(cells)))
    answered = sum(line.is_answered for line in table.lines)
    blanks = [Cell("")] * (len(fixed) - 2 + len(known))
    totals = Row(
        (
            Cell(f"合计 {len(table.lines)} 行"),
            *blanks[: len(fixed) - 2],
            Cell(f"已报 {answered}"),
            *blanks[len(fixed) - 2 :],
            *(
                Cell(_value(total.column, total.value) if total.value is not None else "")
                for total in table.totals()
            ),
        ),
        RowStyle.TOTAL,
    )
    basis = "、".join(
        f"{total.column.label} {total.answered} / {total.asked}" for total in table.totals()
    )
    return Table(
        columns=(*fixed, *known, *(_column(column) for column in table.columns)),
        rows=tuple(rows),
        totals=totals,
        notes=(f"合计按已报的行相加；各列已填 / 应填：{basis}。",),
        name="汇总",
    )


def _value(column: AskedColumn, stored: object) -> str | int | Decimal | date | None:
    value = as_value(column, stored)
    if value is None and ColumnKind(column.kind) in {ColumnKind.TEXT, ColumnKind.CHOICE}:
        return ""
    return value


def _definition(table: Asked, burden: Burden) -> Table:
    inquiry = table.inquiry
    moved = (
        f"（批准时为{chinese_moment(inquiry.first_due_at)}）"
        if inquiry.is_extended and inquiry.first_due_at
        else ""
    )
    facts = [
        ("编号", inquiry.number),
        ("名称", inquiry.title),
        ("用途", inquiry.purpose),
        ("拟定", f"{who(inquiry, 'drafted_by')}，{chinese_moment(inquiry.drafted_at)}"),
        ("批准", _signed(inquiry.approved_by, inquiry.approved_at)),
        ("最后期限", f"{chinese_moment(inquiry.due_at)}{moved}"),
        ("结束", _signed(inquiry.closed_by, inquiry.closed_at)),
        (
            "填报量",
            f"{burden.row_count} 行 × {burden.column_count} 列，共 {burden.cell_count} 格；平台填好 {len(table.known)} 列",
        ),
    ]
    for standing in table.standings:
        newest = standing.newest
        said = f"{standing.answered_count} / {standing.row_count} 行，{standing.word}"
        if newest is not None:
            said += f"；第 {newest.version} 版，{who(newest, 'answered_by')}，{chinese_moment(newest.answered_at)}"
        facts.append((standing.street.short_name, said))
    return Table(
        columns=(Column("项", Kind.TEXT, 8), Column("内容", Kind.TEXT, 40)),
        rows=tuple(row(name, value) for name, value in facts),
        name="收数说明",
    )


def _signed(person: object, at: datetime | None) -> str:
    return f"{person}，{chinese_moment(at)}" if at is not None else "—"


def _columns(table: Asked) -> Table:
    rows = [row(each.title, "平台", f"取自{each.where}") for each in table.known]
    rows += [
        row(
            column.title,
            "街道，必填" if column.is_required else "街道",
            "；".join(part for part in (expected_of(column), column.hint) if part),
        )
        for column in table.columns
    ]
    return Table(
        columns=(Column("列", Kind.TEXT, 12), Column("谁填", Kind.LABEL, 7), Column("填什么", Kind.TEXT, 30)),
        rows=tuple(rows),
        name="各列说明",
    )  # fmt: skip
