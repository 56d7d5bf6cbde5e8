"""After-care as a workbook: a row an estate, and what was handed over, a row an item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from projects.residents.exports import Columns, books_of
from projects.residents.models import Committee, Management
from renovation.core.documents.blocks import Cell, Column, Kind
from renovation.core.documents.sheets import Sheet
from renovation.core.measures import percent

from .register import Care

CARE_COLUMNS: Columns = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("小区", Kind.TEXT, 10), ""),
    (Column("户数", Kind.COUNT, 5, unit="户"), ""),
    (Column("完工", Kind.DATE, 6), ""),
    (
        Column("状态", Kind.LABEL, 7),
        "没有在任的自治组织或没有管理方式、任期已满或合同已到期的为“没有落实”。",
    ),
    (Column("已到期", Kind.TEXT, 12), "任期已满、合同已到期的，没有的空着。"),
    (Column("自治组织", Kind.TEXT, 8), "导出当天没有终止的。"),
    (Column("成立", Kind.DATE, 6), ""),
    (Column("任期届满", Kind.DATE, 6), "任期的最后一天。"),
    (Column("备案号", Kind.TEXT, 9), ""),
    (Column("管理方式", Kind.TEXT, 8), "导出当天没有终止的。"),
    (Column("管理单位", Kind.TEXT, 12), ""),
    (Column("合同起", Kind.DATE, 6), ""),
    (Column("合同止", Kind.DATE, 6), ""),
    (Column("物业费", Kind.DECIMAL, 5, unit="元/㎡·月", places=2), "空着的不按面积收费。"),
    (Column("收缴率", Kind.DECIMAL, 5, unit="%", places=1), "最近一个收缴期的实收除以应收。"),
    (Column("实收", Kind.DECIMAL, 7, unit="元", places=2), "最近一个收缴期。"),
    (Column("应收", Kind.DECIMAL, 7, unit="元", places=2), "最近一个收缴期，不含往年欠费。"),
    (Column("维修资金余额", Kind.DECIMAL, 8, unit="元", places=2), "空着的没有建立。"),
    (Column("累计交存", Kind.COUNT, 5, unit="户"), ""),
    (Column("移交", Kind.DATE, 6), "只列已确认的。"),
    (Column("移交单位", Kind.TEXT, 10), ""),
    (Column("接收单位", Kind.TEXT, 10), ""),
    (Column("完工到移交", Kind.COUNT, 5, unit="天"), "0 为完工当日移交。"),
)
ITEM_COLUMNS: Columns = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("小区", Kind.TEXT, 10), ""),
    (Column("移交", Kind.DATE, 6), ""),
    (Column("名称", Kind.TEXT, 12), ""),
    (Column("数量", Kind.DECIMAL, 5, places=2), ""),
    (Column("单位", Kind.LABEL, 4), ""),
    (Column("接管单位", Kind.TEXT, 12), ""),
)


def care_workbook(
    *, title: str, rows: Iterable[Care], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every row of a list of after-care, and the sheets in which it comes back in."""
    found = list(rows)
    items = [cells for care in found for cells in _items(care)]
    return books_of(
        title,
        (
            ("长效管理台账", CARE_COLUMNS, [_care(care) for care in found]),
            ("移交清单", ITEM_COLUMNS, items),
        ),
        now,
        more,
    )


def _yuan(fen: int | None) -> Fraction | None:
    return None if fen is None else Fraction(fen, 100)


def _care(care: Care) -> list[Cell]:
    estate, project = care.estate, care.estate.project
    committee = care.committee.row if care.committee else None
    management = care.management.row if care.management else None
    handed = care.handover if care.is_handed_over else None
    latest = care.collections[0].row if care.collections else None
    return [
        Cell(project.code),
        Cell(project.name),
        Cell(project.street.short_name),
        Cell(estate.name),
        Cell(estate.household_count),
        Cell(care.completed_on),
        Cell(care.word),
        Cell("；".join(care.expired)),
        Cell(str(committee) if committee else ""),
        Cell(committee.since_on if committee else None),
        Cell(committee.until_on if committee else None),
        Cell(committee.filing_number if isinstance(committee, Committee) else ""),
        Cell(str(management.get_form_display()) if isinstance(management, Management) else ""),
        Cell(management.manager if isinstance(management, Management) else ""),
        Cell(management.since_on if management else None),
        Cell(management.until_on if management else None),
        Cell(_yuan(management.fee_fen) if isinstance(management, Management) else None),
        Cell(percent(latest.collected_fen, latest.due_fen) if latest else None),
        Cell(_yuan(latest.collected_fen) if latest else None),
        Cell(_yuan(latest.due_fen) if latest else None),
        Cell(_yuan(care.fund.balance_fen)),
        Cell(care.fund.household_count),
        Cell(handed.handed_on if handed else None),
        Cell(handed.handed_by if handed else ""),
        Cell(handed.taken_by if handed else ""),
        Cell(care.handed_after),
    ]


def _items(care: Care) -> list[list[Cell]]:
    if care.handover is None or not care.is_handed_over:
        return []
    return [
        [
            Cell(care.estate.project.code),
            Cell(care.estate.name),
            Cell(care.handover.handed_on),
            Cell(item["name"]),
            Cell(Decimal(item["quantity"])),
            Cell(item["unit"]),
            Cell(item["keeper"]),
        ]
        for item in care.handover.items
    ]
