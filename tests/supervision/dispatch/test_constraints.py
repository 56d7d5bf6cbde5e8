"""Every named constraint of the wing refuses what it names, without the triggers' help."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from renovation.core.periods import FIRST_DAY
from supervision.dispatch.items import services
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.models import (
    Attendee,
    Decision,
    DispatchItem,
    DispatchMeeting,
    ItemExtension,
    Minutes,
    Topic,
)
from tests.factories.accounts import District
from tests.factories.dispatch import (
    AFTER,
    WEEK,
    make_done,
    make_held,
    make_item,
    make_meeting,
    make_recorded,
    make_reported,
    make_signed,
    make_submitted,
    make_working,
)
from tests.unguarded import unguarded


def _refused(row: models.Model, name: str, /, **values: Any) -> None:
    """Writing the values into the row breaks the constraint (SQLite names the columns of a unique one)."""
    with pytest.raises(IntegrityError) as fault, unguarded(), transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**values)
    assert name in str(fault.value) or "UNIQUE constraint" in str(fault.value)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"place": ""}, "dispatch_meeting_is_whole"),
        ({"chair": ""}, "dispatch_meeting_is_whole"),
        ({"number": 0}, "dispatch_meeting_from_one"),
        ({"number": None}, "dispatch_meeting_held_is_numbered"),
        ({"held_at": None}, "dispatch_meeting_held_is_numbered"),
        ({"called_off_at": AFTER}, "dispatch_meeting_called_off_has_reason"),
        ({"week_start": FIRST_DAY - timedelta(days=5)}, "dispatch_meeting_in_known_years"),
    ],
)
def test_meetings(district: District, values: dict[str, Any], name: str) -> None:
    _refused(make_held(district).meeting, name, **values)


def test_meetings_of_a_week_and_numbers_of_a_year(district: District) -> None:
    held = make_held(district).meeting
    extra = make_held(district, extra_reason="汛情").meeting
    _refused(extra, "dispatch_meeting_once_a_week", extra_reason="")
    _refused(extra, "dispatch_meeting_number_once", number=held.number)


def test_a_meeting_called_off_has_its_reason(district: District) -> None:
    meeting = make_meeting(district)
    _refused(
        meeting,
        "dispatch_meeting_called_off_has_reason",
        state="called_off",
        called_off_by=district.users["bureau"],
        called_off_at=AFTER,
    )
    assert DispatchMeeting.objects.get().state == "agenda"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"title": ""}, "dispatch_topic_has_title"),
        ({"struck_at": AFTER}, "dispatch_topic_struck_at_and_by"),
        ({"edited_at": AFTER}, "dispatch_topic_edited_at_and_by"),
        ({"added_by": None}, "dispatch_topic_is_somebodys"),
        ({"kind": "item"}, "dispatch_topic_item_agrees"),
    ],
)
def test_topics(district: District, values: dict[str, Any], name: str) -> None:
    _refused(make_meeting(district).topics.get(kind="other"), name, **values)


def test_a_topic_is_proposed_once(district: District) -> None:
    make_item(district, now=AFTER - timedelta(days=7))
    meeting = make_meeting(district)
    (proposed,) = meeting.topics.filter(kind="item")
    with pytest.raises(IntegrityError), transaction.atomic():
        Topic.objects.create(
            meeting=meeting,
            place=9,
            kind="other",
            title="x",
            source_key=proposed.source_key,
            added_at=AFTER,
        )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"version": 2}, "dispatch_minutes_correction_has_reason"),
        ({"correction_reason": "x"}, "dispatch_minutes_correction_has_reason"),
        ({"recorder": ""}, "dispatch_minutes_are_whole"),
        ({"submitted_at": None}, "dispatch_minutes_submitted_at_and_by"),
        ({"state": "recording"}, "dispatch_minutes_submitted_at_and_by"),
        ({"state": "signed"}, "dispatch_minutes_signed_at_and_by"),
        ({"signed_at": AFTER}, "dispatch_minutes_signed_at_and_by"),
    ],
)
def test_minutes(district: District, values: dict[str, Any], name: str) -> None:
    _refused(make_submitted(district), name, **values)


def test_the_signer_is_another(district: District) -> None:
    minutes = make_signed(district)
    reviewer = district.users["reviewer"]
    _refused(minutes, "dispatch_minutes_signer_did_not_record", recorded_by=minutes.signed_by)
    _refused(minutes, "dispatch_minutes_signer_did_not_submit", submitted_by=minutes.signed_by)
    with unguarded():
        Minutes.objects.filter(pk=minutes.pk).update(submitted_by=reviewer)


def test_parts_of_minutes(district: District) -> None:
    minutes = make_recorded(district)
    first, second = minutes.attendees.all()[:2]
    _refused(second, "dispatch_attendee_place_once", place=first.place)
    _refused(first, "dispatch_attendee_has_name", name="")
    decision = minutes.decisions.get()
    _refused(decision, "dispatch_decision_says_something", text="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(minutes=minutes, topic=decision.topic, text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Minutes.objects.create(
            meeting=minutes.meeting,
            met_at=AFTER,
            place="x",
            chair="x",
            recorder="x",
            recorded_by=district.users["bureau"],
            recorded_at=AFTER,
        )
    assert Attendee.objects.count() == 4


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"task": ""}, "dispatch_item_is_whole"),
        ({"standard": ""}, "dispatch_item_is_whole"),
        ({"answerer_name": ""}, "dispatch_item_is_whole"),
        ({"origin": "meeting"}, "dispatch_item_origin_and_meeting_agree"),
        ({"organisation": None}, "dispatch_item_answerer_agrees"),
        ({"answerer_kind": "party"}, "dispatch_item_answerer_agrees"),
        ({"due_on": date(2025, 5, 18)}, "dispatch_item_due_moves_later_only"),
        ({"limit_on": date(2025, 5, 18)}, "dispatch_item_due_moves_later_only"),
        ({"in_force_at": None}, "dispatch_item_in_force_at"),
        ({"state": "planned"}, "dispatch_item_"),
        ({"accepted_at": None}, "dispatch_item_accepted_at_and_by"),
        ({"reported_at": None}, "dispatch_item_reported_at_and_by"),
        ({"state": "working"}, "dispatch_item_reported_at_and_by"),
        ({"done_at": AFTER}, "dispatch_item_done_at_and_by"),
        ({"state": "done"}, "dispatch_item_done_at_and_by"),
        ({"state": "cancelled"}, "dispatch_item_cancelled_at_and_by"),
    ],
)
def test_items(district: District, values: dict[str, Any], name: str) -> None:
    _refused(make_reported(district), name, **values)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"from_kind": ""}, "dispatch_step_transfer_keeps_from_whom"),
        ({"from_name": ""}, "dispatch_step_transfer_keeps_from_whom"),
        ({"act": "note"}, "dispatch_step_transfer_keeps_from_whom"),
        ({"from_organisation": None}, "dispatch_step_from_answerer_agrees"),
    ],
)
def test_a_transfer_keeps_from_whom(district: District, values: dict[str, Any], name: str) -> None:
    item = services.transfer(
        item=make_item(district),
        answerer=Answerer.street(district.street("zhonglou")),
        text="属地划转",
        by=district.users["bureau"],
        now=AFTER,
    )
    _refused(item.steps.get(act="transfer"), name, **values)


def test_who_closes_is_another(district: District) -> None:
    item = make_done(district)
    _refused(item, "dispatch_item_done_by_another_than_reported", done_by=item.reported_by)


def test_a_code_is_given_once(district: District) -> None:
    first, second = make_item(district), make_item(district)
    _refused(second, "dispatch_item_code_once", number=first.number)
    assert DispatchItem.objects.filter(week_start=WEEK.next().start).count() == 2


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"wanted_on": date(2025, 5, 19)}, "dispatch_extension_asks_for_later"),
        ({"reason": ""}, "dispatch_extension_asks_for_later"),
        ({"granted_on": date(2025, 5, 30)}, "dispatch_extension_granted_on"),
        ({"decided_at": AFTER}, "dispatch_extension_decided_at_and_by"),
        ({"state": "refused"}, "dispatch_extension_decided_at_and_by"),
    ],
)
def test_extensions(district: District, values: dict[str, Any], name: str) -> None:
    _refused(_asked(district), name, **values)


def test_who_decides_is_another_and_one_waits(district: District) -> None:
    extension = _asked(district)
    _refused(
        extension,
        "dispatch_extension_decided_by_another",
        state="refused",
        decided_by=extension.asked_by,
        decided_at=AFTER,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemExtension.objects.create(
            item=extension.item,
            due_on_then=date(2025, 5, 19),
            wanted_on=date(2025, 6, 30),
            reason="x",
            asked_by=extension.asked_by,
            asked_at=AFTER,
        )


def _asked(district: District) -> ItemExtension:
    return services.ask_extension(
        item=make_working(district),
        wanted_on=date(2025, 5, 30),
        text="材料未到",
        by=district.users["banyanglu"],
        now=AFTER,
    )
