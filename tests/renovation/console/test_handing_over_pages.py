"""Pages of 交接: choose, see what passes, confirm; the list, its workbook, one hand-over."""

from __future__ import annotations

import html
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from renovation.accounts.enums import Role
from renovation.accounts.models import HandOver
from tests.conftest import Clock
from tests.factories.accounts import make_district, make_user
from tests.supervision.weekly.office import Office, make_office

from .leaving import asked, found, handed

pytestmark = pytest.mark.django_db
LIST, NEW = "/console/hand-overs/", "/console/hand-overs/new/"


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


@pytest.fixture
def office() -> Office:
    return make_office()


def text_of(client: Client, address: str, status: int = 200, **posted: str) -> str:
    answer = client.post(address, posted) if posted else client.get(address)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_the_way_by_its_pages(client: Client, office: Office) -> None:
    users = office.district.users
    giver, taker = users["bureau"], users["bureau2"]
    asked(office)
    finding = found(office.projects[0], giver)
    client.force_login(users["admin"])
    page = text_of(client, f"/console/users/{giver.pk}/")
    led = f"{NEW}?predecessor={giver.username}"
    assert led in page
    page = text_of(client, led)
    assert f'value="{giver.username}" selected' in page
    assert f"{giver}（2 件）" in page
    assert page.count(f'value="{taker.username}"') == 1  # receives, and has nothing to give
    assert "请选择移交给谁" not in page
    chosen = f"{led}&successor={taker.username}"
    page = text_of(client, chosen)
    assert "柳泉小区：累计投资为什么没有增加" in page
    assert "SJ2025-001 外墙保温多计量" in page
    assert "真实性承诺" in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert "请写明交接的原因。" in text_of(client, chosen, 422, seen=seen, reason="")
    again = text_of(client, chosen, 422, seen="old", reason="退休")
    assert "事项刚才有变化" in again
    assert HandOver.objects.count() == 0
    done = client.post(chosen, {"seen": seen, "reason": "退休"})
    row = HandOver.objects.get()
    assert (done.status_code, done.headers["Location"]) == (302, f"{LIST}{row.pk}/")
    page = text_of(client, f"{LIST}{row.pk}/")
    assert "全部移交" in page
    assert "SJ2025-001 外墙保温多计量" in page
    page = text_of(client, LIST)
    assert "1 个审计问题、1 件核实事项" in page
    assert "没有人有未办结的事项" not in text_of(client, NEW)
    client.force_login(taker)
    assert f"{giver}转交{taker}：交接，退休" in text_of(client, f"/funding/findings/{finding.pk}/")


def test_where_nothing_is_open_the_page_says_so(client: Client, office: Office) -> None:
    client.force_login(office.district.users["admin"])
    page = text_of(client, NEW)
    assert "没有人有未办结的事项" in page
    assert 'name="successor"' not in page


def test_oneself_and_who_can_take_nothing_are_told(client: Client, office: Office) -> None:
    users = office.district.users
    found(office.projects[0], users["bureau"])
    client.force_login(users["admin"])
    same = f"{NEW}?predecessor={users['bureau'].username}&successor={users['bureau'].username}"
    assert "移交人和接收人须是两个人。" in text_of(client, same)
    other = f"{NEW}?predecessor={users['bureau'].username}&successor={users['zhonglou'].username}"
    page = text_of(client, other)
    assert "不在接收人的辖区" in page
    assert "确认移交" not in page
    far = make_district("boshan-")
    abroad = (
        f"{NEW}?predecessor={users['bureau'].username}&successor={far.users['bureau'].username}"
    )
    assert "没有这个人，或者账号已停用。" in text_of(client, abroad)


def test_the_list_filters_and_sorts_and_its_workbook_holds_the_same(
    client: Client, office: Office
) -> None:
    users = office.district.users
    asked(office)
    found(office.projects[0], users["bureau"])
    part = handed(office, users["bureau"], office.reviewer)
    found(office.projects[1], office.clerk, "街道的问题")
    second = make_user(office.street, Role.CLERK, "songlinglu-b")
    whole = handed(office, office.clerk, second, reason="休产假")
    client.force_login(users["admin"])
    page = text_of(client, f"{LIST}?outcome=part")
    assert f"{LIST}{part.pk}/" in page
    assert f"{LIST}{whole.pk}/" not in page
    page = text_of(client, f"{LIST}?place=songlinglu")
    assert f"{LIST}{whole.pk}/" in page
    assert f"{LIST}{part.pk}/" not in page
    assert "没有符合条件的交接" in text_of(client, f"{LIST}?place=songlinglu&outcome=part")
    page = text_of(client, f"{LIST}?sort=successor")
    assert 'aria-sort="ascending"' in page
    workbook = client.get(f"{LIST}export/?place=songlinglu")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content))["交接"]
    cells = [cell.value for row in sheet.iter_rows() for cell in row]
    assert "SJ2025-002 街道的问题" in cells
    assert "休产假" in cells
    assert "SJ2025-001 外墙保温多计量" not in cells


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_as_often_for_three_as_for_one(
    client: Client, office: Office, count: int, django_assert_num_queries: Any
) -> None:
    users = office.district.users
    for number in range(count):
        found(office.projects[0], users["bureau"], f"问题{number}")
    for place in range(min(count, 2)):
        asked(office, place=place)
    chosen = f"{NEW}?predecessor={users['bureau'].username}&successor={users['bureau2'].username}"
    client.force_login(users["admin"])
    with django_assert_num_queries(22):
        page = text_of(client, chosen)
    assert page.count("SJ2025-00") == count
    row = handed(office, users["bureau"], users["bureau2"])
    for number in range(count - 1):
        found(office.projects[0], users["bureau"], f"再{number}")
        handed(office, users["bureau"], users["bureau2"])
    with django_assert_num_queries(6):
        page = text_of(client, LIST)
    assert page.count('<th scope="row" class="card-name"') == count
    with django_assert_num_queries(6):
        text_of(client, f"{LIST}{row.pk}/")


def test_who_leaves_with_something_open_is_told_to_the_administrator(
    client: Client, office: Office
) -> None:
    users = office.district.users
    found(office.projects[0], users["bureau"])
    client.force_login(users["admin"])
    told = "名下还有 1 件没有办结。"
    page = f"/console/users/{users['bureau'].pk}/"
    sent = {"post_name": "区住建局 区局经办", "email": ""}
    answer = client.post(page, sent | {"is_active": "on"}, follow=True)
    assert told not in answer.content.decode()
    assert told in client.post(page, sent, follow=True).content.decode()
    post = users["bureau"].memberships.get()
    answer = client.post(f"/console/roles/{post.pk}/end/", follow=True)
    assert answer.redirect_chain == [(page, 302)]  # without a role, and still in sight
    assert told in answer.content.decode()
