"""Pages of items: the list with its workbook, one item with its acts, a project's items."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import Project
from supervision.dispatch.enums import ItemState
from supervision.dispatch.items import moving, services
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.models import DispatchItem, ItemStep
from tests.factories.accounts import District
from tests.factories.dispatch import (
    make_done,
    make_held,
    make_item,
    make_meeting,
    make_reported,
    make_working,
)
from tests.factories.enrolment import cancel
from tests.factories.ledger import PartyFactory

Of = Callable[[str], Client]


def _text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def _page(client: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"dispatch:{name}", args=args) + query)
    assert answer.status_code == status
    return _text(answer)


def _act(client: Client, item: DispatchItem, slug: str, **typed: Any) -> Any:
    typed.setdefault("seen_version", moving.item_seen(item=item))
    return client.post(reverse("dispatch:item_act", args=[item.pk, slug]), typed)


# -- the list ----------------------------------------------------------------------------------------
def test_the_list_is_narrowed_and_says_what_presses(
    district: District, client_of: Of, clock: Any
) -> None:
    clock.at("2025-05-22 09:00")
    make_working(district, task="补齐消防通道")
    make_working(district, street="zhonglou", task="清运垃圾", due_on=date(2025, 6, 30))
    make_done(district, task="已经办完的")
    client = client_of("bureau")
    page = _page(client, "items")
    assert "2 件没有办结，1 件逾期" in page.replace("<b>", "").replace("</b>", "").replace(
        '<strong class="alarm">', ""
    ).replace("</strong>", "")
    assert "已经办完的" not in page
    assert "清运垃圾" not in _page(client, "items", query="?state=overdue")
    assert "补齐消防通道" not in _page(client, "items", query="?street=zhonglou")
    assert "已经办完的" in _page(client, "items", query="?state=done")
    assert "清运垃圾" not in _page(client, "items", query="?q=消防")
    assert "补齐消防通道" in _page(client, "items", query="?week=2025-05-12")
    # The week of the code, which is not that in which an item of a meeting was assigned.
    make_item(district, meeting=make_held(district).meeting, task="会上交办的")
    ofweek = _page(client, "items", query="?week=2025-05-05")
    assert ("会上交办的" in ofweek, "补齐消防通道" in ofweek) == (True, False)
    assert "会上交办的" not in _page(client, "items", query="?week=2025-05-12")
    assert re.findall(r'<label for="id_week"[^>]*>([^<]*)<', page) == ["编号周次"]
    assert "没有符合条件的交办事项" in _page(client, "items", query="?q=没有这件")
    first = _page(client, "items", query="?sort=-due").index("清运垃圾")
    assert first < _page(client, "items", query="?sort=-due").index("补齐消防通道")


def test_the_workbook_follows_the_page(district: District, client_of: Of, now: datetime) -> None:
    make_working(district, task="补齐消防通道", co_organisations=(district.street("zhonglou"),))
    make_item(district, street="zhonglou", task="清运垃圾")
    answer = client_of("bureau").get(reverse("dispatch:items_export") + "?q=消防")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["交办事项"]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    (found,) = [row for row in rows if "补齐消防通道" in row]
    assert "〔2025〕第20周-1" in found
    assert "钟楼街道" in found
    assert not [row for row in rows if "清运垃圾" in row]


@pytest.mark.usefixtures("quiet_head")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    district: District,
    client_of: Of,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        make_working(district)
    client = client_of("leader")
    _page(client, "items")
    with django_assert_num_queries(10):
        _page(client, "items")


def test_a_street_sees_its_own(district: District, client_of: Of, now: datetime) -> None:
    mine, other = make_item(district), make_item(district, street="zhonglou", task="清运垃圾")
    client = client_of("banyanglu")
    assert "清运垃圾" not in _page(client, "items")
    _page(client, "item", mine.pk)
    _page(client, "item", other.pk, status=404)
    assert _act(client, other, "accept").status_code == 404


def test_a_company_sees_and_answers_what_was_given_to_it(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    party = PartyFactory(project=projects[0], name="某建设", organisation=district.contractor)
    item = make_item(district, answerer=Answerer.of_party(party), project=projects[0])
    make_item(district, task="不是它的")
    client = client_of("contractor")
    page = _page(client, "items")
    assert item.task in page
    assert "不是它的" not in page
    _act(client, item, "accept")
    item.refresh_from_db()
    assert item.accepted_by == district.users["contractor"]
    for name in ("npc", "inspector", "office"):
        _page(client_of(name), "items", status=403)


# -- one item ----------------------------------------------------------------------------------------
def test_the_street_takes_an_item_to_its_report_and_the_bureau_closes_it(
    district: District, client_of: Of, now: datetime
) -> None:
    item, street = make_item(district), client_of("banyanglu")
    assert "签收" in _page(street, "item", item.pk)
    _act(street, item, "accept")
    pdf = SimpleUploadedFile("清单.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF", "application/pdf")
    _act(street, item, "note", text="已排查一半", file=pdf)
    step = ItemStep.objects.get(act="note")
    assert step.file_id is not None
    got = street.get(reverse("dispatch:item_file", args=[item.pk, step.file_id]))
    assert got.status_code == 200
    assert (
        client_of("zhonglou").get(reverse("dispatch:item_file", args=[item.pk, step.file_id]))
    ).status_code == 404
    assert _act(street, item, "report", text="").status_code == 422
    _act(street, item, "report", text="全部排查完")
    assert _act(street, item, "close").status_code == 403
    bureau = client_of("bureau")
    _act(bureau, item, "send-back", text="缺照片")
    assert "缺照片" in _page(street, "item", item.pk)
    _act(street, item, "report", text="照片已补")
    _act(bureau, item, "close", text="已核")
    item.refresh_from_db()
    assert (item.state, item.send_back_count) == (ItemState.DONE, 1)
    page = _page(street, "item", item.pk)
    assert "退回重办" in page
    assert "报进展" in page


def test_more_time_is_asked_for_and_granted(
    district: District, client_of: Of, now: datetime
) -> None:
    item = make_working(district)
    _act(client_of("banyanglu"), item, "ask-extension", wanted_on="2025-05-30", text="材料未到")
    bureau = client_of("bureau")
    assert "申请延期待批。" in _page(bureau, "item", item.pk)
    assert "5月30日" in _page(bureau, "item_act", item.pk, "grant-extension")
    early = _act(bureau, item, "grant-extension", granted_on="2025-05-19")
    assert early.status_code == 422
    _act(bureau, item, "grant-extension", granted_on="2025-05-26")
    item.refresh_from_db()
    assert (item.due_on, item.first_due_on) == (date(2025, 5, 26), date(2025, 5, 19))
    assert "已延期 1 次" in _page(bureau, "item", item.pk)


def test_more_time_that_is_refused_is_said_in_words(
    district: District, client_of: Of, now: datetime
) -> None:
    item = make_working(district)
    _act(client_of("banyanglu"), item, "ask-extension", wanted_on="2025-05-30", text="材料未到")
    bureau = client_of("bureau")
    _act(bureau, item, "refuse-extension", text="抓紧")
    assert f"{item.code} 不准延期，期限不变。" in _page(bureau, "item", item.pk)


def test_who_acts_second_is_told_and_keeps_the_words(
    district: District, client_of: Of, now: datetime
) -> None:
    item = make_working(district)
    seen = moving.item_seen(item=item)
    services.report(item=item, text="我先报了", by=district.users["banyanglu-head"], now=now)
    answer = _act(client_of("banyanglu"), item, "report", text="没有丢的话", seen_version=seen)
    page = _text(answer)
    assert answer.status_code == 409
    assert "我先报了" in page
    assert "没有丢的话" in page


def test_who_reported_reads_why_closing_is_not_offered(
    district: District, client_of: Of, now: datetime
) -> None:
    bureau = district.users["bureau"]
    item = make_item(district, answerer=Answerer.section(district.bureau, "质量安全科"))
    services.accept(item=item, by=bureau, now=now)
    services.report(item=item, text="已办", by=bureau, now=now)
    assert "不能自己办结" in _page(client_of("bureau"), "item", item.pk)
    assert "不能自己办结" not in _page(client_of("reviewer"), "item", item.pk)


def test_an_item_is_transferred_handed_over_and_cancelled(
    district: District, client_of: Of, now: datetime
) -> None:
    item, bureau = make_working(district), client_of("bureau")
    assert _act(bureau, item, "transfer", answerer="section", text="x").status_code == 422
    _act(bureau, item, "transfer", answerer=f"street:{district.street('zhonglou').code}", text="属地划转")  # fmt: skip
    _act(bureau, item, "hand-over", owner=district.users["bureau2"].pk, text="")
    page = _page(bureau, "item", item.pk)
    assert "由般阳路街道转交钟楼街道：属地划转" in page
    assert f"跟办人由{district.users['bureau']}换为{district.users['bureau2']}" in page
    assert page.count("转交钟楼街道") == 1
    _act(bureau, item, "cancel", text="上级已定")
    item.refresh_from_db()
    assert (item.state, item.answerer_name, item.owner) == (
        ItemState.CANCELLED,
        "钟楼街道",
        district.users["bureau2"],
    )


# -- who came to it later ----------------------------------------------------------------------------
def _handed_in(client: Client, item: DispatchItem, name: str, text: str) -> str:
    """Progress with a file of its own: the address of the file."""
    content = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + name.encode() + b"\n%%EOF"
    _act(client, item, "note", text=text, file=SimpleUploadedFile(name, content, "application/pdf"))
    step = ItemStep.objects.latest("pk")
    assert (step.text, step.file is not None) == (text, True)
    return reverse("dispatch:item_file", args=[item.pk, step.file_id])


def _passed_on(item: DispatchItem, answerer: Answerer, by: Any, now: datetime) -> None:
    services.transfer(item=item, answerer=answerer, text="属地划转", by=by, now=now)


def _workbook(client: Client) -> str:
    answer = client.get(reverse("dispatch:items_export") + "?state=all")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["交办事项"]
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def _chain(client: Client, item: DispatchItem) -> str:
    """Everything that a reader is told of what was said: the page and the workbook."""
    return _page(client, "item", item.pk) + _workbook(client)


def test_a_company_reads_what_was_said_and_handed_in_since_it_has_the_item(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    party = PartyFactory(project=projects[0], name="某建设", organisation=district.contractor)
    item = make_working(district, project=projects[0])
    street, company = client_of("banyanglu"), client_of("contractor")
    names = _handed_in(street, item, "住户名单.pdf", "已走访十二户")
    _passed_on(item, Answerer.of_party(party), district.users["bureau"], now)
    _act(company, item, "accept")
    own = _handed_in(company, item, "施工照片.pdf", "已进场施工")
    # The street of the project acts for its parties too: the words concern the company, the file is the street's.
    theirs = _handed_in(street, item, "住户意见.pdf", "住户同意")
    told = _chain(company, item)
    for shown in ("由般阳路街道转交某建设", "已进场施工", "施工照片.pdf", "住户同意"):
        assert shown in told
    for hidden in ("已走访十二户", "住户名单.pdf", "住户意见.pdf"):
        assert hidden not in told
    assert "转交以前的办理经过由区局留存" in told
    assert "已走访十二户" not in _page(company, "item_act", item.pk, "note")
    assert [company.get(each).status_code for each in (names, theirs, own)] == [404, 404, 200]
    for reader in (street, client_of("bureau")):
        told = _chain(reader, item)
        assert "已走访十二户" in told
        assert "这里不显示" not in told
        assert [reader.get(each).status_code for each in (names, theirs, own)] == [200] * 3


def test_a_street_reads_its_own_time_and_who_helps_reads_all(
    district: District, client_of: Of, now: datetime
) -> None:
    item = make_working(district, co_organisations=(district.street("songlinglu"),))
    first, second, helper = (client_of(name) for name in ("banyanglu", "zhonglou", "songlinglu"))
    bureau = district.users["bureau"]
    mine = _handed_in(first, item, "甲街道.pdf", "甲街道说的")
    _passed_on(item, Answerer.street(district.street("zhonglou")), bureau, now)
    _page(first, "item", item.pk, status=404)
    _act(second, item, "accept")
    theirs = _handed_in(second, item, "乙街道.pdf", "乙街道说的")
    told = _chain(second, item)
    assert "乙街道说的" in told
    assert "甲街道说的" not in told
    assert [second.get(each).status_code for each in (mine, theirs)] == [404, 200]
    _passed_on(item, Answerer.street(district.street("banyanglu")), bureau, now)
    told = _chain(first, item)
    assert "甲街道说的" in told
    assert "乙街道说的" not in told
    assert [first.get(each).status_code for each in (mine, theirs)] == [200, 404]
    assert [helper.get(each).status_code for each in (mine, theirs)] == [200, 200]
    assert "转交以前的" not in _page(helper, "item", item.pk)


def test_an_item_is_passed_to_a_party_in_office(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    PartyFactory(project=projects[0], name="在任建设")
    PartyFactory(project=projects[0], name="离任建设", valid_to=now.date() - timedelta(days=1))
    item = make_working(district, project=projects[0])
    page = _page(client_of("bureau"), "item_act", item.pk, "transfer")
    assert "在任建设" in page
    assert "离任建设" not in page


@pytest.mark.usefixtures("quiet_head")
@pytest.mark.parametrize("count", [1, 3])
def test_the_workbook_of_a_company_costs_the_same_for_one_and_three(
    district: District,
    projects: list[Project],
    client_of: Of,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    party = PartyFactory(project=projects[0], name="某建设", organisation=district.contractor)
    company = client_of("contractor")
    for n in range(count):
        item = make_item(district, answerer=Answerer.of_party(party), project=projects[0])
        services.accept(item=item, by=district.users["contractor"], now=now)
        _handed_in(company, item, f"{n}.pdf", "已进场施工")
    with django_assert_num_queries(13):
        _workbook(company)


# -- assigning ---------------------------------------------------------------------------------------
def _typed(district: District, **changed: Any) -> dict[str, Any]:
    typed = {
        "origin": "phone",
        "task": "更换破损围挡",
        "standard": "围挡完好，附照片",
        "answerer": f"street:{district.street('banyanglu').code}",
        "section": "",
        "co_names": "",
        "due_on": "2025-05-19",
        "owner": district.users["bureau"].pk,
    }
    return typed | changed


def test_an_item_is_assigned_by_telephone(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    client = client_of("bureau")
    assert "2025-05-19" in _page(client, "item_new")
    answer = client.post(
        reverse("dispatch:item_new"),
        _typed(district, project=projects[0].pk, co_organisations=[district.street("zhonglou").pk]),
    )
    item = DispatchItem.objects.get()
    assert answer.url == reverse("dispatch:item", args=[item.pk])
    assert (item.state, item.project) == (ItemState.TO_ACCEPT, projects[0])
    assert list(item.co_organisations.all()) == [district.street("zhonglou")]
    past = client.post(reverse("dispatch:item_new"), _typed(district, due_on="2025-05-01"))
    assert past.status_code == 422
    assert "办结期限不能早于今天" in _text(past)


def test_projects_are_chosen_under_their_streets(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    first, second, third = projects
    cancel(second, on=date(2025, 5, 1), reason="整体征收")
    meeting = make_held(district).meeting
    client = client_of("bureau")
    for page in (_page(client, "item_new"), _page(client, "topic_new", meeting.pk)):
        chooser = page.split('name="project"')[1].split("</select>")[0]
        assert re.findall(r'optgroup label="([^"]*)"|<option value="[^"]*"[^>]*>([^<]*)<', chooser) == [
            ("", "不涉及单个项目"),
            ("般阳路街道", ""),
            ("", f"柳泉小区　{first.code}"),
            ("钟楼街道", ""),
            ("", f"钟楼小区　{third.code}"),
        ]  # fmt: skip
    # An item keeps the project that it is about, also where this was cancelled since.
    item = make_item(district, meeting=meeting, project=second)
    page = _page(client, "item_edit", item.pk)
    assert f'<option value="{second.pk}" selected>松龄小区　{second.code}</option>' in page


def test_an_item_of_a_topic_waits_for_the_minutes_unless_it_is_urgent(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    minutes = make_held(district)
    topic = minutes.meeting.topics.get(kind="red")
    client = client_of("bureau")
    address = reverse("dispatch:item_new") + f"?topic={topic.pk}"
    party = PartyFactory(project=projects[0], name="某建设", role="contractor")
    page = _text(client.get(address))
    assert "施工单位　某建设" in page
    assert topic.facts in page
    client.post(address, _typed(district))
    client.post(address, _typed(district, at_once="on", answerer=f"party:{party.pk}"))
    first, second = DispatchItem.objects.order_by("number")
    assert (first.state, first.topic, first.project) == (ItemState.PLANNED, topic, projects[0])
    assert (second.state, second.party) == (ItemState.TO_ACCEPT, party)
    page = _page(client, "meeting", minutes.meeting_id)
    assert first.code in page
    client.post(
        reverse("dispatch:item_edit", args=[first.pk]),
        _typed(district, task="改成两天内", project=projects[0].pk, seen_version=moving.item_seen(item=first)),
    )  # fmt: skip
    first.refresh_from_db()
    assert first.task == "改成两天内"
    _page(client_of("banyanglu"), "item", first.pk, status=404)  # not in force yet


def test_a_meeting_that_was_not_held_assigns_nothing(
    district: District, client_of: Of, now: datetime
) -> None:
    meeting = make_meeting(district)
    answer = client_of("bureau").get(
        reverse("dispatch:item_new") + f"?meeting={meeting.pk}", follow=True
    )
    assert "会议召开以后才能交办。" in _text(answer)


def test_only_the_bureau_assigns(district: District, client_of: Of, now: datetime) -> None:
    for name in ("banyanglu", "leader", "npc", "contractor"):
        _page(client_of(name), "item_new", status=403)


def test_a_project_shows_its_items(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    make_working(district, task="补齐消防通道", project=projects[0])
    make_item(district, task="别的项目的", project=projects[1])
    page = _page(client_of("bureau"), "project", projects[0].code)
    assert "补齐消防通道" in page
    assert "别的项目的" not in page
    assert "这个项目没有交办事项" in _page(client_of("bureau"), "project", projects[2].code)


def test_what_is_reported_is_offered_to_be_closed(
    district: District, client_of: Of, now: datetime
) -> None:
    item = make_reported(district)
    page = _page(client_of("reviewer"), "item", item.pk)
    assert reverse("dispatch:item_act", args=[item.pk, "close"]) in page
    assert reverse("dispatch:item_act", args=[item.pk, "send-back"]) in page
    assert reverse("dispatch:item_act", args=[item.pk, "close"]) not in _page(
        client_of("banyanglu"), "item", item.pk
    )
