"""What the clock of the demo's last weeks told, on any day."""

from __future__ import annotations

import pytest

from renovation.records.models import Message, MessageState
from supervision.weekly.enums import Telling

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
