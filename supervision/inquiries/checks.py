"""The rules of an inquiry's workbook and form, under the letter S (收数)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renovation.core.errors import Refusal
from renovation.intake.declaring import rule
from renovation.intake.pipelines import Finding, Row, RuleScope
from renovation.intake.standard import standard_rules

from .enums import Subject
from .table import Table
from .values import check_column, expected_of

_ROW, _CELL, _SHEET = RuleScope.ROW, RuleScope.CELL, RuleScope.SHEET


#: The field that names a row.
KEY = "key"


def missing_cells(row: Row, table: Table) -> Iterator[Finding]:
    """Required cells that are empty; a row that is empty as a whole is said once."""
    asked = [column for column in table.columns if column.is_required]
    empty = [
        column
        for column in asked
        if row.values.get(column.name) in (None, "") and column.name not in row.faulty
    ]
    names = {column.name for column in table.columns}
    is_blank = not row.faulty & names and not any(name in row.values for name in names)
    if empty and is_blank:
        line = table.by_key.get(row.key)
        yield Finding(
            message=f"{line.label if line else row.key}还没有填",
            field=empty[0].name,
            found="空",
            expected=expected_of(empty[0]),
        )
        return
    for column in empty:
        yield Finding(
            message=f"{column.title}未填",
            field=column.name,
            found="空",
            expected=expected_of(column),
        )


def _refused(row: Row, table: Table, code: str) -> Iterator[Finding]:
    for column in table.columns:
        refusal: Refusal | None = check_column(column, row.values.get(column.name))
        if refusal is not None and refusal.code == code:
            yield Finding(
                message=refusal.message,
                field=column.name,
                found=str(row.values[column.name]),
                expected=expected_of(column),
            )


def wrong_option(row: Row, table: Table) -> Iterator[Finding]:
    """An option that is not offered."""
    yield from _refused(row, table, "inquiry.option")


def wrong_day(row: Row, table: Table) -> Iterator[Finding]:
    """A day outside of what is asked."""
    yield from _refused(row, table, "inquiry.day")


def unknown_row(row: Row, table: Table) -> Iterator[Finding]:
    """A row that nobody asked for."""
    if row.key not in table.by_key and row.key not in table.elsewhere:
        noun = "项目编号" if table.inquiry.subject == Subject.PROJECT else "街道"
        yield Finding(
            message=f"这次收数没有{noun} {row.key}",
            field=KEY,
            found=row.key,
            expected="模板里填好的行，不增加",
        )


def other_street(row: Row, table: Table) -> Iterator[Finding]:
    """A row of another street; the sentence names both."""
    theirs = table.elsewhere.get(row.key)
    if theirs is None or not table.standings:
        return
    ours = table.standings[0].street.short_name
    if table.inquiry.subject == Subject.STREET:
        message = f"这一行是{theirs}的，不是{ours}的"
    elif theirs == ours:
        message = f"{row.key}不在这次收数的行里"
    else:
        message = f"{row.key}是{theirs}的，不是{ours}的"
    yield Finding(message=message, field=KEY, found=theirs, expected=f"{ours}的行")


def missing_rows(rows: Sequence[Row], table: Table) -> Iterator[Finding]:
    """Rows of the street that the sheet does not have."""
    there = {row.key for row in rows}
    gone = [line for line in table.lines if line.key not in there]
    if gone:
        names = "、".join(line.label for line in gone[:5])
        more = f"等 {len(gone)} 行" if len(gone) > 5 else ""
        yield Finding(
            message=f"缺 {len(gone)} 行：{names}{more}，可以以后再报",
            found=names,
            expected=f"{len(table.lines)} 行",
        )


ROW_RULES = (
    rule("S101", missing_cells, "必填未填", "黄色表头的列每行都要填；整行没填的先暂留，以后再报。", "没填“欠费户数”", _CELL),
    rule("S121", wrong_option, "选项不对", "从所列选项中选，不写别的。", "“是否有物业”填“有”", _CELL),
    rule("S122", wrong_day, "日期不在范围", "日期在所问的范围之内。", "要 6 月的，填了 5 月", _CELL),
    rule("S142", unknown_row, "没有这一行", "只填模板里填好的行，不增加。", "自己加了一个项目", _ROW),
    rule("S143", other_street, "别街道的行", "只报本街道的行。", "松龄路街道的文件里有钟楼街道的项目", _ROW),
)  # fmt: skip
SHEET_RULES = (
    rule("S161", missing_rows, "缺行", "模板里的行都要在；没有的先报已有的，再补。", "删去了一行", _SHEET),
)  # fmt: skip
RULES = tuple(sorted((*standard_rules("S"), *ROW_RULES, *SHEET_RULES), key=lambda each: each.code))
