"""The pages of a return in a real Chromium: widths, accessibility, and the whole way without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from supervision.weekly import services
from supervision.weekly.models import WeeklyReturn
from tests.axe import faults_by_axe

from .office import THURSDAY, Office, make_office

pytestmark = pytest.mark.browser
PAGE = "/weekly/2025-05-05/songlinglu/"


@pytest.fixture
def office(transactional_db: None, clock: Any) -> Office:
    """The office on a Thursday afternoon."""
    clock.at("2025-05-08 16:00")
    return make_office()


def sign_in(page: Page, live_server: LiveServer, user: Any) -> None:
    """Give the browser a session (its cookie would have expired by the browser's own clock)."""
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
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sent = office.submitted()
    back = services.send_back(
        weekly_return=sent, comment="投资数与月报不符。", by=office.head, now=THURSDAY
    )
    services.write_reports(
        weekly_return=back,
        rows=office.rows(completed_investment_fen=31_0000_00),
        by=office.clerk,
        now=THURSDAY,
    )
    visits = [
        (office.clerk, "/weekly/"),
        (office.clerk, PAGE),
        (office.clerk, f"{PAGE}form/"),
        (office.reviewer, "/weekly/"),
        (office.reviewer, f"{PAGE}exception/"),
    ]
    wide, faults = [], []
    for user, address in visits:
        sign_in(page, live_server, user)
        for width in (1440, 1024, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(live_server.url + address)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((address, width))
        faults += [(address, fault) for fault in faults_by_axe(page)]
    assert (wide, faults) == ([], [])


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A phone whose browser runs no scripts."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


def test_a_return_is_filled_and_sent_without_scripts(
    plain: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(plain, live_server, office.clerk)
    plain.goto(live_server.url + PAGE)
    plain.get_by_role("link", name="在网页填报").click()
    first, second = office.projects
    for project in (first, second):
        plain.fill(f"[name=p{project.pk}-progress_percent]", "45.5")
        plain.fill(f"[name=p{project.pk}-completed_investment]", "98.50")
        plain.fill(f"[name=p{project.pk}-work_done]", "外墙保温完成。")
    plain.fill(f"[name=p{second.pk}-completed_investment]", "98.5O")
    plain.get_by_role("button", name="写入并核对").click()
    expect(plain.get_by_role("heading", name="1 处有错，改正后再报送")).to_be_visible()
    assert plain.input_value(f"[name=p{second.pk}-completed_investment]") == "98.5O"
    plain.fill(f"[name=p{second.pk}-completed_investment]", "98.50")
    plain.get_by_role("button", name="写入并核对").click()
    expect(plain.get_by_role("heading", name="2 个项目都已填好，可以报送")).to_be_visible()
    plain.get_by_role("button", name="报送", exact=True).click()
    expect(plain.get_by_text("已报送。", exact=True)).to_be_visible()
    assert WeeklyReturn.objects.get().state == "submitted"


def test_every_cell_of_the_grid_is_in_sight_and_a_fault_is_led_to(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(page, live_server, office.clerk)
    project = office.projects[0]
    out_of_sight = """() => [...document.querySelectorAll("[data-cell]")].filter((box) => {
        const frame = box.closest(".table-frame").getBoundingClientRect();
        const at = box.getBoundingClientRect();
        return at.left < frame.left || at.right > frame.right + 1;
    }).map((box) => box.name)"""
    for width in (1440, 1024, 760):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}{PAGE}form/")
        assert page.evaluate(out_of_sight) == []
    # The two lines of a project are one row for the keyboard.
    page.focus(f"[name=p{project.pk}-next_plan]")
    for field in ("workers_count", "claimed_start_on", "claimed_completion_on", "explanation"):
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.name") == f"p{project.pk}-{field}"
    # A link to a fault brings its cell into sight.
    page.fill(f"[name=p{project.pk}-progress_percent]", "10.0")
    page.fill(f"[name=p{project.pk}-explanation]", "长" * 501)
    page.get_by_role("button", name="写入周报").click()
    page.get_by_role("link", name="柳泉小区　情况说明").click()
    assert page.evaluate("document.activeElement.name") == f"p{project.pk}-explanation"
    page.wait_for_function(
        """() => {
        const at = document.activeElement.getBoundingClientRect();
        return at.top >= 0 && at.bottom <= innerHeight;
    }"""
    )
    box = page.locator(f"[name=p{project.pk}-explanation]").bounding_box()
    name = page.locator(f"#project-{project.pk} .card-name").bounding_box()
    assert box is not None
    assert name is not None
    assert box["x"] >= name["x"] + name["width"]
    assert box["x"] + box["width"] <= 760
    assert name["y"] < box["y"] < 800
