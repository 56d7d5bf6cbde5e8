"""The pre-filled workbook out and in: every kind of column at its cell, rows of others, the same bytes twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from projects.ledger.models import Programme, Project
from renovation.core.errors import Refusal, StateConflict
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target, pipeline_of
from renovation.intake.preview import build
from supervision.inquiries import services, workbook
from supervision.inquiries.checks import RULES
from supervision.inquiries.defining import ColumnValues
from supervision.inquiries.enums import ColumnKind, Subject
from supervision.inquiries.models import Inquiry, StreetAnswer
from supervision.inquiries.table import table_of
from tests.factories.accounts import District, make_district
from tests.factories.inquiries import make_answer, make_open

pytestmark = pytest.mark.django_db
K = ColumnKind
HEADER_ROW, FIRST = 4, 5
#: One column of every kind, in the order c1 … c7: workbook columns D … J (after code, name, 户数).
COLUMNS = (
    ColumnValues(label="欠缴维修资金户数", kind=K.INTEGER, unit="户", maximum=Decimal(500)),
    ColumnValues(label="管沟坡度", kind=K.DECIMAL, places=2, unit="%", minimum=Decimal("-5")),
    ColumnValues(label="欠缴维修资金金额", kind=K.AMOUNT),
    ColumnValues(label="交底会日期", kind=K.DATE, earliest=date(2025, 1, 1), latest=date(2025, 5, 31)),
    ColumnValues(label="是否有物业", kind=K.YES_NO),
    ColumnValues(label="物业类别", kind=K.CHOICE, options=("专业物业", "社区托管", "自管")),
    ColumnValues(label="居民诉求摘要", kind=K.TEXT, longest=10, is_required=False),
)  # fmt: skip
GOOD = (12, 1.25, 34.5, date(2025, 5, 6), "是", "自管", "缺车位")


@pytest.fixture
def inquiry(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> Inquiry:
    return make_open(district, programme, now=now, columns=COLUMNS)


def _template(inquiry: Inquiry, district: District, street: str, now: datetime) -> bytes:
    place = district.street(street)
    table = table_of(inquiry=inquiry, streets=[place.pk], now=now)
    return workbook.build(table=table, street=place, now=now).content


def _filled(
    content: bytes, values: tuple[Any, ...] = GOOD, spoil: Callable[[Any], None] | None = None
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    for row in range(FIRST, sheet.max_row + 1):
        for place, value in enumerate(values):
            sheet.cell(row, 4 + place).value = value
    if spoil is not None:
        spoil(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _upload(
    inquiry: Inquiry, district: District, street: str, content: bytes, now: datetime
) -> Upload:
    upload = intake.receive(
        pipeline=workbook.code_of(inquiry),
        organisation=district.street(street),
        period_key=inquiry.number,
        file=content,
        name="收数.xlsx",
        by=district.users[street],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def _errors(upload: Upload) -> list[tuple[str, str]]:
    return [
        (fault.code, fault.cell)
        for fault in intake.issues(upload=upload)
        if fault.severity == "error"
    ]


# -- out ---------------------------------------------------------------------------------------------
def test_the_workbook_is_filled_in_limited_and_locked(
    inquiry: Inquiry, district: District, projects: list[Project], now: datetime
) -> None:
    make_answer(
        inquiry, district, "zhonglou", now=now, values={"c1": 3, "c3": 345_000_00, "c5": False}
    )
    book = openpyxl.load_workbook(io.BytesIO(_template(inquiry, district, "zhonglou", now)))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[HEADER_ROW]] == [
        "项目编号", "项目名称", "户数(户)", "欠缴维修资金户数(户)", "管沟坡度(%)",
        "欠缴维修资金金额(万元)", "交底会日期", "是否有物业", "物业类别", "居民诉求摘要",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[FIRST]] == [
        projects[2].code, projects[2].name, "100", 3, None, 34.5, None, "否", None, None,
    ]  # fmt: skip
    assert sheet.max_row == FIRST + 1
    assert [cell.protection.locked for cell in sheet[FIRST]] == [True] * 3 + [False] * 7
    assert sheet.protection.sheet
    assert "用途：" in sheet["A2"].value
    lists = {
        str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }  # fmt: skip
    assert lists == {"H5:H6": '"是,否"', "I5:I6": '"专业物业,社区托管,自管"'}
    bounds = {
        str(rule.sqref): (rule.type, rule.formula1, rule.formula2)
        for rule in sheet.data_validations.dataValidation
        if rule.type != "list"
    }
    assert bounds == {
        "D5:D6": ("whole", "0", "500"),
        "E5:E6": ("decimal", "-5", "999999999"),
        "F5:F6": ("decimal", "0", "999999.99"),
    }
    assert book["_portal"].sheet_state == "veryHidden"


# -- in ----------------------------------------------------------------------------------------------
def test_a_good_workbook_is_written_once(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    content = _filled(_template(inquiry, district, "zhonglou", now))
    upload = _upload(inquiry, district, "zhonglou", content, now)
    assert (upload.state, _errors(upload)) == (UploadState.PREVIEW, [])
    outcome = intake.commit(upload=upload, by=district.users["zhonglou"], now=now)
    assert outcome.taken == 2
    answer = StreetAnswer.objects.get()
    assert (answer.version, answer.is_complete, answer.upload) == (1, True, upload)
    assert [row.values for row in answer.rows.all()] == [
        {
            "c1": 12, "c2": "1.25", "c3": 34_500_000, "c4": "2025-05-06", "c5": True,
            "c6": "自管", "c7": "缺车位",
        }
    ] * 2  # fmt: skip
    assert _upload(inquiry, district, "zhonglou", content, now) == upload
    assert intake.commit(upload=upload, by=district.users["zhonglou"], now=now).taken == 2
    # Other bytes that say the same are no new version either.
    again = _filled(content, spoil=lambda sheet: sheet.cell(20, 14, " "))
    other = _upload(inquiry, district, "zhonglou", again, now)
    assert other != upload
    intake.commit(upload=other, by=district.users["zhonglou"], now=now)
    assert StreetAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("D5", "十二", "S102"),
        ("D5", 1.5, "S105"),
        ("D5", -1, "S106"),
        ("D5", 501, "S107"),
        ("E5", "1.255", "S105"),
        ("E5", -6, "S106"),
        ("F5", "34.5万元", "S102"),
        ("F5", "34.555", "S105"),
        ("F5", 1000000, "S107"),
        ("G5", "五月上旬", "S132"),
        ("G5", "2025-2-30", "S131"),
        ("G5", date(2024, 12, 31), "S122"),
        ("G5", date(2025, 6, 1), "S122"),
        ("H5", "有", "S121"),
        ("I5", "物业公司", "S121"),
        ("J5", "一二三四五六七八九十余", "S108"),
        ("D5", "=1+1", "S103"),
        ("D5", None, "S101"),
        ("G5", None, "S101"),
        ("H5", None, "S101"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(
    inquiry: Inquiry, district: District, now: datetime, cell: str, value: Any, code: str
) -> None:
    def spoil(sheet: Any) -> None:
        sheet[cell] = value

    content = _filled(_template(inquiry, district, "zhonglou", now), spoil=spoil)
    upload = _upload(inquiry, district, "zhonglou", content, now)
    assert _errors(upload) == [(code, cell)]
    outcome = intake.commit(upload=upload, by=district.users["zhonglou"], now=now)
    assert (outcome.taken, outcome.held) == (1, 1)
    assert not StreetAnswer.objects.get().is_complete


def test_each_kind_takes_what_offices_type(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    typed = ("１２", "1.20", "1,234.50", "2025年5月6日", "否", "社区托管", None)
    content = _filled(_template(inquiry, district, "banyanglu", now), typed)
    upload = _upload(inquiry, district, "banyanglu", content, now)
    assert _errors(upload) == []
    intake.commit(upload=upload, by=district.users["banyanglu"], now=now)
    row = StreetAnswer.objects.get().rows.get()
    assert row.values == {
        "c1": 12, "c2": "1.20", "c3": 1_234_500_000, "c4": "2025-05-06", "c5": False, "c6": "社区托管",
    }  # fmt: skip


def test_a_row_left_empty_is_said_once_and_held(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    def empty(sheet: Any) -> None:
        for column in "DEFGHIJ":
            sheet[f"{column}6"] = None

    content = _filled(_template(inquiry, district, "zhonglou", now), spoil=empty)
    upload = _upload(inquiry, district, "zhonglou", content, now)
    assert _errors(upload) == [("S101", "D6")]


def test_rows_of_another_street_name_both(
    inquiry: Inquiry, district: District, projects: list[Project], now: datetime
) -> None:
    def spoil(sheet: Any) -> None:
        sheet["A6"] = projects[0].code
        for place, value in enumerate(("ZC2099-1", "无", None, *GOOD), start=1):
            sheet.cell(7, place).value = value

    content = _filled(_template(inquiry, district, "zhonglou", now), spoil=spoil)
    upload = _upload(inquiry, district, "zhonglou", content, now)
    found = {fault.code: fault.message for fault in intake.issues(upload=upload)}
    assert found["S143"] == f"{projects[0].code}是般阳路街道的，不是钟楼街道的"
    assert found["S142"] == "这次收数没有项目编号 ZC2099-1"
    assert found["S161"].startswith(f"缺 1 行：{projects[3].name}")


def test_streets_are_the_rows_where_streets_are_asked(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    asked = make_open(
        district, programme, now=now, subject=Subject.STREET, columns=COLUMNS[:1],
        filled=("figures.street.households",), title="街道的",
    )  # fmt: skip
    template = _template(asked, district, "zhonglou", now)
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[FIRST]] == ["钟楼街道", "200", None]

    def spoil(sheet: Any) -> None:
        sheet["A5"], sheet["C5"], sheet["D5"] = "松龄路街道", 4, None

    content = _filled(template, (), spoil=spoil)
    upload = _upload(asked, district, "zhonglou", content, now)
    messages = [fault.message for fault in intake.issues(upload=upload)]
    assert "这一行是松龄路街道的，不是钟楼街道的" in messages


def test_a_locked_cell_and_a_foreign_workbook_are_refused(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    def spoil(sheet: Any) -> None:
        sheet["C5"] = 999

    content = _filled(_template(inquiry, district, "zhonglou", now), spoil=spoil)
    assert _errors(_upload(inquiry, district, "zhonglou", content, now)) == [("S111", "C5")]
    other = _upload(
        inquiry, district, "banyanglu", _filled(_template(inquiry, district, "zhonglou", now)), now
    )
    assert other.state == UploadState.REFUSED
    (refused,) = intake.issues(upload=other)
    assert refused.message == (
        "这份工作簿是钟楼街道的，不是般阳路街道的，请上传般阳路街道的工作簿。"
    )


def test_the_preview_shows_every_asked_value_beside_the_earlier_one(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    make_answer(
        inquiry, district, "banyanglu", now=now,
        values={"c1": 10, "c2": "1.00", "c3": 100, "c4": "2025-05-01", "c5": True, "c6": "自管"},
    )  # fmt: skip
    content = _filled(_template(inquiry, district, "banyanglu", now))
    upload = _upload(inquiry, district, "banyanglu", content, now)
    pipeline = pipeline_of(upload.pipeline)
    page = build(upload, pipeline, pipeline.describe(intake.target_of(upload=upload), now))
    (row,) = page.rows
    assert [(cell.label, cell.before, cell.now, cell.change) for cell in row.compared] == [
        ("欠缴维修资金户数（户）", "10", "12", "+2"),
        ("管沟坡度（%）", "1.00", "1.25", "+0.25"),
    ]
    assert [(said.head, said.text) for said in row.said] == [
        ("欠缴维修资金金额（万元）", "原“0.00”，改为“34.50”"),
        ("交底会日期", "原“2025年5月1日”，改为“2025年5月6日”"),
        ("是否有物业", "是"),
        ("物业类别", "自管"),
        ("居民诉求摘要", "缺车位"),
    ]


# -- when it takes nothing ---------------------------------------------------------------------------
def test_nothing_comes_in_after_the_closing(
    inquiry: Inquiry, district: District, now: datetime
) -> None:
    content = _filled(_template(inquiry, district, "zhonglou", now))
    upload = _upload(inquiry, district, "zhonglou", content, now)
    services.close(inquiry=inquiry, by=district.users["bureau"], now=now)
    with pytest.raises(StateConflict):
        intake.commit(upload=upload, by=district.users["zhonglou"], now=now)
    upload.refresh_from_db()
    assert (upload.state, StreetAnswer.objects.count()) == (UploadState.PREVIEW, 0)
    with pytest.raises(StateConflict):
        _upload(inquiry, district, "songlinglu", content, now)


def test_who_is_not_asked_and_what_was_not_sent_out(
    district: District, programme: Programme, projects: list[Project], now: datetime
) -> None:
    some = make_open(district, programme, now=now, streets=[district.street("zhonglou")])
    pipeline = pipeline_of(workbook.code_of(some))
    target = Target(organisation=district.street("banyanglu"), period_key=some.number)
    with pytest.raises(Refusal) as caught:
        pipeline.admit(target, now)
    assert caught.value.code == "inquiry.not_asked"
    other = Target(organisation=district.street("zhonglou"), period_key="LS2025-999")
    with pytest.raises(Refusal) as caught:
        pipeline.admit(other, now)
    assert caught.value.code == "inquiry.unknown"
    for code in ("inquiry:LS2025-999", "inquiry:", "inquiry", "none:1"):
        with pytest.raises(Refusal) as caught:
            pipeline_of(code)
        assert caught.value.code == "pipeline.unknown"
    make_district("boshan-")
    with pytest.raises(Refusal):
        pipeline.admit(Target(organisation=district.bureau, period_key=some.number), now)


def test_every_rule_of_reading_is_caught(inquiry: Inquiry) -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    pipeline = pipeline_of(workbook.code_of(inquiry))
    for dotted in ("number.unreadable", "cell.locked", "key.doubled", "portal.other_period"):
        assert pipeline.rule_for(Refusal(dotted, "")).code.startswith("S")
