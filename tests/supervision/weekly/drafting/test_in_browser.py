"""The grid in a real Chromium: the network is cut, the sign-in ends, two people type; nothing typed is lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from renovation.accounts.enums import Role
from supervision.weekly import services
from supervision.weekly.models import FormDraft, WeeklyReport
from tests.factories.accounts import PASSWORD, make_user
from tests.supervision.weekly.office import Office, make_office, moment, values_of
from tests.supervision.weekly.test_in_browser import sign_in

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a busy machine fails nothing
FORM = "/weekly/2025-05-05/songlinglu/form/"
TOLD = "存在问题：上次填的“缺沙”没有存上，格内是您后来填的；要用上次的，请照着改回。"
LOST = "有 1 格上次填的没有存上，和后来填的不同，见该项目下的说明"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('weekly-form:'))"


@pytest.fixture
def office(transactional_db: None, clock: Any) -> Office:
    """The office on a Thursday morning."""
    clock.at("2025-05-08 10:41")
    return make_office()


def box(office: Office, number: int, field: str) -> str:
    """The selector of a cell."""
    return f"[name=p{office.projects[number].pk}-{field}]"


def cells(office: Office, number: int = 0) -> dict[str, str]:
    """What the server holds of a project's draft."""
    found = FormDraft.objects.filter(project=office.projects[number]).first()
    return found.cells if found else {}


@pytest.mark.parametrize(("width", "height"), [(360, 740), (760, 600), (1024, 600), (1440, 600)])
@pytest.mark.parametrize("field", ["progress_percent", "next_plan", "explanation"])
def test_what_a_link_leads_to_is_seen_with_the_name_of_its_project(
    page: Page, live_server: LiveServer, office: Office, width: int, height: int, field: str
) -> None:
    sign_in(page, live_server, office.clerk)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(live_server.url + FORM)
    project = office.projects[1]
    page.evaluate(
        "box => { location.hash = document.querySelector(box).id; }", box(office, 1, field)
    )
    expect(page.locator(f"#project-{project.pk} th b")).to_be_in_viewport(ratio=1)
    expect(page.locator(box(office, 1, field))).to_be_in_viewport(ratio=1)


def test_what_is_typed_without_network_is_saved_when_it_is_back(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(page, live_server, office.clerk)
    page.goto(live_server.url + FORM)
    page.fill(box(office, 0, "progress_percent"), "45.5")
    expect(page.get_by_text("已保存 10:41")).to_be_visible()
    assert page.evaluate(KEPT) == []
    page.context.set_offline(True)
    page.fill(box(office, 0, "work_done"), "进场围挡。")
    expect(page.get_by_text("未保存，网络中断，恢复后自动保存")).to_be_visible()
    assert cells(office) == {"progress_percent": "45.5"}
    page.context.set_offline(False)
    expect(page.get_by_text("已保存 10:41")).to_be_visible()
    assert cells(office) == {"progress_percent": "45.5", "work_done": "进场围挡。"}
    assert page.evaluate(KEPT) == []
    # The arrow and the Enter key lead from project to project as in a spreadsheet.
    page.focus(box(office, 0, "progress_percent"))
    page.keyboard.press("Enter")
    page.keyboard.type("12.0")
    page.keyboard.press("ArrowUp")
    focused = "document.activeElement.name"
    assert page.evaluate(focused) == f"p{office.projects[0].pk}-progress_percent"
    assert page.input_value(box(office, 1, "progress_percent")) == "12.0"


def type_over_unseen(
    page: Page, live_server: LiveServer, office: Office, held: list[Route]
) -> None:
    """缺沙 is never stored, and 缺砖 is typed over it before the script, which is ``held``, could bring it back."""
    page.route("**/form/cells/**", lambda route: route.abort())
    page.fill(box(office, 1, "problems"), "缺沙")
    page.fill(box(office, 1, "next_plan"), "继续施工")
    expect(page.get_by_text("未保存，网络中断，恢复后自动保存")).to_be_visible()
    page.goto(live_server.url + FORM, wait_until="commit")
    page.fill(box(office, 1, "problems"), "缺砖")
    while not held:
        page.wait_for_timeout(50)
    page.unroute("**/form/cells/**")
    held.pop().continue_()
    expect(page.get_by_text(f"已保存 10:41；{LOST}")).to_be_visible()
    expect(page.get_by_text(TOLD)).to_be_visible()


def test_who_changes_a_cell_back_to_what_was_not_stored_is_told_of_it_no_more(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(page, live_server, office.clerk)
    page.goto(live_server.url + FORM)
    expect(page.locator("form[data-ready]")).to_be_visible()
    held: list[Route] = []
    page.route("**/js/grid*.js", lambda route: held.append(route))
    type_over_unseen(page, live_server, office, held)
    page.unroute("**/js/grid*.js")
    state = page.locator("[data-save-state]")
    page.fill(box(office, 1, "problems"), "缺沙")
    expect(state).to_have_text("已保存 10:41")
    assert cells(office, 1) == {"problems": "缺沙", "next_plan": "继续施工"}
    assert page.get_by_text("没有存上").count() == 0
    assert page.evaluate(KEPT) == []
    page.reload()
    expect(page.locator("form[data-ready]")).to_be_visible()
    assert page.get_by_text("没有存上").count() == 0
    # It was stored by now: another value typed over it is seen by who types.
    page.fill(box(office, 1, "problems"), "缺石子")
    expect(state).to_have_text("已保存 10:41")
    assert page.get_by_text("没有存上").count() == 0


def test_what_is_typed_before_the_script_has_come_is_saved_too(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(page, live_server, office.clerk)
    held: list[Route] = []
    page.route("**/js/grid*.js", lambda route: held.append(route))
    page.goto(live_server.url + FORM, wait_until="commit")
    page.fill(box(office, 1, "problems"), "缺水泥")
    page.check(box(office, 0, "is_unchanged"))
    assert not page.locator("form[data-ready]").count()
    while not held:
        page.wait_for_timeout(50)
    held.pop().continue_()
    expect(page.get_by_text("已保存 10:41")).to_be_visible()
    assert page.input_value(box(office, 1, "problems")) == "缺水泥"
    assert (cells(office), cells(office, 1)) == ({"is_unchanged": "on"}, {"problems": "缺水泥"})
    # Of what this browser alone still held, what was typed over before it could be seen is told.
    type_over_unseen(page, live_server, office, held)
    assert cells(office, 1) == {"problems": "缺砖", "next_plan": "继续施工"}
    # It is told as long as the row is a draft, not longer.
    page.unroute("**/js/grid*.js")
    page.reload()
    expect(page.get_by_text(TOLD)).to_be_visible()
    assert page.locator("[data-save-state]").inner_text() == LOST
    page.get_by_role("button", name="写入周报").click()
    expect(page.get_by_text("已写入 1 个项目的改动。")).to_be_visible()
    expect(page.locator("form[data-ready]")).to_be_visible()
    assert page.get_by_text("缺沙").count() == 0
    assert page.evaluate(KEPT) == []


def test_what_is_typed_after_the_sign_in_ended_is_there_after_signing_in_again(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    sign_in(page, live_server, office.clerk)
    page.goto(live_server.url + FORM)
    page.context.clear_cookies()
    page.fill(box(office, 1, "problems"), "缺水泥")
    expect(page.get_by_text("未保存，登录已过期")).to_be_visible()
    page.fill(box(office, 1, "next_plan"), "继续施工")
    page.get_by_role("link", name="重新登录").click()
    page.fill("[name=username]", office.clerk.username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    # The form again, with what was typed; now it is saved.
    expect(page.locator(box(office, 1, "problems"))).to_have_value("缺水泥")
    expect(page.get_by_text("已保存 10:41")).to_be_visible()
    assert cells(office, 1) == {"problems": "缺水泥", "next_plan": "继续施工"}
    assert page.evaluate(KEPT) == []
    page.get_by_role("button", name="写入周报").click()
    expect(page.get_by_text("已写入 1 个项目的改动。")).to_be_visible()
    assert WeeklyReport.objects.get().problems == "缺水泥"
    assert FormDraft.objects.count() == 0


def test_two_clerks_of_a_street_are_told_and_lose_nothing(
    page: Page, live_server: LiveServer, office: Office, context: Any, browser: Any
) -> None:
    second = make_user(office.street, Role.CLERK)
    sign_in(page, live_server, office.clerk)
    page.goto(live_server.url + FORM)
    page.fill(box(office, 0, "progress_percent"), "45.5")
    expect(page.get_by_text("已保存 10:41")).to_be_visible()
    theirs = browser.new_context().new_page()
    sign_in(theirs, live_server, second)
    theirs.goto(live_server.url + FORM)
    theirs.fill(box(office, 0, "progress_percent"), "46.0")
    expect(theirs.get_by_text("也在填这个项目")).to_contain_text("本周累计形象进度（%） 45.5")
    theirs.get_by_role("button", name="写入周报").click()
    expect(theirs.get_by_text("已写入 1 个项目的改动。")).to_be_visible()
    page.fill(box(office, 0, "problems"), "缺水泥")
    expect(page.get_by_text("您开始填以后，柳泉小区被")).to_contain_text(
        "现在周报里的与您填的不同：本周累计形象进度（%） 46.0；存在问题 空"
    )
    assert page.input_value(box(office, 0, "progress_percent")) == "45.5"
    assert str(WeeklyReport.objects.get().progress_percent) == "46.0"
    theirs.context.close()


def test_a_row_is_taken_back_from_the_return_as_soon_as_it_is_told_of(
    page: Page, live_server: LiveServer, office: Office
) -> None:
    second = make_user(office.street, Role.CLERK)
    draft = office.draft(now=moment("2025-05-08 10:00"))
    sign_in(page, live_server, office.clerk)
    page.goto(live_server.url + FORM)
    button = page.get_by_role("button", name="用周报里的：柳泉小区")
    expect(button).to_be_hidden()
    page.fill(box(office, 0, "progress_percent"), "45.5")
    page.fill(box(office, 1, "problems"), "缺水泥")
    expect(
        page.get_by_text("现在周报里的与您填的不同：本周累计形象进度（%） 10.0。")
    ).to_be_visible()
    expect(button).to_be_visible()
    services.write_reports(
        weekly_return=draft,
        rows=[values_of(office.projects[0], progress_percent=Decimal("20.0"))],
        by=second,
        now=moment("2025-05-08 10:40"),
    )
    # Pressed while a cell is still on its way, what the answer tells of is looked at first.
    page.fill(box(office, 0, "problems"), "缺砂石")
    button.click()
    expect(page.get_by_text("您开始填以后，柳泉小区被")).to_contain_text("20.0")
    assert cells(office)["progress_percent"] == "45.5"
    button.click()
    expect(page.get_by_text("柳泉小区已改用周报里的，您的草稿不留了。")).to_be_visible()
    assert page.input_value(box(office, 0, "progress_percent")) == "20.0"
    assert page.input_value(box(office, 0, "problems")) == ""
    assert page.input_value(box(office, 1, "problems")) == "缺水泥"
    assert (cells(office), cells(office, 1)) == ({}, {"problems": "缺水泥"})
    # Undone, what is typed is no difference any more.
    page.fill(box(office, 1, "problems"), "")
    expect(page.get_by_role("button", name="用周报里的：建材一宿舍")).to_be_hidden()


def test_the_enter_key_writes_and_gives_up_nothing_without_scripts(
    live_server: LiveServer, office: Office, browser: Any
) -> None:
    office.draft(now=moment("2025-05-08 10:00"))
    FormDraft.objects.create(
        street=office.street,
        week_start="2025-05-05",
        version=1,
        project=office.projects[0],
        person=office.clerk,
        cells={"progress_percent": "45.5"},
        base=WeeklyReport.objects.get(project=office.projects[0]).edition,
        saved_at=moment("2025-05-08 10:10"),
    )
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    plain = context.new_page()
    sign_in(plain, live_server, office.clerk)
    plain.goto(live_server.url + FORM)
    expect(plain.get_by_role("button", name="用周报里的：柳泉小区")).to_be_visible()
    plain.focus(box(office, 0, "progress_percent"))
    plain.keyboard.press("Enter")
    expect(plain.get_by_text("已写入 1 个项目的改动。")).to_be_visible()
    stored = WeeklyReport.objects.get(project=office.projects[0])
    assert stored.progress_percent == Decimal("45.5")
    context.close()
