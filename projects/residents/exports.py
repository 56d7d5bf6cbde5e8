"""The lists as workbooks, each with what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from renovation.core.documents.blocks import Cell, Column, Kind, Table, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.wording import chinese_moment

from .meeting_lines import MeetingLine
from .register import NoticeLine

Columns = Sequence[tuple[Column, str]]

NOTICE_COLUMNS: Columns = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("节点", Kind.TEXT, 8), ""),
    (Column("施工内容", Kind.TEXT, 8), "重要节点施工前的公示填。"),
    (Column("版次", Kind.COUNT, 3), "撤回后重新发布的加一。"),
    (Column("状态", Kind.LABEL, 6), ""),
    (Column("公示期", Kind.COUNT, 4, unit="工作日"), ""),
    (Column("张贴", Kind.DATE, 6), "当日不计入公示期。"),
    (Column("期满", Kind.DATE, 6), "公示期的最后一天。"),
    (Column("结束", Kind.DATE, 6), ""),
    (Column("渠道", Kind.TEXT, 12), ""),
    (Column("地点", Kind.TEXT, 10), ""),
    (Column("异议", Kind.COUNT, 4, unit="条"), ""),
    (Column("未答复", Kind.COUNT, 4, unit="条"), ""),
    (Column("逾期", Kind.COUNT, 4, unit="条"), "过了答复期限还没有答复的。"),
    (Column("结果", Kind.TEXT, 14), "已撤回的是撤回原因。"),
)


MEETING_COLUMNS: Columns = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("日期", Kind.DATE, 6), ""),
    (Column("形式", Kind.TEXT, 7), ""),
    (Column("地点", Kind.TEXT, 10), ""),
    (Column("到会", Kind.COUNT, 4, unit="人"), "只在每次议事的第一行。"),
    (Column("问题", Kind.TEXT, 16), "一个问题一行；没有提出问题的议事也占一行。"),
    (Column("解决单位或岗位", Kind.TEXT, 10), ""),
    (Column("期限", Kind.DATE, 6), ""),
    (Column("解决日期", Kind.DATE, 6), "空着的没有解决。"),
    (Column("解决情况", Kind.TEXT, 16), ""),
    (Column("逾期", Kind.COUNT, 4, unit="天"), "过了期限没有解决的天数。"),
)


def meetings_workbook(
    *, title: str, lines: Iterable[MeetingLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every meeting of a list, a row a matter; ``more`` are the sheets in which it comes back in, as in the others."""
    rows = [cells for line in lines for cells in _meeting(line)]
    return book(title, "议事台账", MEETING_COLUMNS, rows, now, more)


def _meeting(line: MeetingLine) -> list[list[Cell]]:
    found = line.meeting
    head: list[str | date] = [
        found.project.code,
        found.project.name,
        found.project.street.short_name,
        found.held_on,
        str(found.get_kind_display()),
        found.place,
    ]
    rows: list[list[Cell]] = []
    for place, each in enumerate(line.matters):
        matter = each.matter
        rows.append(
            [
                *(Cell(value) for value in head),
                Cell(None if place else found.attended),
                Cell(matter.content),
                Cell(matter.owner),
                Cell(matter.due_on),
                Cell(matter.solved_on),
                Cell(matter.result),
                Cell(each.overdue_days or None),
            ]
        )
    empty = [Cell(""), Cell(""), Cell(None), Cell(None), Cell(""), Cell(None)]
    return rows or [[*(Cell(value) for value in head), Cell(found.attended), *empty]]


def notices_workbook(
    *, title: str, lines: Iterable[NoticeLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every line of a list of notices."""
    return book(title, "公示台账", NOTICE_COLUMNS, [_notice(line) for line in lines], now, more)


def book(
    title: str,
    name: str,
    columns: Columns,
    rows: Sequence[list[Cell]],
    now: datetime,
    more: Sequence[Sheet] = (),
) -> bytes:
    """A workbook of one table and of what its columns mean."""
    return books_of(title, ((name, columns, rows),), now, more)


def books_of(
    title: str,
    parts: Sequence[tuple[str, Columns, Sequence[list[Cell]]]],
    now: datetime,
    more: Sequence[Sheet] = (),
) -> bytes:
    """A workbook of some tables (name, columns, rows), of what their columns mean, and of the sheets in which the
    list comes back in."""
    tables = [
        Table(
            columns=tuple(column for column, _ in columns),
            rows=tuple(row(*cells) for cells in rows),
            name=name,
        )
        for name, columns, rows in parts
    ]
    dictionary = Table(
        columns=(
            Column("列", Kind.TEXT, 8),
            Column("单位", Kind.LABEL, 5),
            Column("含义", Kind.TEXT, 30),
        ),
        rows=tuple(
            row(column.header, column.unit, meaning or column.header)
            for _, columns, _ in parts
            for column, meaning in columns
        ),
        name="数据说明",
    )
    sheets = (
        *(
            sheet_from_table(
                table,
                title=title,
                subtitles=(f"{chinese_moment(now)}导出", *to_change(more)),
                paper=Paper.A3,
                fixed_columns=2,
                filters=True,
            )
            for table in tables
        ),
        sheet_from_table(dictionary, title="数据说明"),
        *more,
    )
    return write_workbook(Book(sheets=sheets, title=title, made_at=now))


def _notice(line: NoticeLine) -> list[Cell]:
    found = line.notice
    return [
        Cell(found.project.code),
        Cell(found.project.name),
        Cell(found.project.street.short_name),
        Cell(str(found.get_point_display())),
        Cell(found.node),
        Cell(found.number),
        Cell(line.word),
        Cell(found.period_days),
        Cell(found.posted_on),
        Cell(line.closes_on),
        Cell(found.concluded_on),
        Cell(found.channel_words),
        Cell(found.place),
        Cell(len(line.objections)),
        Cell(line.open_count),
        Cell(line.overdue_count),
        Cell(found.withdrawn_reason or found.conclusion),
    ]
