"""The bulletin prints the waivers of its quarter, the dispatch sheet those that touched its rows; from the snapshot."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from renovation.core.calendar import SHANGHAI
from renovation.core.documents.blocks import Table
from reports.papers import bulletin_tables
from reports.papers.bulletin_facts import compile_bulletin_content
from reports.papers.bulletins import Bulletin
from reports.papers.enums import Format
from reports.papers.rendering import Overlay, paper_html, render
from reports.papers.sheet_facts import compile_sheet_content
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import bulletin_of, content_of
from supervision.weekly.models import ReportQuestion, RuleWaiver, WeeklyReturn
from tests.factories.papers import AFTER_QUARTER, CLOSED, EARLIER, QUARTER, WEEK, World


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def waive(world: World, **fields: Any) -> RuleWaiver:
    """A waiver of 投资超计划 for 第2小区 of 松龄路, from 1 August on."""
    values: dict[str, Any] = {
        "street": world.district.street("songlinglu"),
        "project": world.projects["02"],
        "rule": "W212",
        "starts_on": date(2025, 8, 1),
        "ends_on": date(2025, 10, 31),
        "reason": "结算审计中，以审定数为准。",
        "state": "approved",
        "asked_by": world.users["songlinglu"],
        "asked_at": at("2025-07-30 09:00"),
        "decided_by": world.users["reviewer"],
        "decided_at": at("2025-07-31 10:00"),
    }
    made: RuleWaiver = RuleWaiver.objects.create(**(values | fields))
    return made


def use(world: World, waiver: RuleWaiver, place: str = "02") -> None:
    """Both weeks' rows of a project were spared by it."""
    project = world.projects[place]
    ReportQuestion.objects.bulk_create(
        ReportQuestion(
            weekly_return=row, project=project, rule=waiver.rule, message="超过", waiver=waiver
        )
        for row in WeeklyReturn.objects.filter(street=project.street)
    )


def bulletin(world: World) -> Bulletin:
    return compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )


def sheet(world: World, street: str = "") -> DispatchSheet:
    subject = world.district.street(street) if street else world.district.bureau
    return compile_sheet_content(
        bureau=world.district.bureau, subject=subject, week=WEEK, now=CLOSED
    )


def test_nothing_is_printed_where_nothing_was_waived(world: World) -> None:
    waive(world, state="asked", decided_by=None, decided_at=None)
    waive(world, state="declined")
    waive(world, starts_on=date(2025, 4, 1), ends_on=date(2025, 6, 30))  # the quarter before
    waive(world, starts_on=date(2025, 10, 1))  # the quarter after
    waive(world, decided_at=at("2025-10-02 09:00"))  # approved after the quarter
    waive(
        world, state="revoked", starts_on=date(2025, 6, 1),
        ended_by=world.users["reviewer"], ended_at=at("2025-06-30 23:59"),
    )  # fmt: skip
    paper = bulletin(world)
    assert paper.waived == ()
    assert "waived" not in {passage.key for passage in paper.passages}
    assert len(bulletin_tables.annexes(paper)) == 3
    assert "豁免" not in paper_html(paper, Overlay())
    assert not any("豁免" in note for note in sheet(world).notes())


def test_the_bulletin_prints_who_approved_until_when_and_why(world: World) -> None:
    use(world, waive(world))
    waive(
        world, project=None, rule="W211", state="revoked", reason="补报上季度工程量",
        ended_by=world.users["reviewer"], ended_at=at("2025-09-01 09:00"),
    )  # fmt: skip
    paper = bulletin(world)
    reviewer = world.users["reviewer"]
    assert paper.passage("waived").text == (
        "（三）校验规则豁免。本季度经批准豁免校验规则2处："
        f"松龄路街道各项目“进度增加过多”（2025年8月1日至2025年10月31日，9月1日终止，{reviewer}批准，"
        "原因：补报上季度工程量）；"
        f"松龄路街道第2小区“投资超计划”（2025年8月1日至2025年10月31日，{reviewer}批准，"
        "原因：结算审计中，以审定数为准），逐项见附件。"
        "豁免期间相应数据不要求说明，照常核对、照常计入，本季度用到2次。"
    )
    keys = [passage.key for passage in paper.passages]
    assert keys.index("waived") == keys.index("returns") + 1
    assert paper.faults({}) == []
    annex = bulletin_tables.annexes(paper)[3]
    assert annex.title == "2025年第三季度周报校验规则豁免情况"
    (table,) = annex.blocks
    assert isinstance(table, Table)
    assert (table.name, len(table.rows)) == ("附件4 规则豁免", 2)
    assert [cell.value for cell in table.rows[1].cells] == [
        2, "投资超计划", "W212", "松龄路街道", "第2小区", date(2025, 8, 1), date(2025, 10, 31), None,
        str(reviewer), date(2025, 7, 31), "结算审计中，以审定数为准。", 2,
    ]  # fmt: skip


def test_page_workbook_and_snapshot_say_the_same(world: World) -> None:
    use(world, waive(world))
    document = world.bulletin()
    stored = bulletin_of(document)
    assert stored.waived == bulletin(world).waived
    text = stored.passage("waived").text
    html = paper_html(stored, Overlay())
    assert text.split("。")[1] in re.sub(r"<[^>]+>|\u2060|\ufeff", "", html)
    book = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))
    rows = list(book["附件4 规则豁免"].iter_rows(values_only=True))
    assert any(
        "投资超计划" in row and "结算审计中，以审定数为准。" in row and 2 in row for row in rows
    )
    # What changes later changes nothing of what is kept.
    RuleWaiver.objects.all().update(
        state="revoked", ended_by=world.users["reviewer"], ended_at=at("2025-10-10 09:00")
    )
    document.refresh_from_db()
    assert bulletin_of(document).passage("waived").text == text


def test_the_sheet_notes_the_rows_that_were_spared(world: World) -> None:
    waiver = waive(world)
    waive(world, rule="W201")  # touched nothing
    use(world, waiver)
    note = (
        f"第2小区按豁免没有就“投资超计划”（W212）说明原因：{world.users['reviewer']}批准，至2025年10月31日，"
        "原因：结算审计中，以审定数为准。。"
    ).replace("。。", "。")
    district = sheet(world)
    assert [each for each in district.remarks() if "豁免" in each] == [note]
    assert any(note in each for each in sheet(world, "songlinglu").notes())
    assert not any("豁免" in each for each in sheet(world, "banyanglu").notes())
    kept = content_of(world.sheet())
    assert isinstance(kept, DispatchSheet)
    assert kept.waived == district.waived
    assert any(note in text for text in (paper_html(kept, Overlay()),))


@pytest.mark.parametrize("count", [1, 3])
def test_a_bulletin_costs_two_queries_more_for_one_and_three(
    world: World, django_assert_num_queries: Any, count: int
) -> None:
    from reports.papers.waived import waived_rules

    for place in range(count):
        use(world, waive(world, rule=("W212", "W211", "W201")[place]))
    with django_assert_num_queries(2):
        found = waived_rules(bureau=world.district.bureau, quarter=QUARTER, as_of=date(2025, 9, 30))
    assert [each.use_count for each in found] == [2] * count
    assert EARLIER.end <= date(2025, 9, 30)
