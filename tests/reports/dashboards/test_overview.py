"""总览: its numbers are the measures, its words say what got worse, everybody sees the own rows only."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from renovation.core.calendar import SHANGHAI
from renovation.core.measures import Approval
from reports.dashboards.choice import choose
from reports.dashboards.overview import Overview, compile_overview
from reports.dashboards.picturing.cards import overview_card
from reports.dashboards.sentences import plain
from reports.figures import services as figures
from supervision.weekly.models import WeeklyReport
from tests.factories.accounts import make_district
from tests.factories.ledger import ProgrammeFactory, ProjectFactory, make_project
from tests.factories.weekly import make_return

from .conftest import BEFORE, WEEK, Scene


def compiled(scene: Scene, user: str = "leader", **asked: str) -> Overview:
    scope = scene.scope(user)
    choice = choose(scope=scope, asked=asked, now=scene.now)
    assert choice is not None
    return compile_overview(choice=choice, scope=scope, now=scene.now)


def test_the_figures_are_the_measures(scene: Scene) -> None:
    page = compiled(scene)
    facts = figures.load(
        programme=scene.programme,
        as_of=date(2025, 5, 11),
        approval=Approval.APPROVED,
        now=scene.now,
        scope=scene.scope("leader"),
    )
    assert [tile.measure for tile in page.tiles] == [
        facts.get(name)
        for name in ("形象进度", "偏差", "开工率(项目)", "投资完成率", "支付率", "报送率")
    ]
    # (40 × 1 + 5 × 2) ÷ 3 万㎡
    assert page.tiles[0].measure.shown == Decimal("16.7")
    assert page.tiles[0].basis == "折合 0.50 / 3.00 万㎡"
    assert page.tiles[2].basis == "1 / 2 个，按户数 25.0%"


def test_the_lead_says_the_numbers_of_the_figures(scene: Scene) -> None:
    page = compiled(scene)
    physical, deviation = page.tiles[0].measure, page.tiles[1].measure
    change = page.tiles[1].change
    assert deviation.shown is not None
    assert deviation.shown < 0
    assert change is not None
    assert change.shown is not None
    word = "扩大" if change.shown < 0 else "缩小"
    assert [plain(sentence) for sentence in page.lead] == [
        (
            f"全区形象进度 {physical.text}%，落后序时 {abs(deviation.shown)} 百分点，"
            f"差距比上周{word} {abs(change.shown)} 百分点。"
        ),
        "没有项目转差，滞后 1 个；钟楼街道本周未报。",
    ]
    assert sum(piece.kind == "alarm" for sentence in page.lead for piece in sentence) <= 1


def test_a_week_of_which_no_return_counts_blames_nobody(scene: Scene) -> None:
    monday, scope = datetime(2025, 5, 19, 9, tzinfo=SHANGHAI), scene.scope("leader")
    choice = choose(scope=scope, asked={}, now=monday)
    assert choice is not None
    page = compile_overview(choice=choice, scope=scope, now=monday)
    assert [plain(sentence) for sentence in page.lead][1:] == [
        "第20周还没有可计的周报，形象进度按此前的周报计，与上周的差别只是计划时间的推移。"
    ]
    assert page.remarks != ()


def test_a_project_that_turned_red_is_the_one_red_word(scene: Scene) -> None:
    late = make_project(
        code="ZC2025-03",
        name="青云小区",
        programme=scene.programme,
        street=scene.street("banyanglu"),
        started_on=date(2025, 3, 3),
        baseline={
            "planned_start_on": date(2025, 3, 1),
            "planned_completion_on": date(2025, 6, 30),
        },
    )
    old = WeeklyReport.objects.get(
        weekly_return__week_start=BEFORE, project=scene.on_course
    ).weekly_return
    said = {
        row.project: (row.progress_percent, row.completed_investment_fen)
        for row in old.reports.select_related("project")
    }
    make_return(
        old.street,
        said | {late: ("25.0", 0)},
        week_start=BEFORE,
        version=2,
        supersedes=old,
        correction_reason="漏报青云小区",
    )
    page = compiled(scene)
    assert [
        (turn.name, turn.before, turn.after, turn.is_worse) for turn in page.turns if turn.is_worse
    ] == [("青云小区", "yellow", "red", True)]
    assert "青云小区转为严重滞后；" in plain(page.lead[1])


def test_a_street_that_did_not_return_is_named_where_its_older_figures_count(scene: Scene) -> None:
    page = compiled(scene)
    assert page.remarks == ("钟楼街道第19周未报，按第18周计。",)
    assert [(row.street, row.word) for row in page.returns] == [
        ("钟楼街道", "未报"),
        ("般阳路街道", "区局已核定"),
    ]
    assert page.return_rate.parts_text == "1 / 2"
    html = scene.text("leader", "/")
    assert "钟楼街道第19周未报，按第18周计。" in html
    assert ("已关闭" in html, "已截止" in html) == (True, False)  # closed, not merely due


def test_ranking_is_by_deviation_with_last_weeks_place(scene: Scene) -> None:
    page = compiled(scene)
    assert [(row.place, row.name, row.place_before) for row in page.ranking] == [
        ("1", "般阳路街道", "1"),
        ("2", "钟楼街道", "2"),
    ]
    assert page.total.physical == page.tiles[0].measure


def test_money_that_waits_is_left_out_and_named(scene: Scene) -> None:
    page = compiled(scene)
    paid = next(tile for tile in page.tiles if tile.measure.name == "支付率")
    assert paid.measure.parts_text == "100.00 / 200.00"
    assert paid.pending == "12.34 万元，未计入"
    with_all = compiled(scene, approval="all")
    paid = next(tile for tile in with_all.tiles if tile.measure.name == "支付率")
    assert paid.measure.parts_text == "112.34 / 200.00"
    # No return waits: money alone is 待核, on the page and in the text for the chat group.
    assert [each.name for each in with_all.tiles if each.measure.approval is Approval.ALL] == [
        "支付率"
    ]
    assert [line[:3] for line in with_all.copy_text.splitlines() if "，待核）" in line] == [
        "支付率"
    ]
    assert "待核）" not in page.copy_text


def test_who_sees_only_what_is_approved_never_sees_what_waits(waiting: Scene) -> None:
    leader = compiled(waiting, "leader", approval="all")
    council = compiled(waiting, "npc", approval="all")
    assert (council.returns, council.return_weeks) == ((), ())
    # (40 × 1 + 35 × 2) ÷ 3 against (40 × 1 + 5 × 2) ÷ 3
    assert leader.tiles[0].measure.shown == Decimal("36.7")
    assert council.tiles[0].measure.shown == Decimal("16.7")
    assert [tile.pending for tile in council.tiles] == [""] * 6
    html = waiting.text("npc", "/", approval="all")
    assert "含待核" not in html
    assert "未计入" not in html


def test_nothing_of_another_district_or_street(scene: Scene) -> None:
    for user in ("leader", "npc", "banyanglu", "banyanglu-head", "zhonglou", "office"):
        html = scene.text(user, "/")
        assert "别区小区" not in html
        assert "博山" not in html
    html = scene.text("banyanglu", "/")
    assert "昆仑巷小区" not in html
    assert "钟楼街道" not in html
    assert "般阳路街道形象进度" in html
    assert "全区" not in html


def test_a_clerk_reads_the_figures_of_the_own_street(scene: Scene) -> None:
    page = compiled(scene, "zhonglou")
    assert page.place == "钟楼街道"
    assert page.tiles[0].measure.shown == Decimal("5.0")
    assert [row.code for row in page.ranking] == ["ZC2025-02"]


def test_an_earlier_week_and_its_neighbours(scene: Scene) -> None:
    choice = choose(scope=scene.scope("leader"), asked={"week": "2025-04-28"}, now=scene.now)
    assert choice is not None
    assert choice.week is not None
    assert (choice.as_of, choice.week.number) == (date(2025, 5, 4), 18)
    assert choice.before is not None
    assert choice.before.number == 17
    assert choice.after is not None
    assert choice.after.number == 19
    assert compiled(scene, week="2025-04-28").tiles[0].measure.shown == Decimal("10.0")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"week": "2025-05-12"},
            "没有可看的“2025-05-12”这一周，现在看的是第19周（5月5日—5月11日）。",
        ),
        ({"week": "<b>x</b>"}, "没有可看的“<b>x</b>”这一周，现在看的是第19周（5月5日—5月11日）。"),
        ({"year": "1999"}, "没有“1999”年度的计划，现在看的是2025年度。"),
    ],
)
def test_an_address_that_makes_no_sense_gets_a_sentence(
    scene: Scene, asked: dict[str, str], sentence: str
) -> None:
    choice = choose(scope=scene.scope("leader"), asked=asked, now=scene.now)
    assert choice is not None
    assert choice.notice == sentence
    assert "<b>x</b>" not in scene.text("leader", "/", **asked)


def test_the_first_week_has_nothing_to_compare_with(scene: Scene) -> None:
    page = compiled(scene, week="2025-01-20")
    assert page.before is None
    assert [tile.change for tile in page.tiles] == [None] * 6
    assert page.turns == ()
    assert [plain(sentence) for sentence in page.lead][0].startswith("全区形象进度 0.0%")
    assert scene.get("leader", "/", week="2025-01-20").status_code == 200


def test_no_programme_and_an_empty_one(db: None, clock: Any) -> None:
    clock.at("2025-05-14 10:00")
    district = make_district()
    client = Client()
    client.force_login(
        district.users["leader"], backend="django.contrib.auth.backends.ModelBackend"
    )
    assert "还没有年度计划" in client.get("/").content.decode()
    ProgrammeFactory(bureau=district.bureau, year=2025)
    assert "这个计划还没有项目" in client.get("/").content.decode()
    assert "这个计划还没有项目" in client.get("/projects/").content.decode()
    assert "还没有可画的项目" in client.get("/wall-chart/").content.decode()


def test_text_to_copy_holds_lead_and_figures(scene: Scene) -> None:
    page = compiled(scene)
    lines = page.copy_text.split("\n")
    assert lines[0] == "【全区2025年老旧小区改造】截至2025年5月11日（第19周），已核定"
    assert lines[1] == plain(page.lead[0])
    assert lines[3].startswith("形象进度：16.7%（折合 0.50 / 3.00 万㎡）")
    assert len(lines) == 3 + 6


def test_the_workbook_holds_the_same_numbers(scene: Scene) -> None:
    answer = scene.get("leader", "/overview/export/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["指标", "街道排名", "各街道亮灯", "周报报送"]
    rows = book.get_sheet_by_name("指标").to_python()
    assert ["形象进度", 16.7, "%", 0.5, 3.0, "万㎡"] in [row[:6] for row in rows]
    ranking = book.get_sheet_by_name("街道排名").to_python()
    assert [row[6] for row in ranking if row[1] == "全区"] == [16.7]
    assert "别区" not in str(
        [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    )


def grow(scene: Scene, count: int) -> None:
    """Projects beside the two, each with reports of its own street, until there are ``count``."""
    rows = {
        make_project(
            code=f"ZC2025-{number:02}",
            name=f"加{number}小区",
            programme=scene.programme,
            street=scene.street("songlinglu"),
            started_on=date(2025, 3, 3),
        ): ("30.0", 1)
        for number in range(3, count + 1)
    }
    for start in (BEFORE, WEEK) if rows else ():
        make_return(scene.street("songlinglu"), rows, week_start=start)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_page_costs_the_same_queries_however_many_projects(
    scene: Scene, count: int, django_assert_num_queries: Any
) -> None:
    grow(scene, count)
    client = scene.client("leader")
    client.get("/")
    with django_assert_num_queries(QUERIES):
        client.get("/")


QUERIES = 36


@pytest.mark.parametrize(("user", "shows"), [("leader", True), ("npc", False), ("office", False)])
def test_page_and_workbook_show_the_states_of_returns_to_the_same_people(
    scene: Scene, user: str, shows: bool
) -> None:
    sheets = CalamineWorkbook.from_filelike(
        io.BytesIO(scene.get(user, "/overview/export/").content)
    ).sheet_names
    assert ("周报报送" in sheets) is shows
    assert ('id="returns"' in scene.text(user, "/")) is shows


def test_projects_without_a_plan_carry_no_weight(scene: Scene) -> None:
    """The chart and the ranking name how many are weighed, not how many there are."""
    page = compiled(scene)
    assert page.weighting == "2 个项目按建筑面积加权"
    assert not any("无计划" in remark for remark in page.remarks)
    ProjectFactory(
        programme=scene.programme,
        street=scene.street("banyanglu"),
        code="ZC2025-09",
        name="无计划小区",
    )
    page = compiled(scene)
    assert page.total.projects.value == 3
    assert page.weighting == "2 个项目按建筑面积加权，无计划 1 个不计"
    assert page.remarks[0] == "2 个项目按建筑面积加权，无计划 1 个不计。"
    assert "2 个项目按建筑面积加权，无计划 1 个不计；虚线为计划" in scene.text("leader", "/")


def test_the_picture_says_what_the_page_says(scene: Scene) -> None:
    """The card of 总览: the measures of its figures with their own marks, each street with its lights and return."""
    page = compiled(scene, approval="all")
    card = overview_card(page, issuer="淄川区住房和城乡建设局")
    assert [(each.name, each.value, each.mark) for each in card.figures] == [
        (tile.name, tile.measure.text, tile.measure.approval.mark) for tile in page.tiles
    ]
    assert {each.mark for each in card.figures} == {"已核定", "待核"}
    assert card.subtitle.endswith("截至2025年5月11日　含待核")
    assert card.table is not None
    assert [(row[0], row[1], row[-1]) for row in card.table.rows] == [
        ("般阳路街道", "40.0", "区局已核定"),
        ("钟楼街道", "5.0", "未报"),
        ("全区", "16.7", "已报 1 / 应报 2"),
    ]
    answer = scene.get("leader", "/overview/picture/", approval="all")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert card.alt.splitlines()[3] in scene.text("leader", "/", approval="all")
    # A street's picture is of its own projects alone.
    own = compiled(scene, "zhonglou")
    assert "般阳路" not in overview_card(own, issuer="").alt
