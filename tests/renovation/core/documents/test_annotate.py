"""The annotated copy: every fault at its cell, nothing of the original lost."""

import io
from pathlib import Path

import openpyxl
import pytest

from renovation.core.documents.annotate import AUTHOR, FAULT_SHEET, annotate
from renovation.core.errors import Fault, Refusal, Severity
from tests.renovation.core.documents.workbooks import xlsx

OLD_EXCEL = (Path(__file__).parent / "files" / "old_excel.xls").read_bytes()


def original() -> bytes:
    def fill(sheet):
        sheet.append(["项目编号", "形象进度", "说明"])
        sheet.append(["ZC-01", 101, "=1+1"])
        sheet["A4"] = "合并"
        sheet.merge_cells("A4:B4")
        sheet.freeze_panes = "A2"

    return xlsx(fill)


def fault(cell: str, code: str = "number.too_large", **changes) -> Fault:
    given = {
        "sheet": "周报",
        "message": "形象进度不能超过 100。",
        "found": "101",
        "expected": "0—100",
    }
    return Fault(code=code, cell=cell, **{**given, **changes})


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_bad_cells_are_coloured_and_commented():
    copy = opened(
        annotate(original(), "周报.xlsx", [fault("B2"), fault("B2", "x", message="另一处。")])
    )
    sheet = copy["周报"]
    assert sheet["B2"].value == 101
    assert sheet["B2"].fill.start_color.rgb == "00F4B6AE"
    assert sheet["B2"].comment.author == AUTHOR
    assert sheet["B2"].comment.text == (
        "【错误】形象进度不能超过 100。\n应为：0—100\n【错误】另一处。\n应为：0—100"
    )
    assert sheet["A2"].comment is None
    assert sheet["C2"].value == "=1+1"
    assert sheet.freeze_panes == "A2"


def test_all_faults_are_listed_also_those_without_a_cell():
    missing = Fault(code="column.missing", message="缺少“无变化”列。", sheet="周报")
    sheet = opened(annotate(original(), "周报.xlsx", [fault("B2"), missing]))[FAULT_SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows == [
        ["错误", "周报", "B2", None, "形象进度不能超过 100。", "101", "0—100", "number.too_large"],
        ["错误", "周报", None, None, "缺少“无变化”列。", None, None, "column.missing"],
    ]


def test_the_colour_tells_how_heavy_and_the_word_too():
    found = [
        fault("A2", severity=Severity.NOTICE),
        fault("B2", severity=Severity.REASON),
        fault("C2", severity=Severity.NOTICE),
        fault("C2", severity=Severity.ERROR),
    ]
    sheet = opened(annotate(original(), "周报.xlsx", found))["周报"]
    assert [sheet[at].fill.start_color.rgb[2:] for at in ("A2", "B2", "C2")] == [
        "CFE0F3", "FBE0A8", "F4B6AE",
    ]  # fmt: skip
    assert sheet["A2"].comment.text.startswith("【提示】")
    assert sheet["B2"].comment.text.startswith("【需说明】")


def test_a_fault_inside_a_merged_area_stands_at_its_first_cell():
    sheet = opened(annotate(original(), "周报.xlsx", [fault("B4")]))["周报"]
    assert sheet["A4"].comment.text.startswith("【错误】")


def test_the_marks_of_an_earlier_copy_are_taken_off():
    first = annotate(original(), "周报.xlsx", [fault("B2")])
    copy = opened(annotate(first, "周报.xlsx", [fault("A2")]))
    assert copy.sheetnames.count(FAULT_SHEET) == 1
    assert copy["周报"]["B2"].comment is None
    assert copy["周报"]["B2"].fill.fill_type is None
    assert copy["周报"]["A2"].comment is not None


def test_what_was_found_never_becomes_a_formula():
    evil = fault("B2", found="=HYPERLINK(1)", message="=1")
    sheet = opened(annotate(original(), "周报.xlsx", [evil]))[FAULT_SHEET]
    assert [sheet["E2"].data_type, sheet["F2"].data_type] == ["s", "s"]


def test_an_old_workbook_comes_back_as_xlsx_with_its_values():
    copy = opened(annotate(OLD_EXCEL, "周报.et", [fault("B4")]))
    sheet = copy["周报"]
    assert [cell.value for cell in sheet[2]] == ["项目编号", "形象进度", "开工", "人数"]
    assert sheet["B3"].value == 0.45
    assert sheet["B3"].number_format == "0.0%"
    assert sheet["B4"].comment.text.startswith("【错误】")
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:D1"]
    assert copy["_portal"].sheet_state == "veryHidden"


def test_the_same_faults_give_the_same_bytes():
    assert annotate(original(), "a.xlsx", [fault("B2")]) == annotate(
        original(), "a.xlsx", [fault("B2")]
    )


def test_what_cannot_be_read_cannot_be_annotated():
    with pytest.raises(Refusal) as caught:
        annotate(b"%PDF-1.7", "a.pdf", [])
    assert caught.value.code == "file.type"
