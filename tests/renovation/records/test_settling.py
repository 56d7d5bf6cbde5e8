"""Messages whose matter is settled: unread no more, and kept as they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.accounts.models import User
from renovation.core.messages import MessageKind, Purpose, Settled
from renovation.records import sending, settling, telling
from renovation.records.models import Message
from tests.factories.accounts import District, make_district
from tests.supervision.weekly.office import moment

pytestmark = pytest.mark.django_db
NOW = moment("2025-05-07 10:00")
LATER = NOW + timedelta(hours=1)
#: When the matter was done: the minute finds it later.
DONE_AT = NOW + timedelta(minutes=20)


@pytest.fixture
def done() -> set[str]:
    """The matters that are done."""
    return {"done"}


@pytest.fixture
def district(done: set[str], monkeypatch: pytest.MonkeyPatch) -> District:
    """A district where messages of two kinds are told: of one the wing knows what was settled, of the other its answer
    breaks."""

    def settled(messages: Sequence[Message], _now: datetime) -> Mapping[int, Settled]:
        return {row.pk: (DONE_AT, "这件事办完了。") for row in messages if row.period_key in done}

    def broken(_messages: Sequence[Message], _now: datetime) -> Mapping[int, Settled]:
        raise KeyError("week")

    plain: dict[str, Any] = {"purpose": Purpose.REMINDER}
    made = {
        "one": MessageKind(code="one", label="甲类", settled=settled, **plain),
        "more": MessageKind(code="more", label="又一类", settled=settled, **plain),
        "two": MessageKind(code="two", label="乙类", settled=broken, **plain),
    }
    declared = {**telling.kinds(), **made}
    monkeypatch.setattr(telling, "kinds", lambda: declared)
    monkeypatch.setattr(settling, "kinds", lambda: declared)
    return make_district()


def put(
    person: User, kind: str, period_key: str, *, sent: bool = True, now: datetime = NOW
) -> Message:
    (made,) = telling.tell(
        kind=kind,
        key=f"{kind}:{period_key}:{person.pk}",
        person=person,
        choice=None,
        subject=f"{kind} {period_key}",
        text="请办理。",
        organisation=person.memberships.get().organisation,
        period_key=period_key,
        now=now,
    )
    if sent:
        sending.send(message_id=made.pk, now=now)
    made.refresh_from_db()
    return made


def test_only_what_was_asked_about_is_settled(district: District) -> None:
    street, bureau = district.users["songlinglu"], district.users["bureau"]
    mine, other = put(street, "one", "w"), put(bureau, "one", "w")
    kept = [put(street, "one", "x"), put(street, "two", "w")]
    queued = put(district.users["zhonglou"], "one", "w", sent=False)
    organisation = mine.organisation
    settle: dict[str, Any] = {"kinds": ["one"], "period_key": "w", "now": LATER}
    assert settling.settle(organisation=organisation, what="已报送。", **settle) == 1
    assert settling.settle(organisation=organisation, what="又一次。", **settle) == 0
    mine.refresh_from_db()
    assert (mine.settled_at, mine.settlement, mine.read_at) == (LATER, "已报送。", None)
    assert (mine.subject, mine.text, mine.state) == ("one w", "请办理。", "sent")
    assert mine.mark == ("不用再看", "quiet")
    open_now = Message.objects.filter(settled_at=None).values_list("pk", flat=True)
    assert set(open_now) == {each.pk for each in (other, *kept, queued)}
    assert settling.settle(what="都办完了。", **settle) == 1
    assert set(Message.objects.unread().values_list("pk", flat=True)) == {
        each.pk for each in (*kept, queued)
    }


def test_by_the_minute_a_wing_says_what_is_settled_and_a_broken_one_stops_no_other(
    district: District, django_assert_num_queries: Any
) -> None:
    street = district.users["songlinglu"]
    put(street, "two", "done")
    done, other = put(street, "one", "done"), put(street, "one", "open")
    assert settling.settle_overtaken(now=LATER) == 1
    done.refresh_from_db()
    other.refresh_from_db()
    assert (done.settled_at, done.settlement) == (DONE_AT, "这件事办完了。")
    assert (other.settled_at, other.settlement) == (None, "")
    with django_assert_num_queries(1):
        assert settling.settle_overtaken(now=LATER) == 0


def standing(*rows: Message) -> list[tuple[datetime | None, str]]:
    """Since when and why nobody needs to read each any more."""
    found = Message.objects.in_bulk([row.pk for row in rows])
    return [(found[row.pk].settled_at, found[row.pk].settlement) for row in rows]


def test_nothing_is_settled_before_it_was_sent(district: District) -> None:
    sent = put(district.users["songlinglu"], "one", "done", now=LATER)
    assert settling.settle_overtaken(now=LATER + timedelta(minutes=1)) == 1
    assert standing(sent) == [(LATER, "这件事办完了。")]


def test_a_later_one_to_the_same_person_about_the_same_matter_stands_for_the_earlier(
    district: District,
) -> None:
    street, head = district.users["songlinglu"], district.users["songlinglu-head"]
    soon = NOW + timedelta(minutes=30)
    earlier, others = put(street, "one", "w"), put(head, "one", "w")
    apart, later = put(street, "one", "x"), put(street, "more", "w", now=soon)
    waits = put(head, "more", "w", sent=False)
    assert settling.settle_overtaken(now=LATER) == 1
    assert settling.settle_overtaken(now=LATER) == 0
    assert standing(earlier, others, apart, later, waits) == [
        (soon, "已有新的提醒。"),
        *[(None, "")] * 4,
    ]


def test_a_matter_that_is_opened_again_opens_its_newest_reminders(
    district: District, done: set[str]
) -> None:
    """Each person's newest of the matter, at one place where one is given, read or not."""
    street, head = district.users["songlinglu"], district.users["songlinglu-head"]
    newest = NOW + timedelta(minutes=5)
    rows = [
        put(street, "one", "done"),
        put(street, "more", "done", now=newest),
        put(head, "one", "done"),
        put(district.users["zhonglou"], "one", "done"),
        put(street, "one", "other"),
    ]
    waits = put(head, "more", "done", sent=False)
    over = (DONE_AT, "这件事办完了。")
    assert settling.settle_overtaken(now=LATER) == 4
    asked: dict[str, Any] = {
        "kinds": ["one", "more"],
        "period_key": "done",
        "organisation": rows[0].organisation,
        "now": LATER,
    }
    assert settling.settle_anew(**asked) == 0  # it is done, as it was
    replaced = (newest, "已有新的提醒。")
    assert standing(*rows, waits) == [replaced, *[over] * 3, (None, ""), (None, "")]
    done.clear()
    Message.objects.filter(pk=rows[2].pk).update(read_at=LATER)
    assert settling.settle_anew(**asked) == 2
    open_again = (None, "")
    assert standing(*rows, waits) == [
        replaced,
        open_again,
        open_again,
        over,  # of another place
        open_again,
        open_again,
    ]
    assert Message.objects.get(pk=rows[2].pk).read_at == LATER
    done.update({"done", "other"})
    assert settling.settle_anew(**asked) == 2
    assert standing(*rows) == [replaced, over, over, over, open_again]


def test_a_minute_settles_so_many_and_the_next_the_others(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was told for years is not gone through at once."""
    monkeypatch.setattr(settling, "PER_SWEEP", 2)
    people = [district.users[name] for name in ("songlinglu", "zhonglou", "banyanglu")]
    rows = [put(person, "one", key) for key in ("done", "other", "gone") for person in people[:2]]
    later = put(people[2], "one", "done")  # of the first matter
    monkeypatch.setattr(
        settling,
        "kinds",
        lambda: {
            "one": MessageKind(
                code="one",
                label="甲类",
                purpose=Purpose.REMINDER,
                settled=lambda those, _now: {row.pk: (DONE_AT, "都办完了。") for row in those},
            )
        },
    )
    assert settling.settle_overtaken(now=LATER) == 3
    assert [at is not None for at, _ in standing(*rows, later)] == [True] * 2 + [False] * 4 + [True]
    assert settling.settle_overtaken(now=LATER) == 2
    assert settling.settle_overtaken(now=LATER) == 2
    assert settling.settle_overtaken(now=LATER) == 0


def test_what_is_settled_says_how_and_was_sent_to_a_desk(district: District) -> None:
    message = put(district.users["songlinglu"], "one", "w")
    for fields in ({"settled_at": NOW}, {"settlement": "已报送。"}):
        with (
            pytest.raises(IntegrityError, match="message_is_settled_at_the_desk"),
            transaction.atomic(),
        ):
            Message.objects.filter(pk=message.pk).update(**fields)
    Message.objects.filter(pk=message.pk).update(settled_at=NOW, settlement="已报送。")
    for fields in ({"channel": "mail", "recipient": "a@b.cn"}, {"state": "queued"}):
        with (
            pytest.raises(IntegrityError, match="message_is_settled_at_the_desk"),
            transaction.atomic(),
        ):
            Message.objects.filter(pk=message.pk).update(**fields)


def test_pages_show_it_among_all_with_what_became_of_it(district: District, client: Client) -> None:
    person = district.users["bureau"]
    put(person, "one", "gone")
    put(person, "one", "open")
    settling.settle(kinds=["one"], period_key="gone", what="松龄路街道已报送。", now=LATER)
    client.force_login(person)
    unread = client.get("/messages/").content.decode()
    assert "one open" in unread
    assert "one gone" not in unread
    every = client.get("/messages/?show=all").content.decode()
    assert "5月7日 11:00 起不用再看：松龄路街道已报送。" in every
    assert every.count("标为已读</button>") == 1 + 1  # of the open one, and 全部标为已读 is another
    todo = client.get("/todo/").content.decode()
    assert "one open" in todo
    assert "one gone" not in todo
    log = client.get("/messages/log/").content.decode()
    assert "了结" not in log  # that is what a matter comes to
    assert "不用再看" in log
    assert "松龄路街道已报送。" in log
