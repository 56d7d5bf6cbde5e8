"""The face in a real Chromium: widths, sizes, keyboard, small scripts, and the policy's silence."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from renovation.accounts.enums import Role
from tests.axe import faults_by_axe
from tests.factories.accounts import PASSWORD, BureauFactory, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def silent(page: Page) -> Iterator[Page]:
    """A page that may say nothing on the console: a blocked style or script would be heard.

    The answer to a refused form is 422, which the browser reports by itself.
    """
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda fault: heard.append(str(fault)))
    yield page
    assert heard == []


@pytest.fixture
def gallery(silent: Page, live_server: LiveServer) -> Page:
    """The gallery, after signing in by hand and keyboard."""
    make_user(BureauFactory(), Role.AUDITOR, "auditor")
    silent.goto(f"{live_server.url}/accounts/sign-in/?next=/gallery/")
    expect(silent.get_by_label("用户名")).to_be_focused()
    silent.keyboard.type("auditor")
    silent.keyboard.press("Tab")
    silent.keyboard.type(PASSWORD)
    silent.keyboard.press("Enter")
    expect(silent.get_by_role("heading", name="样式一览")).to_be_visible()
    return silent


def test_no_page_scrolls_sideways(gallery: Page) -> None:
    widths = (1440, 1200, 1024, 768, 360)
    found = []
    for width in widths:
        gallery.set_viewport_size({"width": width, "height": 800})
        found.append(gallery.evaluate("document.documentElement.scrollWidth"))
    assert found == list(widths)


def test_on_a_phone_the_wall_chart_opens_at_the_day_of_its_data(gallery: Page) -> None:
    gallery.set_viewport_size({"width": 360, "height": 780})
    gallery.reload()
    names, day, frame = gallery.evaluate(
        """() => {
          const frame = document.querySelector('.wall-frame'), head = frame.querySelector('[data-in-sight]');
          return [frame.querySelector('tbody th[scope=row]').getBoundingClientRect().right,
            head.getBoundingClientRect().left + Number(head.dataset.inSight), frame.getBoundingClientRect().right];
        }"""
    )
    assert names < day < frame


def test_nothing_is_set_below_thirteen(gallery: Page) -> None:
    small = gallery.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e =>
          [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
          && parseFloat(getComputedStyle(e).fontSize) < 13).map(e => e.textContent.trim())"""
    )
    assert small == []


def test_what_is_pressed_on_a_phone_is_large_enough(gallery: Page) -> None:
    gallery.set_viewport_size({"width": 360, "height": 780})
    small = gallery.evaluate(
        """() => [...document.querySelectorAll('.button, .tabs a, .segments, .phone-menu summary, .pager-pages a, .table-cards .act a, .table-cards .sort, .field select, .field input:not([type=checkbox]):not([type=radio]), .password-show')]
          .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
          .map(e => e.className + ' ' + e.textContent.trim())"""
    )
    assert small == []


def test_focus_is_seen(gallery: Page) -> None:
    for selector in (".button-main", ".segment[href]", ".tabs a", ".sort", "#id_trouble"):
        gallery.locator(selector).first.focus()
        gallery.keyboard.press("Shift+Tab")
        gallery.keyboard.press("Tab")
        outline = gallery.locator(selector).first.evaluate(
            "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth, getComputedStyle(e).outlineColor]"
        )
        assert outline == ["solid", "3px", "rgb(29, 78, 137)"]


def test_on_a_phone_rows_are_cards_and_the_narrow_curve_shows(gallery: Page) -> None:
    assert gallery.locator("svg.chart-narrow").first.is_hidden()
    gallery.set_viewport_size({"width": 360, "height": 780})
    assert gallery.locator("svg.chart-narrow").first.is_visible()
    assert gallery.locator("svg.chart-wide").first.is_hidden()
    row = gallery.locator("#table tbody tr").first
    name, key = row.locator(".card-name"), row.locator(".card-key")
    assert name.bounding_box()["y"] == pytest.approx(key.bounding_box()["y"], abs=6)  # type: ignore[index]


def test_on_a_phone_filters_and_sorting_fold_and_what_is_set_stays_in_sight(gallery: Page) -> None:
    fold, form = gallery.locator(".filters-fold"), gallery.locator("#table form.filters")
    assert fold.is_hidden()
    assert form.is_visible()
    gallery.set_viewport_size({"width": 360, "height": 780})
    assert form.is_hidden()
    assert fold.inner_text().split() == ["筛选、排序", "亮灯：严重滞后"]
    ways = gallery.locator("#table a.sort:visible")
    assert ways.all_inner_texts() == ["形象 ↓"]
    fold.locator("summary").click()
    assert form.is_visible()
    assert [way.split()[0] for way in ways.all_inner_texts()] == [
        "项目", "户数", "面积", "序时", "形象", "偏差",
    ]  # fmt: skip
    fold.locator("summary").click()
    assert form.is_hidden()


@pytest.mark.parametrize("width", [360, 280])
def test_no_line_of_a_breadcrumb_begins_with_its_sign(gallery: Page, width: int) -> None:
    """The sign stands at the right of the words before it, also where they take the whole line."""
    gallery.set_viewport_size({"width": width, "height": 780})
    crumbs = gallery.evaluate(
        """() => {
          const list = document.querySelector(".breadcrumb ol");
          const [first, , last] = list.children;
          for (let n = 0; n < 3; n += 1) {
            const more = first.cloneNode(true);
            more.querySelector("a").textContent = "第" + "很长的名字".repeat(2 + 2 * n) + "末";
            list.insertBefore(more, last);
          }
          const sign = (li, at) => getComputedStyle(li, at).content;
          return [...list.children].map((li) => [
            sign(li, "::before"), sign(li, "::after"),
            getComputedStyle(li).flexWrap,
            li.getBoundingClientRect().right - li.firstElementChild.getBoundingClientRect().right,
          ]);
        }"""
    )
    assert [crumb[:3] for crumb in crumbs[:-1]] == [["none", '"›"', "nowrap"]] * 5
    assert crumbs[-1][:2] == ["none", "none"]
    assert [beside > 16 for *_, beside in crumbs[:-1]] == [True] * 5


def test_menu_opens_without_script_and_holds_every_way(gallery: Page) -> None:
    gallery.set_viewport_size({"width": 360, "height": 780})
    gallery.get_by_text("菜单", exact=True).click()
    expect(gallery.locator(".phone-list").get_by_text("修改密码")).to_be_visible()
    expect(gallery.locator(".phone-list").get_by_role("button", name="退出")).to_be_visible()


def test_post_menu_closes_by_escape(gallery: Page) -> None:
    gallery.locator(".post-menu summary").click()
    expect(gallery.locator(".menu-list")).to_be_visible()
    gallery.keyboard.press("Escape")
    expect(gallery.locator(".menu-list")).to_be_hidden()


def test_password_can_be_shown_and_hidden(gallery: Page) -> None:
    box = gallery.locator("#plain_password")
    box.fill("geheim")
    gallery.get_by_role("button", name="显示").click()
    expect(box).to_have_attribute("type", "text")
    gallery.get_by_role("button", name="隐藏").click()
    expect(box).to_have_attribute("type", "password")
    expect(box).to_have_value("geheim")


def test_text_is_copied(gallery: Page) -> None:
    gallery.get_by_role("button", name="复制文字").click()
    expect(gallery.get_by_role("button", name="已复制")).to_be_visible()
    gallery.locator("#id_trouble").fill("")
    gallery.locator("#id_trouble").focus()
    gallery.keyboard.press("Control+v")
    assert (
        gallery.locator("#id_trouble")
        .input_value()
        .startswith("第37周（9月8日—9月14日）：全区形象进度 48.8%")
    )


def test_error_summary_takes_the_focus_and_leads_to_the_field(
    silent: Page, live_server: LiveServer
) -> None:
    make_user(BureauFactory(), Role.AUDITOR, "auditor")
    silent.goto(f"{live_server.url}/accounts/sign-in/?next=/accounts/password/")
    silent.get_by_label("用户名").fill("auditor")
    silent.locator("#id_password").fill(PASSWORD)
    silent.keyboard.press("Enter")
    expect(silent.get_by_role("heading", name="修改密码")).to_be_visible()
    silent.locator("#id_old_password").fill("falsch")
    silent.locator("#id_new_password1").fill("a")
    silent.locator("#id_new_password2").fill("b")
    silent.get_by_role("button", name="保存新密码").click()
    expect(silent.locator(".error-summary")).to_be_focused()
    silent.locator(".error-summary a").first.click()
    expect(silent.locator("#id_old_password")).to_be_focused()


def test_axe_finds_nothing(gallery: Page) -> None:
    for width in (1440, 360):
        gallery.set_viewport_size({"width": width, "height": 800})
        assert faults_by_axe(gallery) == []


def test_axe_finds_nothing_on_the_sign_in_page(silent: Page, live_server: LiveServer) -> None:
    silent.goto(f"{live_server.url}/accounts/sign-in/")
    assert faults_by_axe(silent) == []


def test_segments_show_some_rows_and_the_address_keeps_it(gallery: Page) -> None:
    rows = gallery.locator("#preview tbody tr")
    assert [rows.nth(n).is_visible() for n in range(5)] == [True] * 5
    gallery.get_by_role("link", name="有错 1").click()
    # The strip under a row goes with its row.
    assert [rows.nth(n).is_visible() for n in range(5)] == [False, True, True, False, False]
    assert gallery.url.endswith("?rows=fault")
    expect(gallery.get_by_role("link", name="有错 1")).to_have_attribute("aria-current", "true")
    gallery.get_by_role("link", name="全部 3").click()
    assert [rows.nth(n).is_visible() for n in range(5)] == [True] * 5


def test_unsaved_words_are_not_left_without_a_question(gallery: Page) -> None:
    asked: list[str] = []
    gallery.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    gallery.get_by_label("项目名称").click()
    gallery.keyboard.type("改")
    gallery.locator(".brand").first.click()
    gallery.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_the_session_warns_before_it_ends(gallery: Page) -> None:
    gallery.clock.install()
    gallery.reload()
    gallery.clock.fast_forward("24:00")
    expect(gallery.locator(".session-warning")).to_have_count(0)
    gallery.clock.fast_forward("02:00")
    expect(gallery.locator(".session-warning")).to_contain_text("5 分钟后会自动退出。")
    gallery.get_by_role("button", name="继续登录").click()
    expect(gallery.locator(".session-warning")).to_have_count(0)
