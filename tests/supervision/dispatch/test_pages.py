"""Pages of meetings: the front, planning, the agenda, one meeting."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import Project
from supervision.dispatch.enums import MeetingState
from supervision.dispatch.items import services as items
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings import services
from supervision.dispatch.models import DispatchMeeting
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.dispatch import (
    AFTER,
    MEETS_AT,
    WEEK,
    make_held,
    make_item,
    make_meeting,
    make_signed,
    make_submitted,
    make_working,
)

Of = Callable[[str], Client]


def _text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def _page(client: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"dispatch:{name}", args=args) + query)
    assert answer.status_code == status
    return _text(answer)


# -- the front ---------------------------------------------------------------------------------------
def test_the_front_says_how_things_stand(district: District, client_of: Of, clock: Any) -> None:
    now = clock.at("2025-05-22 09:00")
    make_signed(district)
    late = make_working(district, task="补齐消防通道")
    make_working(district, task="还早的事", due_on=now.date() + timedelta(days=30))
    page = _page(client_of("leader"), "front")
    assert "2025年第1次周调度会" in page
    assert "纪要已签发" in page
    assert "1 件逾期" in page
    assert late.task in page
    assert "还早的事" not in page  # nothing of it presses
    assert "拟定会议" not in page


def test_a_week_past_its_due_moment_without_a_meeting_is_named(
    district: District, client_of: Of, now: datetime
) -> None:
    assert "第19周还没有周调度会" in _page(client_of("bureau"), "front")
    make_meeting(district)
    assert "还没有周调度会。" not in _page(client_of("bureau"), "front")


def test_an_empty_front_says_what_comes(district: District, client_of: Of, now: datetime) -> None:
    assert "还没有周调度会" in _page(client_of("zhonglou"), "front")


@pytest.mark.usefixtures("quiet_head")
@pytest.mark.parametrize("count", [1, 3])
def test_the_front_costs_the_same_for_one_and_three(
    district: District,
    client_of: Of,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for back in range(count):
        values = services.MeetingValues(MEETS_AT - timedelta(weeks=back), "会议室", "负责人")
        minutes = make_held(district, week=WEEK.shift(-back), values=values)
        make_item(district, meeting=minutes.meeting, at_once=True)
    client = client_of("leader")
    _page(client, "front")
    with django_assert_num_queries(17):
        _page(client, "front")


# -- planning and the agenda -------------------------------------------------------------------------
def test_a_meeting_is_planned_with_what_the_week_asks_for(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    client = client_of("bureau")
    page = _page(client, "meeting_new")
    assert "2025年第19周（5月5日—5月11日）" in page
    answer = client.post(
        reverse("dispatch:meeting_new"),
        {
            "week": WEEK.key,
            "meets_at": "2025-05-12T16:00",
            "place": "三楼会议室",
            "chair": "区局分管负责人",
        },
    )
    meeting = DispatchMeeting.objects.get()
    assert answer.url == reverse("dispatch:meeting", args=[meeting.pk])
    page = _page(client, "meeting", meeting.pk)
    assert "周报报送 1 个，严重滞后 1 个，应开未开 1 个。" in page
    assert "按本周情况列出 3 个议题" in page
    assert "柳泉小区（般阳路街道）" in page


def test_a_second_meeting_of_a_week_is_asked_for_its_reason(
    district: District, client_of: Of, now: datetime
) -> None:
    make_meeting(district)
    typed = {"week": WEEK.key, "meets_at": "2025-05-12T16:00", "place": "三楼", "chair": "负责人"}
    client = client_of("bureau")
    answer = client.post(reverse("dispatch:meeting_new"), typed)
    assert answer.status_code == 422
    assert "加开的请写明原因" in _text(answer)
    assert 'value="三楼"' in _text(answer)
    client.post(reverse("dispatch:meeting_new"), typed | {"extra_reason": "汛情紧急"})
    assert DispatchMeeting.objects.filter(extra_reason="汛情紧急").exists()


def test_topics_are_added_reworded_struck_put_back_and_moved(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    meeting, client = make_meeting(district), client_of("bureau")
    client.post(
        reverse("dispatch:topic_new", args=[meeting.pk]),
        {"kind": "other", "title": "管线统筹", "facts": "", "project": projects[2].pk},
    )
    topic = meeting.topics.get(title="管线统筹")
    assert (topic.project, topic.street) == (projects[2], projects[2].street)
    client.post(reverse("dispatch:topic_edit", args=[topic.pk]), {"title": "管线统一排期", "facts": "x", "seen_version": "999999"})  # fmt: skip
    client.post(reverse("dispatch:topic_move", args=[topic.pk, "up"]))
    titles = list(meeting.topics.values_list("title", flat=True))
    assert titles[-2:] == ["管线统一排期", "雨季施工安全"]
    client.post(reverse("dispatch:topic_move", args=[topic.pk, "strike"]))
    assert "删去的议题" in _page(client, "meeting", meeting.pk)
    client.post(reverse("dispatch:topic_move", args=[topic.pk, "restore"]))
    client.post(reverse("dispatch:topic_move", args=[topic.pk, "down"]))
    assert meeting.topics.kept().order_by("-place")[0] == topic
    answer = client.post(reverse("dispatch:propose", args=[meeting.pk]), follow=True)
    assert "没有新增" in _text(answer)


def test_who_rewords_a_topic_second_is_told_and_keeps_the_words(
    district: District, client_of: Of, now: datetime
) -> None:
    meeting = make_meeting(district)
    topic = meeting.topics.get(kind="other")
    address = reverse("dispatch:topic_edit", args=[topic.pk])
    seen = services.agenda_seen(meeting=meeting)
    services.strike(topic=topic, by=district.users["bureau2"], now=now)
    answer = client_of("bureau").post(
        address, {"title": "我写的", "facts": "没有丢", "seen_version": seen}
    )
    page = _text(answer)
    assert answer.status_code == 409
    assert "区住建局 区局经办：删去2025年第19周调度会的议题“雨季施工安全”。" in page
    assert "没有丢" in page


def test_a_new_topic_comes_back_where_the_agenda_was_settled_meanwhile(
    district: District, client_of: Of, now: datetime
) -> None:
    meeting = make_submitted(district).meeting
    address = reverse("dispatch:topic_new", args=[meeting.pk])
    typed = {"kind": "other", "title": "管线统筹", "facts": "我写的情况"}
    answer = client_of("bureau").post(address, typed)
    page = _text(answer)
    assert answer.status_code == 409
    assert "纪要已提请签发，议题不再修改" in page
    assert "我写的情况</textarea>" in page
    assert not meeting.topics.filter(title="管线统筹").exists()


def test_words_about_a_topic_that_went_may_be_added_as_a_new_one(
    district: District, client_of: Of, now: datetime
) -> None:
    item = make_working(district, now=AFTER - timedelta(days=7))
    meeting, client = make_meeting(district), client_of("bureau")
    topic, by = meeting.topics.get(item=item), district.users["bureau2"]
    address = reverse("dispatch:topic_edit", args=[topic.pk])
    typed = {
        "title": "我写的",
        "facts": "没有丢",
        "meeting": meeting.pk,
        "seen_version": services.agenda_seen(meeting=meeting),
    }
    assert f'name="meeting" value="{meeting.pk}"' in _page(client, "topic_edit", topic.pk)
    items.cancel(item=item, text="不需要", by=by, now=now)
    services.propose(meeting=meeting, by=by, now=now)
    answer = client.post(address, typed)
    page = _text(answer)
    assert answer.status_code == 409
    assert "更新议题时去掉了" in page
    assert 'value="我写的"' in page
    assert "没有丢</textarea>" in page
    assert f'action="{reverse("dispatch:topic_new", args=[meeting.pk])}"' in page
    assert client.post(address, typed | {"meeting": "999999"}).status_code == 404
    assert client.post(address, typed | {"meeting": ""}).status_code == 404
    assert client.get(address).status_code == 404


def test_an_item_of_a_topic_struck_meanwhile_comes_back(
    district: District, client_of: Of, now: datetime
) -> None:
    meeting, client = make_held(district).meeting, client_of("bureau")
    topic = meeting.topics.get(kind="other")
    services.strike(topic=topic, by=district.users["bureau2"], now=now)
    address = f"{reverse('dispatch:item_new')}?topic={topic.pk}"
    answer = client.post(
        address,
        {
            "task": "排查脚手架",
            "standard": "清单报区局",
            "answerer": "street:banyanglu",
            "due_on": "2025-05-19",
            "owner": district.users["bureau"].pk,
        },
    )
    page = _text(answer)
    assert answer.status_code == 409
    assert "“雨季施工安全”已经删去，先恢复再交办。" in page
    assert "排查脚手架" in page
    assert not meeting.items.exists()
    assert client.get(address).url == reverse("dispatch:meeting", args=[meeting.pk])


def test_a_street_sees_its_own_topics_and_what_was_signed_for_all(
    district: District, projects: list[Project], client_of: Of, now: datetime
) -> None:
    minutes = make_submitted(district)
    pk = minutes.meeting_id
    page = _page(client_of("banyanglu"), "meeting", pk)
    assert "柳泉小区（般阳路街道）" in page
    assert "松龄路街道应开未开项目" not in page
    assert "各街道周五前报排查清单" not in page
    minuting.sign(minutes=minutes, by=district.users["leader"], now=now)
    page = _page(client_of("banyanglu"), "meeting", pk)
    assert "各街道周五前报排查清单" in page  # about no single street
    assert "柳泉小区（般阳路街道）" in page
    assert "松龄路街道应开未开项目" not in page
    assert "办理记录" not in page


def test_the_council_and_companies_have_no_part_in_meetings(
    district: District, client_of: Of, now: datetime
) -> None:
    meeting = make_signed(district).meeting
    for name in ("npc", "contractor", "inspector"):
        _page(client_of(name), "front", status=403)
        _page(client_of(name), "meeting", meeting.pk, status=403)


def test_another_district_does_not_find_a_meeting(
    district: District, client_of: Of, now: datetime
) -> None:
    from tests.factories.accounts import make_district

    far = make_district("boshan-")
    client = Client()
    client.force_login(far.users["bureau"])
    _page(client, "meeting", make_meeting(district).pk, status=404)


# -- holding and calling off -------------------------------------------------------------------------
def test_a_meeting_is_moved_begun_and_recorded(
    district: District, client_of: Of, now: datetime
) -> None:
    meeting, client = make_meeting(district), client_of("bureau")
    client.post(
        reverse("dispatch:meeting_act", args=[meeting.pk, "change"]),
        {"meets_at": "2025-05-12T15:00", "place": "一楼", "chair": "区局主要负责人"},
    )
    answer = client.post(
        reverse("dispatch:meeting_act", args=[meeting.pk, "hold"]), {"recorder": "区局经办岗"}
    )
    assert answer.url == reverse("dispatch:minutes", args=[meeting.pk])
    meeting.refresh_from_db()
    assert (meeting.state, meeting.place, meeting.number) == (MeetingState.HELD, "一楼", 1)
    page = _page(client, "minutes", meeting.pk)
    assert "雨季施工安全" in page
    assert " selected>出席" not in page  # nobody came until somebody says so
    assert 'value="分管负责人"' not in page


def test_a_meeting_says_from_when_it_can_be_begun_and_offers_no_button_before(
    district: District, client_of: Of, clock: Clock
) -> None:
    meeting = make_meeting(district)
    change, hold = (
        reverse("dispatch:meeting_act", args=[meeting.pk, act]) for act in ("change", "hold")
    )
    clock.at("2025-05-12 13:00")
    client = client_of("bureau")
    page = _page(client, "meeting", meeting.pk)
    assert f'5月12日 14:30 起可以开始记录；提前开的，先<a href="{change}">修改安排</a>。' in page
    assert hold not in page
    assert client.get(hold).url == reverse("dispatch:meeting", args=[meeting.pk])
    # Who pressed while the meeting was put off meanwhile.
    refused = client.post(hold, {"recorder": "区局经办岗"})
    assert refused.status_code == 422
    assert f'<a href="{change}">会议定在2025年5月12日' in html.unescape(refused.content.decode())
    assert "起可以开始记录" not in _page(client_of("banyanglu"), "meeting", meeting.pk)
    clock.at("2025-05-12 14:30")
    page = _page(client_of("bureau"), "meeting", meeting.pk)
    assert hold in page
    assert "起可以开始记录" not in page


def test_calling_off_tells_its_reason(district: District, client_of: Of, now: datetime) -> None:
    meeting, client = make_meeting(district), client_of("bureau")
    address = reverse("dispatch:meeting_act", args=[meeting.pk, "call-off"])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "局长外出开会"})
    assert "局长外出开会" in _page(client, "meeting", meeting.pk)


@pytest.mark.usefixtures("quiet_head")
@pytest.mark.parametrize("count", [1, 3])
def test_a_meeting_costs_the_same_for_one_and_three_items(
    district: District,
    client_of: Of,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    minutes = make_signed(district)
    for _ in range(count):
        make_item(district, meeting=minutes.meeting, now=AFTER)
    client = client_of("leader")
    _page(client, "meeting", minutes.meeting_id)
    with django_assert_num_queries(16):
        _page(client, "meeting", minutes.meeting_id)
