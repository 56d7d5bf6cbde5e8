"""Who may open which page, and what stands on it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from projects.ledger.enums import GateKind
from renovation.core.periods import Week
from reports.dashboards.handbook import Chapter, handbook_path, render_handbook
from reports.dashboards.todo import todo_items
from supervision.weekly.enums import ReturnState
from tests.factories.ledger import GateExceptionFactory, GateFactory, PartyFactory, make_project
from tests.factories.weekly import make_return
from tests.reports.typed_cells import texts_for_numbers
from tests.wording import said

from .conftest import WEEK, Scene
from .test_overview import grow

READERS = ("leader", "bureau", "reviewer", "office", "npc", "banyanglu", "banyanglu-head")
COMPANIES = ("contractor", "inspector")
OUTSIDE = ("admin", "auditor", "hotline")

#: address → user → status; who is not named gets 403.
STATUS: dict[str, dict[str, int]] = {
    "/": dict.fromkeys((*READERS, "hotline"), 200)
    | dict.fromkeys((*COMPANIES, "admin", "auditor"), 302),
    "/overview/export/": dict.fromkeys(READERS, 200),
    "/projects/": dict.fromkeys((*READERS, *COMPANIES), 200),
    "/projects/export/": dict.fromkeys((*READERS, *COMPANIES), 200),
    "/places/": dict.fromkeys((*READERS, *COMPANIES), 200),
    "/projects/ZC2025-01/": dict.fromkeys((*READERS, *COMPANIES), 200),
    "/projects/ZC2025-01/history/": dict.fromkeys((*READERS, *COMPANIES), 200),
    "/projects/ZC2025-02/": dict.fromkeys(
        ("leader", "bureau", "reviewer", "office", "npc", "inspector"), 200
    )
    | dict.fromkeys(("banyanglu", "banyanglu-head", "contractor"), 404),
    "/projects/BS2025-01/": dict.fromkeys((*READERS, *COMPANIES), 404),
    "/projects/BS2025-01/history/": dict.fromkeys((*READERS, *COMPANIES), 404),
    "/wall-chart/": dict.fromkeys(READERS, 200),
    "/wall-chart/picture/": dict.fromkeys(READERS, 200),
    "/wall-chart/export/": dict.fromkeys(READERS, 200),
    "/todo/": dict.fromkeys((*READERS, *COMPANIES, "admin"), 200),
    "/search/": dict.fromkeys((*READERS, *COMPANIES), 200),
    "/handbook/": dict.fromkeys((*READERS, *COMPANIES, *OUTSIDE), 200),
}


@pytest.mark.parametrize("user", [*READERS, *COMPANIES, *OUTSIDE])
def test_every_role_opens_what_is_theirs(scene: Scene, user: str) -> None:
    client = scene.client(user)
    assert {address: client.get(address).status_code for address in STATUS} == {
        address: expected.get(user, 403) for address, expected in STATUS.items()
    }


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ("admin", "console:users"),
        ("auditor", "console:audit"),
        ("contractor", "dashboards:projects"),
        ("supervisor", "dashboards:projects"),
        ("inspector", "dashboards:projects"),
    ],
)
def test_the_front_page_sends_on_who_has_no_figures(scene: Scene, user: str, name: str) -> None:
    answer = scene.get(user, reverse("home"))
    assert answer.headers["Location"] == reverse(name)


def test_the_hotline_is_told_that_the_api_is_its_own(scene: Scene) -> None:
    assert "热线平台通过接口推送工单" in scene.text("hotline", "/")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/projects/",
        "/projects/ZC2025-02/",
        "/projects/ZC2025-02/history/",
        "/wall-chart/",
        "/todo/",
        "/search/?q=小区",
        "/handbook/",
    ],
)
def test_pages_carry_no_style_or_script_of_their_own(scene: Scene, address: str) -> None:
    html = scene.text("leader", address)
    assert re.findall(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*src=)', html) == []


# -- the list ----------------------------------------------------------------------------------------
def codes(html: str) -> list[str]:
    return re.findall(r'class="second">([A-Z]{2}2025-\d+)<', html)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["ZC2025-01", "ZC2025-02"]),
        ({"sort": "physical"}, ["ZC2025-02", "ZC2025-01"]),
        ({"sort": "-physical"}, ["ZC2025-01", "ZC2025-02"]),
        ({"sort": "nonsense"}, ["ZC2025-01", "ZC2025-02"]),
        ({"light": "yellow"}, ["ZC2025-02"]),
        ({"street": "banyanglu"}, ["ZC2025-01"]),
        ({"street": "boshan-zhonglou"}, ["ZC2025-01", "ZC2025-02"]),
        ({"q": "昆仑"}, ["ZC2025-02"]),
        ({"q": "2025-01"}, ["ZC2025-01"]),
        ({"q": "别区"}, []),
        ({"type": "integrated"}, []),
    ],
)
def test_the_list_filters_and_sorts(
    scene: Scene, asked: dict[str, str], expected: list[str]
) -> None:
    assert codes(scene.text("leader", "/projects/", **asked)) == expected


def test_the_foot_is_the_total_of_the_rows_shown(scene: Scene) -> None:
    foot = scene.text("leader", "/projects/").split("<tfoot>")[1]
    assert "合计 2 个" in foot
    assert ">16.7<" in foot
    foot = scene.text("leader", "/projects/", q="昆仑").split("<tfoot>")[1]
    assert "合计 1 个" in foot
    assert ">5.0<" in foot
    assert ">300<" in foot


def test_a_filter_that_nothing_fits_can_be_cleared(scene: Scene) -> None:
    html = scene.text("leader", "/projects/", q="没有这个")
    assert "没有符合条件的项目" in html
    assert "清除条件" in html


def test_an_unknown_choice_is_said_at_its_field(scene: Scene) -> None:
    assert "没有这个选项，已按全部显示。" in scene.text("leader", "/projects/", light="purple")


def test_a_company_sees_its_own_projects(scene: Scene) -> None:
    html = scene.text("contractor", "/projects/")
    assert codes(html) == ["ZC2025-01"]
    assert "昆仑巷小区" not in html


def test_the_workbook_of_the_list_is_the_list(scene: Scene) -> None:
    answer = scene.get("leader", "/projects/export/", sort="physical")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    body = [row for row in rows if str(row[0]).startswith(("ZC", "BS"))]
    assert [(row[0], row[1], row[7], row[9]) for row in body] == [
        ("ZC2025-02", "昆仑巷小区", 5.0, "▲ 滞后"),
        ("ZC2025-01", "文昌园小区", 40.0, "● 正常"),
    ]
    total = next(row for row in rows if row[1] == "合计 2 个")
    assert (total[4], total[7]) == (400.0, 16.7)


@pytest.mark.parametrize(
    "address",
    [
        "/overview/export/", "/projects/export/", "/wall-chart/export/", "/weekly/export/",
        "/figures/physical/export/", "/figures/paid-rate/export/", "/figures/returns-rate/export/",
        "/figures/idle-days-longest/export/",
    ],
)  # fmt: skip
def test_workbooks_hold_numbers_days_and_moments_as_such(scene: Scene, address: str) -> None:
    answer = scene.get("leader", address)
    assert answer.status_code == 200
    assert texts_for_numbers(answer.content) == []


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/projects/", 17),
        ("/projects/export/", 17),
        ("/wall-chart/", 22),
        ("/projects/ZC2025-01/", 49),
        ("/todo/", 23),
        ("/weekly/", 14),
    ],
)
def test_lists_cost_the_same_queries_however_many_rows(
    scene: Scene, address: str, queries: int, count: int, django_assert_num_queries: Any
) -> None:
    grow(scene, count)
    client = scene.client("leader")
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)


# -- one project -------------------------------------------------------------------------------------
def test_a_project_tells_its_case(scene: Scene) -> None:
    html = scene.text("leader", "/projects/ZC2025-02/")
    assert "落后序时" in html
    assert "应开工未开工，已过 71 天" in html
    assert "已逾期 71 天" in html
    assert "截至 5月11日，取第18周" in html
    assert "昆仑巷小区" in html


def test_money_of_a_project_has_five_amounts_and_its_sources(scene: Scene) -> None:
    html = scene.text("leader", "/projects/ZC2025-01/")
    for words in ("300.00", "200.00", "150.00", "100.00", "中央财政补助", "12.34 万元，未计入"):
        assert words in html
    council = scene.text("npc", "/projects/ZC2025-01/")
    assert "未计入" not in council


def test_telephone_numbers_are_for_who_works_with_the_streets(scene: Scene) -> None:
    assert "0533-0000 0001" in scene.text("bureau", "/projects/ZC2025-01/")
    for user in ("inspector", "npc", "contractor"):
        assert "0533-0000 0001" not in scene.text(user, "/projects/ZC2025-01/")


def test_figures_link_to_their_rows_for_who_may_open_them(scene: Scene) -> None:
    html = scene.text("leader", "/projects/ZC2025-01/")
    address = re.search(r'href="(/figures/physical/[^"]+)"', html)
    assert address is not None
    assert scene.get("leader", address[1].replace("&amp;", "&")).status_code == 200
    assert "/figures/physical/" not in scene.text("contractor", "/projects/ZC2025-01/")


def test_a_cancelled_project_says_so(scene: Scene) -> None:
    gone = make_project(
        code="ZC2025-09",
        name="撤销小区",
        programme=scene.programme,
        street=scene.street("songlinglu"),
        cancelled_on=date(2025, 4, 1),
        cancellation_reason="整体征收",
    )
    html = scene.text("leader", f"/projects/{gone.code}/")
    assert "2025年4月1日已从计划中取消：整体征收。" in html
    assert gone.name not in scene.text("leader", "/projects/")


def test_history_names_who_and_what_for_the_administration_only(scene: Scene) -> None:
    html = scene.text("bureau", "/projects/ZC2025-01/history/")
    assert "第19周周报核定" in html
    assert "累计形象进度 40.0%（+20.0），累计完成投资 120.00 万元" in said(html)
    only = scene.text("bureau", "/projects/ZC2025-01/history/", kind="money")
    assert "第19周周报核定" not in only
    for user in ("contractor", "inspector"):
        assert "周报核定" not in scene.text(user, "/projects/ZC2025-01/history/")


# -- wall chart --------------------------------------------------------------------------------------
def test_the_wall_chart_shows_plan_actual_and_what_should_have_begun(scene: Scene) -> None:
    html = scene.text("leader", "/wall-chart/")
    assert "淄川区2025年老旧小区改造攻坚图" in html
    assert "钟楼街道第19周未报，按第18周计。" in html
    assert "昆仑巷小区：计划3月1日至10月31日" in html
    assert "别区小区" not in html


def test_the_wall_chart_as_picture_and_workbook(scene: Scene) -> None:
    picture = scene.get("leader", "/wall-chart/picture/")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert "昆仑巷小区" in picture.content.decode()
    book = scene.get("leader", "/wall-chart/export/")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    )
    plan = next(row for row in rows if row[1] == "文昌园小区")
    # 31 March lies 30 of 244 days after 1 March; linear targets
    assert plan[4:8] == ["计划", 0.0, 0.0, 12.3]
    assert next(row for row in rows if row[1] == "合计")[18] == 16.7


# -- what waits --------------------------------------------------------------------------------------
def titles(scene: Scene, user: str) -> list[str]:
    return [item.title for item in todo_items(scope=scene.scope(user), now=scene.now)]


def test_what_waits_depends_on_the_post(waiting: Scene) -> None:
    assert titles(waiting, "reviewer") == [
        "核定钟楼街道第19周周报",
        "昆仑巷小区应开工未开工，已过 74 天",
        "核定资金 1 笔",
    ]
    assert titles(waiting, "npc") == []
    assert titles(waiting, "auditor") == []
    assert titles(waiting, "contractor") == []
    assert titles(waiting, "zhonglou") == ["填报第20周周报", "昆仑巷小区应开工未开工，已过 74 天"]
    # Its project has begun, and nothing told of its first works.
    assert titles(waiting, "banyanglu") == ["填报第20周周报", "该公示未公示 1 处"]


def test_an_exception_asked_for_is_late_once_its_gate_should_have_been_passed(scene: Scene) -> None:
    project = scene.behind
    GateFactory(
        project=project,
        kind=GateKind.DESIGNED,
        actual_on=None,
        evidence=None,
        planned_on=date(2025, 5, 13),
    )
    GateExceptionFactory(
        project=project, gate=GateKind.DESIGNED, requested_at=scene.now - timedelta(days=3)
    )
    GateExceptionFactory(
        project=project, gate=GateKind.TENDERED, check_code="other", requested_at=scene.now
    )
    found = {
        item.title: (item.reason, item.is_alarm)
        for item in todo_items(scope=scene.scope("reviewer"), now=scene.now)
        if "例外" in item.title
    }
    finding = "前面的关口还没有过：施工许可。"
    assert found == {
        f"批准{project}关口“方案确定”的例外": (
            f"{finding}；5月11日 申请，已等 3 天；关口计划 5月13日，已经过期",
            True,
        ),
        f"批准{project}关口“{GateKind.TENDERED.label}”的例外": (f"{finding}；5月14日 申请", False),
    }


def test_a_head_reviews_and_a_clerk_mends(scene: Scene) -> None:
    make_return(
        scene.street("zhonglou"),
        {scene.behind: ("8.0", 1)},
        week_start=date(2025, 5, 12),
        state=ReturnState.SUBMITTED,
    )
    assert titles(scene, "zhonglou-head")[0] == "审核钟楼街道第20周周报"
    assert "填报第20周周报" not in titles(scene, "zhonglou")


def test_a_street_that_did_not_return_waits_with_the_bureau(scene: Scene) -> None:
    assert "钟楼街道第19周周报未报" in titles(scene, "leader")
    html = scene.text("leader", "/todo/")
    assert reverse("weekly:street_week", args=[Week(WEEK).key, "zhonglou"]) in html


@pytest.mark.usefixtures("badge")
def test_badge_page_and_front_page_count_the_same(scene: Scene) -> None:
    count = len(titles(scene, "leader"))
    for address in ("/", "/todo/"):
        html = scene.text("leader", address)
        assert f'<span class="badge">{count}</span>' in html
        assert f"{count} 件" in html


# -- search and handbook -----------------------------------------------------------------------------
def test_search_finds_what_is_in_sight(scene: Scene) -> None:
    assert "昆仑巷小区" in scene.text("leader", "/search/", q="昆仑")
    assert "没有找到" in scene.text("banyanglu", "/search/", q="昆仑")
    assert "没有找到" in scene.text("leader", "/search/", q="别区")
    assert (
        "<b>" not in scene.text("leader", "/search/", q="<b>").split("<main")[1].split("</main>")[0]
    )


def test_longest_names_do_not_break_pages(scene: Scene) -> None:
    name = "般阳路街道办事处辖区内一九八〇年代建成之原国营机械修造厂职工家属生活区第三期及附属单身宿舍楼群改造提升项目东片区"
    row = make_project(
        code="ZC2025-77", name=name, programme=scene.programme, street=scene.street("songlinglu")
    )
    PartyFactory(project=row, name=name)
    for address in (
        "/",
        "/projects/",
        "/projects/ZC2025-77/",
        "/wall-chart/",
        "/wall-chart/picture/",
    ):
        assert name[:10] in scene.get("leader", address).content.decode()


def test_the_handbook_is_rendered_and_raw_html_is_not_obeyed(scene: Scene) -> None:
    html = scene.text("banyanglu", "/handbook/")
    assert '<h2 id="c1">一、都要知道的</h2>' in html
    assert '<a href="#c3-1">填报周报：在网页上</a>' in html
    assert '<h3 id="c3-1">填报周报：在网页上</h3>' in html
    made = render_handbook(
        "# 题\n\n## 一\n\n### 甲\n\n<script>alert(1)</script> [x](javascript:alert(1))"
    )
    assert (made.title, made.chapters) == ("题", (Chapter("c1", "一", (("c1-1", "甲"),)),))
    assert "<script>" not in made.body
    assert 'href="javascript' not in made.body
    assert handbook_path().read_text(encoding="utf-8").startswith("# 使用手册")
