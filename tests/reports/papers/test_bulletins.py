"""The bulletin: text, tables, workbook and PDF say the same figures, and edited text is checked."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import openpyxl
import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.ledger.models import Project
from renovation.core.calendar import local_moment
from renovation.core.documents.blocks import Kind, RowStyle, Table
from renovation.core.errors import Refusal
from renovation.core.measures import Measure
from renovation.core.periods import Week
from reports.papers import bulletin_tables, names, services
from reports.papers.bulletin_facts import compile_bulletin_content, weeks_in_words
from reports.papers.bulletins import ProjectFacts
from reports.papers.enums import Format, PaperState
from reports.papers.lagging_text import lagging_words
from reports.papers.models import Document
from reports.papers.rendering import render
from reports.papers.snapshots import bulletin_of, is_whole
from reports.papers.wordings import figures_in
from supervision.weekly.judgements import judge_week
from supervision.weekly.models import StatusJudgement
from tests.factories.ledger import make_project
from tests.factories.papers import AFTER_QUARTER, EARLIER, QUARTER, WEEK, World, make_world
from tests.factories.weekly import make_return

MM = 72 / 25.4
PLAIN = str.maketrans("−", "-", "+,")  # as tables print numbers; prose has no comma either


def _tables(document: Document) -> list[Table]:
    bulletin = bulletin_of(document)
    return [
        bulletin_tables.ranking_table(bulletin),
        bulletin_tables.progress_table(bulletin),
        bulletin_tables.lagging_table(bulletin),
        bulletin_tables.returns_table(bulletin),
    ]


def _numbers(table: Table) -> list[str]:
    return [
        column.text(cell.value)
        for row in table.all_rows
        if row.style is not RowStyle.GROUP
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.kind.is_number and cell.value not in ("", None)
    ]


def test_it_survives_storing(world: World) -> None:
    document = Document.objects.get(pk=world.bulletin().pk)
    assert is_whole(document)
    again = compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )
    assert bulletin_of(document) == again


def test_the_draft_writes_no_number_of_its_own(world: World) -> None:
    bulletin = bulletin_of(world.bulletin())
    loose = {
        passage.key: [figure.token for figure in bulletin.loose_figures(passage)]
        for passage in bulletin.passages
    }
    assert {key: found for key, found in loose.items() if found} == {}
    assert bulletin.faults({}) == []
    assert not any("【" in passage.text for passage in bulletin.passages)


def test_model_estates_and_features_are_named(world: World) -> None:
    first, second, *_ = Project.objects.filter(programme__bureau=world.district.bureau).order_by(
        "street__order", "code"
    )
    make_project(
        programme=first.programme, street=first.street, code="ZC2025-77", feature="还没有开工的特色"
    )  # what has not begun has formed nothing
    Project.objects.filter(pk=first.pk).update(
        is_model=True,
        model_on=date(2025, 8, 1),
        model_reason="居民参与充分",
        feature="3 处口袋花园串起三个院子",
    )
    Project.objects.filter(pk=second.pk).update(feature="一老一小同院")
    bulletin = bulletin_of(world.bulletin())
    street, other = first.street.short_name, second.street.short_name
    assert bulletin.passage("models").text == (
        f"示范样板项目有1个：{street}{first.name}（3 处口袋花园串起三个院子）。"
        f"形成“一小区一特色”的其他项目有1个：{other}{second.name}（一老一小同院）。"
    )
    assert bulletin.passage("models").section == "三、先进做法"
    assert bulletin.faults({}) == []


def test_without_models_and_features_nothing_is_said_of_them(world: World) -> None:
    assert "models" not in {each.key for each in bulletin_of(world.bulletin()).passages}


def test_every_figure_of_the_text_stands_in_the_snapshot(world: World) -> None:
    bulletin = bulletin_of(world.bulletin())
    quoted = [value for value in bulletin.quotes.values() if value]
    quoted += [project.name for project in bulletin.projects]
    seen = 0
    for passage in bulletin.passages:
        text = passage.text
        for value in quoted:
            text = text.replace(value, "")
        for figure in figures_in(text):
            assert (figure.number, figure.unit) in bulletin.allowed, (passage.key, figure)
            seen += 1
    assert seen >= 25


_MONEY = "截至9月28日，到位资金{received}；已拨付{released}，拨付率{rate}。"


def _funds(world: World, **said: str) -> list[str]:
    """The faults of an edited passage of money, one sentence each."""
    bulletin = bulletin_of(world.bulletin())
    values = {
        "received": "【全区到位资金】",
        "released": "【全区拨付资金】",
        "rate": "【全区拨付率】",
    } | said
    text = _MONEY.format(**values)
    return [fault.message for fault in bulletin.with_texts({"funds": text}).faults({})]


def test_a_known_figure_in_another_ones_place_is_found(world: World) -> None:
    """Text says the 拨付 amount where the words say 到位: both numbers are the bulletin's, one is in the wrong place."""
    texts = {each.name: each.text for each in bulletin_of(world.bulletin()).named}
    received, released = texts["全区到位资金"], texts["全区拨付资金"]
    assert received != released
    assert _funds(world) == []
    assert _funds(world, received=received, released=f"资金达到{released}") == []
    wrong = f"“到位资金”后面应为【全区到位资金】（{received}），写的是“{{}}”{{}}，请改正。"
    assert _funds(world, received=released) == [wrong.format(released, "，那是【全区拨付资金】")]
    assert _funds(world, received="【全区拨付资金】") == [wrong.format("【全区拨付资金】", "")]
    # Another unit, another day and the opposite are no statement about that figure.
    assert (
        _funds(world, received=f"【全区到位资金】，涉及到位资金的项目有{texts['全区项目数']}") == []
    )
    assert _funds(world, received=f"【全区到位资金】，去年同期到位资金{released}") == []
    assert _funds(world, released=f"【全区拨付资金】，尚未拨付{received}") == []


def test_a_streets_figure_behind_another_streets_name_is_found(world: World) -> None:
    bulletin = bulletin_of(world.bulletin())
    one, other = (each.name for each in bulletin.streets[:2])
    template = bulletin.passage("ranking").template
    swapped = template.replace(f"【{one}形象进度】", "【甲】").replace(
        f"【{other}形象进度】", f"【{one}形象进度】"
    )
    swapped = swapped.replace("【甲】", f"【{other}形象进度】")
    faults = bulletin.with_texts({"ranking": swapped}).faults({})
    assert sorted((fault.token, fault.may_be_declared) for fault in faults) == sorted(
        [(f"【{one}形象进度】", False), (f"【{other}形象进度】", False)]
    )


def test_a_misplaced_number_may_be_declared(world: World) -> None:
    bulletin = bulletin_of(world.bulletin())
    released = next(each.text for each in bulletin.named if each.name == "全区拨付资金")
    edited = bulletin.with_texts({"funds": f"到位资金{released}。"})
    (fault,) = edited.faults({})
    assert fault.may_be_declared
    assert fault.place in edited.figure_places()
    assert edited.faults({fault.place: "另一口径"}) == []


def test_the_machines_own_wording_has_no_misplaced_figure(world: World) -> None:
    bulletin = bulletin_of(world.bulletin())
    one_more = {each.key: each.drafted + " " for each in bulletin.passages}
    assert bulletin.with_texts(one_more).faults({}) == []


def test_text_and_tables_say_the_same(world: World) -> None:
    document = world.bulletin()
    bulletin = bulletin_of(document)
    ranking = bulletin_tables.ranking_table(bulletin)
    by_street = {str(row.cells[1].value): row.cells for row in ranking.all_rows}
    text = bulletin.passage("ranking").text
    for street in bulletin.streets:
        cells = by_street[street.name]
        shown = ranking.columns[3].text(cells[3].value)
        distance = ranking.columns[5].text(cells[5].value).lstrip("+−")
        assert f"{street.name}（形象进度{shown}%" in text
        assert f"{distance}个百分点" in text
    table = bulletin_tables.progress_table(bulletin)
    assert table.totals is not None
    shown = zip(table.columns, table.totals.cells, strict=True)
    whole = {column.header: column.text(cell.value).replace(",", "") for column, cell in shown}
    progress = bulletin.passage("progress").text
    assert f"形象进度为{whole['形象进度']}%" in progress
    assert (
        f"累计完成投资{whole['完成投资']}万元，占计划投资{whole['计划投资']}万元的{whole['投资完成率']}%"
        in progress
    )
    assert (
        f"居民{whole['户数']}户、建筑面积{whole['面积']}万平方米" in bulletin.passage("gates").text
    )
    funds = bulletin.passage("funds").text
    assert f"资金到位率{whole['资金到位率']}%" in funds
    assert f"支付率{whole['支付率']}%" in funds


def test_the_workbook_holds_the_tables_numbers(world: World) -> None:
    document = world.bulletin()
    book = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))
    tables = _tables(document)
    assert len(book.sheetnames) == len(tables)
    for name, table in zip(book.sheetnames, tables, strict=True):
        numbers = [
            Decimal(str(cell.value))
            for line in book[name].iter_rows()
            for cell in line
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
        ]
        wanted = [Decimal(text.translate(PLAIN)) for text in _numbers(table)]
        assert numbers == wanted, name
    assert {p.name: p.value for p in book.custom_doc_props.props}["digest"] == document.digest


def test_the_pdf_prints_every_number_of_text_and_tables(world: World) -> None:
    document = world.bulletin()
    with pdfplumber.open(io.BytesIO(render(document, Format.PDF))) as pdf:
        printed = re.sub(r"\s", "", "".join(c["text"] for p in pdf.pages for c in p.chars))
    missing = [
        text for table in _tables(document) for text in _numbers(table) if text not in printed
    ]
    assert missing == []
    assert document.digest[:12] not in printed


def _chars(page: Any, font: str) -> list[Any]:
    return [c for c in page.chars if font in c["fontname"]]


def test_the_page_is_laid_out_by_the_standard(world: World) -> None:
    """GB/T 9704-2012: A4, 版心 156×225 mm at 28/37 mm, 22 lines, 3号 body, page numbers outside."""
    document = world.issued()
    with pdfplumber.open(io.BytesIO(render(document, Format.PDF))) as pdf:
        first, second = pdf.pages[0], pdf.pages[1]
        assert (round(first.width / MM), round(first.height / MM)) == (210, 297)
        body = [c for c in first.chars + second.chars if abs(c["size"] - 16) < 0.3]
        assert min(c["x0"] for c in body) / MM == pytest.approx(28, abs=0.6)
        assert max(c["x1"] for c in body) / MM == pytest.approx(184, abs=0.8)
        assert min(
            c["top"] for c in second.chars if abs(c["size"] - 16) < 0.3
        ) / MM == pytest.approx(37 + 10.227 / 2 - 2.8, abs=1.5)
        tops = sorted(
            {round(c["bottom"] / MM, 1) for c in first.chars if abs(c["size"] - 16) < 0.3}
        )
        gaps = {round(b - a, 1) for a, b in zip(tops, tops[1:], strict=False) if 8 < b - a < 12}
        assert gaps <= {10.2, 10.3}
        red = [
            c
            for c in first.chars
            if c["non_stroking_color"] and tuple(c["non_stroking_color"])[:1] != (0,)
        ]
        head = [c for c in red if c["size"] > 22]
        assert "".join(c["text"] for c in head) == "淄川区住房和城乡建设局文件"
        words = "".join(c["text"] for c in first.chars)
        assert "淄建发〔2025〕12号" in words
        assert "关于2025年" in words.replace(" ", "")
        numbers = [w for w in first.extract_words() if re.fullmatch(r"—?\s*1\s*—?", w["text"])]
        assert numbers
        lowest = max(numbers, key=lambda w: w["top"])
        assert lowest["x0"] > first.width / 2
        assert lowest["top"] / MM > 262
        assert any(page.width > page.height for page in pdf.pages)
        last = "".join(c["text"] for c in pdf.pages[-1].chars)
        assert "抄送" in last
        assert "2025年10月9日印发" in last
        assert "草稿" not in words


def test_an_edited_number_is_compared_with_the_snapshot(world: World) -> None:
    document = world.bulletin()
    by = world.users["bureau"]
    right = bulletin_of(document).figures[names.PHYSICAL].text
    document = services.edit_text(
        document=document, key="progress", text=f"全区形象进度{right}%。", by=by, now=AFTER_QUARTER
    )
    assert bulletin_of(document).faults({}) == []
    document = services.edit_text(
        document=document, key="progress", text="全区形象进度99.9%，全区有4个项目。", by=by,
        now=AFTER_QUARTER,
    )  # fmt: skip
    faults = bulletin_of(document).faults(document.outside_figures)
    assert [(f.passage_key, f.token) for f in faults] == [("progress", "99.9%")]
    with pytest.raises(Refusal) as refused:
        services.check(document=document, by=world.users["bureau2"], now=AFTER_QUARTER)
    assert refused.value.code == "paper.figures"
    assert "99.9%" in refused.value.message
    assert Document.objects.get(pk=document.pk).state == PaperState.DRAFT


def test_a_number_may_be_declared_to_be_no_figure_of_the_bulletin(world: World) -> None:
    document = world.bulletin()
    by = world.users["bureau"]
    document = services.edit_text(
        document=document, key="demand-quality", text="（三）居民诉求48小时内回应。", by=by,
        now=AFTER_QUARTER,
    )  # fmt: skip
    fault = bulletin_of(document).faults(document.outside_figures)[0]
    assert fault.token == "48小时"
    document = services.mark_outside(
        document=document, place=fault.place, reason="办理时限", by=by, now=AFTER_QUARTER
    )
    assert bulletin_of(document).faults(document.outside_figures) == []
    step = document.steps.last()
    assert step is not None
    assert step.opinion == "标明“48小时”为非本通报指标：办理时限"
    checked = services.check(document=document, by=world.users["bureau2"], now=AFTER_QUARTER)
    assert checked.state == PaperState.CHECKED


def test_placeholders_follow_the_data_and_unknown_ones_are_refused(world: World) -> None:
    document = world.bulletin()
    by = world.users["bureau"]
    document = services.edit_text(
        document=document,
        key="progress",
        text="形象进度为【全区形象进度】。",
        by=by,
        now=AFTER_QUARTER,
    )
    before = bulletin_of(document).passage("progress").text
    with pytest.raises(Refusal) as refused:
        services.edit_text(
            document=document, key="lights", text="共有【没有的数】。", by=by, now=AFTER_QUARTER
        )
    assert (refused.value.code, refused.value.field) == ("paper.placeholder", "lights")
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("60.0", 0)},
        week_start=WEEK.start,
    )
    fresh = world.bulletin()
    after = bulletin_of(fresh).passage("progress").text
    assert before != after
    assert after == f"形象进度为{bulletin_of(fresh).figures[names.PHYSICAL].text}%。"


def test_an_emptied_passage_gets_its_drafted_words_back(world: World) -> None:
    document = world.bulletin()
    by = world.users["bureau"]
    drafted = bulletin_of(document).passage("lead").text
    document = services.edit_text(
        document=document, key="lead", text="另一句。", by=by, now=AFTER_QUARTER
    )
    assert bulletin_of(document).passage("lead").is_edited
    document = services.edit_text(
        document=document, key="lead", text="  ", by=by, now=AFTER_QUARTER
    )
    assert (document.texts, bulletin_of(document).passage("lead").text) == ({}, drafted)


@pytest.mark.parametrize(
    ("lights", "said"),
    [
        (("red", "red"), "自2025年9月15日当周起严重滞后（红灯）"),
        (("yellow", "yellow"), "自2025年9月15日当周起滞后，现由黄灯转为严重滞后（红灯）"),
        (("yellow", "red"), "自2025年9月15日当周起滞后，9月22日当周由黄灯转为严重滞后（红灯）"),
        (("green", "red"), "自2025年9月22日当周起严重滞后（红灯）"),
    ],
)
def test_the_day_of_a_lagging_project_is_that_of_its_run_not_of_its_light(
    world: World, lights: tuple[str, str], said: str
) -> None:
    """红灯一周、黄灯一周: the run began when it fell behind; the light says in words how it turned."""
    for week, light in zip((EARLIER, WEEK), lights, strict=True):
        judge_week(bureau=world.district.bureau, week=week, now=AFTER_QUARTER)
        row = StatusJudgement.objects.get(project__name="第2小区", week_start=week.start)
        row.pk, row.light = None, light
        row.save()
    assert f"，{said}。" in bulletin_of(world.bulletin()).passage("problem-ZC2025-02").text


def test_a_light_that_turned_after_the_last_closed_week_says_so() -> None:
    plain = ProjectFacts(
        code="ZC2025-02", name="第2小区", street_name="般阳路街道", contractor="",
        planned_start_on=None, started_on=None, planned_completion_on=None, completed_on=None,
        figures={names.LIGHT: Measure.of_word("亮灯", "黄", as_of=date(2025, 9, 28))},
        lagging_since=date(2025, 8, 4), turned_from="红",
    )  # fmt: skip
    assert lagging_words(plain) == "自2025年8月4日当周起滞后，现由红灯转为滞后（黄灯）"
    turned = replace(plain, turned_on=date(2025, 9, 22))
    assert lagging_words(turned) == "自2025年8月4日当周起滞后，9月22日当周由红灯转为滞后（黄灯）"
    assert lagging_words(replace(plain, lagging_since=None)) == "滞后（黄灯）"


def test_lagging_projects_are_named_with_distance_reason_and_since(world: World) -> None:
    for week in (EARLIER, WEEK):
        judge_week(bureau=world.district.bureau, week=week, now=AFTER_QUARTER)
    # The week that begins on 29 September speaks from October: whatever it says, the quarter's run stands.
    late = StatusJudgement.objects.filter(project__name="第2小区", week_start=WEEK.start).get()
    late.pk, late.week_start, late.light = None, WEEK.next().start, "green"
    late.save()
    bulletin = bulletin_of(world.bulletin())
    assert [project.name for project in bulletin.lagging] == ["钟楼里小区", "第2小区"]
    text = bulletin.passage("problem-ZC2025-02").text
    behind = bulletin.lagging[1].figures[names.DEVIATION].text.lstrip("−")
    assert f"低于序时进度{behind}个百分点" in text
    assert "自2025年9月15日当周起" in text
    assert "街道报送的原因：管线迁改未完成。" in text
    missing = bulletin.passage("missing").text
    assert missing == (
        "（二）个别街道周报未按时报送。般阳路街道第27周至第37周（6月30日—9月14日）未报；"
        "松龄路街道第27周至第37周（6月30日—9月14日）未报；"
        "钟楼街道第27周至第39周（6月30日—9月28日）未报，影响全区调度。"
    )


def test_what_may_still_be_reported_is_not_unreported(world: World) -> None:
    sunday = local_moment(date(2025, 9, 28), time(20))  # the week is due and not closed
    bulletin = compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=sunday
    )
    table = bulletin_tables.returns_table(bulletin)
    heads = [column.header for column in table.columns]
    found = {
        str(dict(zip(heads, cells, strict=True))["街道"]): dict(zip(heads, cells, strict=True))
        for cells in ([cell.value for cell in row.cells] for row in table.rows)
    }
    zhonglou = found["钟楼街道"]
    assert (zhonglou["应报"], zhonglou["已报"]) == (13, 0)
    assert (zhonglou["待报"], zhonglou["未报"]) == (1, 12)
    assert zhonglou["未报的周"] == "第27周至第38周（6月30日—9月21日）"
    assert found["般阳路街道"]["待报"] == 0


def test_weeks_in_a_row_are_one_text() -> None:
    weeks = [Week(date(2025, 6, 30)).shift(step) for step in (0, 2, 3, 4, 6)]
    assert weeks_in_words(weeks) == (
        "第27周（6月30日—7月6日）",
        "第29周至第31周（7月14日—8月3日）",
        "第33周（8月11日—8月17日）",
    )


def test_ties_share_a_place(db: None) -> None:
    world = make_world()
    make_return(  # 钟楼 stands exactly where 松龄路 stands
        world.district.street("zhonglou"),
        {world.projects["90"]: ("20.0", 0)},
        week_start=WEEK.start,
    )
    bulletin = bulletin_of(world.bulletin())
    assert [(s.name, s.place) for s in bulletin.streets] == [
        ("般阳路街道", 1), ("松龄路街道", 2), ("钟楼街道", 2),
    ]  # fmt: skip
    table = bulletin_tables.ranking_table(bulletin)
    assert [row.cells[0].value for row in table.rows] == [1, 2, 2]
    assert "1、2、2、4" in table.notes[0]
    assert [c.header for c in table.columns if c.group == "亮灯（个）"] == [
        "●绿",
        "▲黄",
        "■红",
        "○灰",
    ]
    assert not any(c.kind is Kind.MARK and not c.header for c in table.columns)


def test_the_same_snapshot_gives_the_same_bytes(world: World) -> None:
    document = world.issued()
    for kind in Format:
        assert render(document, kind) == render(Document.objects.get(pk=document.pk), kind)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, 54),
        (2, 56),  # a lagging project whose 情况说明 may answer for a figure that rose
        (6, 56),
    ],
)
def test_compiling_takes_the_same_queries_however_many_projects(
    db: None, count: int, expected: int
) -> None:
    world = make_world(projects=count)
    with CaptureQueriesContext(connection) as queries:
        compile_bulletin_content(
            bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
        )
    assert len(queries) == expected
