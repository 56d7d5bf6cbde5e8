"""The overview as a workbook, from the very value that the page shows."""

from __future__ import annotations

from renovation.core.documents.blocks import Cell, Column, Kind, Row, RowStyle, Table, row
from renovation.core.documents.sheets import Sheet
from renovation.core.documents.xlsx import Book, sheet_from_table, write_workbook
from renovation.core.measures import Exact, Unit
from renovation.core.wording import chinese_date

from .overview import Overview
from .parts import RankRow
from .sentences import plain


def overview_workbook(page: Overview) -> bytes:
    """Sheets: 指标 (with lead), 排名 or 项目进度, 亮灯, 报送."""
    title = f"{page.place}{page.year}年老旧小区改造总览"
    week = f"第{page.week.number}周，" if page.week else ""
    subtitle = f"{week}截至{chinese_date(page.as_of)}，{page.approval.label}"

    def sheet(table: Table) -> Sheet:
        return sheet_from_table(table, title=f"{title}：{table.name}", subtitles=(subtitle,))

    tables = [_figures(page), _ranking(page), _lights(page)]
    if page.returns:
        tables.append(_returns(page))
    return write_workbook(Book(sheets=tuple(sheet(table) for table in tables), title=title))


def _figures(page: Overview) -> Table:
    rows = []
    for tile in page.tiles:
        measure, change = tile.measure, tile.change
        rows.append(
            row(
                tile.name,
                _number(measure.value, measure.unit),
                measure.unit.text,
                _number(measure.numerator, measure.part_unit),
                _number(measure.denominator, measure.part_unit),
                measure.part_unit.text if measure.denominator is not None else "",
                _number(change.value, change.unit, Kind.CHANGE) if change else None,
                change.unit.text if change and change.value is not None else "",
                tile.basis if measure.denominator is None else tile.aside,
                f"待核 {tile.pending}" if tile.pending else "",
            )
        )
    return Table(
        columns=(
            Column("指标", Kind.TEXT, 10),
            Column("数值", Kind.DECIMAL, 7, places=2),
            Column("单位", Kind.LABEL, 5),
            Column("其中", Kind.DECIMAL, 7, places=2),
            Column("共", Kind.DECIMAL, 7, places=2),
            Column("单位", Kind.LABEL, 4),
            Column("较上周", Kind.CHANGE, 6, places=1),
            Column("单位", Kind.LABEL, 5),
            Column("说明", Kind.TEXT, 20),
            Column("未计入", Kind.TEXT, 14),
        ),
        rows=tuple(rows),
        caption="指标",
        name="指标",
        notes=(
            *(plain(sentence) for sentence in page.lead),
            *((page.adjusted.note,) if page.adjusted.note else ()),
        ),
    )


def _rank(place: str) -> int | None:
    """A place as a number; None for who takes none."""
    return int(place) if place.isdigit() else None


def _number(value: Exact | None, unit: Unit, kind: Kind = Kind.DECIMAL) -> Cell:
    """A figure as a number of its own unit: the units differ from line to line."""
    return Cell(value, kind=kind, places=unit.places)


def _ranking(page: Overview) -> Table:
    first = (
        (Column("名次", Kind.COUNT, 4), Column("街道", Kind.TEXT, 10))
        if page.is_district
        else (Column("编号", Kind.LABEL, 8), Column("项目", Kind.TEXT, 12))
    )

    def line(each: RankRow, style: RowStyle = RowStyle.BODY) -> Row:
        head = _rank(each.place) if page.is_district else each.code
        total = style is RowStyle.TOTAL
        return row(
            None if total else head,
            page.place if total else each.name,
            each.projects.value,
            each.households.value,
            each.area.value,
            each.scheduled.value,
            each.physical.value,
            each.deviation.value,
            each.change.value if each.change else None,
            each.adjusted,
            style=style,
        )

    name = "街道排名" if page.is_district else "项目进度"
    return Table(
        columns=(
            *first,
            Column("项目", Kind.COUNT, 5, unit="个"),
            Column("户数", Kind.COUNT, 6, unit="户"),
            Column("面积", Kind.DECIMAL, 6, unit="万㎡", places=2),
            Column("序时", Kind.DECIMAL, 6, unit="%", places=1),
            Column("形象", Kind.DECIMAL, 6, unit="%", places=1),
            Column("偏差", Kind.CHANGE, 6, unit="百分点", places=1),
            Column("较上周", Kind.CHANGE, 6, unit="百分点", places=1),
            Column("项目调整", Kind.TEXT, 8),
        ),
        rows=(*(line(each) for each in page.ranking), line(page.total, RowStyle.TOTAL)),
        caption=name,
        name=name,
        notes=(
            *((page.method,) if page.is_district else ()),
            *page.remarks,
            *(each.sentence for each in page.carried),
        ),
    )


def _lights(page: Overview) -> Table:
    keys = ("green", "yellow", "red", "grey")
    rows = [
        row(each.name, *(each.counts[key] for key in keys), each.total) for each in page.streets
    ]
    total = row(
        page.place,
        *(page.lights[key] for key in keys),
        sum(page.lights.values()),
        style=RowStyle.TOTAL,
    )
    return Table(
        columns=(
            Column("街道", Kind.TEXT, 10),
            *(
                Column(word, Kind.COUNT, 7)
                for word in ("● 正常", "▲ 滞后", "■ 严重滞后", "○ 未到开工")
            ),
            Column("合计", Kind.COUNT, 5),
        ),
        rows=(*rows, total),
        caption="各街道亮灯",
        name="各街道亮灯",
    )


def _returns(page: Overview) -> Table:
    return Table(
        columns=(
            Column("街道", Kind.TEXT, 10),
            Column("状态", Kind.LABEL, 7),
            Column("报送时间", Kind.MOMENT, 10),
            *(Column(f"第{week.number}周", Kind.LABEL, 5) for week in page.return_weeks),
        ),
        rows=tuple(
            row(
                each.street,
                each.word,
                each.sent_at,
                *(cell.word or "不要求" for cell in each.cells),
            )
            for each in page.returns
        ),
        caption="周报报送",
        name="周报报送",
        notes=(
            f"已报 / 应报 {page.return_rate.parts_text}，报送率 {page.return_rate.full_text}。",
        ),
    )
