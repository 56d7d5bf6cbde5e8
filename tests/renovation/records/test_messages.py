"""The one log of messages: what the database holds to, a check that breaks, a worker that dies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkHours
from renovation.core.errors import Refusal
from renovation.core.messages import MessageKind, Purpose
from renovation.records import sending, telling
from renovation.records.models import Message, MessageChoice, MessageState
from renovation.records.parameters import OFFICE_HOURS
from tests.factories.accounts import District, make_district
from tests.supervision.weekly.office import moment

pytestmark = pytest.mark.django_db
NOW = moment("2025-05-07 10:00")


@pytest.fixture
def district() -> District:
    return make_district()


def tell(person: User, **more: Any) -> list[Message]:
    fields: dict[str, Any] = {
        "kind": "hand_over.received",
        "key": "k",
        "choice": None,
        "subject": "报送情况",
        "text": "未报 1 个。",
        "organisation": Organisation.objects.get(code="zichuan-bureau"),
        "now": NOW,
    }
    return telling.tell(person=person, **(fields | more))


def test_a_message_reaches_somebody(district: District) -> None:
    (message,) = tell(district.users["reviewer"])
    for fields in ({"person": None}, {"channel": "mail", "recipient": ""}):
        with pytest.raises(IntegrityError, match="message_reaches_somebody"), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**fields)


def test_only_what_was_sent_to_a_desk_is_read(district: District) -> None:
    (message,) = tell(district.users["reviewer"])
    with pytest.raises(IntegrityError, match="message_is_read_at_the_desk"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(read_at=NOW)
    sending.send_due(now=NOW)
    Message.objects.filter(pk=message.pk).update(read_at=NOW)
    with pytest.raises(IntegrityError, match="message_is_read_at_the_desk"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(channel="mail", recipient="a@b.cn")


def test_each_person_is_told_by_the_channels_it_chose(district: District) -> None:
    person = district.users["reviewer"]
    person.email = "reviewer@example.cn"
    assert [row.channel for row in tell(person)] == ["desk", "mail"]
    choice = MessageChoice(person=person, reminders_by_mail=False)
    assert [row.channel for row in tell(person, key="b", choice=choice)] == ["desk"]


def test_a_worker_that_dies_leaves_it_unknown(district: District) -> None:
    (message,) = tell(district.users["reviewer"])
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENDING, claimed_at=NOW)
    assert sending.mark_unknown(now=NOW + timedelta(minutes=11)) == 1
    assert sending.send_due(now=NOW + timedelta(minutes=12)) == 0
    message.refresh_from_db()
    assert (message.state, message.error) == ("unknown", "发送中断，不知道是否已送出。")


def test_a_check_that_breaks_stops_its_own_message_alone(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_message: Message, _now: object) -> str:
        raise KeyError("week")

    kind = MessageKind(code="test", label="试", purpose=Purpose.REMINDER, outdated=broken)
    declared = {**telling.kinds(), "test": kind}
    monkeypatch.setattr(telling, "kinds", lambda: declared)
    (bad,) = tell(district.users["reviewer"], kind="test", key="bad")
    (good,) = tell(district.users["reviewer"], key="good")
    assert sending.send_due(now=NOW) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.error) == ("queued", "发送前核对出错（KeyError）。")
    assert good.state == "sent"


def test_every_kind_that_is_sent_is_declared() -> None:
    assert sorted(telling.kinds()) == [
        "dispatch.before", "dispatch.overdue", "hand_over.received", "paper.delivery", "paper.troubles", "paper.unsigned", "return.before", "return.digest",
        "return.due", "return.late", "return.reminder", "upload.result",
    ]  # fmt: skip


def test_office_hours_are_read_as_people_write_them() -> None:
    hours = OFFICE_HOURS.parse("9:00－12:00，13:00—17:30")
    assert OFFICE_HOURS.show(hours) == "09:00-12:00 13:00-17:30"
    assert OFFICE_HOURS.parse(OFFICE_HOURS.store(WorkHours())) == WorkHours()
    for text in ("", "上午", "12:00-9:00", "9:00-12:00 11:00-13:00", "9:00"):
        with pytest.raises(Refusal) as refused:
            OFFICE_HOURS.parse(text)
        assert refused.value.code == "hours.unreadable"
