"""The demo's weekly meetings: every state of an item, nothing after the moment of the demo."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from renovation.accounts.models import User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.records.models import AuditEntry
from reports.demo.matters import obstacle_of
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


def test_no_decision_is_that_of_the_meeting_before(demo: Demo) -> None:
    meetings = [
        list(minutes.decisions.values_list("text", flat=True))
        for minutes in Minutes.objects.order_by("met_at")
    ]
    assert len(meetings) >= 2
    for before, after in pairwise(meetings):
        assert set(before) & set(after) == set()
    for texts in meetings:
        assert len(texts) == len(set(texts))


def test_an_item_of_a_project_is_about_what_stands_in_its_way(demo: Demo) -> None:
    of_topics = DispatchItem.objects.exclude(topic=None).exclude(project=None)
    pairs = [(obstacle_of(item.topic.facts), item) for item in of_topics.select_related("topic")]
    told = Counter(
        (item.project_id, each.sign) for each, item in pairs if each and item.task == each.task.task
    )
    assert told
    assert set(told.values()) == {1}
    # Where the obstacle was not told yet of a project, its task is what is assigned.
    assert set(told) == {(item.project_id, each.sign) for each, item in pairs if each}


def test_one_item_was_passed_from_street_to_street_and_is_worked_on(demo: Demo) -> None:
    step = ItemStep.objects.get(act="transfer")
    item = step.item
    assert (step.from_state, step.to_state, item.state) == ("working", "to_accept", "working")
    assert (step.from_kind, item.answerer_kind) == ("street", "street")
    assert step.from_name != item.answerer_name
    assert step.text == (
        f"由{step.from_name}转交{item.answerer_name}：现场核对，棚屋在{item.answerer_name}辖区一侧。"
    )
    assert item.accepted_by.username == item.organisation.code


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
