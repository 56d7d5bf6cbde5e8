"""What the clock of the demo's last weeks told, on any day."""

from __future__ import annotations

import pytest

from renovation.records.models import Message, MessageState
from supervision.weekly.enums import Telling
from supervision.weekly.models import WeeklyReturn

pytestmark = pytest.mark.django_db


def test_the_last_weeks_have_their_rounds(demo) -> None:
    rows = Message.objects.filter(kind__in=list(Telling))
    digests = rows.filter(kind=Telling.DIGEST, channel="desk")
    assert demo.closed.key in set(digests.values_list("period_key", flat=True))
    assert set(digests.values_list("person__username", flat=True)) == {"reviewer"}
    reminded = set(rows.exclude(kind=Telling.DIGEST).values_list("person__username", flat=True))
    assert reminded
    assert all(
        name.removesuffix("-head") in {"banyanglu", "songlinglu", "zhonglou"} for name in reminded
    )


def test_nothing_lies_in_the_future_or_outside_the_office(demo) -> None:
    for row in Message.objects.filter(state=MessageState.SENT):
        assert row.sent_at is not None
        assert row.sent_at <= demo.now
        assert row.read_at is None or row.sent_at < row.read_at <= demo.now
    assert not Message.objects.filter(
        state__in=[MessageState.FAILED, MessageState.UNKNOWN]
    ).exists()


def test_reminders_are_settled_by_what_came_of_their_week(demo) -> None:
    """At the moment of the sending, or of the later reminder; none of a week that is closed stands open."""
    first = {
        (row.week_start.isoformat(), row.street_id): row.first_submitted_at
        for row in WeeklyReturn.objects.filter(version=1)
    }
    rows = Message.objects.filter(channel="desk", state=MessageState.SENT)
    told = rows.exclude(kind=Telling.DIGEST).filter(kind__in=list(Telling)).order_by("pk")
    words = {"已报送。": 0, "已有新的提醒。": 0}
    for row in told.select_related("organisation"):
        assert row.organisation is not None
        if row.settled_at is None:
            assert row.period_key > demo.closed.key
            continue
        if row.settlement == "已有新的提醒。":
            later = told.filter(person=row.person, period_key=row.period_key, pk__gt=row.pk)
            assert row.settled_at in set(later.values_list("sent_at", flat=True))
            words[row.settlement] += 1
        elif row.settlement == f"{row.organisation.short_name}已报送。":
            assert row.settled_at == first[row.period_key, row.organisation.pk]
            words["已报送。"] += 1
        else:
            assert row.settlement == "这一周已关闭。"
    assert all(words.values())
