"""Workbooks in: every value as it stands, every unreadable file refused by its own code."""

import io
import zipfile
from datetime import date
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from renovation.core.documents.reading import (
    DEFAULT_LIMITS,
    FileKind,
    Limits,
    MergedRange,
    ReadCell,
    Visibility,
    read_workbook,
)
from renovation.core.errors import Refusal
from tests.renovation.core.documents.workbooks import with_part, with_sheet, xlsx

OLD_EXCEL = (Path(__file__).parent / "files" / "old_excel.xls").read_bytes()


def simple() -> bytes:
    def fill(sheet):
        sheet["B2"] = "项目编号"
        sheet["C2"] = 12
        sheet["D2"] = 45.5

    return xlsx(fill)


def refused(data: bytes, filename: str = "周报.xlsx", limits: Limits = DEFAULT_LIMITS) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_workbook(data, filename, limits)
    assert caught.value.message.endswith("。")
    return caught.value


def test_cells_stand_at_their_places_with_their_types():
    book = read_workbook(simple(), "周报.xlsx")
    sheet = book.sheets[0]
    assert (book.kind, book.has_macros) == (FileKind.XLSX, False)
    assert (sheet.name, sheet.visibility) == ("周报", Visibility.VISIBLE)
    assert sheet.cell(1, 1) is None
    assert sheet.cell(2, 1) is None
    assert sheet.cell(2, 2) == ReadCell(2, 2, "项目编号")
    assert sheet.cell(2, 3) == ReadCell(2, 3, 12)
    assert type(sheet.cell(2, 3).value) is int
    assert sheet.cell(2, 4) == ReadCell(2, 4, 45.5)
    assert sheet.cell(2, 5) is None
    assert sheet.cell(99, 1) is None
    assert [number for number, _ in sheet] == [2]
    assert sheet.cell(2, 2).address == "B2"


def test_a_percentage_is_told_by_its_format():
    def fill(sheet):
        sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = 0.45, 0.45, 0.45, 0.45
        sheet["A1"].number_format = "0%"
        sheet["A2"].number_format = "0.0_ ;[Red]\\-0.0%\\ "
        sheet["A3"].number_format = '0.00"%"'
        sheet["A4"].number_format = "0.00"

    sheet = read_workbook(xlsx(fill), "a.xlsx").sheets[0]
    assert [sheet.cell(row, 1).is_percent for row in (1, 2, 3, 4)] == [True, True, False, False]
    assert sheet.cell(1, 1).text == "45%"


def test_formulas_are_told_with_and_without_a_stored_result():
    data = with_sheet(
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><v>3</v></c></row>'
        '<row r="2"><c r="A2"><f>IF(A1&lt;3,1,2)</f><v>1</v></c></row>'
        '<row r="3"><c r="F3"><f t="shared" si="0"/></c></row>'
    )
    sheet = read_workbook(data, "a.xlsx").sheets[0]
    assert sheet.formulas == ("A1", "A2", "F3")
    assert sheet.cell(2, 1).formula == "=IF(A1<3,1,2)"
    assert sheet.cell(1, 1) == ReadCell(1, 1, 2, is_formula=True, formula="=1+1")
    assert sheet.cell(3, 6) == ReadCell(3, 6, None, is_formula=True)
    assert not sheet.cell(1, 2).is_formula


@pytest.mark.parametrize(
    "sheet_data",
    [
        '<row r="1"><c s="0" r="A1"><f>1</f><v>1</v></c><c r="B1"><v>2</v></c></row>',
        "<row><c><f>1</f><v>1</v></c><c><v>2</v></c></row>",
        '<row r="1"><c r="A1">\n <f>1</f><v>1</v></c><c r="B1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><f>1</f></c><c r="B1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><!-- --><f>1</f><v>1</v></c><c r="B1"><v>2</v></c></row>',
        "<row r='1'><c r='a1'><f>1</f><v>1</v></c><c r='b1'><v>2</v></c></row>",
    ],
    ids=["style first", "no addresses", "with blanks", "value first", "comment first", "small"],
)
def test_unusual_writers_hide_no_formula(sheet_data):
    sheet = read_workbook(with_sheet(sheet_data), "a.xlsx").sheets[0]
    assert sheet.formulas == ("A1",)
    assert sheet.cell(1, 2).value == 2


def test_prefixed_elements_hide_no_formula():
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = (
        f'<x:worksheet xmlns:x="{space}"><x:sheetData><x:row r="1">'
        '<x:c r="A1"><x:f>1</x:f><x:v>1</x:v></x:c><x:c r="B1" t="e"><x:v>#REF!</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    data = with_part(xlsx(lambda sheet: None), "xl/worksheets/sheet1.xml", part.encode())
    sheet = read_workbook(data, "a.xlsx").sheets[0]
    assert sheet.formulas == ("A1",)
    assert sheet.cell(1, 2).error == "#REF!"


def test_an_error_in_a_cell_is_not_an_empty_cell():
    data = with_sheet('<row r="2"><c r="C2" t="e"><v>#DIV/0!</v></c></row>')
    sheet = read_workbook(data, "a.xlsx").sheets[0]
    assert sheet.cell(2, 3) == ReadCell(2, 3, None, error="#DIV/0!")
    assert sheet.cell(2, 3).text == "#DIV/0!"


def test_merged_areas_and_hidden_sheets_are_reported():
    def fill(sheet):
        sheet["B6"] = "标题"
        sheet.merge_cells("B6:D7")
        sheet.parent.create_sheet("_portal").sheet_state = "veryHidden"

    book = read_workbook(xlsx(fill), "a.xlsx")
    sheet = book.sheets[0]
    assert sheet.merged == (MergedRange(6, 2, 7, 4),)
    assert sheet.merged[0].address == "B6:D7"
    assert sheet.merged_at(7, 4) == sheet.merged[0]
    assert sheet.merged_at(8, 4) is None
    assert book.sheet("_portal").visibility is Visibility.VERY_HIDDEN
    assert [each.name for each in book.visible_sheets] == ["周报"]
    assert book.sheet("没有") is None


def test_dates_come_as_dates_and_unformatted_ones_as_serials():
    def fill(sheet):
        sheet["A1"] = date(2025, 5, 9)
        sheet["A2"] = 45786

    sheet = read_workbook(xlsx(fill), "a.xlsx").sheets[0]
    assert sheet.cell(1, 1).value == date(2025, 5, 9)
    assert sheet.cell(2, 1).value == 45786


@pytest.mark.parametrize("filename", ["周报.xls", "周报.et"])
def test_old_excel_and_wps(filename):
    book = read_workbook(OLD_EXCEL, filename)
    sheet = book.sheet("周报")
    assert book.kind is FileKind.XLS
    assert sheet.cell(3, 2) == ReadCell(3, 2, 0.45, is_percent=True)
    assert sheet.cell(3, 3).value == date(2025, 5, 9)
    assert sheet.cell(4, 2) == ReadCell(4, 2, 45.5)
    assert sheet.formulas == ("D4",)
    assert [area.address for area in sheet.merged] == ["A1:D1"]
    assert book.sheet("_portal").visibility is Visibility.VERY_HIDDEN


def test_macros_are_told_and_left_alone():
    book = read_workbook(with_part(simple(), "xl/vbaProject.bin", b"code"), "a.xlsm")
    assert (book.kind, book.has_macros) == (FileKind.XLSM, True)
    assert book.sheets[0].cell(2, 2).value == "项目编号"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF 文件"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "图片"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页文件"),
        (b"\xef\xbb\xbf  <TABLE><tr><td>1</td></tr></TABLE>", "网页文件"),
        (bytes(range(256)), None),
    ],
)
def test_what_is_no_workbook_is_named(data, found):
    refusal = refused(data)
    assert (refusal.code, refusal.found) == ("file.type", found)


def test_a_text_file_is_named_by_its_ending():
    assert refused(b"a,b\n1,2\n", "周报.csv").found == "文本文件（.csv）"
    assert refused(b"a,b\n1,2\n", "周报.xlsx").found == "文本文件"


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("word/document.xml", "Word 文档"),
        ("ppt/presentation.xml", "演示文稿"),
        ("xl/workbook.bin", "二进制工作簿（.xlsb）"),
        ("readme.txt", "压缩包"),
    ],
)
def test_other_packages_are_named(part, found):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(part, b"x")
    assert (refused(buffer.getvalue()).code, refused(buffer.getvalue()).found) == (
        "file.type",
        found,
    )


def test_an_empty_file():
    assert refused(b"").code == "file.empty"


def test_a_file_that_is_too_large():
    refusal = refused(b"PK\x03\x04" + bytes(100), limits=Limits(bytes=50))
    assert refusal.code == "file.too_large"


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    unpacked = []
    read = zipfile.ZipExtFile.read

    def counted(self, size=-1):
        content = read(self, size)
        unpacked.append(len(content))
        return content

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(1024 * 1024))
    data = buffer.getvalue()
    assert len(data) < 1024 * 1024
    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    assert refused(data).code == "file.bomb"
    assert sum(unpacked) < 1024


def test_a_bomb_that_lies_about_its_size_is_corrupt():
    data = with_part(simple(), "xl/sharedStrings.xml", b"<sst>" + bytes(5_000_000) + b"</sst>")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo("xl/sharedStrings.xml")
    told = entry.file_size.to_bytes(4, "little")
    assert data.count(told) >= 1
    assert refused(data.replace(told, (100).to_bytes(4, "little"))).code == "file.corrupt"


def test_too_many_parts_are_a_bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(60):
            archive.writestr(f"part{number}", b"")
    assert refused(buffer.getvalue(), limits=Limits(entries=50)).code == "file.bomb"


def test_a_sheet_of_200_000_rows():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200_001))
    refusal = refused(with_sheet(rows))
    assert (refusal.code, refusal.expected) == ("sheet.too_many_rows", "不超过 20000 行")
    assert "“周报”" in refusal.message


def test_one_cell_far_out_costs_no_memory():
    assert refused(with_sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')).code == (
        "sheet.too_many_rows"
    )
    assert refused(with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')).code == (
        "sheet.too_many_columns"
    )


@pytest.mark.parametrize("limits", [Limits(rows=20, columns=28), Limits(rows=19, columns=300)])
def test_the_last_row_and_column_that_a_sheet_may_have_are_read(limits):
    """One more is too many, in sheets whose limits begin with any letter and digit."""
    row, letters, after = limits.rows, *{28: ("AB", "AC"), 300: ("KN", "KO")}[limits.columns]
    corner = with_sheet(f'<row r="{row}"><c r="{letters}{row}"><v>7</v></c></row>')
    assert read_workbook(corner, "a.xlsx", limits).sheets[0].cell(row, limits.columns).value == 7
    below = with_sheet(f'<row r="{row + 1}"><c r="A{row + 1}"><v>7</v></c></row>')
    assert refused(below, limits=limits).code == "sheet.too_many_rows"
    beside = with_sheet(f'<row r="1"><c r="{after}1"><v>7</v></c></row>')
    assert refused(beside, limits=limits).code == "sheet.too_many_columns"


#: A cell far to the right, in every spelling that calamine takes for one.
FAR_OUT = {
    "a tab": '<c\tr="XFD1"><v>1</v></c>',
    "small letters": '<c r="xfd1"><v>1</v></c>',
    "single quotes": "<c r='XFD1'><v>1</v></c>",
    "blanks around the sign": '<c r = "XFD1"><v>1</v></c>',
    "a comment inside": '<c r="XFD1"><!-- --><v>1</v></c>',
    "a prefixed address before it": '<c x:r="B1" xmlns:x="urn:x" r="XFD1"><v>1</v></c>',
    "an address in an attribute": """<c x='r="B1"' r="XFD1"><v>1</v></c>""",
    "a prefix": '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="XFD1"><v>1</v></x:c>',
    "counted on": '<c r="XFC1"/><c><v>1</v></c>',
}


@pytest.mark.parametrize("cell", FAR_OUT.values(), ids=FAR_OUT)
def test_no_spelling_hides_a_cell_far_out(cell):
    data = with_sheet(f'<row r="1"><c r="A1"><v>1</v></c>{cell}</row>')
    assert refused(data).code == "sheet.too_many_columns"


def test_no_spelling_hides_a_row_far_down():
    data = with_sheet("<row r='20001'><c><v>1</v></c></row>")
    assert refused(data).code == "sheet.too_many_rows"


def test_a_cell_whose_address_is_none_is_corrupt():
    for address in ("A0", "1", "A", "AAAA1", "A00000001"):
        data = with_sheet(f'<row r="1"><c r="{address}"><v>1</v></c></row>')
        assert refused(data).code == "file.corrupt"


def _renamed(data, old, new, part="xl/_rels/workbook.xml.rels"):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(part)
    assert content.count(old) == 1
    return with_part(data, part, content.replace(old, new))


def test_what_is_weighed_is_what_is_read():
    """Calamine finds a sheet's part by its own rules: by those it is looked for here, or the file is refused."""
    far = with_sheet('<row r="1"><c r="XFD1"><f>1</f><v>1</v></c></row>')
    with zipfile.ZipFile(io.BytesIO(far)) as archive:
        part = archive.read("xl/worksheets/sheet1.xml")
    target = b"/xl/worksheets/sheet1.xml"
    assert refused(_renamed(far, target, b"xl/worksheets/sheet1.xml")).code == (
        "sheet.too_many_columns"
    )
    roundabout = _renamed(simple(), target, b"worksheets/./sheet1.xml")
    assert refused(roundabout).code == "file.corrupt"
    hidden = with_part(roundabout, "xl/worksheets/./sheet1.xml", part)
    assert refused(hidden).code == "sheet.too_many_columns"
    in_capitals = with_part(simple(), "xl/worksheets/SHEET1.xml", part)
    assert refused(in_capitals).code == "file.corrupt"
    two = _renamed(
        simple(), b"</sheets>", b'<sheet name="\xe5\x91\xa8\xe6\x8a\xa5" sheetId="2" r:id="rId1"'
        b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets>',
        "xl/workbook.xml",
    )  # fmt: skip
    assert refused(two).code == "file.corrupt"


def test_formatted_empty_cells_far_out_do_not_count():
    data = with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="A1000000" s="0"/></row>'
    )
    assert read_workbook(data, "a.xlsx").sheets[0].row_count == 1


def test_too_many_sheets():
    def fill(sheet):
        for number in range(3):
            sheet.parent.create_sheet(f"表{number}")

    assert refused(xlsx(fill), limits=Limits(sheets=3)).code == "sheet.too_many"


def test_a_password_on_a_new_workbook():
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(simple())).encrypt("secret", buffer)
    assert msoffcrypto.OfficeFile(io.BytesIO(buffer.getvalue())).is_encrypted()
    assert refused(buffer.getvalue()).code == "file.password"


def test_a_password_on_an_old_workbook():
    # FILEPASS (0x002F) put in the place of the first record after BOF, as an encrypted stream has it.
    start = OLD_EXCEL.index(b"\x09\x08\x10\x00")
    after = start + 20
    assert OLD_EXCEL[after : after + 2] != b"\x2f\x00"
    size = int.from_bytes(OLD_EXCEL[after + 2 : after + 4], "little")
    body = (1).to_bytes(2, "little") + bytes(size - 2) if size >= 2 else bytes(size)
    data = (
        OLD_EXCEL[:after] + b"\x2f\x00" + size.to_bytes(2, "little") + body
        + OLD_EXCEL[after + 4 + size :]
    )  # fmt: skip
    assert refused(data, "周报.xls").code == "file.password"


@pytest.mark.parametrize("cut", [200, 2_000])
def test_a_file_cut_short(cut):
    assert refused(simple()[:cut]).code == "file.corrupt"
    assert refused(OLD_EXCEL[:cut]).code == "file.corrupt"


def test_entities_are_never_expanded():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">]>'
        b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">&a;</workbook>'
    )
    assert refused(with_part(simple(), "xl/workbook.xml", bomb)).code == "file.corrupt"
    sheet = (
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "1">]><worksheet><sheetData/></worksheet>'
    )
    assert refused(with_part(simple(), "xl/worksheets/sheet1.xml", sheet)).code == "file.corrupt"


def test_a_broken_part_is_corrupt():
    assert refused(with_part(simple(), "xl/workbook.xml", b"<workbook><she")).code == "file.corrupt"


def test_openpyxl_and_the_reader_agree():
    book = openpyxl.load_workbook(io.BytesIO(simple()))
    sheet = read_workbook(simple(), "a.xlsx").sheets[0]
    for row in book.active.iter_rows():
        for cell in row:
            read = sheet.cell(cell.row, cell.column)
            assert (read.value if read else None) == cell.value
