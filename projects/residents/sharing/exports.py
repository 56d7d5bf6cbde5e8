"""What residents brought in and how they judged the work as a workbook, a row a project."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from projects.residents.exports import Columns, book
from renovation.core.documents.blocks import Cell, Column, Kind
from renovation.core.documents.sheets import Sheet
from renovation.core.measures import percent

from .register import SharingLine

COLUMNS: Columns = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("完工", Kind.DATE, 6), ""),
    (
        Column("居民投入", Kind.COUNT, 5, unit="笔"),
        "出资、投劳、捐物，第二人已确认的笔数；右边的钱和工时也只计已确认的。",
    ),
    (Column("待确认的居民投入", Kind.COUNT, 5, unit="笔"), "还没有第二人确认，不计入。"),
    (
        Column("居民另行出资", Kind.DECIMAL, 8, unit="元", places=2),
        "没有记入资金台账的，与右边不重复。",
    ),
    (
        Column("资金台账居民出资到位", Kind.DECIMAL, 8, unit="元", places=2),
        "资金台账里来源“居民出资”已核定的到位。",
    ),
    (Column("投劳", Kind.COUNT, 5, unit="小时"), ""),
    (Column("共评", Kind.DATE, 6), "最近一次已确认的，右边各数都是它的。"),
    (Column("待确认的共评", Kind.DATE, 6), "还没有第二人确认，不计入。"),
    (Column("状态", Kind.LABEL, 7), ""),
    (Column("参评", Kind.COUNT, 5, unit="人"), "没有表态的也在内。"),
    (Column("满意", Kind.COUNT, 5, unit="人"), ""),
    (Column("基本满意", Kind.COUNT, 5, unit="人"), ""),
    (Column("不满意", Kind.COUNT, 5, unit="人"), ""),
    (Column("共评满意率", Kind.DECIMAL, 5, unit="%", places=1), "满意除以参评。"),
    (Column("意见", Kind.COUNT, 4, unit="条"), ""),
    (Column("未办理", Kind.COUNT, 4, unit="条"), ""),
)


def sharing_workbook(
    *, title: str, lines: Iterable[SharingLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every line of a list of contributions and evaluations, and the sheets in which they come back in."""
    return book(title, "共建共评台账", COLUMNS, [_line(line) for line in lines], now, more)


def _line(line: SharingLine) -> list[Cell]:
    project, found = line.project, line.evaluation
    row = found.row if found else None
    return [
        Cell(project.code),
        Cell(project.name),
        Cell(project.street.short_name),
        Cell(line.completed_on),
        Cell(line.gifts.count),
        Cell(line.gifts.waiting),
        Cell(Fraction(line.gifts.apart_fen, 100)),
        Cell(Fraction(line.ledger_fen, 100)),
        Cell(line.gifts.hours),
        Cell(row.held_on if row else None),
        Cell(line.draft.row.held_on if line.draft else None),
        Cell(line.word),
        Cell(row.base_count if row else None),
        Cell(row.satisfied_count if row else None),
        Cell(row.basic_count if row else None),
        Cell(row.unsatisfied_count if row else None),
        Cell(percent(row.satisfied_count, row.base_count) if row else None),
        Cell(len(found.opinions) if found else None),
        Cell(found.open_count if found else None),
    ]
