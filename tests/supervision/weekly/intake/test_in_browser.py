"""核对上传内容 in a real Chromium: widths, accessibility, the button that says what it will do."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from renovation.intake import services
from renovation.intake.models import Upload
from tests.axe import faults_by_axe
from tests.workbooks.scene import NOW, WEEK, Scene, make_scene, put, shift

pytestmark = pytest.mark.browser
SPOILED = put(
    I6="=G6+3", I7=61, J7=214.8, I8=33, J9="98.5O", P10="2025年9月31日", S7="两个班组同周完成"
)


@pytest.fixture
def scene(transactional_db: None, clock: Any) -> Scene:
    clock.at("2025-09-19 10:24")
    return make_scene()


def sign_in(page: Page, live_server: LiveServer, user: Any) -> None:
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
    )


def test_the_pages_fit_and_are_accessible(
    page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(page, live_server, scene.clerk)
    preview = scene.upload(scene.filled(SPOILED))
    addresses = [
        f"/uploads/{preview.pk}/",
        f"/weekly/{WEEK.key}/songlinglu/upload/",
        "/weekly/rules/",
    ]
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    for width in (1440, 1024, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for address in addresses:
            page.goto(live_server.url + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert faults_by_axe(page) == [], (address, width)
    assert said == []


def test_a_clerk_uploads_fixes_and_confirms(
    page: Page, live_server: LiveServer, scene: Scene, tmp_path: Any
) -> None:
    sign_in(page, live_server, scene.clerk)
    bad, good = tmp_path / "松龄路第38周.xlsx", tmp_path / "松龄路第38周改.xlsx"
    bad.write_bytes(scene.filled(SPOILED))
    good.write_bytes(scene.filled(put(I8=33)))

    page.goto(f"{live_server.url}/weekly/{WEEK.key}/songlinglu/upload/")
    page.set_input_files("input[type=file]", bad)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_text("排队中")).to_be_visible()
    first = Upload.objects.get()
    services.read(upload_id=first.pk, now=first.received_at)
    expect(page.get_by_role("heading", name="核对上传内容")).to_be_visible()
    expect(page.get_by_text("3 处有错，改正后才能接收")).to_be_visible()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="周报!J9").click()
    expect(page.locator("#r9")).to_be_in_viewport()

    write = page.locator("#write")
    expect(write).to_have_text("写入 4 行，暂留 3 行")
    page.locator("label[for=decision-5-hold]").click()
    expect(write).to_have_text("写入 3 行，暂留 4 行")

    page.get_by_role("link", name="改好后重新上传").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.set_input_files("input[type=file]", good)
    page.get_by_role("button", name="上传并核对").click()
    second = Upload.objects.exclude(pk=first.pk).get()
    services.read(upload_id=second.pk, now=second.received_at)
    expect(page.get_by_text("1 处需要说明，填了说明就能接收。")).to_be_visible()
    page.locator("#write").click()
    expect(page.get_by_text("请填写说明，或改为暂留")).to_be_visible()
    page.get_by_label("情况说明（写入 S8）").fill("上周多报了一栋")
    page.locator("#write").click()
    expect(page.get_by_text("已写入 7 行。")).to_be_visible()
    assert scene.stored()["ZC2025-09"]["explanation"] == "上周多报了一栋"


def test_what_confirming_would_do_is_said_alike_while_rows_are_decided_and_once_that_is_saved(
    page: Page, live_server: LiveServer, scene: Scene
) -> None:
    services.commit(upload=scene.upload(scene.filled()), by=scene.clerk, now=NOW)
    upload = scene.upload(scene.filled(put(K5="又做了一段")), now=shift(NOW, minutes=5))
    sign_in(page, live_server, scene.clerk)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    write, outlook = page.locator("#write"), page.locator("[data-outcome]")
    period = outlook.get_attribute("data-period")

    def is_said(button: str, sentence: str) -> None:
        expect(write).to_have_text(button)
        expect(outlook).to_have_text(sentence)

    is_said("写入 1 行，其余 6 行没有变化", f"1 行写入{period}，其余 6 行没有变化。")
    for held, button, sentence in (
        ([6], "写入 1 行，暂留 1 行，其余 5 行没有变化", f"1 行写入{period}，暂留 1 行，其余 5 行没有变化。"),
        ([5], "按以上处理确认", "没有行要写入，暂留 2 行，5 行没有变化。"),
        (range(7, 12), "按以上处理确认", "没有行要写入，暂留 7 行。"),
    ):  # fmt: skip
        for row in held:
            page.locator(f"label[for=decision-{row}-hold]").click()
        is_said(button, sentence)
        with page.expect_navigation():
            page.get_by_role("button", name="只保存，不写入").click()
        is_said(button, sentence)
