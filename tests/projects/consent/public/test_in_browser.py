"""The page behind a QR code in a real Chromium, on a phone and on a desk: it fits, it is accessible, it takes one
answer, and every other way in ends in one clear sentence."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from projects.consent.enums import Purpose
from projects.consent.models import Round
from projects.consent.public.models import Submission
from projects.consent.services import links, rounds
from tests.axe import faults_by_axe
from tests.conftest import Clock
from tests.factories.ledger import PartyFactory
from tests.factories.works import MenuClassFactory, MenuItemFactory
from tests.projects.consent.scene import CANARY_NAME, CANARY_PHONE, Scene, make_scene

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("width", [360, 1440])
NOW = "2025-05-07 10:00"
#: What is asked, as long as a street writes it.
SUMMARY = (
    "楼内：更换供水、排水主管，整修楼道和门窗。\n\n"
    "楼外：屋面防水，外墙保温，雨污分流，路面和绿化重做，增设停车位 46 个、充电桩 12 个。\n\n"
    "工期：2025年6月至10月，分楼栋施工，停水停电提前三天告知。"
)


@pytest.fixture
def scene(transactional_db: None, clock: Clock) -> Scene:
    made = make_scene()
    PartyFactory(
        project=made.project, role="site_contact", name="钟楼街道城建办", phone="0533-0000 0000"
    )
    return made


@pytest.fixture
def asked(scene: Scene, clock: Clock) -> Round:
    """A round with a menu, drafted and opened as a street does it."""
    kind = MenuClassFactory(code="better", name="完善类")
    names = ("加装电梯", "停车设施", "新能源汽车和电动自行车充电设施")
    items = [
        MenuItemFactory(menu_class=kind, code=f"wish-{place}", name=name)
        for place, name in enumerate(names)
    ]
    drafted = rounds.draft_round(
        project=scene.project,
        values=rounds.RoundValues(
            purpose=Purpose.SCHEME,
            plan_version="改造方案 2025年4月第二稿",
            question="您是否同意这一版改造方案？",
            summary=SUMMARY,
            closes_on=date(2025, 6, 30),
            items=tuple(items),
            most_items=2,
        ),
        document=None,
        by=scene.user("zhonglou"),
        now=clock.at(NOW),
    )
    return rounds.open_round(found=drafted, by=scene.user("zhonglou-head"), now=clock.at(NOW))


@pytest.fixture
def link(scene: Scene, asked: Round, clock: Clock, live_server: LiveServer) -> str:
    """What the QR code of the first household opens."""
    (ticket,) = links.issue_links(
        found=asked, households=scene.households[:1], by=scene.user("zhonglou"), now=clock.at(NOW)
    )
    return f"{live_server.url}{reverse('consent_public:answer', args=[ticket.token])}"


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands: something off its side, a fault that axe finds, a name."""
    width = page.evaluate("document.documentElement.scrollWidth")
    shown = page.evaluate("window.innerWidth")
    faults = [f"{width} px wide on {shown}"] if width > shown else []
    words = page.locator("body").inner_text()
    faults += [f"tells {secret}" for secret in (CANARY_NAME, CANARY_PHONE) if secret in words]
    return faults + faults_by_axe(page)


def open_at(page: Page, width: int, address: str) -> int:
    """Open an address at a width; how it was answered."""
    page.set_viewport_size({"width": width, "height": 800})
    response = page.goto(address)
    assert response is not None
    return response.status


def said(page: Page) -> str:
    """The sentence in which a page that takes no answer says why."""
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("radio")).to_have_count(0)
    return page.locator("main").get_by_role("heading").last.inner_text()


@WIDTHS
def test_a_resident_answers_once(page: Page, link: str, width: int) -> None:
    assert open_at(page, width, link) == 200
    expect(page.get_by_role("heading", level=1)).to_have_text("文昌园小区1号楼1单元101室")
    assert faults_of(page) == []
    expect(page.get_by_role("link", name="0533-0000 0000")).to_have_attribute(
        "href", "tel:0533-00000000"
    )
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_role("alert")).to_contain_text("请选一项答复。")
    assert faults_of(page) == []
    page.get_by_text("不同意", exact=True).click()
    for item in ("加装电梯", "停车设施"):
        page.get_by_text(item, exact=True).click()
    page.get_by_label("意见和建议").fill("请给消防车留出通道。")
    page.get_by_role("button", name="提交答复").click()
    assert said(page) == "这一户已经答复，谢谢。"
    assert faults_of(page) == []
    kept = Submission.objects.get()
    assert (kept.choice, len(kept.items)) == ("disagree", 2)
    assert open_at(page, width, link) == 200
    assert said(page) == "这一户已经答复，谢谢。"
    expect(page.locator(".said")).to_contain_text(
        "答复已于5月7日收到，每户一轮只记一次，这个二维码不能再用。"
    )
    assert Submission.objects.count() == 1


def test_who_opened_the_link_before_it_was_used_elsewhere_is_told(page: Page, link: str) -> None:
    """Two of a household with the page open: the second is not taken, and the page says so."""
    other = page.context.new_page()
    for each in (page, other):
        open_at(each, 360, link)
        each.get_by_text("同意", exact=True).click()
    page.get_by_role("button", name="提交答复").click()
    expect(page.locator(".said")).to_be_visible()
    other.get_by_text("不同意", exact=True).click()
    other.get_by_role("button", name="提交答复").click()
    assert said(other) == "这一户已经答复，谢谢。"
    assert Submission.objects.get().choice == "agree"


@WIDTHS
def test_a_link_that_is_none_and_a_round_that_is_over_say_so(
    page: Page, scene: Scene, asked: Round, link: str, width: int, clock: Clock
) -> None:
    assert open_at(page, width, f"{link[:-2]}/") == 404
    assert said(page) == "这个链接打不开"
    assert faults_of(page) == []
    clock.at("2025-06-07 00:00")
    assert open_at(page, width, link) == 200
    assert said(page) == "这个二维码已经过了有效期。"
    assert faults_of(page) == []
    rounds.close_round(
        found=asked, by=scene.user("zhonglou-head"), now=clock.at("2025-06-07 10:00")
    )
    assert open_at(page, width, link) == 200
    assert said(page) == "这一轮征询已经结束。"
    assert faults_of(page) == []
    assert Submission.objects.count() == 0
