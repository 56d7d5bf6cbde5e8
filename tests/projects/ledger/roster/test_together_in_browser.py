"""The button of 核对上传内容 in a real Chromium, while the rows under a merged cell are being held and let in."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.projects.ledger.test_in_browser import sign_in

from .test_meanwhile import FIRST, SECOND, World

pytestmark = pytest.mark.browser


def test_the_button_counts_a_merged_cell_in_the_first_row_that_is_let_in(
    transactional_db: None, clock: Any, page: Page, live_server: LiveServer
) -> None:
    clock.at("2025-05-07 10:10")
    world = World()
    world.typed({(FIRST, "name"): "东关街区"})
    upload = world.sent()
    sign_in(page, live_server, world.scene.clerk)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    button = page.locator("#write")

    def decide(number: int, decision: str) -> None:
        page.locator(f"input[name=decision-{number}][value={decision}]").check(force=True)

    expect(button).to_have_text("写入 1 行，其余 3 行没有变化")
    decide(SECOND, "hold")
    expect(button).to_have_text("写入 1 行，暂留 1 行，其余 2 行没有变化")
    decide(FIRST, "hold")
    expect(button).to_have_text("按以上处理确认")
    decide(SECOND, "take")
    expect(button).to_have_text("写入 1 行，暂留 1 行，其余 2 行没有变化")
    button.click()
    expect(page.get_by_text("已写入 1 行，暂留 1 行，其余 2 行没有变化").first).to_be_visible()
    assert world.stands()[0] == "东关街区"
