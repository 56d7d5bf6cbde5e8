"""交办事项落实情况 on the dispatch sheet: as it stood at the week's end, whole on the district's sheet, its own on a
street's, frozen with what is issued."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import pdfplumber
import pytest

from renovation.core.calendar import local_moment
from renovation.core.documents.blocks import Table
from reports.papers import pages, services
from reports.papers.assigned import (
    NAME,
    assigned_rows,
    assigned_sentence,
    assigned_table,
    with_project,
)
from reports.papers.changes import changes_since
from reports.papers.enums import Format
from reports.papers.rendering import render
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import sheet_of
from supervision.dispatch.enums import OPEN_STATES, AnswererKind
from supervision.dispatch.items import services as items
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.models import DispatchItem
from tests.factories.accounts import scope_for
from tests.factories.dispatch import answering_user, make_done, make_item, make_working
from tests.factories.papers import CLOSED, WEEK, World

pytestmark = pytest.mark.django_db
#: The week is 2025-09-22 to 28; the items are of the week before and of this one.
BEFORE = local_moment(date(2025, 9, 16), time(10, 0))
WITHIN = local_moment(date(2025, 9, 24), time(10, 0))
AFTER = local_moment(date(2025, 9, 29), time(9, 0))


def given(world: World) -> dict[str, DispatchItem]:
    """An overdue one, one in hand about a project, one settled in the week; one settled before, one given after."""
    district = world.district
    return {
        "overdue": make_working(
            district, now=BEFORE, task="补报基线", street="songlinglu", due_on=date(2025, 9, 24)
        ),
        "in_hand": make_item(
            district,
            now=WITHIN,
            task="完成外墙保温样板段",
            street="banyanglu",
            project=world.projects["01"],
            due_on=date(2025, 10, 10),
        ),
        "settled": make_done(
            district, now=WITHIN, task="清运建筑垃圾", street="zhonglou", due_on=date(2025, 9, 30)
        ),
        "earlier": make_done(
            district, now=BEFORE, task="早已办结的事", street="banyanglu", due_on=date(2025, 9, 30)
        ),
        "later": make_item(
            district, now=AFTER, task="会后才交办的事", street="banyanglu", due_on=date(2025, 10, 9)
        ),
    }


def told(sheet: DispatchSheet) -> list[tuple[str, str, int, date]]:
    return [(each.task, each.word, each.overdue_days, each.due_on) for each in sheet.assigned]


def test_the_district_tells_all_that_stood_or_was_settled_the_longest_overdue_first(
    world: World,
) -> None:
    given(world)
    sheet = sheet_of(world.sheet())
    assert told(sheet) == [
        ("补报基线", "办理中", 4, date(2025, 9, 24)),
        ("完成外墙保温样板段", "待签收", 0, date(2025, 10, 10)),
        ("清运建筑垃圾", "已办结", 0, date(2025, 9, 30)),
    ]
    assert (
        assigned_sentence(sheet.assigned)
        == "交办事项在办2件，其中逾期1件；本周新交办2件，办结1件。"
    )


def test_a_street_is_told_its_own_and_those_about_its_projects_and_those_it_helps_with(
    world: World,
) -> None:
    given(world)
    district = world.district
    make_item(
        district,
        now=WITHIN,
        task="两街道一起办",
        street="songlinglu",
        co_organisations=(district.street("zhonglou"),),
        due_on=date(2025, 10, 10),
    )
    make_item(
        district,
        now=WITHIN,
        task="科室办的事",
        answerer=Answerer(AnswererKind.SECTION, "区局工程科", district.bureau),
        due_on=date(2025, 10, 10),
    )
    tasks = {
        code: [each.task for each in sheet_of(world.sheet(subject=code)).assigned]
        for code in ("banyanglu", "songlinglu", "zhonglou")
    }
    assert tasks == {
        "banyanglu": ["完成外墙保温样板段"],
        "songlinglu": ["补报基线", "两街道一起办"],
        "zhonglou": ["两街道一起办", "清运建筑垃圾"],
    }
    assert "科室办的事" in [each.task for each in sheet_of(world.sheet()).assigned]


def test_what_happens_after_the_week_changes_nothing_of_its_sheet(world: World) -> None:
    found = given(world)
    before = sheet_of(world.sheet())
    overdue = found["overdue"]
    street, bureau = answering_user(world.district, overdue), world.users["bureau2"]
    items.ask_extension(
        item=overdue, wanted_on=date(2025, 10, 20), text="等设计", by=street, now=AFTER
    )
    items.grant_extension(item=overdue, granted_on=date(2025, 10, 15), by=bureau, now=AFTER)
    items.report(item=overdue, text="已补报", by=street, now=AFTER)
    items.close(item=overdue, by=bureau, now=AFTER)
    assert sheet_of(world.sheet(now=CLOSED + timedelta(days=1))) == before
    document = world.sheet()
    assert changes_since(document=document, now=CLOSED + timedelta(days=1)) == []


def test_an_extension_within_the_week_moves_the_deadline_and_keeps_the_first(world: World) -> None:
    overdue = given(world)["overdue"]
    street = answering_user(world.district, overdue)
    items.ask_extension(
        item=overdue, wanted_on=date(2025, 10, 20), text="等设计", by=street, now=WITHIN
    )
    items.grant_extension(
        item=overdue, granted_on=date(2025, 10, 15), by=world.users["bureau2"], now=WITHIN
    )
    row = next(each for each in sheet_of(world.sheet()).assigned if each.task == "补报基线")
    assert (row.first_due_on, row.due_on, row.overdue_days) == (
        date(2025, 9, 24),
        date(2025, 10, 15),
        0,
    )
    assert row.said == "延期：延至2025年10月15日"


def test_its_numbers_are_those_of_the_list_of_items(world: World) -> None:
    """A sheet of now counts what the pages count: the rows that the same person sees, open and overdue today."""
    given(world)
    now = local_moment(date(2025, 9, 26), time(10, 0))
    for code, user in (("", "bureau"), ("banyanglu", "banyanglu"), ("songlinglu", "songlinglu")):
        rows = DispatchItem.objects.visible_to(scope_for(world.users[user], on=now.date()))
        rows = rows.filter(in_force_at__lte=now)
        sheet = sheet_of(world.sheet(subject=code, now=now))
        open_rows = [each for each in sheet.assigned if not each.is_over]
        assert {each.code for each in open_rows} == {
            item.code for item in rows if item.state in OPEN_STATES
        }
        assert {each.code: each.overdue_days for each in open_rows if each.overdue_days} == {
            item.code: item.overdue_days(now.date()) for item in rows.overdue_on(now.date())
        }


def test_workbook_pdf_and_words_say_the_same(world: World) -> None:
    given(world)
    document = world.sheet()
    sheet = sheet_of(document)
    book = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))
    assert book.sheetnames == ["周调度表", NAME]
    cells = [[cell.value for cell in row] for row in book[NAME].iter_rows()]
    rows = [row for row in cells if isinstance(row[0], int)]
    assert [(row[1], row[2], row[8]) for row in rows] == [
        (each.code, cell(each.project, each.task), each.overdue_days or None)
        for each in sheet.assigned
    ]
    sentence = assigned_sentence(sheet.assigned)
    assert any(sentence in str(row[0]) for row in cells)
    with pdfplumber.open(io.BytesIO(render(document, Format.PDF))) as pdf:
        printed = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    assert NAME in printed
    for said in (sentence, "补报基线", "清运建筑垃圾"):
        assert said in printed
    for absent in ("早已办结的事", "会后才交办的事"):
        assert absent not in printed
    assert pages.words_of(sheet, is_issued=True).endswith(sentence)


def cell(project: str, task: str) -> str:
    return f"{project}：{task}" if project else task


def test_an_issued_sheet_keeps_what_it_said(world: World) -> None:
    found = given(world)
    issued = services.issue_sheet(document=world.sheet(), by=world.users["reviewer"], now=CLOSED)
    kept = sheet_of(issued).assigned
    assert len(kept) == 3
    items.cancel(item=found["in_hand"], text="不再需要", by=world.users["bureau"], now=CLOSED)
    issued.refresh_from_db()
    assert sheet_of(issued).assigned == kept


def _passed_on(world: World, item: DispatchItem, now: datetime) -> None:
    items.transfer(
        item=item,
        answerer=Answerer.street(world.district.street("banyanglu")),
        text="项目划转",
        by=world.users["bureau"],
        now=now,
    )


def test_one_that_goes_to_another_street_after_the_week_stays_on_its_sheet(world: World) -> None:
    found = given(world)
    papers = {code: world.sheet(subject=code) for code in ("", "songlinglu", "banyanglu")}
    before = {code: sheet_of(document) for code, document in papers.items()}
    assert "补报基线" in [each.task for each in before["songlinglu"].assigned]
    _passed_on(world, found["overdue"], AFTER)
    for code, document in papers.items():
        assert changes_since(document=document, now=CLOSED) == []
        assert sheet_of(world.sheet(subject=code, now=CLOSED + timedelta(hours=1))) == before[code]


def test_one_that_goes_to_another_street_in_the_week_is_told_as_a_change(world: World) -> None:
    found = given(world)
    friday = local_moment(date(2025, 9, 26), time(10, 0))
    document = world.sheet(now=friday)
    _passed_on(world, found["overdue"], friday + timedelta(days=1))
    changes = {each.name: each for each in changes_since(document=document, now=CLOSED)}
    change = changes[f"交办事项{found['overdue'].code}"]
    assert change.before == "松龄路街道，办理中，期限2025年9月24日"
    assert change.now == "般阳路街道，待签收，期限2025年9月24日"


def test_nothing_assigned_is_nothing_told(world: World) -> None:
    sheet = sheet_of(world.sheet())
    assert (sheet.assigned, assigned_sentence(sheet.assigned)) == ((), "")
    document = world.sheet()
    book = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))
    assert book.sheetnames == ["周调度表"]
    assert "交办" not in pages.words_of(sheet, is_issued=True)


@pytest.mark.parametrize(
    ("project", "task"),
    [
        ("文昌园小区", "增加一个作业面"),
        ("文昌园小区", "比照文昌园小区二期做法，增加一个作业面"),
        ("文昌园小区", "文昌园小区二期做法照搬，增加一个作业面"),
        ("文昌园小区", "文昌园小区（二期）的做法照搬，增加一个作业面"),
        ("文昌园小区", "文昌园小区 二期的做法照搬"),
        ("文昌园小区", "文昌园小区、柳泉小区共用一处料场"),
        ("文昌园小区", "文昌园"),
        ("文昌园小区", "料场由柳泉小区搬到文昌园小区"),
    ],
)
def test_a_project_stands_before_words_that_may_be_of_another(project: str, task: str) -> None:
    assert with_project(project, task) == f"{project}：{task}"


@pytest.mark.parametrize(
    "task", ["文昌园小区：增加一个作业面", "文昌园小区，增加一个作业面。", "文昌园小区"]
)
def test_a_project_that_the_words_begin_with_is_not_named_twice(task: str) -> None:
    assert with_project("文昌园小区", task) == task


def test_words_about_no_project_stand_alone() -> None:
    assert with_project("", "文昌园小区增加一个作业面") == "文昌园小区增加一个作业面"


def test_a_sheet_names_the_project_of_an_item_that_mentions_another(world: World) -> None:
    """Also on an item's row of the table that is frozen with the sheet."""
    project = world.projects["01"]
    make_working(
        world.district,
        now=WITHIN,
        task=f"比照{project.name}二期做法，增加一个作业面",
        due_on=date(2025, 10, 10),
        project=project,
    )
    issued = services.issue_sheet(document=world.sheet(), by=world.users["reviewer"], now=CLOSED)
    (line,) = assigned_table(sheet_of(issued).assigned).rows
    assert line.cells[2].value == (f"{project.name}：比照{project.name}二期做法，增加一个作业面")


def test_the_table_has_first_and_present_deadline_and_the_last_word(world: World) -> None:
    found = given(world)
    items.note(
        item=found["overdue"],
        text="基线已送审",
        by=answering_user(world.district, found["overdue"]),
        now=WITHIN,
    )
    table: Table = assigned_table(sheet_of(world.sheet()).assigned)
    assert [column.title for column in table.columns] == [
        "序号", "编号", "事项", "责任单位", "完成标准", "最初期限", "现期限", "状态", "逾期（天）", "办理情况",
    ]  # fmt: skip
    assert [each.value for each in table.rows[0].cells][1:] == [
        "〔2025〕第38周-1",
        "补报基线",
        "松龄路街道",
        "清单报区局，隐患全部整改并附照片",
        date(2025, 9, 24),
        date(2025, 9, 24),
        "办理中",
        4,
        "进展：基线已送审",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_as_often_for_three_items_as_for_one(
    world: World, count: int, django_assert_num_queries: Any
) -> None:
    for n in range(count):
        make_working(world.district, now=WITHIN, task=f"第{n}件", due_on=date(2025, 10, 10))
    with django_assert_num_queries(4):
        assert len(assigned_rows(bureau=world.district.bureau, week=WEEK, now=CLOSED)) == count
