"""What papers say of themselves: whether they were overtaken, what a week is compared with, when they can leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client

from projects.ledger.enums import GateKind
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day, local_moment
from renovation.core.documents.blocks import Cell, Column, Kind, Row, RowStyle, Table, group_row
from renovation.core.measures import Approval
from reports.dashboards.waiting.papers import papers
from reports.papers import pages
from reports.papers.bulletin_facts import compile_bulletin_content
from reports.papers.changes import GONE, Change, changes_since
from reports.papers.sheet_facts import compile_sheet_content
from reports.papers.sheets import DispatchSheet, SheetPart
from supervision.weekly.enums import ReturnState
from tests.factories.enrolment import DOCUMENT, cancel, enter
from tests.factories.ledger import GateFactory
from tests.factories.papers import (
    AFTER_QUARTER,
    CLOSED,
    EARLIER,
    QUARTER,
    WEEK,
    World,
    add_project,
    make_world,
)
from tests.factories.weekly import make_return

#: The week is open: the street may still report.
OPEN = CLOSED - timedelta(days=2)


def present(world: World) -> DispatchSheet:
    bureau = world.district.bureau
    return compile_sheet_content(bureau=bureau, subject=bureau, week=WEEK, now=CLOSED)


# -- overtaken ---------------------------------------------------------------------------------------
def test_a_project_that_was_adjusted_since_is_told(world: World) -> None:
    new = add_project(world, "ZC2025-81", "zhonglou", "新增小区")
    document = world.sheet()
    assert changes_since(document=document, now=CLOSED) == []
    enter(new, date(2025, 9, 23))
    found = {
        change.name: (change.before, change.now)
        for change in changes_since(document=document, now=CLOSED)
    }
    assert found["项目调整：新增小区列入"] == (
        GONE,
        f"钟楼街道，9月23日起计入，2025年9月23日批准，{DOCUMENT}",
    )
    assert found["附注"] == (
        GONE,
        "钟楼街道列入 1 个，小计、合计的“本周”含项目调整的影响，见“本周项目调整情况”。",
    )


def test_words_of_a_row_that_changed_are_told(world: World) -> None:
    document = world.sheet()
    GateFactory(
        project=world.projects["01"],
        kind=GateKind.COMPLETED,
        actual_on=date(2025, 9, 24),
        evidence=None,
    )
    assert changes_since(document=document, now=CLOSED) == [
        Change("第1小区备注", GONE, "完工待补依据")
    ]


def test_a_bulletin_says_a_cancellation_that_is_still_to_come(world: World) -> None:
    cancel(world.projects["02"], date(2025, 9, 30), approved_on=date(2025, 9, 20))
    text = {}
    for day in (date(2025, 9, 29), date(2025, 10, 9)):
        content = compile_bulletin_content(
            bureau=world.district.bureau, quarter=QUARTER, texts={}, now=local_moment(day, time(9))
        )
        assert content.faults({}) == []
        text[day] = (content.as_of, content.passage("adjusted").text)
    (before, early), (_, late) = text.values()
    assert before < date(2025, 9, 30)
    said = f"松龄路街道第2小区的取消截至{before.month}月{before.day}日尚未到日，仍计入各项数据。"
    scope = "各项数据按调整后的范围计算"
    assert early.endswith(said)
    assert scope not in early
    assert scope in late
    assert "仍计入" not in late


def test_a_return_that_waits_is_counted_as_sent_in_the_bulletin(db: None) -> None:
    world = make_world(state=ReturnState.REVIEWED)
    content = compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )
    text = content.passage("returns").text
    assert text.endswith("其中4次报送尚未核定，其数据未计入本通报。")


# -- what a week is compared with --------------------------------------------------------------------
def test_a_street_that_did_not_report_moves_nowhere(world: World) -> None:
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("30.0", 0)},
        week_start=EARLIER.start,
    )
    sheet = present(world)
    (group,) = [group for group in sheet.groups if group.street_code == "zhonglou"]
    assert [(row.progress_change, row.note) for row in group.rows] == [(None, "沿用第38周数据")]
    assert group.progress_change is None
    (other,) = [group for group in sheet.groups if group.street_code == "banyanglu"]
    assert other.progress_change is not None


def test_a_change_of_two_weeks_says_so(world: World) -> None:
    street, project = world.district.street("zhonglou"), world.projects["90"]
    make_return(street, {project: ("30.0", 0)}, week_start=EARLIER.previous().start)
    make_return(street, {project: ("40.0", 0)}, week_start=WEEK.start)
    sheet = present(world)
    notes = {row.name: row.note for row in sheet.rows}
    assert notes["钟楼里小区"] == "本周较第37周"
    assert "本周较" not in notes["第1小区"]
    assert [note for note in sheet.notes() if "的变化" in note] == [
        "钟楼街道上一周没有可计的周报，其“本周”是较第37周的变化（见备注）。"
    ]


def test_the_head_names_the_view_of_the_overview_that_agrees(world: World) -> None:
    sheet = present(world)
    whole = SheetPart(year=2025, name=sheet.programme, is_carried=False, figures=sheet.figures)
    old = replace(whole, year=2024, name="2024年度", is_carried=True)
    settled = replace(sheet, parts=(whole, old))
    assert pages.figures_note(settled).startswith(
        f"以上为{sheet.programme}的数据，编制时与总览一致；"
    )
    waiting = {
        name: replace(measure, approval=Approval.ALL) for name, measure in sheet.figures.items()
    }
    pending = replace(sheet, parts=(replace(whole, figures=waiting), old))
    assert "，编制时与总览“含待核”一致；" in pages.figures_note(pending)


# -- when it can leave -------------------------------------------------------------------------------
def _todo(world: World, now: Any) -> list[str]:
    scope = scope_of(world.users["bureau"], on=local_day(now))
    return [item.title for item in papers(scope, now) if item.title.startswith("印发")]


def test_a_sheet_of_an_open_week_waits_for_nobody(world: World, clock: Any) -> None:
    document = world.sheet(now=OPEN)
    assert _todo(world, OPEN) == []
    assert _todo(world, CLOSED) == [f"印发{document.title}"]
    address = f"/papers/{document.pk}/acts/issue/"
    wait = "第39周要到2025年9月29日 12:00才关闭，关闭以后才能印发。"
    clock.at("2025-09-27 13:00")
    client = Client()
    client.force_login(world.users["bureau"])
    page = client.get(f"/papers/{document.pk}/").content.decode()
    assert wait in page
    assert address not in page
    refused = client.get(address)
    assert refused.status_code == 409
    assert wait in refused.content.decode()
    clock.at("2025-09-29 13:00")
    client.force_login(world.users["bureau"])
    page = client.get(f"/papers/{document.pk}/").content.decode()
    assert wait not in page
    assert address in page
    assert client.get(address).status_code == 200


# -- the print ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_last_row_before_a_subtotal_is_told(count: int) -> None:
    cells = (Cell("甲"),)
    table = Table(
        columns=(Column("项目名称", Kind.TEXT, 6),),
        rows=(
            group_row("般阳路街道"),
            *[Row(cells) for _ in range(count)],
            Row(cells, RowStyle.SUBTOTAL),
        ),
        totals=Row(cells, RowStyle.TOTAL),
    )
    assert [row.css for row in table.body] == [
        "row-group",
        *["row-body"] * (count - 1),
        "row-body row-closing",
        "row-subtotal",
        "row-total",
    ]
