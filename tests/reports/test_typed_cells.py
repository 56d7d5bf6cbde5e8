"""Numbers, days and moments of a workbook are cells of their kind, so that people can reckon with them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from renovation.core.documents.blocks import Cell, Column, Kind, Table, row
from renovation.core.documents.xlsx import Book, sheet_from_table, write_workbook

from .typed_cells import texts_for_numbers


def _workbook(column: Column, *cells: object) -> bytes:
    table = Table(columns=(column,), rows=tuple(row(cell) for cell in cells), caption="表")  # type: ignore[arg-type]
    return write_workbook(Book(sheets=(sheet_from_table(table),)))


@pytest.mark.parametrize(
    "text",
    [
        "48.8",
        "−10.2",
        "+2.0",
        "1,234.50 万元",
        "77.0%",
        "13 / 14 个",
        "2025-05-09",
        "2025年5月9日 16:30",
    ],
)
def test_a_text_that_looks_like_a_number_is_found(text: str) -> None:
    assert texts_for_numbers(_workbook(Column("数值", Kind.LABEL), text)) == [f"表!A3: {text}"]
    assert texts_for_numbers(_workbook(Column("账号尾号", Kind.LABEL), text)) == []


@pytest.mark.parametrize("kind", [Kind.COUNT, Kind.DECIMAL, Kind.CHANGE, Kind.DATE, Kind.MOMENT])
def test_any_text_in_a_column_of_numbers_is_found(kind: Kind) -> None:
    assert texts_for_numbers(_workbook(Column("数值", kind), "无计划")) == ["表!A3: 无计划"]


def test_numbers_days_and_words_pass() -> None:
    content = _workbook(
        Column("数值", Kind.LABEL), 3, date(2025, 5, 9), "第37周", "ZC2025-01", None
    )
    assert texts_for_numbers(content) == []


def test_a_moment_is_stored_by_the_clocks_of_china() -> None:
    content = _workbook(Column("时间", Kind.MOMENT), datetime(2025, 5, 9, 8, 30, tzinfo=UTC), None)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert (sheet["A3"].value, sheet["A3"].number_format, sheet["A4"].value) == (
        datetime(2025, 5, 9, 16, 30),  # noqa: DTZ001
        "yyyy-mm-dd hh:mm",
        None,
    )
    shown = Column("时间", Kind.MOMENT)
    assert shown.text(datetime(2025, 5, 9, 8, 30, tzinfo=UTC)) == "2025-05-09 16:30"
    assert shown.text(None) == "—"


def test_a_cell_has_the_kind_of_its_own_figure() -> None:
    column = Column("数值", Kind.DECIMAL, places=2)
    content = _workbook(
        column, Cell(Decimal("48.75"), kind=Kind.DECIMAL, places=1), Cell(13, kind=Kind.COUNT)
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [(sheet[at].value, sheet[at].number_format) for at in ("A3", "A4")] == [
        (48.8, "0.0"),
        (13, "0"),
    ]
