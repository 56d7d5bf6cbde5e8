"""The queue of photographs in a real Chromium: a first try that fails, a page that is left, a file that is none."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from projects.ledger.models import Photo
from tests.renovation.core.test_images import shot
from tests.supervision.weekly.office import Office, make_office
from tests.supervision.weekly.test_in_browser import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def office(transactional_db: None, clock: Any) -> Office:
    """The office on a Thursday morning."""
    clock.at("2025-05-08 10:41")
    return make_office()


def test_photographs_wait_for_the_network_and_survive_the_page(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    project = office.projects[0]
    address = f"{live_server.url}/ledger/projects/{project.code}/photos/new/"
    sign_in(page, live_server, office.clerk)
    page.goto(address)
    page.route("**/photos/new/one/", lambda route: route.abort())
    page.get_by_text("改造前", exact=True).click()
    page.set_input_files(
        "[name=photos]",
        [
            {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": shot()},
            {"name": "IMG_2.jpg", "mimeType": "image/jpeg", "buffer": b"no photograph"},
        ],
    )
    # A word that is missing costs no photograph.
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("先填位置再上传，选好的 2 张照片还在。")).to_be_visible()
    expect(page.locator("[name=spot]")).to_be_focused()
    page.fill("[name=spot]", "3号楼北侧")
    page.get_by_role("button", name="上传", exact=True).click()
    waiting = "网络中断，还有 2 张没有上传"
    expect(page.get_by_text(waiting)).to_be_visible(timeout=20_000)
    assert Photo.objects.count() == 0
    # The page is left and opened again with the network back.
    page.unroute("**/photos/new/one/")
    page.goto(address)
    expect(page.get_by_text("都传完了，收下 1 张。")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-queue-list] li", has_text="IMG_2.jpg")).to_contain_text("没有收：")
    found = Photo.objects.get()
    assert (found.project, found.spot, found.original.name) == (project, "3号楼北侧", "IMG_1.jpg")
    # Nothing is left behind to be sent once more.
    page.goto(address)
    expect(page.locator("form[data-ready]")).to_be_visible()
    assert page.locator("[data-queue-list] li").count() == 0
