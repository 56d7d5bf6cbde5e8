"""Reminders of items: a working day before, once when overdue, in office hours, dropped where not wanted any more."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.ledger.models import Project
from renovation.core.calendar import local_moment
from renovation.core.schedules import RunContext
from renovation.records import sending, settling
from renovation.records.models import Message
from supervision.dispatch.enums import Telling
from supervision.dispatch.items import services
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.items.reminding import remind
from supervision.dispatch.items.settling import outdated
from supervision.dispatch.schedules import KINDS
from tests.factories.accounts import District
from tests.factories.dispatch import AFTER, make_done, make_item, make_working
from tests.factories.enrolment import move
from tests.factories.ledger import PartyFactory

FRIDAY, MONDAY, TUESDAY = date(2025, 5, 16), date(2025, 5, 19), date(2025, 5, 20)


def _at(day: date, clock: time = time(8, 40)) -> datetime:
    return local_moment(day, clock)


def _remind(district: District, kind: str, day: date) -> dict[str, int]:
    return remind(kind=kind, bureau=district.bureau, on=day, now=_at(day))


def _told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(channel="desk").select_related("person").order_by("pk")
    return [(row.person.username if row.person else "", row.subject) for row in rows]


def test_the_street_is_told_a_working_day_before(district: District) -> None:
    item = make_working(district)  # due on Monday
    make_done(district, street="zhonglou")
    make_item(district, street="zhonglou", due_on=date(2025, 5, 20))  # one day later
    assert _remind(district, Telling.BEFORE, FRIDAY - timedelta(days=1)) == {
        "items": 0,
        "messages": 0,
    }
    done = _remind(district, Telling.BEFORE, FRIDAY)
    assert done["items"] == 1
    assert _told() == [
        ("banyanglu", f"提醒：{item.code} 5月19日到期"),
        ("banyanglu-head", f"提醒：{item.code} 5月19日到期"),
    ]
    assert _remind(district, Telling.BEFORE, FRIDAY)["messages"] == 0
    message = Message.objects.filter(channel="desk")[0]
    assert message.link == f"/dispatch/items/{item.pk}/"
    assert item.standard in message.text


def test_nobody_is_told_on_a_day_of_rest(district: District) -> None:
    make_working(district, due_on=MONDAY)
    for day in (date(2025, 5, 17), date(2025, 5, 18)):
        assert _remind(district, Telling.BEFORE, day) == {"items": 0, "messages": 0}


def test_overdue_is_told_once_to_the_follower_too(district: District) -> None:
    item = make_working(district)
    assert _remind(district, Telling.OVERDUE, MONDAY)["items"] == 0  # still in time
    _remind(district, Telling.OVERDUE, TUESDAY)
    assert [name for name, _ in _told()] == ["banyanglu", "banyanglu-head", "bureau"]
    assert _told()[0][1] == f"提醒：{item.code} 已逾期 1 天"
    assert _remind(district, Telling.OVERDUE, TUESDAY + timedelta(days=1))["messages"] == 0


def test_more_time_is_reminded_of_anew(district: District) -> None:
    item, street = make_working(district), district.users["banyanglu"]
    _remind(district, Telling.BEFORE, FRIDAY)
    message = Message.objects.filter(channel="desk")[0]
    assert outdated(message, _at(FRIDAY)) == ""
    services.ask_extension(
        item=item, wanted_on=date(2025, 5, 26), text="x", by=street, now=_at(FRIDAY)
    )
    services.grant_extension(
        item=item, granted_on=date(2025, 5, 26), by=district.users["bureau"], now=_at(FRIDAY)
    )
    assert outdated(message, _at(FRIDAY)) == "已延期至5月26日，没有再提醒。"
    assert _remind(district, Telling.BEFORE, date(2025, 5, 23))["items"] == 1
    services.report(item=item, text="办完", by=street, now=_at(date(2025, 5, 23)))
    newest = Message.objects.filter(channel="desk").order_by("-pk")[0]
    assert outdated(newest, _at(MONDAY)) == "这件事已报办结，没有再提醒。"


def _settled() -> list[tuple[str, str, str]]:
    """(person, subject, what became of it) of what stands on desks."""
    rows = Message.objects.filter(channel="desk").select_related("person").order_by("pk")
    return [
        (row.person.username if row.person else "", row.subject, row.settlement) for row in rows
    ]


def test_reminders_of_what_is_settled_are_unread_no_more(district: District) -> None:
    """The one is reported, of the other the deadline moves, the third is passed on: each in its own act."""
    street, bureau = district.users["banyanglu"], district.users["bureau"]
    reported, moved, passed = (make_working(district) for _ in range(3))
    left = make_working(district, street="zhonglou")
    _remind(district, Telling.BEFORE, FRIDAY)
    sending.send_due(now=_at(FRIDAY))
    services.note(item=reported, text="一半", by=street, now=_at(FRIDAY))
    assert not Message.objects.exclude(settlement="").exists()
    services.report(item=reported, text="办完", by=street, now=_at(FRIDAY))
    services.ask_extension(
        item=moved, wanted_on=date(2025, 5, 26), text="x", by=street, now=_at(FRIDAY)
    )
    services.grant_extension(item=moved, granted_on=date(2025, 5, 26), by=bureau, now=_at(FRIDAY))
    other = Answerer.street(district.street("zhonglou"))
    services.transfer(item=passed, answerer=other, text="属地", by=bureau, now=_at(FRIDAY))
    became = {
        reported.pk: "这件事已报办结。",
        moved.pk: "已延期至5月26日。",
        passed.pk: "已转交钟楼街道。",
        left.pk: "",
    }
    assert _settled() == [
        (name, f"提醒：{item.code} 5月19日到期", became[item.pk])
        for item, place in (
            (reported, "banyanglu"), (moved, "banyanglu"), (passed, "banyanglu"), (left, "zhonglou")
        )
        for name in (place, f"{place}-head")
    ]  # fmt: skip
    assert settling.settle_overtaken(now=_at(FRIDAY)) == 0  # the minute finds nothing else


WEDNESDAY, THURSDAY = date(2025, 5, 21), date(2025, 5, 22)


def _beat(district: District, kind: str, day: date) -> None:
    """The morning of a day: its reminders are made and leave, the minute settles what it finds."""
    _remind(district, kind, day)
    sending.send_due(now=_at(day))
    settling.settle_overtaken(now=_at(day))


def test_who_answers_is_told_again_of_what_was_sent_back(district: District) -> None:
    """Read before it was reported, and sent back: at once the desk does not say that it was reported, and the next
    working day tells it again; who follows it sent it back."""
    item = make_working(district)
    street, bureau = district.users["banyanglu"], district.users["bureau"]
    _beat(district, Telling.OVERDUE, TUESDAY)
    Message.objects.filter(person=street).update(read_at=_at(TUESDAY, time(9)))
    services.report(item=item, text="办完", by=street, now=_at(TUESDAY, time(10)))
    assert {became for _, _, became in _settled()} == {"这件事已报办结。"}
    services.send_back(item=item, text="没有照片", by=bureau, now=_at(TUESDAY, time(15)))
    names = ["banyanglu", "banyanglu-head", "bureau"]
    late = f"提醒：{item.code} 已逾期 1 天"
    assert _settled() == [(name, late, "") for name in names]
    _beat(district, Telling.OVERDUE, WEDNESDAY)
    again = f"提醒：{item.code} 已逾期 2 天"
    assert _settled() == [
        ("banyanglu", late, "已有新的提醒。"),
        ("banyanglu-head", late, "已有新的提醒。"),
        ("bureau", late, ""),
        ("banyanglu", again, ""),
        ("banyanglu-head", again, ""),
    ]
    _beat(district, Telling.OVERDUE, THURSDAY)
    assert len(_settled()) == 5  # once


def test_what_an_earlier_release_told_is_not_told_again(district: District) -> None:
    """It kept its reminders without a count: what came back before its message was told with it, what comes back
    after it is told anew, once."""
    item = make_working(district)
    street, bureau = district.users["banyanglu"], district.users["bureau"]

    def comes_back(day: date) -> None:
        services.report(item=item, text="办完", by=street, now=_at(day, time(10)))
        item.refresh_from_db()
        services.send_back(item=item, text="没有照片", by=bureau, now=_at(day, time(11)))
        item.refresh_from_db()

    comes_back(FRIDAY)
    _remind(district, Telling.OVERDUE, TUESDAY)
    assert [name for name, _ in _told()] == ["banyanglu", "banyanglu-head", "bureau"]
    for message in Message.objects.exclude(person=bureau):
        counted, bare = f":1:{message.channel}", f":{message.channel}"
        assert message.key.endswith(f":{message.person_id}{counted}")
        message.key = message.key.removesuffix(counted) + bare
        message.save(update_fields=["key"])
    assert _remind(district, Telling.OVERDUE, WEDNESDAY)["messages"] == 0
    comes_back(WEDNESDAY)
    _remind(district, Telling.OVERDUE, THURSDAY)
    assert [name for name, _ in _told()[3:]] == ["banyanglu", "banyanglu-head"]
    assert _remind(district, Telling.OVERDUE, date(2025, 5, 23))["messages"] == 0


def test_what_was_passed_back_is_a_matter_of_who_had_it_first_again(district: District) -> None:
    item, bureau = make_working(district), district.users["bureau"]
    banyanglu, zhonglou = (
        Answerer.street(district.street(code)) for code in ("banyanglu", "zhonglou")
    )
    _beat(district, Telling.OVERDUE, TUESDAY)
    services.transfer(
        item=item, answerer=zhonglou, text="属地", by=bureau, now=_at(TUESDAY, time(10))
    )
    _beat(district, Telling.OVERDUE, WEDNESDAY)
    services.transfer(
        item=item, answerer=banyanglu, text="弄错了", by=bureau, now=_at(WEDNESDAY, time(10))
    )
    first, second = f"提醒：{item.code} 已逾期 1 天", f"提醒：{item.code} 已逾期 2 天"
    assert _settled() == [
        ("banyanglu", first, ""),
        ("banyanglu-head", first, ""),
        ("bureau", first, ""),
        ("zhonglou", second, "已转交般阳路街道。"),
        ("zhonglou-head", second, "已转交般阳路街道。"),
    ]
    _beat(district, Telling.OVERDUE, THURSDAY)
    third = f"提醒：{item.code} 已逾期 3 天"
    assert [row for row in _settled() if not row[2]] == [
        ("bureau", first, ""),
        ("banyanglu", third, ""),
        ("banyanglu-head", third, ""),
    ]


def test_who_still_owes_keeps_the_reminders_of_what_was_passed_on_within_the_place(
    district: District, projects: list[Project]
) -> None:
    """From a street to a party without an account of a project there: the street answers as before."""
    item = make_working(district, street="songlinglu", project=projects[1])
    elsewhere = make_working(district, street="songlinglu", project=projects[1])
    without = PartyFactory(project=projects[1], name="某监理", organisation=None)
    made = PartyFactory(project=projects[1], name="某建设", organisation=district.contractor)
    _beat(district, Telling.BEFORE, FRIDAY)
    for each, party in ((item, without), (elsewhere, made)):
        services.transfer(
            item=each,
            answerer=Answerer.of_party(party),
            text="分工",
            by=district.users["bureau"],
            now=_at(FRIDAY, time(10)),
        )
    became = {item.pk: "", elsewhere.pk: "已转交某建设。"}
    assert _settled() == [
        (name, f"提醒：{each.code} 5月19日到期", became[each.pk])
        for each in (item, elsewhere)
        for name in ("songlinglu", "songlinglu-head")
    ]
    assert settling.settle_overtaken(now=_at(FRIDAY, time(11))) == 0


def test_what_waits_for_the_office_does_not_leave_to_who_had_it(district: District) -> None:
    """Made before the office opens, passed on meanwhile."""
    item = make_working(district)
    remind(kind=Telling.BEFORE, bureau=district.bureau, on=FRIDAY, now=_at(FRIDAY, time(7)))
    zhonglou = Answerer.street(district.street("zhonglou"))
    services.transfer(
        item=item,
        answerer=zhonglou,
        text="属地",
        by=district.users["bureau"],
        now=_at(FRIDAY, time(7, 30)),
    )
    sending.send_due(now=_at(FRIDAY))
    rows = Message.objects.filter(channel="desk").values_list("person__username", "state", "error")
    assert sorted(rows) == [
        (name, "dropped", "已转交钟楼街道，没有再提醒。")
        for name in ("banyanglu", "banyanglu-head")
    ]


def test_an_item_that_left_a_section_or_whose_project_moved_is_not_reminded_of_there(
    district: District, projects: list[Project]
) -> None:
    """The section's follower is told before the deadline because nobody else is; of a party without an account the
    street of its project is."""
    without = PartyFactory(project=projects[1], name="某监理", organisation=None)
    section = Answerer.section(district.bureau, "质量安全科")
    given = make_item(district, answerer=section, now=AFTER)
    moved = make_item(district, answerer=Answerer.of_party(without), project=projects[1], now=AFTER)
    _beat(district, Telling.BEFORE, FRIDAY)
    services.transfer(
        item=given,
        answerer=Answerer.street(district.street("zhonglou")),
        text="属地",
        by=district.users["bureau"],
        now=_at(FRIDAY, time(10)),
    )
    move(projects[1], district.street("zhonglou"), date(2025, 5, 12))
    settling.settle_overtaken(now=_at(FRIDAY, time(11)))
    rows = Message.objects.filter(channel="desk").order_by("pk")
    assert list(rows.values_list("person__username", "settled_at", "settlement")) == [
        ("bureau", _at(FRIDAY, time(10)), "已转交钟楼街道。"),
        ("songlinglu", _at(FRIDAY, time(11)), "已由钟楼街道接办。"),
        ("songlinglu-head", _at(FRIDAY, time(11)), "已由钟楼街道接办。"),
    ]
    assert {given.code, moved.code} == {row.subject.split("：")[1].split(" ")[0] for row in rows}


def test_who_followed_it_until_it_was_handed_over_is_reminded_no_more(district: District) -> None:
    item = make_working(district)
    _beat(district, Telling.OVERDUE, TUESDAY)
    services.hand_over(
        item=item,
        owner=district.users["bureau2"],
        by=district.users["bureau"],
        now=_at(TUESDAY, time(10)),
    )
    late = f"提醒：{item.code} 已逾期 1 天"
    became = f"已由{district.users['bureau2']}跟办。"
    assert _settled() == [
        ("banyanglu", late, ""), ("banyanglu-head", late, ""), ("bureau", late, became)
    ]  # fmt: skip


def test_what_the_minute_finds_is_settled_by_the_moment_of_the_act(district: District) -> None:
    """A portal that kept its reminders open: reported, closed, cancelled, given more time, passed on, long ago."""
    street, bureau = district.users["banyanglu"], district.users["bureau"]
    items = [make_working(district) for _ in range(5)]
    reported, closed, cancelled, moved, passed = items
    _beat(district, Telling.BEFORE, FRIDAY)
    at = [_at(FRIDAY, time(9, minute)) for minute in range(10)]
    services.report(item=reported, text="办完", by=street, now=at[0])
    services.report(item=closed, text="办完", by=street, now=at[1])
    services.close(item=closed, by=bureau, now=at[2])
    services.cancel(item=cancelled, text="不办", by=bureau, now=at[3])
    for place, until in ((4, 26), (5, 28)):
        services.ask_extension(
            item=moved, wanted_on=date(2025, 5, until), text="雨", by=street, now=at[place]
        )
        services.grant_extension(
            item=moved, granted_on=date(2025, 5, until), by=bureau, now=at[place]
        )
    for place, code in ((6, "zhonglou"), (7, "songlinglu")):
        services.transfer(
            item=passed,
            answerer=Answerer.street(district.street(code)),
            text="属地",
            by=bureau,
            now=at[place],
        )
    Message.objects.update(settled_at=None, settlement="")
    assert settling.settle_overtaken(now=_at(date(2026, 5, 22))) == 10
    rows = Message.objects.filter(channel="desk", person=street).order_by("pk")
    assert list(rows.values_list("settled_at", "settlement")) == [
        (at[0], "这件事已报办结。"),
        (at[2], "这件事已办结。"),
        (at[3], "这件事已撤销。"),
        (at[4], "已延期至5月26日。"),
        (at[6], "已转交松龄路街道。"),
    ]


def test_sections_and_companies_are_told_where_they_sit(
    district: District, projects: list[Project]
) -> None:
    made = PartyFactory(project=projects[0], name="某建设", organisation=district.contractor)
    without = PartyFactory(project=projects[1], name="某监理", organisation=None)
    for answerer, project in (
        (Answerer.section(district.bureau, "质量安全科"), None),
        (Answerer.of_party(made), projects[0]),
        (Answerer.of_party(without), projects[1]),
    ):
        make_item(district, answerer=answerer, project=project, now=AFTER)
    _remind(district, Telling.BEFORE, FRIDAY)
    assert [name for name, _ in _told()] == [
        "bureau",
        "contractor",
        "songlinglu",
        "songlinglu-head",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_who_is_told_is_asked_as_often_for_three_items_as_for_one(
    district: District, count: int
) -> None:
    for code in ("banyanglu", "songlinglu", "zhonglou")[:count]:
        make_working(district, street=code)
    with CaptureQueriesContext(connection) as asked:
        done = _remind(district, Telling.OVERDUE, TUESDAY)
    assert done["items"] == count
    told = {name for name, _ in _told()}
    assert len(told) == 2 * count + 1  # clerk and head of each street, and the follower
    # Their posts and who stands in, once for all; the bureau of an item comes with the item.
    for rows, times in (
        ('SELECT "accounts_membership"."id"', 1),
        ('SELECT "accounts_standin"."id"', 1),
        ('SELECT "accounts_organisation"."id"', 0),
    ):
        assert (rows, sum(each["sql"].startswith(rows) for each in asked)) == (rows, times)


def test_the_clock_runs_both_kinds(district: District) -> None:
    make_working(district)
    context = RunContext(
        period_key=FRIDAY.isoformat(),
        organisation_id=district.bureau.pk,
        now=_at(FRIDAY),
        run_id=None,
    )
    assert [kind.run(context) for kind in KINDS] == [
        {"items": 1, "messages": Message.objects.count()},
        {"items": 0, "messages": 0},
    ]
