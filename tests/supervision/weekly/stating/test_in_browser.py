"""全选 in a real Chromium: the box ticks the list and follows it; without scripts the server reads the box."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from supervision.weekly.models import WeeklyReport
from tests.axe import faults_by_axe
from tests.factories.ledger import make_project
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import Office, make_office
from tests.supervision.weekly.test_in_browser import sign_in

pytestmark = pytest.mark.browser
PAGE = "/weekly/2025-05-12/songlinglu/unchanged/"


@pytest.fixture
def office(transactional_db: None, clock: Any) -> Office:
    """The office on the Thursday after a week that was approved."""
    made = make_office()
    made.approved()
    clock.at("2025-05-15 12:00")
    return made


def test_the_box_ticks_the_list_and_follows_it(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(page, live_server, office.clerk)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + PAGE)
    every = page.get_by_label("全选：下面 2 个项目都没有变化")
    first, second = page.locator("[name=projects]").all()
    boxes = (every, first, second)
    assert [box.is_checked() for box in boxes] == [False, False, False]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert faults_by_axe(page) == []
    every.check()
    assert [box.is_checked() for box in boxes] == [True, True, True]
    second.uncheck()
    assert [box.is_checked() for box in boxes] == [False, True, False]
    second.check()
    assert [box.is_checked() for box in boxes] == [True, True, True]
    every.uncheck()
    assert [box.is_checked() for box in boxes] == [False, False, False]
    second.check()
    page.get_by_label("经核实本周无变化，由我署名").check()
    page.get_by_role("button", name="署名声明").click()
    expect(page.get_by_text("已声明 1 个项目经核实本周无变化。")).to_be_visible()


def test_one_tick_is_enough_without_scripts(
    browser: Browser, live_server: LiveServer, office: Office
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    plain = context.new_page()
    sign_in(plain, live_server, office.clerk)
    plain.goto(live_server.url + PAGE)
    plain.get_by_role("button", name="署名声明").click()
    expect(plain.get_by_text("请勾选本周没有变化的项目；都没有变化的，勾选“全选”。")).to_have_count(
        2
    )
    plain.get_by_label("全选：下面 2 个项目都没有变化").check()
    plain.get_by_label("经核实本周无变化，由我署名").check()
    plain.get_by_role("button", name="署名声明").click()
    expect(plain.get_by_text("已声明 2 个项目经核实本周无变化。")).to_be_visible()
    context.close()
    stated = WeeklyReport.objects.filter(weekly_return__week_start="2025-05-12", is_unchanged=True)
    assert stated.count() == 2


def test_a_page_that_came_back_lists_afresh_and_ticks_only_what_was_ticked(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    """Without the signature: 全选 is said of what was listed, not of a project that came meanwhile."""
    sign_in(page, live_server, office.clerk)
    page.goto(live_server.url + PAGE)
    page.get_by_label("全选：下面 2 个项目都没有变化").check()
    third = make_project(
        programme=office.projects[0].programme,
        street=office.street,
        code="ZC2025-08",
        name="文昌园小区",
        started_on=date(2025, 3, 3),
    )
    make_return(office.street, {third: ("20.0", 40_0000_00)}, week_start=date(2025, 4, 28))
    page.get_by_role("button", name="署名声明").click()
    every = page.get_by_label("全选：下面 3 个项目都没有变化")
    expect(every).to_have_js_property("indeterminate", True)  # once the script is there
    boxes = page.locator("[name=projects]").all()
    assert [box.is_checked() for box in (every, *boxes)] == [False, True, True, False]
    page.get_by_label("建材一宿舍").uncheck()
    page.get_by_label("经核实本周无变化，由我署名").check()
    page.get_by_role("button", name="署名声明").click()
    expect(page.get_by_text("已声明 1 个项目经核实本周无变化。")).to_be_visible()


def test_a_box_that_is_on_when_the_page_loads_ticks_nothing(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    """As where a browser restores it: it follows the list."""
    sign_in(page, live_server, office.clerk)

    def turn_on(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace('name="every"', 'name="every" checked')
        )

    page.route(f"**{PAGE}", turn_on)
    page.goto(live_server.url + PAGE)
    every = page.get_by_label("全选：下面 2 个项目都没有变化")
    boxes = page.locator("[name=projects]").all()
    assert [box.is_checked() for box in (every, *boxes)] == [False, False, False]
