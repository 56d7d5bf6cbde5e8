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
from supervision.dispatch.items.reminding import outdated, remind
from supervision.dispatch.schedules import KINDS
from tests.factories.accounts import District
from tests.factories.dispatch import AFTER, make_done, make_item, make_working
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
