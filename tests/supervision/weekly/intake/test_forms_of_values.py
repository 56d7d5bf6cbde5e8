"""What people and other programs write in cells is understood, or refused in words."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from renovation.core.periods import Week
from renovation.intake.manifest import read_manifest
from supervision.weekly.columns import COLUMNS
from tests.workbooks.cases import with_part
from tests.workbooks.scene import LETTERS, NOW, PROJECTS, ROWS, WEEK, Scene, put

FILES = Path(__file__).parents[3] / "workbooks" / "files"


#: What the soundly filled workbook says of itself (test_rules).
SOUND = ["W302", "W304"]


def codes(upload: Any) -> list[str]:
    """The codes of what was found, in order."""
    return sorted(fault["code"] for fault in upload.faults)


def first(scene: Scene, **cells: Any) -> dict[str, Any]:
    """The first row's values after putting something into cells; no fault may be told."""
    upload = scene.upload(scene.filled(put(**cells)))
    assert codes(upload) == SOUND
    return upload.rows[0]["values"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("７２．６", "72.6"),
        ("72.6%", "72.6"),
        ("７２.６％", "72.6"),
        (" 72.6 ", "72.6"),
        (72.6, "72.6"),
        (73, "73.0"),
        ("+72.60", "72.6"),
    ],
)
def test_a_percentage_as_people_write_it(scene: Scene, written: Any, read: str) -> None:
    assert first(scene, I5=written)["progress_percent"] == read


def test_a_percentage_in_a_percent_cell_is_what_the_reader_sees(scene: Scene) -> None:
    def spoil(book: Any) -> None:
        book["周报"]["I5"] = 0.726
        book["周报"]["I5"].number_format = "0.0%"
        book["周报"]["I6"] = 0.45
        book["周报"]["I6"].number_format = "0%"

    upload = scene.upload(scene.filled(spoil))
    assert [row["values"].get("progress_percent") for row in upload.rows[:2]] == ["72.6", "45.0"]
    assert codes(upload) == SOUND


def test_a_bare_fraction_is_asked_about(scene: Scene) -> None:
    upload = scene.upload(scene.filled(put(I6=0.45)))
    told = [fault for fault in upload.faults if fault["cell"] == "I6"]
    assert [(f["code"], f["found"]) for f in told] == [("W105", "0.45（如指 45%，请填 45）")]


@pytest.mark.parametrize("written", ["1,326.40", "１，３２６．４", 1326.4, "1326.40"])
def test_an_amount_as_people_write_it(scene: Scene, written: Any) -> None:
    values = scene.upload(scene.filled(put(J5=written, S5="清单核增"))).rows[0]["values"]
    assert values["completed_investment"] == "1326.40"


@pytest.mark.parametrize(
    "written",
    [
        "2025-9-16", "2025.9.16", "2025年9月16日", "2025/09/16", "20250916", date(2025, 9, 16),
        datetime(2025, 9, 16, 8, 30), 45916, "２０２５－９－１６",
    ],
)  # fmt: skip
def test_a_date_as_people_write_it(scene: Scene, written: Any) -> None:
    upload = scene.upload(scene.filled(put(P10=written)))
    assert upload.rows[5]["values"]["claimed_start_on"] == "2025-09-16"
    assert codes(upload) == SOUND


@pytest.mark.parametrize(
    ("cell", "written", "read"),
    [
        ("J5", "326.4万元", "326.40"),
        ("J5", "３２６．４ 万", "326.40"),
        ("J5", "3,264,000元", "326.40"),
        ("J5", "３２６４０００.００元", "326.40"),
        ("O5", "12人", 12),
        ("O5", "１２ 人", 12),
    ],
)
def test_a_unit_behind_a_number_is_understood(
    scene: Scene, cell: str, written: str, read: Any
) -> None:
    field = {"J5": "completed_investment", "O5": "workers_count"}[cell]
    assert first(scene, **{cell: written})[field] == read


def test_an_amount_in_yuan_without_its_unit_is_asked_about(scene: Scene) -> None:
    upload = scene.upload(scene.filled(put(J5=3264000)))
    (told,) = [fault for fault in upload.faults if fault["cell"] == "J5"]
    assert (told["code"], told["found"]) == ("W107", "3264000（如指 3264000 元，请填 326.4）")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("98.5O", "98.5O（末位是字母 O）"),
        ("l8.5", "l8.5（首位是字母 l）"),
        ("9B.5", "9B.5（第 2 位是字母 B）"),
        ("约98", "约98（首位是汉字“约”）"),
        ("98.5亿元", "98.5亿元（带了单位“亿元”，只填数）"),
        ("98.5.1", "98.5.1（小数点多于一个）"),
        ("9,85", "9,85（千分位逗号的位置不对）"),
        ("暂无", "暂无（应只有数字）"),
        ("98%", "98%（百分号不用填）"),
    ],
)
def test_what_is_wrong_in_a_number_is_said(scene: Scene, written: str, found: str) -> None:
    upload = scene.upload(scene.filled(put(J9=written)))
    told = [fault for fault in upload.faults if fault["cell"] == "J9"]
    assert [(f["code"], f["found"]) for f in told] == [("W102", found)]


def test_columns_come_in_any_order_and_extra_ones_are_left(scene: Scene) -> None:
    def spoil(book: Any) -> None:
        sheet = book["周报"]
        sheet.unmerge_cells("A1:S1"), sheet.unmerge_cells("A2:S2"), sheet.unmerge_cells("A3:S3")
        for row in range(4, 12):
            cells = [sheet.cell(row, column) for column in range(1, 20)]
            kept = [(cell.value, cell.number_format) for cell in cells]
            for cell, (value, number_format) in zip(cells, reversed(kept), strict=True):
                cell.value, cell.number_format = value, number_format
        sheet["U4"] = "经办"

    upload = scene.upload(scene.filled(spoil))
    assert codes(upload) == ["W027", *SOUND]
    assert upload.columns["code"] == 19
    assert upload.rows[0]["values"]["progress_percent"] == "72.6"


@pytest.mark.parametrize(
    "header",
    ["本周累计形象进度（％）", "本周累计\n形象进度(%)", "本周累计形象进度(%)*", "累计形象进度(%)"],
)
def test_a_header_is_found_however_it_is_set(scene: Scene, header: str) -> None:
    upload = scene.upload(scene.filled(put(I4=header)))
    assert codes(upload) == SOUND


def test_a_totals_row_is_no_project(scene: Scene) -> None:
    upload = scene.upload(scene.filled(put(B12="合计", J12="=SUM(J5:J11)")))
    assert [row["key"] for row in upload.rows] == list(ROWS)
    assert codes(upload) == SOUND


def test_a_sheet_with_many_empty_formatted_rows_is_read(scene: Scene) -> None:
    def spoil(book: Any) -> None:
        for row in range(12, 2000):
            book["周报"].cell(row, 2).number_format = "0.0"

    assert len(scene.upload(scene.filled(spoil)).rows) == 7


def test_an_xlsm_and_an_xls_are_read_alike(scene: Scene) -> None:
    """``weekly.xls`` holds the same rows, written by another program in the format of Excel 97."""
    macros = scene.upload(with_part(scene.filled(), "xl/vbaProject.bin", b"no"), name="周报.xlsm")
    old = scene.upload((FILES / "weekly.xls").read_bytes(), name="周报.xls")
    values = [
        {
            k: v
            for k, v in row["values"].items()
            if k in {"code", "progress_percent", "completed_investment", "work_done"}
        }
        for row in macros.rows
    ]
    assert [
        {
            k: v
            for k, v in row["values"].items()
            if k in {"code", "progress_percent", "completed_investment", "work_done"}
        }
        for row in old.rows
    ] == values
    assert codes(old) == ["W035", *SOUND]


# -- the template ----------------------------------------------------------------------------------
def test_the_template_is_filled_in(scene: Scene) -> None:
    book = openpyxl.load_workbook(io.BytesIO(scene.template()))
    sheet = book["周报"]
    assert book.sheetnames == ["周报", "_portal"]
    assert book["_portal"].sheet_state == "veryHidden"
    assert [cell.value for cell in sheet[4]] == [column.header for column in COLUMNS]
    assert [sheet[f"{LETTERS[name]}5"].value for name in ("code", "name", "street", "estates")] == [
        "ZC2025-06", "柳泉小区", "松龄路街道", "柳泉小区",
    ]  # fmt: skip
    assert (sheet["G5"].value, sheet["H5"].value) == (69, 308.2)
    assert (sheet["G5"].number_format, sheet["H5"].number_format) == ("0.0", "0.00")
    assert sheet["E5"].value == datetime(2025, 3, 1)
    assert [sheet.cell(row, 1).value for row in range(5, 13)] == [*ROWS, None]
    assert [sheet[f"{letter}5"].value for letter in "IJKLMNOPQRS"] == [None] * 11
    assert sheet.protection.sheet
    assert [sheet[f"{letter}5"].protection.locked for letter in "AGIJS"] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert sheet.freeze_panes == "C5"
    # What may be written with its unit (98.5万元, 12人) is asked about in the cell; the others are refused there.
    assert {str(rule.sqref): rule.errorStyle for rule in sheet.data_validations.dataValidation} == {
        "R5:R11": None,
        "I5:I11": None,
        "J5:J11": "warning",
        "O5:O11": "warning",
    }
    assert "“上周”取第37周（9月8日—9月14日）的数，已核定。" in sheet["A2"].value


def test_the_template_knows_whose_it_is(scene: Scene) -> None:
    from renovation.core.documents.reading import read_workbook

    manifest = read_manifest(read_workbook(scene.template(), "模板.xlsx"))
    assert manifest is not None
    assert (manifest.pipeline, manifest.version) == ("weekly", "1")
    assert (manifest.street, manifest.week_start) == (scene.street.code, WEEK.key)
    assert manifest.generated_at == "2025-09-19T10:24:00+08:00"
    assert manifest.values["ZC2025-06"]["last_investment"] == "308.20"
    assert manifest.values["ZC2025-06"]["planned_completion_on"] == "2025-10-31"


def test_the_same_ledger_gives_the_same_bytes(scene: Scene) -> None:
    assert scene.template() == scene.template()
    assert scene.template() != scene.template(NOW.replace(hour=11))


def test_the_template_holds_what_the_draft_says_already(scene: Scene) -> None:
    from renovation.intake import services

    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    sheet = openpyxl.load_workbook(io.BytesIO(scene.template()))["周报"]
    assert (sheet["I5"].value, sheet["J5"].value) == (72.6, 326.4)
    assert sheet["K5"].value == PROJECTS[0][5]
    assert sheet["R11"].value == "是"
    assert sheet["P10"].value == datetime(2025, 9, 16)


def test_the_template_is_read_in_a_constant_number_of_queries(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    from supervision.weekly.comparison import load_context

    with django_assert_num_queries(10):
        load_context(street=scene.street, week=WEEK)
    first_street = scene.district.street("banyanglu")
    with django_assert_num_queries(10):
        found = load_context(street=first_street, week=Week.of(date(2025, 9, 15)))
    assert list(found.projects) == ["ZC2025-01"]
    assert found.projects["ZC2025-01"].last is None
    assert scene.projects["ZC2025-06"].pk not in {p.project_id for p in found.projects.values()}


def test_pending_figures_serve_until_something_is_approved(scene: Scene) -> None:
    from supervision.weekly.comparison import load_context
    from supervision.weekly.enums import ReturnState
    from tests.factories.weekly import make_return

    later = WEEK.next()
    make_return(
        scene.street,
        {scene.projects["ZC2025-06"]: (75, 330_0000_00)},
        week_start=WEEK.start,
        state=ReturnState.SUBMITTED,
    )
    last = load_context(street=scene.street, week=later).projects["ZC2025-06"].last
    assert last is not None
    assert (last.progress_percent, last.is_approved, last.week) == (
        Decimal("69.0"),
        True,
        WEEK.previous(),
    )


def test_the_heading_names_the_rows_whose_last_week_is_another(scene: Scene) -> None:
    """A project that moves here was reported by its old street, which had not sent week 37."""
    from supervision.weekly.checks import earlier_figures
    from supervision.weekly.comparison import load_context
    from tests.factories.enrolment import move
    from tests.factories.weekly import make_return

    moved = scene.elsewhere
    make_return(moved.street, {moved: (30, 100_0000_00)}, week_start=WEEK.shift(-2).start)
    move(moved, scene.street, WEEK.start)
    sheet = openpyxl.load_workbook(io.BytesIO(scene.template()))["周报"]
    assert sheet["A2"].value.startswith(
        f"“上周”取第37周（9月8日—9月14日）的数；{moved.name}取第36周，已核定。"
    )
    comments = {row[0].value: row[6].comment for row in sheet.iter_rows(min_row=5, max_row=12)}
    assert comments["ZC2025-01"].text == "取第36周的数。"
    assert comments["ZC2025-06"] is None
    context = load_context(street=scene.street, week=WEEK)
    found = context.last_weeks
    assert found is not None
    assert (found.week, dict(found.others)) == (WEEK.previous(), {moved.name: WEEK.shift(-2)})
    assert [finding.message for finding in earlier_figures([], context)] == [
        f"“上周”取第37周已核定数，{moved.name}取第36周。"
    ]
