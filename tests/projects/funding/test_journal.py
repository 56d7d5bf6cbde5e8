"""The register of money goes out and comes back: what stands is recognised, new rows are recorded."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from projects.funding import services as money
from projects.funding.enums import EventState, Stage
from projects.funding.journal.pipeline import FUNDING_JOURNAL, RULES
from projects.funding.models import FundingEvent, FundingSource
from projects.ledger.models import Project
from renovation.core.errors import Fault, Severity
from renovation.intake import preview
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingSourceFactory
from tests.factories.ledger import EstateFactory, ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District, clock: Clock) -> Project:
    """A project with 下达 100 approved, 到位 60 pending, and a correction of −10 that waits."""
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="钟楼新村",
    )
    source = FundingSourceFactory()
    now, by = clock.at(NOW), district.users["bureau"]
    first = record(made, source, Stage.ALLOCATED, 100_000_000, date(2025, 2, 20), by, now)
    money.approve_event(event=first, by=district.users["reviewer"], now=now)
    record(made, source, Stage.RECEIVED, 60_000_000, date(2025, 3, 3), by, now)
    money.correct_event(event=first, amount_fen=-10_000_000, reason="文件写错", by=by, now=now)
    return made


def record(
    project: Any, source: Any, stage: Stage, fen: int, day: date, by: Any, now: Any
) -> FundingEvent:
    values = money.EventValues(
        source=source,
        stage=stage,
        amount_fen=fen,
        occurred_on=day,
        document_number="淄财建〔2025〕12号" if stage is Stage.ALLOCATED else "进账单 0303",
    )
    return money.record_event(project=project, values=values, by=by, now=now)


def exported(district: District, clock: Clock) -> bytes:
    target = Target(organisation=district.bureau, period_key="2025")
    return FUNDING_JOURNAL.template(target, clock.at(NOW)).content


def changed(content: bytes, put: dict[tuple[int, str], Any]) -> bytes:
    """Cells of the export changed, by (data row from 1, header)."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["资金台账"]
    header = next(row for row in sheet.iter_rows() if any(c.value == "项目编号" for c in row))
    places = {str(cell.value).split("（")[0]: cell.column for cell in header if cell.value}
    for (line, name), value in put.items():
        sheet.cell(header[0].row + line, places[name]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(district: District, clock: Clock, content: bytes) -> Upload:
    now = clock.at(NOW)
    upload = intake.receive(
        pipeline=FUNDING_JOURNAL.code,
        organisation=district.bureau,
        period_key="2025",
        file=content,
        name="资金台账.xlsx",
        by=district.users["bureau"],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def errors(upload: Upload) -> list[tuple[str, str, str]]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.code, f.message, f.expected) for f in found if f.severity is Severity.ERROR]


def changes(district: District, clock: Clock, upload: Upload) -> tuple[int, int]:
    target = Target(organisation=district.bureau, period_key="2025")
    about = FUNDING_JOURNAL.describe(target, clock.at(NOW))
    page = preview.build(upload, FUNDING_JOURNAL, about)
    return page.changes, page.additions


def test_the_export_comes_back_and_changes_nothing(
    district: District, project: Project, clock: Clock
) -> None:
    before = list(FundingEvent.objects.order_by("pk").values())
    upload = read(district, clock, exported(district, clock))
    assert (upload.state, upload.faults) == (UploadState.PREVIEW, [])
    assert changes(district, clock, upload) == (0, 0)
    assert intake.commit(upload=upload, by=district.users["bureau"], now=clock.at(NOW)).taken == 3
    assert list(FundingEvent.objects.order_by("pk").values()) == before


NEW = {
    (4, "项目编号"): "ZC2025-01",
    (4, "资金来源"): "中央财政补助",
    (4, "环节"): "拨付",
    (4, "金额"): 30,
    (4, "日期"): date(2025, 4, 1),
    (4, "文号"): "拨付审批单 17",
}


def test_a_row_without_a_number_is_a_new_entry_that_waits(
    district: District, project: Project, clock: Clock
) -> None:
    upload = read(district, clock, changed(exported(district, clock), NEW))
    assert errors(upload) == []
    assert changes(district, clock, upload) == (0, 1)
    by = district.users["bureau"]
    intake.commit(upload=upload, by=by, now=clock.at(NOW))
    made = FundingEvent.objects.order_by("pk").last()
    assert made is not None
    assert (made.stage, made.amount_fen, made.state, made.recorded_by, made.is_opening) == (
        Stage.RELEASED,
        30_000_000,
        EventState.PENDING,
        by,
        False,
    )
    assert FundingEvent.objects.count() == 4
    again = read(district, clock, exported(district, clock))
    assert changes(district, clock, again) == (0, 0)


@pytest.mark.parametrize(
    ("put", "code", "message"),
    [
        ({(1, "金额"): 120}, "M171", "第 {pk} 号已经登记，金额（万元）不能改：120.00"),
        ({(1, "日期"): date(2025, 2, 21)}, "M171", "第 {pk} 号已经登记，日期不能改：2025年2月21日"),
        ({(1, "环节"): "到位"}, "M171", "第 {pk} 号已经登记，环节不能改：到位"),
        ({(1, "文号"): "淄财1号"}, "M171", "第 {pk} 号已经登记，文号不能改：淄财1号"),
        ({(1, "编号"): 99999}, "M172", "没有编号为 99999 的登记"),
        (NEW | {(4, "环节"): None}, "M101", "环节未填"),
        (NEW | {(4, "环节"): "下达", (4, "文号"): None}, "M113", "下达没有写文号"),
        (NEW | {(4, "文号"): None}, "M113", "拨付没有写文号或凭证号"),
        (NEW | {(4, "日期"): date(2025, 5, 8)}, "M134", "日期晚于今天：2025年5月8日"),
        (NEW | {(4, "项目编号"): "ZC2025-99"}, "M142", "项目编号 ZC2025-99 不在台账里"),
        (NEW | {(4, "资金来源"): "上级资金"}, "M151", "没有资金来源“上级资金”"),
        (NEW | {(4, "环节"): "已付"}, "M152", "没有环节“已付”"),
        (NEW | {(4, "金额"): -3}, "M154", "新登记的金额须大于 0：-3.00"),
        (NEW | {(4, "金额"): 70}, "M161", "到 2025年4月1日，“中央财政补助”的拨付（70.00 万元）会超过到位（60.00 万元）。"),
        (NEW | {(4, "环节"): "到位", (4, "金额"): 60, (4, "日期"): date(2025, 3, 3), (4, "文号"): "进账单 0303"}, "M153", "这一笔已经登记过"),
    ],
)  # fmt: skip
def test_every_fault_is_named(
    district: District,
    project: Project,
    clock: Clock,
    put: dict[tuple[int, str], Any],
    code: str,
    message: str,
) -> None:
    upload = read(district, clock, changed(exported(district, clock), put))
    first = FundingEvent.objects.order_by("effective_on", "pk").first()
    assert first is not None
    found = errors(upload)
    assert (code, message.format(pk=first.pk)) in [(each[0], each[1]) for each in found]
    assert {each[0] for each in found} <= {code, "M161"}
    assert FundingEvent.objects.count() == 3


def test_a_retired_source_keeps_what_it_gave_and_takes_no_more(
    district: District, project: Project, clock: Clock
) -> None:
    source = FundingEvent.objects.first().source  # type: ignore[union-attr]
    source.is_active = False
    source.save()
    assert errors(read(district, clock, exported(district, clock))) == []
    found = errors(read(district, clock, changed(exported(district, clock), NEW)))
    assert [each[:2] for each in found] == [("M151", "资金来源“中央财政补助”已停用，不再登记新的")]


def test_another_name_of_what_a_row_left_alone_is_told_and_no_fault(
    district: District, project: Project, clock: Clock
) -> None:
    """An entry never changes, but its source got another name and its project another code since the export."""
    content = exported(district, clock)
    Project.objects.update(code="ZC2025-07")
    FundingSource.objects.filter(code="central").update(name="中央补助资金")
    before = list(FundingEvent.objects.order_by("pk").values())
    upload = read(district, clock, content)
    assert errors(upload) == []
    told = [Fault.from_json(fault) for fault in upload.faults]
    assert [(f.code, f.row, f.message) for f in told[:2]] == [
        ("M036", 4, "项目编号在下载以后改过：当时是“ZC2025-01”，现在是“ZC2025-07”；表里没有改这一格，照现在的不动"),
        ("M036", 4, "资金来源在下载以后改过：当时是“中央财政补助”，现在是“中央补助资金”；表里没有改这一格，照现在的不动"),
    ]  # fmt: skip
    assert [f.row for f in told] == [4, 4, 5, 5, 6, 6]
    assert changes(district, clock, upload) == (0, 0)
    intake.commit(upload=upload, by=district.users["bureau"], now=clock.at(NOW))
    assert list(FundingEvent.objects.order_by("pk").values()) == before
    typed = changed(content, {(1, "资金来源"): "区级财政"})
    (fault,) = errors(read(district, clock, typed))
    assert (fault[0], fault[2]) == ("M171", "中央补助资金；登记错了的，在页面上用“更正”")


def test_a_new_entry_that_is_too_much_for_the_area_is_asked_about(
    district: District, project: Project, clock: Clock
) -> None:
    EstateFactory(project=project, area_sqm=10_000)
    much = NEW | {(4, "环节"): "下达", (4, "金额"): 99_999, (4, "文号"): "淄财〔2025〕9号"}
    upload = read(district, clock, changed(exported(district, clock), much))
    found = [Fault.from_json(fault) for fault in upload.faults]
    assert [(f.code, f.severity, f.message) for f in found] == [
        ("M163", Severity.REASON, "下达合计每平方米高于常见的 80—600 元")
    ]


def test_every_rule_is_explained() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.sentence and rule.example for rule in RULES)
