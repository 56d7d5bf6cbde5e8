"""Finding the sheet with the data, its header row and its columns."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from renovation.core.documents.addresses import address, column_letter
from renovation.core.documents.reading import (
    MergedRange,
    ReadCell,
    ReadSheet,
    ReadWorkbook,
)
from renovation.core.errors import Refusal
from renovation.core.reading import clean

from .headers import normalise
from .pipelines import Column, Pipeline, Unit

#: A header further down than this is none.
DEEPEST_HEADER = 200


@dataclass(frozen=True)
class Layout:
    """Where the data stand: sheet, header row, the column number of each field that is there, the headers
    that nobody asked for (column number, text), and by field the unit where it is not the column's own."""

    sheet: ReadSheet
    header_row: int
    places: Mapping[str, int]
    unknown: tuple[tuple[int, str], ...]
    units: Mapping[str, Unit] = field(default_factory=dict)

    def address(self, field: str, row: int) -> str:
        """The cell of a field in a row, "" where the column is not there."""
        return address(row, self.places[field]) if field in self.places else ""

    def letter(self, field: str) -> str:
        """The letter of a field's column, "" where it is not there."""
        return column_letter(self.places[field]) if field in self.places else ""


def find_layout(workbook: ReadWorkbook, pipeline: Pipeline) -> Layout:
    """The one visible sheet that has the key column's header, with its columns; of several the one that the
    portal itself had made for it.

    Raises Refusal ``sheet.no_header``, ``sheet.several``, ``header.merged``, ``header.doubled``,
    ``header.missing``; each sentence names what is missing or too much, and where.
    """
    key = pipeline.column(pipeline.key)
    found = [
        (sheet, row)
        for sheet in workbook.visible_sheets
        if (row := _header_row(sheet, set(key.names))) is not None
    ]
    if not found:
        names = "、".join(sheet.name for sheet in workbook.visible_sheets[:5])
        raise Refusal(
            "sheet.no_header",
            f"没有找到表头：没有一行写着“{key.header}”，请用下载的模板填写。",
            found=f"工作表：{names}" if names else "没有可见的工作表",
            expected=f"表头行中有“{key.header}”",
        )
    if len(found) > 1:
        found = [each for each in found if each[0].name == pipeline.sheet] or found
    if len(found) > 1:
        # Another sheet may name the key as well (an explanation of the columns); the data have them all.
        found = [each for each in found if _has_required(*each, pipeline)] or found
    if len(found) > 1:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in found)
        raise Refusal(
            "sheet.several",
            f"有 {len(found)} 张工作表都像是要上传的数据：{names}，请只留一张。",
            found=names,
            expected="一张工作表",
        )
    sheet, header_row = found[0]
    _refuse_merged(sheet, header_row)
    return _columns(sheet, header_row, pipeline)


def _header_row(sheet: ReadSheet, names: set[str]) -> int | None:
    for number, cells in sheet:
        if number > DEEPEST_HEADER:
            return None
        if any(
            cell and isinstance(cell.value, str) and normalise(cell.value) in names
            for cell in cells
        ):
            return number
    return None


def _has_required(sheet: ReadSheet, header_row: int, pipeline: Pipeline) -> bool:
    """Whether a header row holds every column that must be there."""
    texts = {normalise(cell.text) for cell in sheet.rows[header_row - 1] if cell is not None}
    return all(
        texts & {*column.names, *(name for unit in column.units for name in unit.names)}
        for column in pipeline.columns
        if column.required
    )


def _refuse_merged(sheet: ReadSheet, header_row: int) -> None:
    merged = [
        area.address for area in sheet.merged if area.first_row <= header_row <= area.last_row
    ]
    if merged:
        raise Refusal(
            "header.merged",
            f"表头不能合并单元格：工作表“{sheet.name}”的 {'、'.join(merged)}，请取消合并。",
            found="、".join(merged),
            expected="表头每列一格",
        )


def _columns(sheet: ReadSheet, header_row: int, pipeline: Pipeline) -> Layout:
    by_name = {name: column for column in pipeline.columns for name in column.names}
    by_unit = {
        name: (column, unit)
        for column in pipeline.columns
        for unit in column.units
        for name in unit.names
    }
    places: dict[str, int] = {}
    units: dict[str, Unit] = {}
    unknown: list[tuple[int, str]] = []
    for cell in sheet.rows[header_row - 1]:
        if cell is None or not (text := clean(cell.text)):
            continue
        name = normalise(text)
        column, unit = by_unit.get(name, (by_name.get(name), None))
        if column is None:
            unknown.append((cell.column, text))
        elif column.field in places:
            both = f"{address(header_row, places[column.field])} 和 {cell.address}"
            raise Refusal(
                "header.doubled",
                f"表头“{column.label}”出现了两次：{both}，请删去一列。",
                found=both,
                expected="每个表头一列",
            )
        else:
            places[column.field] = cell.column
            if unit is not None:
                units[column.field] = unit
    missing = [
        column.label
        for column in pipeline.columns
        if column.required and column.field not in places
    ]
    if missing:
        others = "、".join(f"{address(header_row, place)}“{text}”" for place, text in unknown)
        raise Refusal(
            "header.missing",
            f"缺少 {len(missing)} 列：{'、'.join(missing)}，请用下载的模板填写。"
            + (f"表头里不认识的：{others}，如是同一列，请改回原来的写法。" if others else ""),
            found=others or f"第 {header_row} 行的表头",
            expected="、".join(missing),
        )
    return Layout(sheet, header_row, places, tuple(unknown), units)


def data_rows(layout: Layout) -> Iterator[tuple[int, Sequence[ReadCell | None]]]:
    """Rows under the header in which a known column holds something; totals rows are left out."""
    columns = [place - 1 for place in layout.places.values()]
    for number, cells in enumerate(
        layout.sheet.rows[layout.header_row :], start=layout.header_row + 1
    ):
        width = len(cells)
        for place in columns:
            if place < width and _holds(cells[place]):
                yield number, cells
                break


def _holds(cell: ReadCell | None) -> bool:
    return cell is not None and not (isinstance(cell.value, str) and not clean(cell.value))


def filled_cells(layout: Layout, pipeline: Pipeline) -> dict[int, dict[int, ReadCell]]:
    """Row → column number → the cell that takes the value of the merged area it lies in."""
    allowed = {layout.places[name] for name in pipeline.fills_merged if name in layout.places}
    found: dict[int, dict[int, ReadCell]] = {}
    for area in layout.sheet.merged:
        top = layout.sheet.cell(area.first_row, area.first_column)
        if top is None or not _is_down(area, allowed) or area.first_row <= layout.header_row:
            continue
        for row in _rows_under(area, layout):
            if row > area.first_row:
                found.setdefault(row, {})[area.first_column] = top._replace(row=row)
    return found


def _rows_under(area: MergedRange, layout: Layout) -> range:
    """The rows of data that an area covers. A merge may reach down to the last row that a sheet can have; what lies
    below the last cell that holds something is none."""
    first = max(area.first_row, layout.header_row + 1)
    return range(first, min(area.last_row, layout.sheet.row_count) + 1)


def _is_down(area: MergedRange, allowed: Container[int]) -> bool:
    """Whether an area is merged downwards in one of the allowed columns."""
    return area.first_column == area.last_column and area.first_column in allowed


def merged_rows(layout: Layout, pipeline: Pipeline) -> dict[int, str]:
    """Rows of data that a merged area covers in a known column → the area's address."""
    allowed = {layout.places[name] for name in pipeline.fills_merged if name in layout.places}
    found: dict[int, str] = {}
    for area in layout.sheet.merged:
        if _is_down(area, allowed):
            continue
        if not any(
            area.first_column <= place <= area.last_column for place in layout.places.values()
        ):
            continue
        for row in _rows_under(area, layout):
            found.setdefault(row, area.address)
    return found


def covered_fields(layout: Layout, pipeline: Pipeline) -> dict[int, set[str]]:
    """Row → fields whose cell lies under a merged area without being the one that holds its value: what stands there
    is not known, and is not called empty."""
    allowed = {layout.places[name] for name in pipeline.fills_merged if name in layout.places}
    found: dict[int, set[str]] = {}
    for area in layout.sheet.merged:
        if _is_down(area, allowed):
            continue
        for name, place in layout.places.items():
            if not area.first_column <= place <= area.last_column:
                continue
            for row in _rows_under(area, layout):
                if (row, place) != (area.first_row, area.first_column):
                    found.setdefault(row, set()).add(name)
    return found


def unread_columns(layout: Layout) -> tuple[str, ...]:
    """Columns that are not read, in words: T 列“备注”."""
    return tuple(f"{column_letter(number)} 列“{text}”" for number, text in layout.unknown)


def cell_of(cells: Sequence[ReadCell | None], place: int) -> ReadCell | None:
    """The cell of a row at a column number."""
    return cells[place - 1] if place <= len(cells) else None


def locked_columns(pipeline: Pipeline, layout: Layout) -> tuple[Column, ...]:
    """The locked columns that stand in the sheet, the key left out."""
    return tuple(
        column
        for column in pipeline.columns
        if column.locked and column.field != pipeline.key and column.field in layout.places
    )
