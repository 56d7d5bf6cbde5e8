"""A clerk's way in a real Chromium: sign in, upload, see the fault, mend it, confirm; and the leader's page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from renovation.intake import services
from renovation.intake.models import Upload
from supervision.weekly.models import WeeklyReturn
from tests.axe import faults_by_axe
from tests.factories.accounts import PASSWORD
from tests.workbooks.scene import NOW, WEEK, Scene, make_scene, put

pytestmark = pytest.mark.browser
UPLOAD = f"/weekly/{WEEK.key}/songlinglu/upload/"


@pytest.fixture
def scene(transactional_db: None, clock: Any, settings: Any) -> Scene:
    """The street of the picture, on the Friday of week 38. Sessions end with the browser: its own clock
    runs years ahead of the test's."""
    clock.at("2025-09-19 10:24")
    settings.SESSION_EXPIRE_AT_BROWSER_CLOSE = True
    settings.CSRF_COOKIE_AGE = None
    return make_scene()


def sign_in(page: Page, live_server: LiveServer, name: str) -> None:
    page.goto(f"{live_server.url}/accounts/sign-in/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def send(page: Page, live_server: LiveServer, path: Path, content: bytes) -> Upload:
    """Choose the file, send it, and do what the worker does with the nudge."""
    path.write_bytes(content)
    page.goto(live_server.url + UPLOAD)
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="上传").click()
    page.wait_for_url("**/uploads/*/")
    upload = Upload.objects.latest("pk")
    assert services.read(upload_id=upload.pk, now=NOW)
    page.goto(f"{live_server.url}/uploads/{upload.pk}/")
    return upload


def test_a_fault_is_seen_mended_and_the_week_is_sent(
    page: Page, live_server: LiveServer, scene: Scene, tmp_path: Path
) -> None:
    sign_in(page, live_server, "songlinglu")
    send(page, live_server, tmp_path / "bad.xlsx", scene.filled(put(I6="=G6+3")))
    expect(page.get_by_role("heading", level=1)).to_have_text("核对上传内容")
    expect(page.get_by_role("link", name="周报!I6").first).to_be_visible()
    assert faults_by_axe(page) == []
    for width in (1024, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})
    assert scene.stored() == {}

    send(page, live_server, tmp_path / "good.xlsx", scene.filled())
    page.get_by_role("button", name="写入 7 行").click()
    expect(page.get_by_text("已写入").first).to_be_visible()
    assert len(scene.stored()) == 7
    page.goto(f"{live_server.url}/weekly/{WEEK.key}/songlinglu/act/submit/")
    page.get_by_role("button", name="报送").click()
    page.wait_for_url(f"**/weekly/{WEEK.key}/songlinglu/")
    row = WeeklyReturn.objects.get(street=scene.street, week_start=WEEK.start)
    assert (row.state, row.submitted_by) == ("submitted", scene.clerk)


@pytest.mark.parametrize("width", [1440, 360])
def test_the_leaders_page_fits_and_is_accessible(
    page: Page, live_server: LiveServer, scene: Scene, width: int
) -> None:
    sign_in(page, live_server, "leader")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/", "/projects/", "/projects/ZC2025-06/", "/wall-chart/", "/weekly/"):
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert faults_by_axe(page) == [], address
    assert complaints == []


def test_three_clicks_lead_from_a_figure_to_its_project(
    page: Page, live_server: LiveServer, scene: Scene
) -> None:
    sign_in(page, live_server, "leader")
    page.goto(live_server.url)
    page.locator(".figure a").first.click()
    page.wait_for_url("**/figures/**")
    page.get_by_role("link", name="柳泉小区").first.click()
    # The link keeps the year and week that the figure is of.
    page.wait_for_url(re.compile(r"/projects/ZC2025-06/(\?|$)"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("柳泉小区")
