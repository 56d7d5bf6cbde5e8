"""The one table of a dispatch sheet: its columns, and what stands in them.

The workbook shows all columns, the printed sheet those that a meeting reads, the page those it has room for;
all are cut from the same columns, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from renovation.core.documents.blocks import (
    Cell,
    Column,
    Kind,
    Row,
    RowStyle,
    Table,
    Value,
    group_row,
)
from renovation.core.measures import Measure
from renovation.core.wording import short_date

from . import names
from .adjusted import adjusted_table
from .assigned import assigned_table
from .enums import Extent
from .sheets import MARKS, DispatchSheet, SheetGroup, SheetRow, count_lights

#: How a snapshot keeps the moment at which a return was sent.
FILLED_AT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Place:
    number: int
    row: SheetRow
    group: SheetGroup


@dataclass(frozen=True)
class Sums:
    label: str
    figures: Mapping[str, Measure]
    progress_change: Measure | None
    rows: tuple[SheetRow, ...]
    is_pending: bool


@dataclass(frozen=True)
class SheetColumn:
    """A column with where its values come from; ``of_return`` values are marked 待核 with their row."""

    column: Column
    value: Callable[[Place], Value]
    total: Callable[[Sums], Value] = lambda _: ""
    is_printed: bool = True
    of_return: bool = False

    def cell(self, place: Place) -> Cell:
        return Cell(self.value(place), pending=self.of_return and place.row.is_pending)

    def sum_cell(self, sums: Sums) -> Cell:
        value = self.total(sums)
        return Cell(value, pending=self.of_return and sums.is_pending and value not in ("", None))


def _lights_text(sums: Sums) -> str:
    counted = count_lights(row.figures for row in sums.rows)
    return " ".join(f"{MARKS[word].symbol}{n}" for word, n in counted.items() if n)


def _value(measure: Measure | None) -> Value:
    return None if measure is None else measure.value


def _figure(name: str) -> tuple[Callable[[Place], Value], Callable[[Sums], Value]]:
    return (
        lambda place: _value(place.row.figures.get(name)),
        lambda sums: _value(sums.figures.get(name)),
    )


def _party(role: str) -> Callable[[Place], Value]:
    return lambda place: place.row.parties.get(role, "")


def _measured(
    header: str,
    name: str,
    *,
    kind: Kind = Kind.DECIMAL,
    places: int = 0,
    width: float = 4,
    unit: str = "",
    group: str = "",
    is_printed: bool = True,
    of_return: bool = False,
) -> SheetColumn:
    value, total = _figure(name)
    column = Column(header, kind, width, unit=unit, group=group, places=places)
    return SheetColumn(column, value, total, is_printed, of_return)


def _worded(
    header: str,
    value: Callable[[Place], Value],
    *,
    kind: Kind = Kind.TEXT,
    width: float = 6,
    group: str = "",
    is_printed: bool = True,
    of_return: bool = False,
    total: Callable[[Sums], Value] = lambda _: "",
) -> SheetColumn:
    return SheetColumn(
        Column(header, kind, width, group=group), value, total, is_printed, of_return
    )


def _workers(rows: tuple[SheetRow, ...]) -> Value:
    counts = [row.workers_count for row in rows if row.workers_count is not None]
    return sum(counts) if counts else ""


def _filled_at(place: Place) -> datetime | None:
    """When the street sent its return, by its clocks."""
    text = place.group.filled_at
    return datetime.strptime(text, FILLED_AT) if text else None  # noqa: DTZ007


def _completion(place: Place) -> str:
    row = place.row
    if row.completed_on is not None:
        return f"{row.completed_on:%Y-%m-%d}"
    return f"预计{short_date(row.forecast_on)}" if row.forecast_on else ""


COLUMNS: tuple[SheetColumn, ...] = (
    _worded("序号", lambda p: p.number, kind=Kind.COUNT, width=2.5),
    _worded("项目编号", lambda p: p.row.code, kind=Kind.LABEL, width=6, is_printed=False),
    _worded("街道", lambda p: p.group.street_name, width=6, is_printed=False),
    _worded("社区", lambda p: p.row.communities, width=6, is_printed=False),
    _worded("项目名称", lambda p: p.row.name, width=9, total=lambda s: s.label),
    _worded("小区名称", lambda p: p.row.estates, width=9, is_printed=False),
    _worded("建成年份", lambda p: p.row.years_built, kind=Kind.LABEL, width=5, is_printed=False),
    _measured("楼栋", names.BUILDINGS, kind=Kind.COUNT, width=3, unit="栋"),
    _measured("户数", names.HOUSEHOLDS, kind=Kind.COUNT, width=3.6, unit="户"),
    _measured("面积", names.AREA, places=2, width=4.6, unit="万㎡"),
    _worded("改造类别", lambda p: p.row.renovation_type, width=6, is_printed=False),
    _measured("计划投资", names.PLANNED_INVESTMENT, places=2, width=7, unit="万元", group="投资和资金"),
    _measured(
        "到位资金", names.RECEIVED, places=2, width=7, unit="万元", group="投资和资金"
    ),
    _measured(
        "完成投资", names.COMPLETED_INVESTMENT, places=2, width=7, unit="万元",
        group="投资和资金", of_return=True,
    ),
    _measured(
        "投资完成率", names.INVESTMENT_RATE, places=1, width=5, unit="%", group="投资和资金",
        of_return=True,
    ),
    _measured("支付率", names.PAYMENT_RATE, places=1, width=5, unit="%", group="投资和资金"),
    _worded("建设单位", _party("owner"), width=9, is_printed=False),
    _worded("施工单位", _party("contractor"), width=9, is_printed=False),
    _worded("监理单位", _party("supervisor"), width=9, is_printed=False),
    _worded("计划开工", lambda p: p.row.planned_start_on, kind=Kind.DATE, width=6.9, group="工期"),
    _worded("实际开工", lambda p: p.row.started_on, kind=Kind.DATE, width=6.9, group="工期"),
    _worded("计划完工", lambda p: p.row.planned_completion_on, kind=Kind.DATE, width=6.9, group="工期"),
    _worded("实际（预计）完工", _completion, kind=Kind.LABEL, width=6.5, group="工期", is_printed=False),
    _worded("当前阶段", lambda p: p.row.stage, kind=Kind.LABEL, width=5.4),
    _worded("上周计划", lambda p: p.row.last_plan, width=12, is_printed=False),
    _worded("本周完成情况", lambda p: p.row.work_done, width=13),
    SheetColumn(
        Column("本周", Kind.CHANGE, 5, unit="百分点", group="形象进度", places=1),
        lambda p: _value(p.row.progress_change),
        lambda s: _value(s.progress_change),
        of_return=True,
    ),
    _measured(
        "累计", names.PHYSICAL, places=1, width=4, unit="%", group="形象进度", of_return=True
    ),
    _measured("序时进度", names.SCHEDULED, places=1, width=4.5, unit="%"),
    _measured(
        "偏差", names.DEVIATION, kind=Kind.CHANGE, places=1, width=5, unit="百分点",
        of_return=True,
    ),
    SheetColumn(
        Column("亮灯", Kind.MARK, 6.4), lambda p: p.row.mark, _lights_text, of_return=False
    ),
    _worded("存在问题", lambda p: p.row.problems, width=9.2),
    _worded("需协调事项", lambda p: p.row.coordination, width=7.5),
    _worded("下周计划", lambda p: p.row.next_plan, width=8.2),
    _worded(
        "在场人数", lambda p: p.row.workers_count, kind=Kind.COUNT, width=3, is_printed=False,
        total=lambda s: _workers(s.rows),
    ),
    _worded("包联领导", _party("contact_leader"), width=6, is_printed=False),
    _worded("责任单位", _party("responsible"), width=9, is_printed=False),
    _worded("联系岗位", lambda p: p.row.contact, width=7, is_printed=False),
    _worded("联系电话", lambda p: p.row.phone, kind=Kind.LABEL, width=7, is_printed=False),
    _worded("填报岗", lambda p: p.group.filler, width=7, is_printed=False),
    _worded("填报时间", _filled_at, kind=Kind.MOMENT, width=7, is_printed=False),
    _worded("备注", lambda p: p.row.note, width=4.6),
)  # fmt: skip

#: The columns of the page: how far, how far behind, why, what next, at one glance.
_ON_PAGE = frozenset(
    {"序号", "项目名称", "当前阶段", "本周完成情况", "本周", "累计", "序时进度", "偏差", "亮灯", "存在问题", "需协调事项", "下周计划", "备注"}
)  # fmt: skip
_COLUMNS_OF: dict[Extent, Sequence[SheetColumn]] = {
    "whole": COLUMNS,
    "printed": [each for each in COLUMNS if each.is_printed],
    "page": [each for each in COLUMNS if each.column.header in _ON_PAGE],
}


def tables_behind(sheet: DispatchSheet) -> tuple[Table, ...]:
    """本周项目调整情况 and 交办事项落实情况, behind the table; nothing where there is nothing to tell."""
    found = []
    if sheet.adjusted:
        found.append(adjusted_table(sheet.adjusted, name="项目调整", caption="本周项目调整情况"))
    if sheet.assigned:
        found.append(assigned_table(sheet.assigned))
    return tuple(found)


def sheet_table(sheet: DispatchSheet, *, extent: Extent = "whole") -> Table:
    """All columns, those of the printed sheet, or those that a page has room for."""
    chosen = _COLUMNS_OF[extent]
    rows: list[Row] = []
    number = 0

    def tell(groups: Iterable[SheetGroup]) -> None:
        nonlocal number
        for group in groups:
            if sheet.is_district:
                heading = f"{group.street_name}（{len(group.rows)}个项目）"
                rows.append(group_row(heading))
            for row in group.rows:
                number += 1
                place = Place(number, row, group)
                rows.append(Row(tuple(each.cell(place) for each in chosen)))
            if sheet.is_district:
                sums = Sums(
                    f"{group.street_name}小计",
                    group.figures,
                    group.progress_change,
                    group.rows,
                    group.is_pending,
                )
                rows.append(Row(tuple(each.sum_cell(sums) for each in chosen), RowStyle.SUBTOTAL))

    if not sheet.parts:
        tell(sheet.groups)
    for part in sheet.parts:
        groups = sheet.groups_of(part)
        members = tuple(row for group in groups for row in group.rows)
        rows.append(
            group_row(f"{part.name}{'结转项目' if part.is_carried else ''}（{len(members)}个项目）")
        )
        tell(groups)
        if len(sheet.parts) > 1:
            is_pending = any(row.is_pending for row in members)
            sums = Sums(
                f"{part.label}小计", part.figures, part.progress_change, members, is_pending
            )
            rows.append(Row(tuple(each.sum_cell(sums) for each in chosen), RowStyle.SUBTOTAL))
    total = Sums(
        "合计",
        sheet.figures,
        sheet.progress_change,
        tuple(sheet.rows),
        any(row.is_pending for row in sheet.rows),
    )
    return Table(
        columns=tuple(each.column for each in chosen),
        rows=tuple(rows),
        totals=Row(tuple(each.sum_cell(total) for each in chosen), RowStyle.TOTAL),
        notes=tuple(f"{n}.{text}" for n, text in enumerate(sheet.notes(), start=1)),
        name="周调度表",
        empty="本周没有需要报送的项目",
    )
