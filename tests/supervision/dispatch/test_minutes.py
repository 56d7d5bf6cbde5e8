"""Minutes: written by one, signed by another, never changed after; corrected by a next version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from projects.ledger.conflicts import EditConflict
from renovation.accounts.enums import Role
from renovation.accounts.models import StandIn, User
from renovation.core.errors import Forbidden, Refusal, StateConflict
from supervision.dispatch.enums import ItemState, MinutesState
from supervision.dispatch.items import assigning
from supervision.dispatch.items import services as items
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings import services as meetings
from supervision.dispatch.models import Attendee, Decision, DispatchItem, Minutes, Topic
from tests.factories.accounts import District, make_user
from tests.factories.dispatch import (
    AFTER,
    item_values,
    make_held,
    make_item,
    make_recorded,
    make_signed,
    make_submitted,
    make_working,
    minutes_values,
)


def test_words_are_written_and_told_as_they_stand(district: District) -> None:
    minutes = make_recorded(district)
    values = minutes_values(district, minutes)
    assert minuting.values_of(minutes) == values
    assert [each.words for each in values.attendees][2:] == [
        "请假 钟楼街道分管负责人",
        "列席 区财政局经济建设科",
    ]


def test_the_second_editor_is_told_field_by_field_and_nothing_is_stored(
    district: District,
) -> None:
    minutes = make_recorded(district)
    seen = minuting.minutes_seen(minutes=minutes)
    topic = minutes.meeting.topics.kept().order_by("-place")[0]
    first = minutes_values(
        district, minutes, place="一楼会议室", decisions={topic.pk: "周三前报排查清单。"}
    )
    minuting.record(minutes=minutes, values=first, seen=seen, by=district.users["bureau2"], now=AFTER)  # fmt: skip
    with pytest.raises(EditConflict) as refused:
        minuting.record(
            minutes=minutes,
            values=minutes_values(district, minutes, summary="另一种说法"),
            seen=seen,
            by=district.users["bureau"],
            now=AFTER,
        )
    who = district.users["bureau2"].post_name
    assert refused.value.changes == [
        f"{who}把“地点”由“区局三楼会议室”改为“一楼会议室”。",
        f"{who}把“雨季施工安全的议定事项”由“各街道周五前报排查清单。”改为“周三前报排查清单。”。",
    ]
    assert minuting.values_of(minutes).summary == first.summary


def test_what_is_the_same_is_not_written(district: District) -> None:
    minutes = make_recorded(district)
    seen = minuting.minutes_seen(minutes=minutes)
    minuting.record(
        minutes=minutes,
        values=minutes_values(district, minutes),
        by=district.users["bureau2"],
        now=AFTER + timedelta(hours=1),
    )
    assert minuting.minutes_seen(minutes=minutes) == seen
    assert minutes.recorded_by == district.users["bureau"]


def test_a_decision_about_a_struck_topic_is_refused(district: District) -> None:
    minutes = make_held(district)
    by = district.users["bureau"]
    topic = minutes.meeting.topics.kept().order_by("-place")[0]
    values = minutes_values(district, minutes, decisions={topic.pk: "照办"})
    meetings.strike(topic=topic, by=by, now=AFTER)
    with pytest.raises(Refusal) as refused:
        minuting.record(
            minutes=minutes,
            values=values,
            by=by,
            now=AFTER,
        )
    assert refused.value.code == "dispatch.no_such_topic"


def test_a_topic_that_was_decided_is_not_struck(district: District) -> None:
    minutes = make_recorded(district)
    topic = minutes.meeting.topics.kept().order_by("-place")[0]
    with pytest.raises(Refusal) as refused:
        meetings.strike(topic=topic, by=district.users["bureau"], now=AFTER)
    assert refused.value.code == "dispatch.topic_decided"


def test_minutes_that_say_nothing_are_not_submitted(district: District) -> None:
    minutes, by = make_held(district), district.users["bureau"]
    with pytest.raises(Refusal) as nobody:
        minuting.submit(minutes=minutes, by=by, now=AFTER)
    assert nobody.value.code == "dispatch.nobody_present"
    minuting.record(
        minutes=minutes, values=minutes_values(district, minutes, decisions={}), by=by, now=AFTER
    )
    with pytest.raises(Refusal) as nothing:
        minuting.submit(minutes=minutes, by=by, now=AFTER)
    assert nothing.value.code == "dispatch.nothing_decided"


# -- signing -----------------------------------------------------------------------------------------
def test_who_recorded_does_not_sign(district: District) -> None:
    minutes = make_held(district)
    reviewer = district.users["reviewer"]
    minuting.record(
        minutes=minutes, values=minutes_values(district, minutes), by=reviewer, now=AFTER
    )
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    with pytest.raises(Forbidden, match="另一人签发"):
        minuting.sign(minutes=minutes, by=reviewer, now=AFTER)
    minuting.sign(minutes=minutes, by=district.users["leader"], now=AFTER)
    assert minutes.state == MinutesState.SIGNED


def test_nobody_signs_what_they_once_wrote_in(district: District) -> None:
    minutes = make_held(district)
    reviewer, bureau = district.users["reviewer"], district.users["bureau"]
    minuting.record(minutes=minutes, values=minutes_values(district, minutes), by=reviewer, now=AFTER)  # fmt: skip
    last = minutes_values(district, minutes, place="一楼会议室")
    minuting.record(minutes=minutes, values=last, by=bureau, now=AFTER)
    minuting.submit(minutes=minutes, by=bureau, now=AFTER)
    with pytest.raises(Forbidden, match="另一人签发"):
        minuting.sign(minutes=minutes, by=reviewer, now=AFTER)
    minuting.sign(minutes=minutes, by=district.users["leader"], now=AFTER)
    # A correction begins with the words of who asked for it; the version before is another's matter.
    second = minuting.correct(minutes=minutes, reason="地点写错", by=reviewer, now=AFTER)
    again = minutes_values(district, second, place="二楼会议室")
    minuting.record(minutes=second, values=again, by=bureau, now=AFTER)
    minuting.submit(minutes=second, by=bureau, now=AFTER)
    with pytest.raises(Forbidden):
        minuting.sign(minutes=second, by=reviewer, now=AFTER)
    minuting.sign(minutes=second, by=district.users["leader"], now=AFTER)


def test_a_stand_in_who_once_wrote_keeps_both_from_signing(district: District) -> None:
    minutes, deputy = make_held(district), _deputy(district)
    minuting.record(minutes=minutes, values=minutes_values(district, minutes), by=deputy, now=AFTER)
    last = minutes_values(district, minutes, place="一楼会议室")
    minuting.record(minutes=minutes, values=last, by=district.users["bureau"], now=AFTER)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    for person in (district.users["reviewer"], User.objects.get(pk=deputy.pk)):
        with pytest.raises(Forbidden):
            minuting.sign(minutes=minutes, by=person, now=AFTER)


def test_a_stand_in_of_who_submitted_does_not_sign(district: District) -> None:
    deputy = _deputy(district)
    minutes = make_recorded(district)
    minuting.submit(minutes=minutes, by=deputy, now=AFTER)
    with pytest.raises(Forbidden):
        minuting.sign(minutes=minutes, by=district.users["reviewer"], now=AFTER)
    plain = User.objects.get(pk=deputy.pk)
    with pytest.raises(Forbidden):
        minuting.sign(minutes=minutes, by=plain, now=AFTER)
    step = minutes.meeting.steps.get(act="submit")
    assert (step.by, step.stands_for) == (deputy, district.users["reviewer"])


def _deputy(district: District) -> User:
    """A person of the bureau who acts in the reviewer's place."""
    person = make_user(district.bureau, Role.LEADER, "b-gang")
    person.standing_in = StandIn.objects.create(
        principal=district.users["reviewer"],
        deputy=person,
        organisation=district.bureau,
        role=Role.REVIEWER,
        valid_from=date(2025, 5, 7),
        valid_to=date(2025, 5, 30),
        reason="公休",
        appointed_by=district.users["admin"],
        appointed_at=AFTER,
    )
    return person


def test_signing_puts_the_items_of_the_meeting_into_force(district: District) -> None:
    minutes = make_recorded(district)
    waiting = make_item(district, meeting=minutes.meeting)
    urgent = make_item(district, meeting=minutes.meeting, at_once=True)
    assert (waiting.state, urgent.state) == (ItemState.PLANNED, ItemState.TO_ACCEPT)
    assert (waiting.code, urgent.code) == ("〔2025〕第19周-1", "〔2025〕第19周-2")
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    later = AFTER + timedelta(hours=2)
    minuting.sign(minutes=minutes, by=district.users["leader"], now=later)
    waiting.refresh_from_db()
    urgent.refresh_from_db()
    assert (waiting.state, waiting.in_force_at) == (ItemState.TO_ACCEPT, later)
    assert urgent.in_force_at == AFTER
    # After the signature there is nothing to wait for.
    assert make_item(district, meeting=minutes.meeting).state == ItemState.TO_ACCEPT


def test_an_item_whose_day_is_over_stops_the_signature(district: District) -> None:
    minutes = make_recorded(district)
    item = make_item(district, meeting=minutes.meeting, due_on=date(2025, 5, 13))
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    late = AFTER + timedelta(days=2)
    with pytest.raises(Refusal) as refused:
        minuting.sign(minutes=minutes, by=district.users["leader"], now=late)
    assert refused.value.code == "dispatch.item_day_over"
    assigning.revise(
        item=item, values=item_values(district, due_on=date(2025, 5, 20)), by=district.users["bureau"], now=late
    )  # fmt: skip
    minuting.sign(minutes=minutes, by=district.users["leader"], now=late)
    assert DispatchItem.objects.get(pk=item.pk).first_due_on == date(2025, 5, 20)


def _revised(district: District, waiting: DispatchItem, _: DispatchItem) -> None:
    other = item_values(
        district, answerer=Answerer.street(district.street("zhonglou")), due_on=date(2025, 5, 13)
    )
    assigning.revise(item=waiting, values=other, by=district.users["bureau"], now=AFTER)


def _assigned(district: District, waiting: DispatchItem, _: DispatchItem) -> None:
    make_item(district, meeting=waiting.meeting, task="另一件")


def _taken_back(district: District, waiting: DispatchItem, _: DispatchItem) -> None:
    items.cancel(item=waiting, text="不需要", by=district.users["bureau"], now=AFTER)


def _passed_on(district: District, _: DispatchItem, urgent: DispatchItem) -> None:
    street = Answerer.street(district.street("zhonglou"))
    items.transfer(
        item=urgent, answerer=street, text="属钟楼", by=district.users["bureau"], now=AFTER
    )


@pytest.mark.parametrize("act", [_revised, _assigned, _taken_back, _passed_on])
def test_items_that_were_not_seen_are_not_signed(
    district: District, act: Callable[[District, DispatchItem, DispatchItem], None]
) -> None:
    minutes, leader = make_recorded(district), district.users["leader"]
    waiting = make_item(district, meeting=minutes.meeting)
    urgent = make_working(district, meeting=minutes.meeting, at_once=True)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    seen = minuting.signing_seen(minutes=minutes)
    items.note(item=urgent, text="正在排查", by=district.users["banyanglu"], now=AFTER)
    act(district, waiting, urgent)
    with pytest.raises(EditConflict, match="这次会议的交办事项"):
        minuting.sign(minutes=minutes, seen=seen, by=leader, now=AFTER)
    assert not minutes.meeting.items.filter(state=ItemState.TO_ACCEPT).exclude(pk=urgent.pk)
    fresh = minuting.signing_seen(minutes=minutes)
    minuting.sign(minutes=minutes, seen=fresh, by=leader, now=AFTER)
    assert minutes.signed_by == leader


def test_how_far_the_answerer_has_come_stops_no_signature(district: District) -> None:
    minutes = make_recorded(district)
    urgent = make_working(district, meeting=minutes.meeting, at_once=True)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    seen = minuting.signing_seen(minutes=minutes)
    items.note(item=urgent, text="正在排查", by=district.users["banyanglu"], now=AFTER)
    minuting.sign(minutes=minutes, seen=seen, by=district.users["leader"], now=AFTER)
    assert minutes.state == MinutesState.SIGNED


def test_words_that_were_not_seen_are_not_signed(district: District) -> None:
    minutes = make_submitted(district)
    seen = minuting.minutes_seen(minutes=minutes)
    leader = district.users["leader"]
    minuting.send_back(minutes=minutes, comment="写明时限", by=leader, now=AFTER)
    minuting.record(
        minutes=minutes,
        values=minutes_values(district, minutes, summary="补充"),
        by=district.users["bureau"],
        now=AFTER,
    )
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    with pytest.raises(EditConflict):
        minuting.sign(minutes=minutes, seen=seen, by=leader, now=AFTER)
    fresh = minuting.minutes_seen(minutes=minutes)
    minuting.sign(minutes=minutes, seen=fresh, by=leader, now=AFTER)
    assert minutes.signed_by == leader


def test_sending_back_needs_words_and_opens_them_again(district: District) -> None:
    minutes, leader = make_submitted(district), district.users["leader"]
    with pytest.raises(Refusal) as refused:
        minuting.send_back(minutes=minutes, comment=" ", by=leader, now=AFTER)
    assert refused.value.field == "comment"
    with pytest.raises(StateConflict):
        minuting.record(
            minutes=minutes,
            values=minutes_values(district, minutes, summary="改"),
            by=district.users["bureau"],
            now=AFTER,
        )
    minuting.send_back(minutes=minutes, comment="写明时限", by=leader, now=AFTER)
    assert (minutes.state, minutes.submitted_by) == (MinutesState.RECORDING, None)


def test_topics_are_settled_once_minutes_are_submitted(district: District) -> None:
    minutes = make_submitted(district)
    topic = minutes.meeting.topics.all()[0]
    with pytest.raises(StateConflict, match="纪要已提请签发"):
        meetings.strike(topic=topic, by=district.users["bureau"], now=AFTER)


# -- correcting --------------------------------------------------------------------------------------
def test_a_correction_is_a_next_version_that_goes_the_same_way(district: District) -> None:
    first, by = make_signed(district), district.users["bureau"]
    second = minuting.correct(minutes=first, reason="出席单位漏写", by=by, now=AFTER)
    assert (second.version, second.supersedes, second.state) == (2, first, MinutesState.RECORDING)
    assert minuting.values_of(second) == minuting.values_of(first)
    with pytest.raises(StateConflict, match="已有更正稿"):
        minuting.correct(minutes=first, reason="又一处", by=by, now=AFTER)
    minuting.record(
        minutes=second, values=minutes_values(district, second, summary="更正后"), by=by, now=AFTER
    )
    minuting.submit(minutes=second, by=by, now=AFTER)
    minuting.sign(minutes=second, by=district.users["leader"], now=AFTER)
    assert [each.summary for each in Minutes.objects.signed().order_by("version")] == [
        "通报上周进度，逐项研究存在问题。",
        "更正后",
    ]


def test_only_signed_minutes_are_corrected_and_with_a_reason(district: District) -> None:
    minutes, by = make_submitted(district), district.users["bureau"]
    with pytest.raises(StateConflict):
        minuting.correct(minutes=minutes, reason="漏写", by=by, now=AFTER)
    minuting.sign(minutes=minutes, by=district.users["leader"], now=AFTER)
    with pytest.raises(Refusal) as refused:
        minuting.correct(minutes=minutes, reason="", by=by, now=AFTER)
    assert refused.value.code == "comment.missing"


# -- the database ------------------------------------------------------------------------------------
def test_signed_minutes_never_change(district: District) -> None:
    minutes = make_signed(district)
    meeting, topic = minutes.meeting, minutes.meeting.topics.all()[0]
    for change in (
        lambda: Minutes.objects.filter(pk=minutes.pk).update(summary="x"),
        lambda: Minutes.objects.filter(pk=minutes.pk).update(state="recording"),
        lambda: Minutes.objects.filter(pk=minutes.pk).delete(),
        lambda: Attendee.objects.filter(minutes=minutes).update(name="x"),
        lambda: Attendee.objects.filter(minutes=minutes).delete(),
        lambda: Attendee.objects.create(minutes=minutes, place=9, presence="present", name="x"),
        lambda: Decision.objects.filter(minutes=minutes).update(text="x"),
        lambda: Decision.objects.filter(minutes=minutes).delete(),
        lambda: Topic.objects.filter(pk=topic.pk).update(title="x"),
        lambda: Topic.objects.create(
            meeting=meeting, place=9, kind="other", title="x", added_by=minutes.recorded_by, added_at=AFTER
        ),
        lambda: type(meeting).objects.filter(pk=meeting.pk).update(number=9),
        lambda: meeting.steps.all().delete(),
        lambda: meeting.steps.update(text="x"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_submitted_minutes_change_by_acts_alone(district: District) -> None:
    minutes = make_submitted(district)
    for change in (
        lambda: Minutes.objects.filter(pk=minutes.pk).update(summary="x"),
        lambda: Decision.objects.filter(minutes=minutes).update(text="x"),
        lambda: Minutes.objects.filter(pk=minutes.pk).update(version=3),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
