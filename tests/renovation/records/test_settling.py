"""Messages whose matter is settled: unread no more, and kept as they were sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.accounts.models import User
from renovation.core.messages import MessageKind, Purpose
from renovation.records import sending, settling, telling
from renovation.records.models import Message
from tests.factories.accounts import District, make_district
from tests.supervision.weekly.office import moment

pytestmark = pytest.mark.django_db
NOW = moment("2025-05-07 10:00")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def district(monkeypatch: pytest.MonkeyPatch) -> District:
    """A district where messages of two kinds are told: of one the wing knows what was settled, of the other its answer
    breaks."""

    def settled(messages: Sequence[Message], _now: datetime) -> Mapping[int, str]:
        return {row.pk: "这件事办完了。" for row in messages if row.period_key == "done"}

    def broken(_messages: Sequence[Message], _now: datetime) -> Mapping[int, str]:
        raise KeyError("week")

    plain: dict[str, Any] = {"purpose": Purpose.REMINDER}
    made = {
        "one": MessageKind(code="one", label="甲类", settled=settled, **plain),
        "two": MessageKind(code="two", label="乙类", settled=broken, **plain),
    }
    declared = {**telling.kinds(), **made}
    monkeypatch.setattr(telling, "kinds", lambda: declared)
    monkeypatch.setattr(settling, "kinds", lambda: declared)
    return make_district()


def put(person: User, kind: str, period_key: str, *, sent: bool = True) -> Message:
    (made,) = telling.tell(
        kind=kind,
        key=f"{kind}:{period_key}:{person.pk}",
        person=person,
        choice=None,
        subject=f"{kind} {period_key}",
        text="请办理。",
        organisation=person.memberships.get().organisation,
        period_key=period_key,
        now=NOW,
    )
    if sent:
        sending.send(message_id=made.pk, now=NOW)
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
    assert mine.mark == ("已了结", "quiet")
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
    assert (done.settled_at, done.settlement) == (LATER, "这件事办完了。")
    assert (other.settled_at, other.settlement) == (None, "")
    with django_assert_num_queries(1):
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
    assert "5月7日 11:00 已了结：松龄路街道已报送。" in every
    assert every.count("标为已读</button>") == 1 + 1  # of the open one, and 全部标为已读 is another
    todo = client.get("/todo/").content.decode()
    assert "one open" in todo
    assert "one gone" not in todo
    log = client.get("/messages/log/").content.decode()
    assert "已了结" in log
    assert "松龄路街道已报送。" in log
