"""待办 of meetings and items: who is told what, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from supervision.dispatch.items import services
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings.services import MeetingValues
from supervision.dispatch.waiting import waiting_for
from tests.factories.accounts import District, scope_for
from tests.factories.dispatch import (
    AFTER,
    MEETS_AT,
    WEEK,
    make_done,
    make_held,
    make_item,
    make_reported,
    make_submitted,
    make_working,
    minutes_values,
)


def _told(district: District, name: str, now: datetime = AFTER) -> list[str]:
    scope = scope_for(district.users[name], now.date())
    return [item.title for item in waiting_for(scope=scope, now=now)]


def test_an_item_goes_through_the_hands_of_street_and_bureau(district: District) -> None:
    item = make_item(district)
    assert _told(district, "banyanglu") == [f"签收 {item.code}"]
    assert _told(district, "zhonglou") == _told(district, "bureau") == []
    services.accept(item=item, by=district.users["banyanglu"], now=AFTER)
    assert _told(district, "banyanglu") == []  # a week to go
    eve = AFTER + timedelta(days=6)
    assert _told(district, "banyanglu-head", eve) == [f"办结 {item.code}"]
    late = AFTER + timedelta(days=9)
    assert _told(district, "bureau", late) == [f"{item.code} 逾期 2 天"]
    assert _told(district, "bureau2", late) == []  # not the follower
    services.report(item=item, text="办完", by=district.users["banyanglu"], now=late)
    assert _told(district, "banyanglu", late) == []
    assert _told(district, "bureau", late) == [f"核实办结 {item.code}"]
    services.send_back(item=item, text="缺照片", by=district.users["bureau"], now=AFTER)
    assert _told(district, "banyanglu") == [f"办结 {item.code}"]


def test_who_reported_is_not_told_to_close(district: District) -> None:
    bureau = district.users["bureau"]
    item = make_item(district, answerer=Answerer.section(district.bureau, "质量安全科"))
    services.accept(item=item, by=bureau, now=AFTER)
    services.report(item=item, text="已办", by=bureau, now=AFTER)
    assert _told(district, "bureau") == []
    assert _told(district, "bureau2") == [f"核实办结 {item.code}"]


def test_an_extension_waits_for_the_follower(district: District) -> None:
    item = make_working(district)
    wanted = item.due_on + timedelta(days=7)
    services.ask_extension(
        item=item, wanted_on=wanted, text="x", by=district.users["banyanglu"], now=AFTER
    )
    assert _told(district, "bureau") == [f"定延期 {item.code}"]
    assert _told(district, "bureau2") == []


def test_minutes_wait_for_another_than_who_submitted(district: District) -> None:
    minutes = make_submitted(district)
    assert _told(district, "leader") == _told(district, "reviewer") == [f"签发{minutes}"]
    assert _told(district, "bureau") == []


def test_minutes_do_not_wait_for_who_once_wrote_in_them(district: District) -> None:
    minutes = make_held(district)
    for name, place in (("reviewer", "一楼会议室"), ("bureau", "二楼会议室")):
        values = minutes_values(district, minutes, place=place)
        minuting.record(minutes=minutes, values=values, by=district.users[name], now=AFTER)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    assert _told(district, "reviewer") == []
    assert _told(district, "leader") == [f"签发{minutes}"]


def test_a_leader_is_told_of_what_was_carried_over_and_over(district: District) -> None:
    item = make_working(
        district, now=AFTER - timedelta(days=30), due_on=WEEK.end + timedelta(days=90)
    )
    for weeks in (3, 2):
        at = MEETS_AT - timedelta(weeks=weeks)
        make_held(district, week=WEEK.shift(-weeks), values=MeetingValues(at, "会议室", "负责人"))
    assert _told(district, "leader") == []
    at = MEETS_AT - timedelta(weeks=1)
    minutes = make_held(district, week=WEEK.shift(-1), values=MeetingValues(at, "会议室", "负责人"))
    make_working(district, street="zhonglou", due_on=WEEK.end + timedelta(days=90))  # never carried
    assert _told(district, "leader") == [f"{item.code} 上会 3 次没有办结"]
    assert minutes.meeting.topics.filter(item=item).exists()


def test_what_is_over_waits_for_nobody(district: District) -> None:
    make_done(district)
    for name in ("bureau", "banyanglu", "leader", "contractor"):
        assert _told(district, name, AFTER + timedelta(days=30)) == []


@pytest.mark.parametrize(
    ("name", "queries"), [("npc", 0), ("office", 0), ("banyanglu", 1), ("bureau", 1), ("leader", 2)]
)
def test_who_has_nothing_pays_little(
    district: District,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_reported(district, street="zhonglou", owner=district.users["bureau2"])
    scope = scope_for(district.users[name], AFTER.date())
    with django_assert_num_queries(queries):
        assert list(waiting_for(scope=scope, now=AFTER)) == []


def test_who_has_it_by_a_transfer_is_not_told_what_was_sent_back_to_another(
    district: District,
) -> None:
    item = make_reported(district)
    bureau = district.users["bureau"]
    services.send_back(item=item, text="缺照片", by=bureau, now=AFTER)
    eve = AFTER + timedelta(days=6)
    due = "排查在建小区脚手架，列出清单；5月19日到期"
    assert _reasons(district, "banyanglu", eve) == [f"退回重办；{due}"]
    receiver = Answerer.street(district.street("zhonglou"))
    services.transfer(item=item, answerer=receiver, text="属地划转", by=bureau, now=AFTER)
    services.accept(item=item, by=district.users["zhonglou"], now=AFTER)
    assert _reasons(district, "zhonglou", AFTER) == []  # a week to go
    assert _reasons(district, "zhonglou", eve) == [due]
    services.report(item=item, text="已办", by=district.users["zhonglou"], now=AFTER)
    services.send_back(item=item, text="还缺", by=bureau, now=AFTER)
    assert _reasons(district, "zhonglou", AFTER) == [f"退回重办；{due}"]


def _reasons(district: District, name: str, now: datetime) -> list[str]:
    scope = scope_for(district.users[name], now.date())
    return [item.reason for item in waiting_for(scope=scope, now=now)]
