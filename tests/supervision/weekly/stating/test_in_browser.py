"""全选 in a real Chromium: the box ticks the list and follows it; without scripts the server reads the box."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from supervision.weekly.models import WeeklyReport
from tests.axe import faults_by_axe
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
    assert page.get_by_text("已声明 1 个项目经核实本周无变化。").is_visible()


def test_one_tick_is_enough_without_scripts(
    browser: Browser, live_server: LiveServer, office: Office
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    plain = context.new_page()
    sign_in(plain, live_server, office.clerk)
    plain.goto(live_server.url + PAGE)
    plain.get_by_role("button", name="署名声明").click()
    assert plain.get_by_text("请勾选本周没有变化的项目；都没有变化的，勾选“全选”。").count() == 2
    plain.get_by_label("全选：下面 2 个项目都没有变化").check()
    plain.get_by_label("经核实本周无变化，由我署名").check()
    plain.get_by_role("button", name="署名声明").click()
    assert plain.get_by_text("已声明 2 个项目经核实本周无变化。").is_visible()
    context.close()
    stated = WeeklyReport.objects.filter(weekly_return__week_start="2025-05-12", is_unchanged=True)
    assert stated.count() == 2
