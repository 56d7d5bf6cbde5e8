"""The dispatch sheet and the bulletin name the projects that entered, moved, were cancelled or restored."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from renovation.core.documents.blocks import Table
from renovation.core.documents.snapshot import freeze
from renovation.core.periods import DAY
from reports.papers import bulletin_tables, rendering, services
from reports.papers.adjusted import adjusted_projects
from reports.papers.bulletin_facts import compile_bulletin_content
from reports.papers.bulletins import Bulletin
from reports.papers.enums import Format
from reports.papers.rendering import Overlay, paper_html, render
from reports.papers.sheet_facts import compile_sheet_content
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import bulletin_of, is_whole, sheet_of
from tests.factories.enrolment import DOCUMENT, cancel, correct_entry, enter, move, restore
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory, add_baseline
from tests.factories.papers import AFTER_QUARTER, CLOSED, QUARTER, WEEK, World, add_project

MONDAY, SUNDAY = WEEK.start, WEEK.end


def sheet(world: World, street: str = "") -> DispatchSheet:
    bureau = world.district.bureau
    subject = world.district.street(street) if street else bureau
    return compile_sheet_content(bureau=bureau, subject=subject, week=WEEK, now=CLOSED)


def bulletin(world: World) -> Bulletin:
    return compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )


@pytest.fixture
def adjusted(world: World) -> World:
    """第1小区 moves from 般阳路 to 钟楼 on Monday, 第2小区 of 松龄路 is cancelled on Thursday, 新增小区 of 钟楼 enters
    on Tuesday; a project of the street that nothing concerns was cancelled before."""
    before = add_project(world, "ZC2025-80", "songlinglu", "早已取消小区")
    cancel(before, date(2025, 2, 10))
    new = add_project(world, "ZC2025-81", "zhonglou", "新增小区")
    enter(new, date(2025, 9, 23))
    move(world.projects["01"], world.district.street("zhonglou"), MONDAY)
    cancel(world.projects["02"], date(2025, 9, 25))
    return world


def test_the_week_of_the_tests(world: World) -> None:
    assert (date(2025, 9, 22), date(2025, 9, 28)) == (MONDAY, SUNDAY)


def test_nothing_stands_where_nothing_was_adjusted(world: World) -> None:
    content = sheet(world)
    assert content.adjusted == ()
    assert [block.name for block in rendering.sheet_blocks(content, Overlay(), extent="page")] == [
        "周调度表"
    ]
    assert not any("项目调整" in note for note in content.notes())
    paper = bulletin(world)
    assert "adjusted" not in {passage.key for passage in paper.passages}
    assert len(bulletin_tables.annexes(paper)) == 3
    assert "项目调整" not in paper_html(paper, Overlay())


def test_the_sheet_of_the_district_has_a_block_of_all(adjusted: World) -> None:
    content = sheet(adjusted)
    assert [
        (each.act, each.name, each.street_name, each.left_name, each.on, each.document_number)
        for each in content.adjusted
    ] == [
        ("列入", "新增小区", "钟楼街道", "", date(2025, 9, 23), DOCUMENT),
        ("移交", "第1小区", "钟楼街道", "般阳路街道", MONDAY, DOCUMENT),
        ("取消", "第2小区", "松龄路街道", "", date(2025, 9, 25), DOCUMENT),
    ]
    html = paper_html(content, Overlay())
    block = html[html.index("本周项目调整情况</p>") :]
    for word in ("新增小区", "第1小区", "第2小区", DOCUMENT):
        assert word in block
    assert "早已取消小区" not in html
    (note,) = [note for note in content.notes() if "项目调整" in note]
    assert note == (
        "钟楼街道列入 1 个、调入 1 个，般阳路街道调出 1 个，"
        "小计、合计的“本周”含项目调整的影响，见“本周项目调整情况”。"
    )


@pytest.mark.parametrize(
    ("street", "names"),
    [
        ("zhonglou", ["新增小区", "第1小区"]),
        ("banyanglu", ["第1小区"]),
        ("songlinglu", ["第2小区"]),
    ],
)
def test_a_streets_sheet_says_what_concerns_the_street(
    adjusted: World, street: str, names: list[str]
) -> None:
    content = sheet(adjusted, street)
    assert [each.name for each in content.adjusted] == names
    html = paper_html(content, Overlay())
    for name in {"新增小区", "第1小区", "第2小区"} - set(names):
        assert name not in html


def test_a_cancellation_taken_back_is_told(world: World) -> None:
    cancel(world.projects["01"], date(2025, 10, 6), approved_on=date(2025, 9, 19))
    restore(world.projects["01"], date(2025, 9, 24))
    assert [each.act for each in sheet(world).adjusted] == ["撤销取消"]


def test_the_workbook_has_a_sheet_of_them(adjusted: World) -> None:
    document = services.compile_sheet(
        bureau=adjusted.district.bureau,
        subject=adjusted.district.bureau,
        week=WEEK,
        by=adjusted.users["bureau"],
        now=CLOSED,
    )
    assert is_whole(document)
    assert freeze(sheet_of(document)) == freeze(sheet(adjusted))
    book = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))
    assert book.sheetnames == ["周调度表", "项目调整"]
    values = [[cell.value for cell in row] for row in book["项目调整"].iter_rows()]
    named = [row[1:4] for row in values if row[1] in {"新增小区", "第1小区", "第2小区"}]
    assert named == [
        ["新增小区", "列入", "钟楼街道"],
        ["第1小区", "移交", "钟楼街道"],
        ["第2小区", "取消", "松龄路街道"],
    ]


def test_the_bulletin_has_a_paragraph_and_an_annex(adjusted: World) -> None:
    paper = bulletin(adjusted)
    text = paper.passage("adjusted").text
    assert text == (
        "本季度项目有调整。"
        f"列入项目1个：钟楼街道新增小区（9月23日起计入，{DOCUMENT}）。"
        f"移交项目1个：第1小区由般阳路街道移交钟楼街道（9月22日起，{DOCUMENT}）。"
        f"取消项目1个：松龄路街道第2小区（9月25日起不再计入，{DOCUMENT}）。"
        "各项数据按调整后的范围计算，较上季度末的变化含调整的影响。"
    )
    assert paper.faults({}) == []
    annex = bulletin_tables.annexes(paper)[3]
    assert annex.title == "2025年第三季度老旧小区改造项目调整情况"
    html = paper_html(paper, Overlay())
    assert "早已取消小区" not in html
    assert "含项目调整的影响（钟楼街道列入 1 个" in bulletin_tables.ranking_table(paper).notes[0]


def test_the_bulletins_workbook_has_the_annex(adjusted: World) -> None:
    document = adjusted.bulletin()
    assert bulletin_of(document).adjusted == bulletin(adjusted).adjusted
    book = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))
    assert book.sheetnames[-1] == "附件4 项目调整"


def test_another_district_is_told_nothing(adjusted: World) -> None:
    from tests.factories.accounts import make_district

    other = make_district("boshan-", district_name="博山区", name="博山区住房和城乡建设局")
    found = adjusted_projects(
        bureau=other.bureau, since=MONDAY - DAY, until=SUNDAY, year=2025, counted=set()
    )
    assert found == ()


def of_last_year(world: World) -> Project:
    """A finished project of 2024 in 般阳路, which moves to 钟楼 in the week: in no figure of this year's papers."""
    old: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=world.district.bureau, year=2024),
        street=world.district.street("banyanglu"),
        code="ZC2024-01",
        name="旧一小区",
    )
    add_baseline(old, planned_start_on=date(2024, 3, 1), planned_completion_on=date(2024, 12, 31))
    for kind, day in (
        (GateKind.STARTED, date(2024, 3, 5)),
        (GateKind.COMPLETED, date(2024, 12, 20)),
    ):
        GateFactory(project=old, kind=kind, actual_on=day)
    move(old, world.district.street("zhonglou"), MONDAY)
    return old


def test_a_project_of_another_year_changed_no_figure_and_is_named_with_its_programme(
    world: World,
) -> None:
    of_last_year(world)
    paper = bulletin(world)
    assert paper.passage("adjusted").text == (
        "本季度项目有调整。移交项目1个："
        f"旧一小区由般阳路街道移交钟楼街道（2024年度计划，9月22日起，{DOCUMENT}）。"
    )
    assert "含项目调整" not in bulletin_tables.ranking_table(paper).notes[0]
    (annex,) = bulletin_tables.annexes(paper)[3].blocks
    assert isinstance(annex, Table)
    assert annex.rows[0].cells[1].value == "旧一小区（2024年度计划）"
    content = sheet(world)
    assert [(each.label, each.counts) for each in content.adjusted] == [
        ("旧一小区（2024年度计划）", False)
    ]
    assert not any("项目调整" in note for note in content.notes())
    assert "旧一小区（2024年度计划）" in paper_html(content, Overlay())


def test_beside_one_of_another_year_the_own_ones_are_counted(adjusted: World) -> None:
    of_last_year(adjusted)
    (note,) = [note for note in sheet(adjusted).notes() if "项目调整" in note]
    said = "钟楼街道列入 1 个、调入 1 个，般阳路街道调出 1 个"
    assert note.startswith(f"{said}，")
    paper = bulletin(adjusted)
    assert "较上季度末的变化含调整的影响。" in paper.passage("adjusted").text
    notes = bulletin_tables.ranking_table(paper).notes[0]
    assert f"含项目调整的影响（{said}，松龄路街道取消 1 个）" in notes


def test_what_was_cancelled_and_restored_in_the_quarter_is_counted_as_neither(world: World) -> None:
    cancel(world.projects["01"], date(2025, 10, 6), approved_on=date(2025, 9, 19))
    restore(world.projects["01"], date(2025, 9, 24))
    paper = bulletin(world)
    assert paper.passage("adjusted").text == (
        f"本季度项目有调整。季度内取消后又撤销的：般阳路街道第1小区（照旧计入，{DOCUMENT}）。"
    )
    assert paper.faults({}) == []
    assert [each.act for each in paper.adjusted] == ["取消（已撤销）", "撤销取消"]


def test_an_entry_that_reaches_back_says_that_earlier_figures_are_counted_anew(
    world: World,
) -> None:
    correct_entry(world.projects["01"], date(2025, 1, 10), date(2025, 9, 24))
    paper = bulletin(world)
    assert paper.passage("adjusted").text == (
        "本季度项目有调整。更正列入日期项目1个："
        f"般阳路街道第1小区（列入计划日期更正为1月10日，{DOCUMENT}）。"
        "列入日期早于本季度的，上季度末的数一并重算，与已印发通报的数可能不同。"
    )
    assert paper.faults({}) == []
