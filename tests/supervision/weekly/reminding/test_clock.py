"""The clock of a week: who is told what, when, by which channel, and who must not be; the week is ``clockwork``'s."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail as mailbox

from renovation.accounts.enums import Role
from renovation.jobs import services as jobs
from renovation.jobs.models import Run
from renovation.jobs.services import kinds
from renovation.records import sending
from renovation.records.models import Holiday, Message, MessageState
from renovation.records.services import set_value
from supervision.weekly import services
from supervision.weekly.enums import Telling
from supervision.weekly.extending import grant_exception
from tests.conftest import Clock
from tests.factories.accounts import make_stand_in
from tests.supervision.weekly.office import Office, moment, values_of

from .clockwork import (
    HOLIDAY_WEEK,
    REMINDED,
    beat,
    extend,
    send_in,
    start,
    switch,
    told,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _clock(clock: Clock, office: Office) -> None:
    start(clock, office)


def test_a_week_with_a_holiday_from_its_first_reminder_to_the_digest(office: Office) -> None:
    assert beat("2025-04-29 08:29") == []
    assert beat("2025-04-29 08:30") == told("return.before", REMINDED)
    assert beat("2025-04-29 08:31") == []
    send_in(office, "2025-04-30 16:59")
    assert beat("2025-04-30 17:00") == []
    assert beat("2025-04-30 17:01") == told("return.due", {"zhonglou", "zhonglou-head"})
    for day in range(1, 6):  # the holiday
        assert beat(f"2025-05-0{day} 08:30") == []
        assert beat(f"2025-05-0{day} 17:01") == []
    assert beat("2025-05-06 08:29") == []
    assert beat("2025-05-06 08:30") == told("return.late", {"zhonglou", "zhonglou-head"})
    assert beat("2025-05-06 12:00") == []
    assert beat("2025-05-06 12:01") == []  # the office is at lunch
    assert beat("2025-05-06 13:30") == [("return.digest", "reviewer")]
    told_people = set(Message.objects.values_list("person__username", flat=True))
    assert told_people == REMINDED | {"reviewer"}


def test_the_digest_says_who_is_missing_and_late_with_the_rates(office: Office) -> None:
    send_in(office, "2025-05-06 09:00", late_reason="节前停电。")
    beat("2025-05-06 12:01")
    (digest,) = Message.objects.filter(kind="return.digest", channel="desk")
    assert digest.subject == "第18周周报报送情况：未报 1 个街道"
    assert digest.organisation == office.district.bureau
    assert digest.text == (
        "区住建局 区局审核：\n\n"
        "截至5月6日 12:01，第18周（4月28日—5月4日）周报应报 2 个街道，已报 1 个。"
        "报送率 50.0%（1 / 2），及时率 0.0%（0 / 2）。\n"
        "未报 1 个：钟楼街道。\n"
        "迟报 1 个：松龄路街道（5月6日 09:00，节前停电）。\n\n"
        "老旧小区改造调度平台\n"
    )


def test_the_digest_tells_how_things_stand_when_it_leaves(office: Office) -> None:
    """Compiled at noon, it waits for the office; meanwhile 钟楼 is given until evening and sends."""
    office.reviewer.email = "reviewer@example.cn"
    office.reviewer.save()
    send_in(office, "2025-04-29 10:00")
    beat("2025-05-06 12:01")
    digests = Message.objects.filter(kind="return.digest")
    assert set(digests.values_list("subject", "state")) == {
        ("第18周周报报送情况：未报 1 个街道", "queued")
    }
    extend(office, "2025-05-06 17:00", now="2025-05-06 12:10")
    clerk = office.district.users["zhonglou"]
    now = moment("2025-05-06 13:00")
    opened = services.open_return(street=office.other, week=HOLIDAY_WEEK, by=clerk, now=now)
    rows = [values_of(office.stranger)]
    services.write_reports(weekly_return=opened, rows=rows, by=clerk, now=now)
    services.submit(weekly_return=opened, by=clerk, now=now, late_reason="抢险")
    assert beat("2025-05-06 13:30") == [("return.digest", "reviewer")]
    text = (
        "区住建局 区局审核：\n\n"
        "截至5月6日 13:30，第18周（4月28日—5月4日）周报应报 2 个街道，已报 2 个。"
        "报送率 100.0%（2 / 2），及时率 50.0%（1 / 2）。\n"
        "迟报 1 个：钟楼街道（5月6日 13:00，抢险）。\n\n"
        "老旧小区改造调度平台\n"
    )
    assert sorted(digests.values_list("channel", "state", "subject", "text")) == [
        (channel, "sent", "第18周周报报送情况：应报的街道都已报送", text)
        for channel in ("desk", "mail")
    ]
    (carried,) = [each for each in mailbox.outbox if "报送情况" in each.subject]
    assert (carried.subject, carried.body) == ("第18周周报报送情况：应报的街道都已报送", text)


def test_a_digest_that_is_tried_again_says_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desk and the mail that failed at first tell of one moment."""
    office.reviewer.email = "reviewer@example.cn"
    office.reviewer.save()
    beat("2025-05-06 12:01")

    def refuse(_backend: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as server:
        server.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
        beat("2025-05-06 13:30")
    by_mail = Message.objects.get(kind="return.digest", channel="mail")
    assert (by_mail.state, by_mail.attempts) == ("queued", 1)
    sending.send_due(now=moment("2025-05-06 14:00"))
    rows = Message.objects.filter(kind="return.digest").values_list("channel", "state", "text")
    said = {(channel, state, text.partition("，第18周")[0]) for channel, state, text in rows}
    words = "区住建局 区局审核：\n\n截至5月6日 13:30"
    assert said == {("desk", "sent", words), ("mail", "sent", words)}


def test_a_digest_that_could_not_be_compiled_is_compiled_when_it_is_tried_again(
    office: Office,
) -> None:
    """What was put down at noon never leaves: neither where compiling broke, nor where the sender died before it."""
    beat("2025-05-06 12:01")
    digest = Message.objects.get(kind="return.digest", channel="desk")
    assert (digest.state, digest.compiled_at) == ("queued", None)
    Message.objects.filter(pk=digest.pk).update(period_key="2025-99-99")
    assert beat("2025-05-06 13:30") == []
    Message.objects.filter(pk=digest.pk).update(period_key=HOLIDAY_WEEK.key)
    digest.refresh_from_db()
    assert (digest.state, digest.compiled_at) == ("queued", None)
    assert digest.error == "发送前核对出错（ValueError）。"
    # The next sender is cut short between taking it and compiling it; a person sends it again.
    Message.objects.filter(pk=digest.pk).update(
        state=MessageState.SENDING, claimed_at=moment("2025-05-06 13:31")
    )
    sending.mark_unknown(now=moment("2025-05-06 13:50"))
    digest.refresh_from_db()
    sending.resend(message=digest, by=office.reviewer, now=moment("2025-05-06 14:00"))
    sending.send_due(now=moment("2025-05-06 14:00"))
    digest.refresh_from_db()
    assert (digest.state, digest.compiled_at) == ("sent", moment("2025-05-06 14:00"))
    assert digest.text.startswith("区住建局 区局审核：\n\n截至5月6日 14:00，第18周")


def test_a_digest_of_a_week_that_asks_for_nothing_any_more_is_dropped(office: Office) -> None:
    beat("2025-05-06 12:01")
    Message.objects.filter(kind="return.digest").update(period_key="2024-01-01")
    assert beat("2025-05-06 13:30") == []
    digest = Message.objects.get(kind="return.digest", channel="desk")
    assert (digest.state, digest.error) == ("dropped", "这一周不再要求报送，没有再发。")


def test_a_street_with_an_extension_is_told_its_own_moment(office: Office) -> None:
    grant_exception(
        street=office.other,
        week=HOLIDAY_WEEK,
        closes_at=moment("2025-05-07 17:00"),
        reason="汛期抢险",
        by=office.reviewer,
        now=moment("2025-04-30 10:00"),
    )
    send_in(office, "2025-04-30 11:00")
    beat("2025-05-06 08:30")
    late = Message.objects.filter(kind="return.late", channel="desk").order_by("pk").first()
    assert late is not None
    assert late.subject == "提醒：钟楼街道第18周周报 5月7日 17:00 关闭，尚未报送"
    beat("2025-05-06 12:01")
    (digest,) = Message.objects.filter(kind="return.digest", channel="desk")
    assert "准许延后、还没有报送 1 个：钟楼街道（延至 5月7日 17:00）。" in digest.text
    assert "未报 1" not in digest.text


def test_a_street_with_an_extension_is_reminded_on_its_own_closing_day(office: Office) -> None:
    """钟楼 may send until Wednesday, then until Sunday, of which Friday is the last working day before."""
    other = told("return.late", {"zhonglou", "zhonglou-head"})
    extend(office, "2025-05-07 17:00", now="2025-04-30 18:00")
    assert beat("2025-05-06 08:30") == told("return.late", REMINDED)
    assert beat("2025-05-07 08:29") == []
    assert beat("2025-05-07 08:30") == other
    assert beat("2025-05-07 08:31") == []
    (desk, *_) = Message.objects.filter(kind="return.late", channel="desk").order_by("-pk")
    assert desk.subject == "提醒：钟楼街道第18周周报 5月7日 17:00 关闭，尚未报送"
    assert desk.period_key == HOLIDAY_WEEK.key
    extend(office, "2025-05-11 18:00", now="2025-05-07 09:00")
    assert beat("2025-05-08 08:30") == told("return.before", REMINDED)  # of the next week
    assert beat("2025-05-09 08:30") == other


@pytest.mark.parametrize(
    ("closes_at", "granted"),
    [
        ("2025-05-06 17:00", "2025-04-30 18:00"),  # told that morning with the whole bureau
        ("2025-05-07 17:00", "2025-05-07 08:31"),  # it was granted since
    ],
)
def test_no_second_reminder_where_the_moved_moment_is_known(
    office: Office, closes_at: str, granted: str
) -> None:
    extend(office, closes_at, now=granted)
    beat("2025-05-06 08:30")
    assert beat("2025-05-07 08:30") == []
    assert beat("2025-05-07 08:32") == []


def test_who_stands_in_is_reminded_beside_the_post(office: Office) -> None:
    """Until Wednesday another acts for 松龄路's clerk; 钟楼's comes back on Monday."""
    for name, days in (("songlinglu", (28, 30)), ("zhonglou", (24, 28))):
        make_stand_in(
            office.district.users[name],
            f"{name}-b",
            role=Role.LEADER,
            days=(date(2025, 4, days[0]), date(2025, 4, days[1])),
        )
    assert beat("2025-04-29 08:30") == told("return.before", REMINDED | {"songlinglu-b"})
    assert beat("2025-05-06 08:30") == told("return.late", REMINDED)


def test_who_stands_in_a_post_that_nobody_holds_is_not_reminded(office: Office) -> None:
    """The clerk left on Monday, the stand-in was appointed until Wednesday: `scope_of` gives it nothing either."""
    clerk = office.district.users["songlinglu"]
    for name in ("songlinglu", "zhonglou"):
        make_stand_in(
            office.district.users[name],
            f"{name}-b",
            role=Role.LEADER,
            days=(date(2025, 4, 28), date(2025, 4, 30)),
        )
    clerk.memberships.update(valid_to=date(2025, 4, 28))
    expected = REMINDED - {"songlinglu"} | {"zhonglou-b"}
    assert beat("2025-04-29 08:30") == told("return.before", expected)


def test_what_waits_for_the_office_is_dropped_when_the_street_has_sent(
    office: Office, clock: Clock
) -> None:
    """The due moment lies after office hours: its reminder waits until the next morning."""
    set_value(
        key="weekly.due_clock", organisation=office.district.bureau, value="18:00",
        effective_on=date(2025, 4, 1), reason="试", by=None, now=moment("2025-04-28 09:00"),
    )  # fmt: skip
    assert beat("2025-04-30 18:01") == []
    waiting = Message.objects.filter(kind="return.due", state=MessageState.QUEUED)
    assert {row.next_attempt_at for row in waiting} == {moment("2025-05-06 08:30")}
    send_in(office, "2025-05-05 20:00", late_reason="节前停电。")
    assert beat("2025-05-06 08:30") == told("return.late", {"zhonglou", "zhonglou-head"})
    dropped = Message.objects.filter(kind="return.due", channel="desk")
    assert sorted(dropped.values_list("person__username", "state", "error")) == [
        ("songlinglu", "dropped", "松龄路街道已经报送，没有再提醒。"),
        ("songlinglu-head", "dropped", "松龄路街道已经报送，没有再提醒。"),
        ("zhonglou", "dropped", "关闭前另有提醒，由它代替。"),
        ("zhonglou-head", "dropped", "关闭前另有提醒，由它代替。"),
    ]


def test_two_ticks_and_a_run_done_again_tell_nobody_twice(office: Office) -> None:
    now = moment("2025-04-29 08:30")
    first, second = jobs.tick(now=now), jobs.tick(now=now)
    assert first.waiting == second.waiting
    for run in (*first.waiting, *second.waiting):
        jobs.execute(run_id=run, now=now)
    run = Run.objects.get(kind="return.before", period_key=HOLIDAY_WEEK.key)
    assert run.result == {"streets": 2, "messages": 4}
    again = kinds()["return.before"].run
    context = jobs.RunContext(
        period_key=run.period_key, organisation_id=run.organisation_id, now=now, run_id=run.pk
    )
    assert again(context) == {"streets": 2, "messages": 0}
    assert sending.send_due(now=now) == 4
    assert sending.send_due(now=now + MINUTE) == 0
    assert Message.objects.count() == 4


def test_who_has_an_address_gets_a_mail_beside_the_desk(office: Office) -> None:
    office.clerk.email = "songlinglu@example.cn"
    office.clerk.save()
    beat("2025-04-29 08:30")
    (sent,) = mailbox.outbox
    assert sent.subject == "提醒：松龄路街道第18周周报 4月30日 17:00 截止，尚未报送"
    assert "4月30日 17:00 截止，请按时报送。" in sent.body


def test_a_reminder_that_is_switched_off_tells_nobody(office: Office) -> None:
    switch(office, Telling.BEFORE, on=False, now=moment("2025-04-28 10:00"))
    assert beat("2025-04-29 08:30") == []
    assert beat("2025-04-30 17:01") == told("return.due", REMINDED)


def test_a_make_up_saturday_moves_the_reminder(office: Office) -> None:
    """国庆 2025 ends on 8 October, and Saturday the 11th is worked."""
    runs = timetable_of(office, Telling.BEFORE, "2025-10-06", "2025-10-13")
    assert runs == [("2025-10-06", moment("2025-10-10 08:30"))]


def rest(*days: int) -> None:
    """Days of June 2025 that nobody works."""
    for day in days:
        Holiday.objects.update_or_create(
            day=date(2025, 6, day),
            defaults={"is_workday": False, "name": "试", "is_provisional": False},
        )


def test_a_week_that_asks_for_nothing_reminds_nobody(office: Office) -> None:
    rest(*range(2, 9))
    for kind in (Telling.BEFORE, Telling.DUE, Telling.LATE, Telling.DIGEST):
        found = timetable_of(office, kind, "2025-05-25", "2025-06-20")
        assert "2025-06-02" not in [key for key, _ in found]
        assert "2025-06-09" in [key for key, _ in found]


def timetable_of(office: Office, kind: str, since: str, until: str) -> list[tuple[str, datetime]]:
    moments = kinds()[kind].moments
    assert moments is not None
    return moments(office.district.bureau.pk, moment(f"{since} 00:00"), moment(f"{until} 00:00"))


def test_a_week_that_is_due_on_monday_is_reminded_of_when_the_office_opens_on_it(
    office: Office,
) -> None:
    """On the working day before it the week takes nothing in."""
    rest(*range(3, 7))
    Holiday.objects.filter(day=date(2025, 6, 2)).update(is_workday=True)
    found = timetable_of(office, Telling.BEFORE, "2025-05-28", "2025-06-03")
    assert found[-1] == ("2025-06-02", moment("2025-06-02 08:30"))


def test_hours_are_the_bureaus_own(office: Office) -> None:
    set_value(
        key="messages.office_hours", organisation=office.district.bureau,
        value="09:00-12:00 13:00-17:00", effective_on=date(2025, 4, 1), reason="夏令",
        by=None, now=moment("2025-04-28 09:00"),
    )  # fmt: skip
    assert beat("2025-04-29 08:30") == []
    assert beat("2025-04-29 09:00") == told("return.before", REMINDED)
    assert kinds()["return.before"].default_rule.at == time(9, 0)


def test_a_round_that_was_slept_through_is_not_made_up_for(office: Office) -> None:
    assert beat("2025-04-30 09:00") == []
    run = Run.objects.get(kind="return.before", period_key=HOLIDAY_WEEK.key)
    assert run.work_state == "missed"


@pytest.mark.parametrize(("streets", "queries"), [(1, 31), (2, 45)])
def test_a_round_asks_once_for_all_streets_but_for_each_message(
    office: Office, streets: int, queries: int, django_assert_num_queries: Any
) -> None:
    """Two people a street, seven queries a message."""
    if streets == 1:
        send_in(office, "2025-04-28 10:00")
    now = moment("2025-04-29 08:30")
    context = jobs.RunContext(
        period_key=HOLIDAY_WEEK.key,
        organisation_id=office.district.bureau.pk,
        now=now,
        run_id=None,
    )
    with django_assert_num_queries(queries):
        kinds()["return.before"].run(context)


@pytest.mark.parametrize(
    ("working", "at"), [(1, "2025-05-12 08:30"), (2, "2025-05-12 08:30"), (3, "2025-05-13 08:30")]
)
def test_before_a_week_with_few_working_days_the_streets_are_reminded_in_it(
    office: Office, working: int, at: str
) -> None:
    monday = date(2025, 5, 12)
    for step in range(working, 7):
        Holiday.objects.update_or_create(
            day=monday + timedelta(days=step), defaults={"name": "停电", "is_workday": False}
        )
    reminded = told("return.before", REMINDED)
    assert beat("2025-05-09 08:30") == []
    assert [each for each in beat(at) if each[0] == "return.before"] == reminded


def test_a_week_that_is_due_before_the_office_opens_on_its_only_day_is_not_reminded_of(
    office: Office,
) -> None:
    set_value(
        key="weekly.due_clock", organisation=office.district.bureau, value="08:00",
        effective_on=date(2025, 5, 12), reason="会期提前", by=None, now=moment("2025-05-01 09:00"),
    )  # fmt: skip
    for step in range(1, 7):
        Holiday.objects.update_or_create(
            day=date(2025, 5, 12) + timedelta(days=step),
            defaults={"name": "停电", "is_workday": False},
        )
    found = timetable_of(office, Telling.BEFORE, "2025-05-07", "2025-05-16")
    assert [key for key, _ in found] == ["2025-05-05"]
