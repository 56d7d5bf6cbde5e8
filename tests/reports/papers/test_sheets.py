"""The dispatch sheet: what it says, that page, PDF and workbook say the same, and its issue."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pdfplumber
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from projects.ledger.models import Project
from renovation.core.documents.blocks import Kind, RowStyle
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.measures import Approval
from renovation.records.models import AuditEntry
from reports.papers import names, services
from reports.papers.changes import changes_since
from reports.papers.enums import Format, PaperState
from reports.papers.models import Document, DocumentStep
from reports.papers.rendering import overlay_of, render, sheet_blocks
from reports.papers.sheet_facts import compile_sheet_content
from reports.papers.sheet_tables import sheet_table
from reports.papers.snapshots import content_of, digest_of_content, is_whole, sheet_of, stored
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from tests.factories.papers import CLOSED, EARLIER, REASON, WEEK, World, make_world
from tests.factories.weekly import make_return


def test_it_survives_storing(world: World) -> None:
    document = world.sheet()
    content = compile_sheet_content(
        bureau=world.district.bureau, subject=world.district.bureau, week=WEEK, now=CLOSED
    )
    fresh = Document.objects.get(pk=document.pk)
    assert content_of(fresh) == content
    assert stored(content_of(fresh)) == fresh.snapshot
    assert fresh.digest == digest_of_content(content)
    assert is_whole(fresh)


def test_it_names_who_did_not_report(world: World) -> None:
    sheet = sheet_of(world.sheet())
    assert [each.street_name for each in sheet.missing] == ["钟楼街道"]
    assert sheet.notes()[0].startswith("钟楼街道本周周报未报，")
    row = next(row for row in sheet.rows if row.name == "钟楼里小区")
    assert (row.note, row.work_done) == ("尚无周报", "（周报未报）")
    assert {row.name: row.note for row in sheet.rows} == {
        "第1小区": "", "第2小区": REASON, "第3小区": "", "钟楼里小区": "尚无周报",
    }  # fmt: skip


def test_what_was_sent_back_in_time_reads_as_a_sentence(world: World) -> None:
    sheet = sheet_of(world.sheet())
    told = replace(
        sheet,
        inputs=tuple(
            replace(each, word="按时报后退回") if each.is_missing else each for each in sheet.inputs
        ),
    )
    assert told.notes()[0] == (
        "钟楼街道本周周报按时报后退回，其项目沿用最近一次已报数据（见备注）。"
    )


def test_a_missing_street_is_told_which_week_counts(world: World) -> None:
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("10.0", 5_0000_00)},
        week_start=EARLIER.start,
    )
    sheet = sheet_of(world.sheet())
    row = next(row for row in sheet.rows if row.name == "钟楼里小区")
    assert row.note == "沿用第38周数据"
    assert row.figures[names.PHYSICAL].shown == Decimal("10.0")


def test_what_waits_for_approval_counts_and_is_marked(db: None) -> None:
    world = make_world(state=ReturnState.REVIEWED)
    sheet = sheet_of(world.sheet())
    assert [each.street_name for each in sheet.pending] == ["般阳路街道", "松龄路街道"]
    table = sheet_table(sheet)
    place = next(
        i for i, c in enumerate(table.columns) if (c.group, c.header) == ("形象进度", "累计")
    )
    marked = [row.cells[place].pending for row in table.all_rows if row.style is not RowStyle.GROUP]
    # 般阳路 two rows and sum, 松龄路 one row and sum, 钟楼 a row and sum without a return, total
    assert marked == [True, True, True, True, True, False, False, True]
    # Of the figures at the head only those that rest on a return wait; the plan and the money do not.
    held = {name: measure.approval for name, measure in sheet.figures.items()}
    assert {name for name in held if held[name] is Approval.ALL} == {
        names.PHYSICAL, names.DEVIATION, names.INVESTMENT_RATE, names.COMPLETED_INVESTMENT,
    }  # fmt: skip
    assert held[names.SCHEDULED] is held[names.RECEIPT_RATE] is Approval.APPROVED


def test_lights_are_words_and_symbols(world: World) -> None:
    table = sheet_table(sheet_of(world.sheet()))
    place = next(i for i, c in enumerate(table.columns) if c.kind is Kind.MARK)
    texts = [
        table.columns[place].text(r.cells[place].value)
        for r in table.rows
        if r.style is RowStyle.BODY
    ]
    assert texts == ["● 正常", "● 正常", "■ 严重滞后", "■ 严重滞后"]
    assert table.totals is not None
    assert table.totals.cells[place].value == "●2 ■2"


def test_the_weeks_progress_is_the_change(world: World) -> None:
    sheet = sheet_of(world.sheet())
    changes = {row.name: row.progress_change for row in sheet.rows}
    assert {name: m and m.shown for name, m in changes.items()} == {
        "第1小区": Decimal("5.0"),
        "第2小区": Decimal("0.0"),
        "第3小区": Decimal("5.0"),
        "钟楼里小区": Decimal("0.0"),
    }


def _workbook(document: Document) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))


def test_the_workbook_holds_the_tables_numbers(world: World) -> None:
    document = world.sheet()
    sheet = sheet_of(document)
    table = sheet_table(sheet)
    book = _workbook(document)
    page = book["周调度表"]
    lines = [list(row) for row in page.iter_rows(values_only=True)]
    first = next(n for n, line in enumerate(lines) if line[0] == "序号") + 2
    compared = 0
    for row, line in zip(table.all_rows, lines[first:], strict=False):
        if row.style is RowStyle.GROUP:
            assert line[0] == row.cells[0].value
            continue
        for column, cell, found in zip(table.columns, row.cells, line, strict=True):
            if column.kind in {Kind.COUNT, Kind.DECIMAL, Kind.CHANGE} and cell.value not in (
                "",
                None,
            ):
                assert column.text(
                    found if isinstance(found, int) else Decimal(str(found))
                ) == column.text(cell.value)
                compared += 1
    assert compared > 60
    properties = {p.name: p.value for p in book.custom_doc_props.props}
    assert properties == {"digest": document.digest, "version": "1"}
    setup = page.page_setup
    assert (setup.orientation, int(setup.paperSize)) == ("landscape", 8)
    assert page.freeze_panes == "F5"
    assert page.print_title_rows == "$3:$4"


def test_the_print_says_what_the_table_says(world: World) -> None:
    document = world.sheet()
    table = sheet_blocks(sheet_of(document), overlay_of(document), extent="printed")[0]
    with pdfplumber.open(io.BytesIO(render(document, Format.PDF))) as pdf:
        page = pdf.pages[0]
        assert (round(page.width / 72 * 25.4), round(page.height / 72 * 25.4)) == (420, 297)
        text = "".join(c["text"] for p in pdf.pages for c in p.chars).replace(" ", "")
    assert "周调度表" in text
    assert "2025年第39周（9月22日—9月28日）" in text
    assert "草稿" in text
    for row in table.all_rows:  # type: ignore[union-attr]
        if row.style is RowStyle.GROUP:
            continue
        for column, cell in zip(table.columns, row.cells, strict=True):  # type: ignore[union-attr]
            if column.kind.is_number and cell.value not in ("", None):
                assert column.text(cell.value) in text


def test_the_page_shows_what_is_asked_about_in_the_meeting(world: World) -> None:
    document = world.sheet()
    sheet, overlay = sheet_of(document), overlay_of(document)
    page = sheet_blocks(sheet, overlay, extent="page")[0]
    printed = sheet_blocks(sheet, overlay, extent="printed")[0]
    headers = [column.header for column in page.columns]  # type: ignore[union-attr]
    assert headers == [
        "序号", "项目名称", "当前阶段", "本周完成情况", "本周", "累计", "序时进度", "偏差", "亮灯",
        "存在问题", "需协调事项", "下周计划", "备注",
    ]  # fmt: skip
    places = [
        number
        for number, column in enumerate(printed.columns)  # type: ignore[union-attr]
        if column.header in headers
    ]
    assert [row.cells for row in page.all_rows if len(row.cells) > 1] == [  # type: ignore[union-attr]
        tuple(row.cells[number] for number in places)
        for row in printed.all_rows  # type: ignore[union-attr]
        if len(row.cells) > 1
    ]


def test_the_same_snapshot_gives_the_same_bytes(world: World) -> None:
    document = world.sheet()
    for kind in (Format.PDF, Format.XLSX):
        assert render(document, kind) == render(Document.objects.get(pk=document.pk), kind)


def test_a_draft_is_compiled_anew_until_it_is_issued(world: World) -> None:
    draft = world.sheet()
    again = world.sheet()
    assert (again.pk, again.digest) == (draft.pk, draft.digest)
    assert DocumentStep.objects.filter(document=draft).count() == 1
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("30.0", 0)},
        week_start=WEEK.start,
        state=ReturnState.SUBMITTED,
    )
    fresh = world.sheet()
    assert fresh.pk == draft.pk
    assert fresh.digest != draft.digest
    issued = services.issue_sheet(document=fresh, by=world.users["bureau2"], now=CLOSED)
    WeeklyReturn.objects.filter(state="submitted").update(comment="x")
    assert world.sheet(now=CLOSED + timedelta(days=3)).digest == issued.digest


def test_nobody_issues_what_they_have_not_read(world: World) -> None:
    draft = world.sheet()
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("30.0", 0)},
        week_start=WEEK.start,
    )
    with pytest.raises(StateConflict) as refused:
        services.issue_sheet(document=draft, by=world.users["bureau"], now=CLOSED)
    assert refused.value.code == "paper.changed"
    kept = Document.objects.get(pk=draft.pk)
    assert (kept.state, kept.digest == draft.digest) == (PaperState.DRAFT, False)


def test_issuing_takes_the_streets_along_and_publishes_the_returns(world: World) -> None:
    issued = services.issue_sheet(document=world.sheet(), by=world.users["bureau"], now=CLOSED)
    assert (issued.state, issued.issued_by, str(issued.issued_on)) == (
        PaperState.ISSUED, world.users["bureau"], "2025-09-29",
    )  # fmt: skip
    papers = Document.objects.filter(period_key=WEEK.key)
    assert {(d.subject.short_name, d.state) for d in papers} == {
        ("区住建局", "issued"), ("般阳路街道", "issued"), ("松龄路街道", "issued"),
        ("钟楼街道", "issued"),
    }  # fmt: skip
    states = WeeklyReturn.objects.order_by("week_start", "street__order")
    assert list(states.values_list("week_start", "state")) == [
        (EARLIER.start, "approved"), (EARLIER.start, "approved"),
        (WEEK.start, "published"), (WEEK.start, "published"),
    ]  # fmt: skip
    acts = AuditEntry.objects.filter(act="document.issue")
    assert acts.count() == 4
    formats = {(r.document_id, r.format) for d in papers for r in d.renditions.all()}
    assert formats == {(d.pk, f) for d in papers for f in ("pdf", "xlsx")}


def test_a_clerk_may_not_issue(world: World) -> None:
    draft = world.sheet(subject="banyanglu")
    with pytest.raises(Forbidden):
        services.issue_sheet(document=draft, by=world.users["banyanglu"], now=CLOSED)


def test_another_district_may_not_issue(world: World) -> None:
    other = make_world("boshan-")
    with pytest.raises(Forbidden):
        services.issue_sheet(document=world.sheet(), by=other.users["bureau"], now=CLOSED)


def test_an_issued_sheet_never_changes(world: World) -> None:
    issued = services.issue_sheet(document=world.sheet(), by=world.users["bureau"], now=CLOSED)
    rows = Document.objects.filter(pk=issued.pk)
    for change in (
        {"snapshot": {}}, {"digest": "0" * 64}, {"state": "draft"}, {"title": "别的"},
        {"issued_on": "2025-01-01"}, {"period_key": "2025-01-06"}, {"number": "1号"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentStep.objects.filter(document=issued).update(opinion="改")
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentStep.objects.filter(document=issued).delete()
    assert Document.objects.get(pk=issued.pk).digest == issued.digest


def test_a_correction_supersedes_and_says_why(world: World) -> None:
    issued = services.issue_sheet(document=world.sheet(), by=world.users["bureau"], now=CLOSED)
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("30.0", 0)},
        week_start=WEEK.start,
    )
    later = CLOSED + timedelta(days=1)
    found = {c.name: (c.before, c.now) for c in changes_since(document=issued, now=later)}
    assert found["钟楼里小区形象进度"] == ("0.0%", "30.0%")
    new = services.correct(
        document=issued, reason="钟楼街道补报", by=world.users["bureau"], now=later
    )
    assert (new.version, new.supersedes, new.state) == (2, issued, PaperState.DRAFT)
    with pytest.raises(Exception, match="已有更正稿"):
        services.correct(document=issued, reason="再来", by=world.users["bureau"], now=later)
    second = services.issue_sheet(document=new, by=world.users["bureau"], now=later)
    assert "更正原因：钟楼街道补报" in overlay_of(second).correction
    assert changes_since(document=second, now=later) == []


@pytest.mark.parametrize("count", [1, 3])
def test_compiling_takes_the_same_queries_however_many_projects(db: None, count: int) -> None:
    world = make_world(projects=count)
    with CaptureQueriesContext(connection) as queries:
        compile_sheet_content(
            bureau=world.district.bureau, subject=world.district.bureau, week=WEEK, now=CLOSED
        )
    assert len(queries) == BUDGET


BUDGET = 53


def test_a_sheet_is_issued_once_its_week_is_closed(world: World) -> None:
    """Before, streets may still report: what is locked then would leave them out for good."""
    early = CLOSED - timedelta(days=2)
    with pytest.raises(Refusal) as refused:
        services.issue_sheet(document=world.sheet(now=early), by=world.users["bureau"], now=early)
    assert refused.value.code == "paper.week_open"
    assert not Document.objects.filter(state=PaperState.ISSUED).exists()


def test_what_cannot_be_printed_is_not_locked(world: World) -> None:
    Project.objects.filter(name="第1小区").update(name="第1小区😀")
    with pytest.raises(Refusal) as refused:
        services.issue_sheet(document=world.sheet(), by=world.users["bureau"], now=CLOSED)
    assert (refused.value.code, refused.value.found) == ("paper.glyph", "😀")
    assert not Document.objects.filter(state=PaperState.ISSUED).exists()


def test_a_sheet_of_the_turn_of_a_year_is_titled_by_the_year_that_the_number_counts_in(
    world: World,
) -> None:
    sheet = replace(sheet_of(world.sheet()), week_start=date(2027, 12, 27))
    assert sheet.period_label == "2027年第52周（12月27日—1月2日）"
    assert sheet.title.endswith("（2027年第52周，12月27日—1月2日）")
