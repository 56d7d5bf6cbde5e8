"""The demo's weekly meetings: every state of an item, nothing after the moment of the demo."""

from __future__ import annotations

from collections import Counter

import pytest

from renovation.accounts.models import User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.records.models import AuditEntry
from supervision.dispatch.models import (
    DispatchItem,
    DispatchMeeting,
    ItemExtension,
    ItemStep,
    MeetingStep,
    Minutes,
)
from supervision.dispatch.waiting import waiting_for
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_every_week_had_its_meeting_and_its_minutes(demo: Demo) -> None:
    held = DispatchMeeting.objects.filter(state="held")
    assert held.filter(year=demo.year).count() == max(
        held.filter(year=demo.year).values_list("number", flat=True)
    )
    assert Minutes.objects.filter(meeting__in=held).count() == held.count()
    newest = held.order_by("-week_start")[0]
    assert newest.week == demo.closed
    for minutes in Minutes.objects.signed():
        assert minutes.signed_by_id not in {minutes.recorded_by_id, minutes.submitted_by_id}
        assert minutes.decisions.exists()
        assert minutes.attendees.filter(presence="present").exists()


def test_items_stand_in_every_state_and_were_in_time_or_not(demo: Demo) -> None:
    states = Counter(DispatchItem.objects.values_list("state", flat=True))
    assert {"to_accept", "working", "reported", "done"} <= set(states)
    today = local_day(demo.now)
    assert DispatchItem.objects.overdue_on(today).count() == 1
    assert ItemExtension.objects.waiting().count() == 1
    assert DispatchItem.objects.filter(extension_count=1, state="done").exists()
    assert DispatchItem.objects.filter(send_back_count=1, state="done").exists()
    carried = [row.carried_count for row in DispatchItem.objects.unsettled().with_carried()]  # type: ignore[attr-defined]
    assert max(carried) == 3


def test_nothing_is_ahead_and_every_step_follows_the_last(demo: Demo) -> None:
    assert not ItemStep.objects.filter(at__gt=demo.now).exists()
    assert not MeetingStep.objects.filter(at__gt=demo.now).exists()
    for item in DispatchItem.objects.prefetch_related("steps"):
        steps = list(item.steps.all())
        assert [step.from_state for step in steps[1:]] == [step.to_state for step in steps[:-1]]
        assert steps[-1].to_state == item.state
        times = [step.at for step in steps]
        assert times == sorted(times)
    acts = AuditEntry.objects.filter(act__startswith="dispatch.item.")
    assert acts.count() == ItemStep.objects.count()


def test_the_posts_of_the_demo_have_something_to_do(demo: Demo) -> None:
    def told(name: str) -> int:
        scope = scope_of(User.objects.get(username=name), on=local_day(demo.now))
        return len(list(waiting_for(scope=scope, now=demo.now)))

    assert told("bureau") >= 2
    assert sum(told(name) for name in ("banyanglu", "songlinglu", "zhonglou")) >= 2
    assert told("npc") == 0
