"""总览 says which projects came, moved and left since last week, to everybody what concerns them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from projects.ledger.adjustments import adjustments_between
from projects.ledger.models import Project, ProjectChange
from renovation.core.measures import Approval
from renovation.core.periods import Week
from reports.dashboards.adjusted import Adjusted, adjusted_in, moved_money
from reports.dashboards.choice import choose
from reports.dashboards.overview import Overview
from reports.figures import services as figures
from tests.factories.enrolment import DOCUMENT, cancel, enter, move
from tests.factories.ledger import make_project

from .conftest import BEFORE, WEEK, Scene
from .test_overview import compiled

THURSDAY = date(2025, 5, 8)


def lines(page: Overview) -> list[tuple[str, list[str], str]]:
    return [
        (line.act, [project.name for project in line.projects], line.words)
        for line in page.adjusted.lines
    ]


@pytest.fixture
def moved(scene: Scene) -> Scene:
    """文昌园小区, which has all the money, moves from 般阳路 to 钟楼 on the Monday of the week."""
    move(scene.on_course, scene.street("zhonglou"), WEEK)
    return scene


def test_nothing_is_said_where_nothing_was_adjusted(scene: Scene) -> None:
    page = compiled(scene)
    assert (page.adjusted.lines, page.adjusted.sentence) == ((), "")
    assert {row.adjusted for row in page.ranking} == {""}
    assert "含项目调整" not in scene.text("leader", "/")


def test_a_move_is_a_line_with_day_document_and_link(moved: Scene) -> None:
    page = compiled(moved)
    assert lines(page) == [("移交", ["文昌园小区"], "由般阳路街道移交钟楼街道，5月5日起")]
    assert page.adjusted.sentence == "其中 1 个项目由般阳路街道移交钟楼街道（文昌园小区）。"
    html = moved.text("bureau", "/")
    change = ProjectChange.objects.get(project=moved.on_course)
    address = reverse("ledger:change", args=[moved.on_course.code, change.pk])
    assert f'<a href="{address}">5月5日批准，{DOCUMENT}</a>' in html
    assert f"较上周的数含项目调整：{page.adjusted.sentence}" in html
    assert page.adjusted.sentence in page.copy_text


def test_the_ranking_names_what_came_and_left(moved: Scene) -> None:
    page = compiled(moved)
    assert {row.name: row.adjusted for row in page.ranking} == {
        "般阳路街道": "调出 1 个",
        "钟楼街道": "调入 1 个",
    }
    content = moved.get("bureau", "/overview/export/").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("街道排名")
    told = [row[-1] for row in rows.to_python() if row[1] in {"般阳路街道", "钟楼街道"}]
    assert sorted(map(str, told)) == ["调入 1 个", "调出 1 个"]


def test_money_that_only_moved_with_its_project_is_no_movement(moved: Scene) -> None:
    """到位 and 支付 of the district stand; neither street is said to have received or paid."""
    assert compiled(moved).moved == ()
    given = compiled(moved, "banyanglu")
    assert [(each.stage, each.change.signed_text, each.streets) for each in given.moved] == [
        ("到位", "−200.00", ()),
        ("支付", "−100.00", ()),
    ]
    assert given.moved[0].words == "其中随项目增减：文昌园小区调出 −200.00 万元"


def test_a_cancelled_project_takes_its_money_along_by_name(scene: Scene) -> None:
    cancel(scene.on_course, THURSDAY)
    page = compiled(scene)
    assert lines(page) == [("取消", ["文昌园小区"], "取消，5月8日起不再计入")]
    assert page.adjusted.sentence == "其中 1 个项目本周取消（文昌园小区）。"
    assert [each.words for each in page.moved] == [
        "其中随项目增减：文昌园小区取消 −200.00 万元",
        "其中随项目增减：文昌园小区取消 −100.00 万元",
    ]
    assert "到位：其中随项目增减：文昌园小区取消 −200.00 万元" in scene.text("leader", "/")


def test_a_new_project_is_named_and_what_waits_is_not(scene: Scene) -> None:
    new = make_project(
        code="ZC2025-07",
        name="青云小区",
        programme=scene.programme,
        street=scene.street("zhonglou"),
    )
    enter(new, THURSDAY)
    make_project(
        code="ZC2025-08",
        name="未批小区",
        programme=scene.programme,
        street=scene.street("zhonglou"),
        approved_on=None,
    )
    page = compiled(scene)
    assert lines(page) == [("列入", ["青云小区"], "列入2025年度计划，5月8日起计入")]
    assert "未批小区" not in scene.text("leader", "/")
    own = compiled(scene, "zhonglou")
    assert {row.name: row.adjusted for row in own.ranking} == {
        "青云小区": "本周列入",
        "昆仑巷小区": "",
    }


@pytest.mark.parametrize(("user", "sees"), [("zhonglou", True), ("songlinglu", False)])
def test_a_street_is_told_of_its_own(moved: Scene, user: str, sees: bool) -> None:
    make_project(
        code="ZC2025-09",
        name="松龄小区",
        programme=moved.programme,
        street=moved.street("songlinglu"),
    )
    html = moved.text(user, "/")
    assert ("由般阳路街道移交钟楼街道" in html) is sees
    assert ("文昌园小区" in html) is sees


def test_the_street_that_gave_it_is_told_without_a_link(moved: Scene) -> None:
    """Its page is no longer the old street's to open."""
    stays = make_project(
        code="ZC2025-06",
        name="照旧小区",
        programme=moved.programme,
        street=moved.street("banyanglu"),
    )
    html = moved.text("banyanglu", "/")
    assert "由般阳路街道移交钟楼街道" in html
    address = reverse("dashboards:project", args=[moved.on_course.code])
    assert f'href="{address}"' not in html
    assert f'href="{reverse("dashboards:project", args=[stays.code])}"' in html
    assert Project.objects.get(pk=moved.on_course.pk).street.code == "zhonglou"


def test_another_week_says_nothing(moved: Scene) -> None:
    later = compiled(moved, week="2025-04-28")
    assert later.adjusted.lines == ()


def test_a_project_that_moved_twice_carries_its_money_once(scene: Scene) -> None:
    """The week before was not asked: from 般阳路 to 松龄路 on 28 April, on to 钟楼 on 5 May."""
    move(scene.on_course, scene.street("songlinglu"), BEFORE)
    move(scene.on_course, scene.street("zhonglou"), WEEK)
    page = compiled(scene)
    facts, before = (
        figures.load(
            programme=scene.programme,
            as_of=day,
            approval=Approval.APPROVED,
            now=scene.now,
            scope=scene.scope("leader"),
        )
        for day in (date(2025, 5, 11), date(2025, 4, 27))
    )
    rows = tuple(
        adjustments_between(
            projects=Project.objects.filter(programme=scene.programme),
            since=date(2025, 4, 27),
            until=date(2025, 5, 11),
        )
    )
    assert [each.act for each in rows] == ["移交", "移交"]
    assert page.moved == ()
    assert moved_money(facts, before, Adjusted(rows=rows)) == ()


def test_a_project_that_came_and_moved_brings_its_money_once(scene: Scene) -> None:
    """Entered on 29 April in 般阳路 with what it had, moved on 5 May: its amount is named once, by how it came."""
    enter(scene.on_course, date(2025, 4, 29))
    move(scene.on_course, scene.street("zhonglou"), WEEK)
    facts, before = (
        figures.load(
            programme=scene.programme,
            as_of=day,
            approval=Approval.APPROVED,
            now=scene.now,
            scope=scene.scope("leader"),
        )
        for day in (date(2025, 5, 11), date(2025, 4, 27))
    )
    rows = tuple(
        adjustments_between(
            projects=Project.objects.filter(programme=scene.programme),
            since=date(2025, 4, 27),
            until=date(2025, 5, 11),
        )
    )
    assert [each.act for each in rows] == ["列入", "移交"]
    assert [each.words for each in moved_money(facts, before, Adjusted(rows=rows))] == [
        "其中随项目增减：文昌园小区列入 +200.00 万元",
        "其中随项目增减：文昌园小区列入 +100.00 万元",
    ]


def test_a_longer_span_is_not_called_this_week(scene: Scene) -> None:
    """Two weeks asked for no return: the comparison reaches back to the 16th week."""
    cancel(scene.behind, THURSDAY)
    move(scene.on_course, scene.street("zhonglou"), WEEK)
    scope = scene.scope("zhonglou")
    choice = choose(scope=scope, asked={}, now=scene.now)
    assert choice is not None
    long = replace(choice, before=Week(date(2025, 4, 14)))
    found = adjusted_in(choice=long, scope=scope, since=date(2025, 4, 20))
    assert (found.of("ZC2025-01"), found.of("ZC2025-02")) == (
        "第16周以来调入",
        "第16周以来取消",
    )
    usual = adjusted_in(choice=choice, scope=scope, since=date(2025, 5, 4))
    assert (usual.of("ZC2025-01"), usual.of("ZC2025-02")) == ("本周调入", "本周取消")
