"""Reminders of a week that nobody needs to read any more, and those that are wanted again; the week is ``clockwork``'s."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.records import settling
from renovation.records.models import Holiday, Message
from supervision.weekly import services
from supervision.weekly.extending import grant_exception
from supervision.weekly.weeks import moments_between
from tests.conftest import Clock
from tests.supervision.weekly.office import Office, moment, values_of

from .clockwork import HOLIDAY_WEEK, beat, extend, send_in, standing, start, sweep


@pytest.fixture(autouse=True)
def _clock(clock: Clock, office: Office) -> None:
    start(clock, office)


def test_what_a_street_was_reminded_of_is_settled_when_it_sends(office: Office) -> None:
    """In the transaction of the sending, for its week alone; what another street owes stands until the week closes."""
    beat("2025-04-29 08:30")
    own = Message.objects.filter(channel="desk", organisation=office.street)
    other_week = own.get(person=office.clerk)
    other_week.pk, other_week.key, other_week.message_id = None, "another", "another"
    other_week.period_key = "2025-05-05"
    other_week.save()
    drafted = services.open_return(
        street=office.street, week=HOLIDAY_WEEK, by=office.clerk, now=moment("2025-04-29 09:00")
    )
    with pytest.raises(Refusal):
        services.submit(weekly_return=drafted, by=office.clerk, now=moment("2025-04-29 09:05"))
    assert {became for _, _, became in standing()} == {""}
    send_in(office, "2025-04-29 10:00")
    sent = "松龄路街道已报送。"
    expected = [
        ("return.before", "songlinglu", ""),  # of the other week
        ("return.before", "songlinglu", sent),
        ("return.before", "songlinglu-head", sent),
        ("return.before", "zhonglou", ""),
        ("return.before", "zhonglou-head", ""),
    ]
    assert standing() == expected
    settled = Message.objects.exclude(settlement="").values_list("settled_at", flat=True)
    assert set(settled) == {moment("2025-04-29 10:00")}
    other_week.delete()
    assert settling.settle_overtaken(now=moment("2025-05-06 12:00")) == 0  # still taken in
    assert settling.settle_overtaken(now=moment("2025-05-06 12:01")) == 2
    assert standing() == [
        *expected[1:3],
        ("return.before", "zhonglou", "这一周已关闭。"),
        ("return.before", "zhonglou-head", "这一周已关闭。"),
    ]
    closed = Message.objects.filter(settlement="这一周已关闭。").values_list(
        "settled_at", flat=True
    )
    assert set(closed) == {
        moment("2025-05-06 12:00")
    }  # the moment of the closing, not of the minute
    assert Message.objects.filter(channel="desk", read_at=None).count() == 4  # nobody read them


def test_a_return_that_was_sent_back_is_reminded_of_openly(office: Office) -> None:
    """What was told before the sending stays settled; what is told after the sending back stands open."""
    beat("2025-04-29 08:30")
    sent = send_in(office, "2025-04-29 10:00")
    services.send_back(
        weekly_return=sent, comment="请核对。", by=office.reviewer, now=moment("2025-04-29 11:00")
    )
    beat("2025-04-30 17:01")
    assert settling.settle_overtaken(now=moment("2025-04-30 17:02")) == 2
    rows = [row for row in standing() if row[1] in {"songlinglu", "zhonglou"}]
    assert rows == [
        ("return.before", "songlinglu", "松龄路街道已报送。"),
        ("return.before", "zhonglou", "已有新的提醒。"),
        ("return.due", "songlinglu", ""),
        ("return.due", "zhonglou", ""),
    ]
    earlier = Message.objects.filter(settlement="已有新的提醒。").values_list(
        "settled_at", flat=True
    )
    # A sending counts the seconds that it took since it began.
    assert {each.replace(second=0) for each in earlier} == {moment("2025-04-30 17:01")}


def test_a_week_that_is_closed_and_granted_since_is_reminded_of_again(office: Office) -> None:
    """Nobody is told that it is closed, or 未报, while the week takes in their return, nor after it came."""
    beat("2025-04-29 08:30")
    beat("2025-05-06 08:30")
    assert sweep("2025-05-06 08:31") == 4
    assert sweep("2025-05-06 12:01") == 4
    closed = {("return.before", "已有新的提醒。"), ("return.late", "这一周已关闭。")}
    assert {(kind, became) for kind, _, became in standing()} == closed
    late = Message.objects.filter(kind="return.late", channel="desk")
    late.filter(person__username="zhonglou-head").update(read_at=moment("2025-05-06 09:00"))
    extend(office, "2025-05-06 17:00", now="2025-05-06 12:10")
    own = [row for row in standing() if row[1].startswith("zhonglou")]
    assert own == [
        ("return.before", "zhonglou", "已有新的提醒。"),
        ("return.before", "zhonglou-head", "已有新的提醒。"),
        ("return.late", "zhonglou", ""),
        ("return.late", "zhonglou-head", ""),
    ]
    # Who read it has read it; the other street's week stays closed.
    unread = Message.objects.unread().filter(channel="desk", kind="return.late")
    assert [row.person.username for row in unread if row.person] == ["zhonglou"]
    assert sweep("2025-05-06 12:11") == 0
    clerk, now = office.district.users["zhonglou"], moment("2025-05-06 14:00")
    opened = services.open_return(street=office.other, week=HOLIDAY_WEEK, by=clerk, now=now)
    services.write_reports(
        weekly_return=opened, rows=[values_of(office.stranger)], by=clerk, now=now
    )
    services.submit(weekly_return=opened, by=clerk, now=now, late_reason="抢险")
    assert sweep("2025-05-06 17:01") == 0
    assert [row for row in standing() if row[0] == "return.late"] == [
        ("return.late", "songlinglu", "这一周已关闭。"),
        ("return.late", "songlinglu-head", "这一周已关闭。"),
        ("return.late", "zhonglou", "钟楼街道已报送。"),
        ("return.late", "zhonglou-head", "钟楼街道已报送。"),
    ]


def test_an_extension_of_what_was_sent_opens_no_reminders(office: Office) -> None:
    beat("2025-04-29 08:30")
    sent = send_in(office, "2025-04-29 10:00")
    grant_exception(
        street=office.street,
        week=HOLIDAY_WEEK,
        closes_at=moment("2025-05-06 17:00"),
        reason="汛期抢险",
        by=office.reviewer,
        now=moment("2025-05-06 12:10"),
    )
    own = Message.objects.filter(channel="desk", organisation=office.street)
    assert set(own.values_list("settled_at", "settlement")) == {
        (sent.first_submitted_at, "松龄路街道已报送。")
    }


def test_reminders_of_years_are_settled_by_the_moment_of_the_act_in_a_few_registers(
    office: Office, django_assert_num_queries: Any
) -> None:
    """A portal that kept them open: one was sent in the week after it was reminded of, the others closed."""
    weeks = [Week(date(2025, 1, 6)).shift(step) for step in range(60)]
    beat("2025-04-29 08:30")
    sent = send_in(office, "2025-05-06 10:00", late_reason="抢险")
    Message.objects.update(settled_at=None, settlement="")
    told_once = Message.objects.get(channel="desk", person=office.clerk)
    for week in weeks:
        if week != HOLIDAY_WEEK:
            told_once.pk, told_once.key, told_once.message_id = None, week.key, week.key
            told_once.period_key, told_once.sent_at = week.key, local_moment(week.start, time(9))
            told_once.save()
    now = "2026-02-25 10:00"
    # Two registers, asked twice, whatever the number of weeks: half a year, in the holiday's week of four people, and
    # the last weeks but the running one.
    with django_assert_num_queries(39):
        assert sweep(now) == 26 + 3 + 3
    assert [sweep(now) for _ in range(3)] == [26, 4, 0]
    rows = Message.objects.filter(channel="desk", person=office.clerk).order_by("period_key")
    became = {row.period_key: (row.settled_at, row.settlement) for row in rows}
    assert len(became) == 60
    assert became.pop(weeks[-1].key) == (None, "")  # it runs
    assert became.pop(HOLIDAY_WEEK.key) == (sent.first_submitted_at, "松龄路街道已报送。")
    moments = moments_between(
        bureau=office.district.bureau, first=weeks[0], last=weeks[-1], now=moment(now)
    )
    closing = {
        week.key: each.closes_at or local_moment(week.shift(1).start, time())  # 春节
        for week, each in moments.items()
    }
    for key, (settled_at, what) in became.items():
        assert (key, what) in {(key, "这一周已关闭。"), (key, "松龄路街道这一周不再要求报送。")}
        assert (key, settled_at) == (key, closing[key])


def test_a_week_that_asks_for_nothing_any_more_leaves_no_reminders(office: Office) -> None:
    beat("2025-04-29 08:30")
    for day in (28, 29, 30):
        Holiday.objects.create(day=date(2025, 4, day), is_workday=False, name="停工")
    assert settling.settle_overtaken(now=moment("2025-04-29 09:00")) == 4
    assert standing() == [
        ("return.before", person, f"{street}这一周不再要求报送。")
        for person, street in (
            ("songlinglu", "松龄路街道"), ("songlinglu-head", "松龄路街道"),
            ("zhonglou", "钟楼街道"), ("zhonglou-head", "钟楼街道"),
        )
    ]  # fmt: skip
