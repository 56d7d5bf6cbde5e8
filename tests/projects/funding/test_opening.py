"""Opening money from an old sheet: read, judged by the ledger, recorded as pending, approved by another."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from projects.funding import services as money
from projects.funding.enums import EventState, Stage
from projects.funding.intake import OPENING_MONEY
from projects.funding.models import FundingEvent
from projects.ledger.models import Project
from renovation.core.errors import Fault, Refusal, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingSourceFactory
from tests.factories.ledger import EstateFactory, ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"
Line = tuple[Any, ...]
GOOD: list[Line] = [
    (1, "ZC2025-01", "中央财政补助", "到位", "６0.00", "2025年3月3日", ""),
    (2, "ZC2025-01", "中央财政补助", "下达", 100, date(2025, 2, 20), "淄财〔2025〕1号"),
]


@pytest.fixture
def district(clock: Clock) -> District:
    made = make_district()
    ProjectFactory(
        programme=ProgrammeFactory(bureau=made.bureau),
        street=made.street("zhonglou"),
        code="ZC2025-01",
    )
    FundingSourceFactory()
    return made


def workbook(district: District, clock: Clock, lines: list[Line]) -> bytes:
    """The downloaded template, filled in."""
    target = Target(organisation=district.bureau, period_key="2025")
    made = OPENING_MONEY.template(target, clock.at(NOW))
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    sheet = book["期初资金"]
    for place, line in enumerate(lines, start=4):
        for column, value in enumerate(line, start=1):
            sheet.cell(row=place, column=column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(district: District, clock: Clock, lines: list[Line] | bytes) -> Upload:
    now = clock.at(NOW)
    upload = intake.receive(
        pipeline="opening_money",
        organisation=district.bureau,
        period_key="2025",
        file=lines if isinstance(lines, bytes) else workbook(district, clock, lines),
        name="期初资金.xlsx",
        by=district.users["bureau"],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def errors(upload: Upload) -> list[tuple[str, str, str]]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.code, f.cell, f.message) for f in found if f.severity is Severity.ERROR]


def test_old_money_is_recorded_waits_and_is_approved_by_another(
    district: District, clock: Clock
) -> None:
    upload = read(district, clock, GOOD)
    assert (upload.state, errors(upload)) == (UploadState.PREVIEW, [])
    now, by = clock.at(NOW), district.users["bureau"]
    assert intake.commit(upload=upload, by=by, now=now).taken == 2
    rows = FundingEvent.objects.order_by("stage")
    assert [
        (e.stage, e.amount_fen, e.occurred_on, e.document_number, e.state, e.is_opening, e.recorded_by)
        for e in rows
    ] == [
        (Stage.ALLOCATED, 100_000_000, date(2025, 2, 20), "淄财〔2025〕1号", EventState.PENDING, True, by),
        (Stage.RECEIVED, 60_000_000, date(2025, 3, 3), "", EventState.PENDING, True, by),
    ]  # fmt: skip
    assert money.approve_events(events=list(rows), by=district.users["reviewer"], now=now) == 2
    assert FundingEvent.objects.as_of(date(2025, 3, 2)).get().amount_fen == 100_000_000
    assert FundingEvent.objects.as_of(date(2025, 3, 3)).count() == 2


def test_what_came_in_once_does_not_come_in_again(district: District, clock: Clock) -> None:
    content = workbook(district, clock, GOOD)
    first = read(district, clock, content)
    now, by = clock.at(NOW), district.users["bureau"]
    intake.commit(upload=first, by=by, now=now)
    assert read(district, clock, content) == first  # the same bytes are the same upload
    more = [*GOOD, (3, "ZC2025-01", "中央财政补助", "拨付", 40, "2025-3-10", "")]
    second = read(district, clock, more)
    assert [(code, cell) for code, cell, _ in errors(second)] == [("F153", "E4"), ("F153", "E5")]
    assert intake.commit(upload=second, by=by, now=now).taken == 1
    assert FundingEvent.objects.count() == 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("ZC2025-99", "中央财政补助", "下达", 1, "2025-2-20"), ("F142", "B4", "项目编号 ZC2025-99 不在台账里")),
        (("ZC2025-01", "上级资金", "下达", 1, "2025-2-20"), ("F151", "C4", "没有资金来源“上级资金”")),
        (("ZC2025-01", "中央财政补助", "已付", 1, "2025-2-20"), ("F152", "D4", "没有环节“已付”")),
        (("ZC2025-01", "中央财政补助", None, 1, "2025-2-20"), ("F101", "D4", "环节未填")),
        (("ZC2025-01", "中央财政补助", "下达", 1, "2025-5-8"), ("F134", "F4", "日期晚于今天：2025年5月8日")),
        (
            ("ZC2025-01", "中央财政补助", "到位", 1, "2025-2-20"),
            ("F161", "E4", "到 2025年2月20日，“中央财政补助”的到位（1.00 万元）会超过下达（0.00 万元）。"),
        ),
    ],
)  # fmt: skip
def test_every_fault_stands_at_its_cell(
    district: District, clock: Clock, line: Line, expected: tuple[str, str, str]
) -> None:
    upload = read(district, clock, [(1, *line)])
    assert errors(upload) == [expected]
    assert FundingEvent.objects.count() == 0


def test_a_row_that_needs_a_held_row_is_refused_whole(district: District, clock: Clock) -> None:
    """Holding the 下达 back leaves the 到位 without ground: nothing is written."""
    upload = read(district, clock, GOOD)
    now, by = clock.at(NOW), district.users["bureau"]
    upload.answers = {"reasons": {}, "held": ["2"]}
    upload.save(update_fields=["answers"])
    with pytest.raises(Refusal) as caught:
        intake.commit(upload=upload, by=by, now=now)
    assert caught.value.code == "funding.order"
    upload.refresh_from_db()
    assert (upload.state, FundingEvent.objects.count()) == (UploadState.PREVIEW, 0)


def questions(upload: Upload) -> list[tuple[str, str, str]]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.code, f.cell, f.message) for f in found if f.severity is Severity.REASON]


def test_rows_that_say_the_same_are_asked_about(district: District, clock: Clock) -> None:
    """The same movement under two numbers is counted twice only where somebody says why."""
    twin = ("ZC2025-01", "中央财政补助", "下达", 100, "2025-2-20", "淄财〔2025〕1号")
    other = (*twin[:5], "淄财〔2025〕2号")
    upload = read(district, clock, [(1, *twin), (2, *other), (3, *twin)])
    assert errors(upload) == []
    assert questions(upload) == [
        ("F162", "E6", "与第 4 行是同一笔：下达 100.00 万元，2025年2月20日")
    ]
    now, by = clock.at(NOW), district.users["bureau"]
    with pytest.raises(Refusal):
        intake.commit(upload=upload, by=by, now=now)
    upload.refresh_from_db()
    upload.answers = {"reasons": {"3": {"F162": "同一天同一文件分两次拨下"}}, "held": []}
    upload.save(update_fields=["answers"])
    assert intake.commit(upload=upload, by=by, now=now).taken == 3
    assert FundingEvent.objects.count() == 3


def test_more_than_is_usual_for_the_area_is_asked_about(district: District, clock: Clock) -> None:
    """下达 of a project counts together with what is recorded; the largest row is asked about."""
    project = Project.objects.get()
    EstateFactory(project=project, area_sqm=10_000)
    now, by = clock.at(NOW), district.users["bureau"]
    usual = read(district, clock, [(1, *GOOD[1][1:4], 600, "2025-2-20", "")])
    assert (errors(usual), questions(usual)) == ([], [])
    intake.commit(upload=usual, by=by, now=now)
    rows: list[Line] = [
        (1, "ZC2025-01", "中央财政补助", "下达", 1, "2025-2-21", ""),
        (2, "ZC2025-01", "中央财政补助", "下达", 99_999, "2025-2-22", ""),
        (3, "ZC2025-01", "中央财政补助", "到位", 5, "2025-2-22", ""),
    ]
    upload = read(district, clock, rows)
    assert errors(upload) == []
    assert questions(upload) == [("F163", "E5", "下达合计每平方米高于常见的 80—600 元")]
    (fault,) = [each for each in upload.faults if each["code"] == "F163"]
    assert fault["found"] == "合计 100,600.00 万元 ÷ 10,000.00 ㎡ = 100,600.0 元"
    # 到位 alone adds nothing to ask about.
    assert questions(read(district, clock, [(1, *rows[2][1:])])) == []


def test_a_retired_source_takes_no_new_money(district: District, clock: Clock) -> None:
    source = FundingSourceFactory()
    FundingSourceFactory(code="residents")
    source.is_active = False
    source.save()
    target = Target(organisation=district.bureau, period_key="2025")
    made = OPENING_MONEY.template(target, clock.at(NOW))
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    offered = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    offered |= {
        str(rule.formula1) for sheet in book for rule in sheet.data_validations.dataValidation
    }
    assert not [text for text in offered if "中央财政补助" in text]
    assert [text for text in offered if "居民出资" in text]
    upload = read(district, clock, GOOD)
    assert [found for found in errors(upload) if found[0] == "F151"] == [
        ("F151", "C4", "资金来源“中央财政补助”已停用，不再登记新的"),
        ("F151", "C5", "资金来源“中央财政补助”已停用，不再登记新的"),
    ]
    now, by = clock.at(NOW), district.users["bureau"]
    with pytest.raises(Refusal):
        intake.commit(upload=upload, by=by, now=now)
    assert FundingEvent.objects.count() == 0
