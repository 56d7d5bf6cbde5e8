"""The number beside 待办 in a real Chromium: a page that did not wait for it asks for it, wide and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from renovation.core.unchanged import SHELVES
from reports.dashboards.todo import todo_items
from tests.factories.accounts import PASSWORD

from .conftest import Scene

pytestmark = pytest.mark.browser


@pytest.mark.usefixtures("badge", "transactional_db")
def test_the_number_comes_after_the_page(page: Page, live_server: LiveServer, scene: Scene) -> None:
    page.goto(f"{live_server.url}/accounts/sign-in/?next=/projects/")
    page.get_by_label("用户名").fill(scene.district.users["reviewer"].username)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="项目", exact=True)).to_be_visible()
    waits = str(len(todo_items(scope=scene.scope("reviewer"), now=scene.now)))
    assert waits == "3"
    for width, badge in ((1440, ".tools .badge"), (360, ".phone-list .badge")):
        page.set_viewport_size({"width": width, "height": 800})
        for shelf in SHELVES:
            shelf.clear()
        with page.expect_response(lambda answer: "/todo/number/" in answer.url) as asked:
            page.reload()
        assert asked.value.status == 200
        if width == 360:
            page.get_by_text("菜单", exact=True).click()
        expect(page.locator(badge)).to_have_text(waits)
        expect(page.locator(badge)).to_be_visible()
        assert page.locator(".badge.is-coming").count() == 0
