"""Workbooks out, opened again by openpyxl."""

import io
import os
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from renovation.core.documents.blocks import (
    FAR_BEHIND,
    Cell,
    Column,
    Heading,
    Kind,
    RowStyle,
    Table,
    group_row,
    row,
)
from renovation.core.documents.reading import read_workbook
from renovation.core.documents.sheets import (
    Book,
    Bounds,
    Choices,
    Paper,
    Role,
    Sheet,
    SheetCell,
    SheetState,
    Style,
    sheet_from_table,
    sheet_name,
    sheets_from_blocks,
)
from renovation.core.documents.xlsx import write_workbook

TABLE = Table(
    (
        Column("序号", Kind.COUNT, 3),
        Column("街道", Kind.LABEL, 8),
        Column("形象进度", Kind.DECIMAL, 5, "%", group="进度", places=1),
        Column("偏差", Kind.CHANGE, 5, "百分点", group="进度", places=1),
        Column("亮灯", Kind.MARK, 6),
        Column("开工", Kind.DATE, 6),
    ),
    (
        group_row("城区"),
        row(1, "般阳路街道", Decimal("76.449"), Decimal("-12.35"), FAR_BEHIND, date(2025, 5, 9)),
        row(2, "松龄路街道", None, Cell(Decimal("1"), note="含待核"), "", None),
    ),
    totals=row("", "合计", Decimal("60"), None, "", "", style=RowStyle.TOTAL),
    caption="进展情况表",
    notes=("注：按形象进度排列。",),
)
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|'/c calc'!A0", "#REF!", "'=1"]


def dispatch() -> Book:
    sheet = sheet_from_table(
        TABLE,
        title="淄川区2025年老旧小区改造周调度表",
        subtitles=("第41周（10月6日—10月12日）",),
        paper=Paper.A3,
        fixed_columns=2,
        filters=True,
        footer_left="制表 A&B",
    )
    return Book((sheet,), title="周调度表", properties={"digest": "ab" * 32})


def opened(book: Book) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(book)))


def test_a_table_becomes_a_printed_sheet():
    sheet = opened(dispatch())["进展情况表"]
    assert sheet["A1"].value == "淄川区2025年老旧小区改造周调度表"
    assert sheet["A2"].value == "第41周（10月6日—10月12日）"
    assert [c.value for c in sheet[3]] == ["序号", "街道", "进度", None, "亮灯", "开工"]
    assert [c.value for c in sheet[4]] == [
        None,
        None,
        "形象进度（%）",
        "偏差（百分点）",
        None,
        None,
    ]
    assert sheet["A5"].value == "城区"
    assert [c.value for c in sheet[6]] == [
        1, "般阳路街道", 76.4, -12.4, "■ 严重滞后", datetime(2025, 5, 9),
    ]  # fmt: skip
    assert [c.value for c in sheet[7]] == [2, "松龄路街道", None, 1, None, None]
    assert [c.value for c in sheet[8]] == [None, "合计", 60, None, None, None]
    assert sheet["A9"].value == "注：按形象进度排列。"
    assert sorted(str(area) for area in sheet.merged_cells.ranges) == [
        "A1:F1", "A2:F2", "A3:A4", "A5:F5", "A9:F9", "B3:B4", "C3:D3", "E3:E4", "F3:F4",
    ]  # fmt: skip
    assert sheet.freeze_panes == "C5"
    assert sheet.print_title_rows == "$3:$4"
    assert sheet.auto_filter.ref == "A4:F8"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert sheet.oddFooter.left.text == "制表 A&&B"


def test_cells_carry_their_style():
    sheet = opened(dispatch())["进展情况表"]
    assert sheet["C6"].number_format == "0.0"
    assert sheet["D6"].number_format == "+0.0;−0.0;0.0"
    assert sheet["F6"].number_format == "yyyy-mm-dd"
    assert sheet["C6"].alignment.horizontal == "right"
    assert sheet["E6"].font.color.rgb == "00B8281A"
    assert sheet["D7"].comment.text == "含待核"
    assert sheet["A8"].font.bold
    assert sheet["C6"].border.left.style == "thin"


def test_properties_and_digest():
    book = opened(dispatch())
    assert book.properties.title == "周调度表"
    assert book.custom_doc_props["digest"].value == "ab" * 32
    assert book.properties.modified == datetime(2020, 1, 1)


def test_the_moment_of_the_snapshot_is_the_moment_of_the_file():
    made = Book(dispatch().sheets, made_at=datetime(2025, 10, 13, 8, tzinfo=UTC))
    assert opened(made).properties.created == datetime(2025, 10, 13, 8)


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(text):
    data = write_workbook(Book((Sheet("表", ((SheetCell(text),),)),)))
    cell = openpyxl.load_workbook(io.BytesIO(data))["表"]["A1"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@", "\t", "\r"))
    sheet = read_workbook(data, "a.xlsx").sheets[0]
    assert sheet.formulas == ()
    assert sheet.cell(1, 1).error == ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_control_characters_break_no_workbook():
    assert opened(Book((Sheet("表", ((SheetCell("甲\x00\x1f乙"),),)),)))["表"]["A1"].value == "甲乙"


def test_a_sheet_to_fill_in():
    locked, given = Style(Role.LOCKED), Style(Role.INPUT, Kind.DECIMAL, 1)
    sheet = Sheet(
        "周报",
        (
            (SheetCell("项目编号", Style(Role.HEAD_REQUIRED)),),
            (SheetCell("ZC-01", locked), SheetCell(None, given)),
        ),
        widths=(10, 8),
        protected=True,
        choices=(Choices("C2:C9", ("是", "否")),),
        bounds=(
            Bounds("B2:B9", 0, Decimal("100"), message="0—100"),
            Bounds("D2:D9", whole=True, only_warns=True),
        ),
    )
    hidden = Sheet("_portal", ((SheetCell("x"),),), state=SheetState.VERY_HIDDEN)
    book = opened(Book((sheet, hidden)))
    opened_sheet = book["周报"]
    assert opened_sheet.protection.sheet
    assert (opened_sheet["A2"].protection.locked, opened_sheet["B2"].protection.locked) == (
        True,
        False,
    )
    assert book["_portal"].sheet_state == "veryHidden"
    rules = {str(rule.sqref): rule for rule in opened_sheet.data_validations.dataValidation}
    assert rules["C2:C9"].formula1 == '"是,否"'
    assert (rules["B2:B9"].type, rules["B2:B9"].operator, rules["B2:B9"].formula2) == (
        "decimal", "between", "100",
    )  # fmt: skip
    assert (rules["D2:D9"].type, rules["D2:D9"].operator) == ("whole", "greaterThanOrEqual")
    assert (rules["B2:B9"].errorStyle, rules["D2:D9"].errorStyle) == (None, "warning")
    assert opened_sheet.column_dimensions["A"].width == 21


def test_the_same_book_gives_the_same_bytes():
    assert write_workbook(dispatch()) == write_workbook(dispatch())


def test_the_same_book_gives_the_same_bytes_in_another_process():
    code = (
        "import hashlib;from tests.renovation.core.documents.test_xlsx import dispatch, write_workbook;"
        "print(hashlib.sha256(write_workbook(dispatch())).hexdigest())"
    )
    root = Path(__file__).parents[4]
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [("进展[1]:a/b", "进展1ab"), ("", "表"), ("长" * 40, "长" * 31), ("'甲'", "甲")],
)
def test_sheet_names_that_excel_takes(text, name):
    assert sheet_name(text) == name


def test_sheet_names_are_told_apart():
    assert sheet_name("表", ["表", "表(2)"]) == "表(3)"
    assert sheet_name("长" * 31, ["长" * 31]) == "长" * 28 + "(2)"


def test_a_bad_sheet_name_is_refused():
    with pytest.raises(ValueError):
        write_workbook(Book((Sheet("a/b", ()),)))


def test_every_table_of_a_paper_gets_its_sheet():
    sheets = sheets_from_blocks((Heading("一、"), TABLE, TABLE), paper=Paper.A4)
    assert [sheet.name for sheet in sheets] == ["进展情况表", "进展情况表(2)"]


def test_rows_say_to_openpyxl_what_they_were_given():
    """Rows are written as text, not by openpyxl; it reads the very values, types and styles back."""
    values = [
        "a & b < c > d",
        "  前后有空格  ",
        "两行\n文字",
        "=SUM(A1:A9)",
        "-12",
        True,
        12,
        Decimal("1234567.89"),
        Decimal("0.1"),
        datetime(2025, 5, 9, 12, 30),
        date(2025, 5, 9),
        "",
        None,
    ]
    row = tuple(
        SheetCell(value, Style(kind=Kind.DATE if isinstance(value, date) else Kind.TEXT))
        for value in values
    )
    book = Book(sheets=(Sheet(name="表", rows=((SheetCell("头", comment="说明"), None), row)),))
    sheet = opened(book)["表"]
    assert [cell.value for cell in sheet[2]] == [
        *values[:7],
        1234567.89,
        0.1,
        datetime(2025, 5, 9, 12, 30),
        datetime(2025, 5, 9),
        None,
        None,
    ]
    assert [cell.data_type for cell in sheet[2]] == [*"sssss", "b", *"nnn", *"dd", *"nn"]
    assert [cell.quotePrefix for cell in sheet[2]][2:5] == [False, True, True]
    assert {cell.style for cell in sheet[2]} == {"body text", "body date"}
    assert sheet["A1"].comment.text == "说明"
    assert sheet["B1"].value is None


def test_what_no_cell_can_hold_is_refused():
    for value in (Fraction(1, 3), datetime(2025, 5, 9, tzinfo=UTC)):
        sheet = Sheet(name="表", rows=((SheetCell(value),),))
        with pytest.raises(TypeError):
            write_workbook(Book(sheets=(sheet,)))
