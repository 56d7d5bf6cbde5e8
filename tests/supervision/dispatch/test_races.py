"""Two people at once: an item is reported once, closed or sent back, minutes and what they put into force are signed
as they were seen, a week has one meeting, codes are given once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from renovation.core.errors import Refusal
from supervision.dispatch.enums import ItemOrigin, ItemState, MinutesState
from supervision.dispatch.items import assigning
from supervision.dispatch.items import services as items
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings import services as meetings
from supervision.dispatch.meetings.keeping import lock
from supervision.dispatch.meetings.services import MeetingValues
from supervision.dispatch.models import DispatchItem, DispatchMeeting, ItemStep, Minutes, Topic
from tests.factories.accounts import District, make_district
from tests.factories.dispatch import (
    AFTER,
    MEETS_AT,
    WEEK,
    item_values,
    make_held,
    make_item,
    make_meeting,
    make_recorded,
    make_reported,
    make_submitted,
    make_working,
    minutes_values,
)
from tests.races import at_once, behind

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def district(transactional_db: None) -> District:
    return make_district()


def _codes(answers: list[Any]) -> list[str]:
    return [one.code for one in answers if isinstance(one, Refusal)]


def test_two_report_once(district: District) -> None:
    item = make_working(district)

    def report(user: str) -> Any:
        return items.report(
            item=DispatchItem.objects.get(pk=item.pk), text="办完", by=district.users[user], now=AFTER
        )  # fmt: skip

    answers = at_once(lambda: report("banyanglu"), lambda: report("banyanglu-head"))
    assert _codes(answers) == ["state.conflict"]
    assert ItemStep.objects.filter(item=item, act="report").count() == 1


def test_closed_or_sent_back(district: District) -> None:
    item = make_reported(district)

    def close() -> Any:
        return items.close(
            item=DispatchItem.objects.get(pk=item.pk), by=district.users["bureau"], now=AFTER
        )

    def send_back() -> Any:
        return items.send_back(
            item=DispatchItem.objects.get(pk=item.pk),
            text="缺照片",
            by=district.users["reviewer"],
            now=AFTER,
        )

    assert _codes(at_once(close, send_back)) == ["state.conflict"]
    item.refresh_from_db()
    done = item.state == ItemState.DONE
    assert (done, item.send_back_count) in {(True, 0), (False, 1)}


def test_two_decide_an_extension_once(district: District) -> None:
    item = make_working(district)
    wanted = item.due_on.replace(day=30)
    items.ask_extension(
        item=item, wanted_on=wanted, text="x", by=district.users["banyanglu"], now=AFTER
    )

    def grant(user: str) -> Any:
        return items.grant_extension(
            item=DispatchItem.objects.get(pk=item.pk),
            granted_on=wanted,
            by=district.users[user],
            now=AFTER,
        )

    assert _codes(at_once(lambda: grant("bureau"), lambda: grant("reviewer"))) == ["state.conflict"]
    item.refresh_from_db()
    assert item.extension_count == 1


# -- the signature -----------------------------------------------------------------------------------
def _signing(district: District, minutes: Minutes) -> Callable[[], Any]:
    """The leader signs what stands there now."""
    seen = minuting.signing_seen(minutes=minutes)
    return lambda: minuting.sign(
        minutes=Minutes.objects.get(pk=minutes.pk),
        seen=seen,
        by=district.users["leader"],
        now=AFTER,
    )


def _editing(district: District, minutes: Minutes) -> Callable[[], Any]:
    """The words are changed and submitted again."""

    def edit() -> Any:
        fresh = Minutes.objects.get(pk=minutes.pk)
        bureau = district.users["bureau"]
        minuting.send_back(minutes=fresh, comment="改", by=district.users["reviewer"], now=AFTER)
        values = minutes_values(district, fresh, summary="改过的话")
        minuting.record(minutes=fresh, values=values, by=bureau, now=AFTER)
        return minuting.submit(minutes=fresh, by=bureau, now=AFTER)

    return edit


def test_the_signature_waits_for_an_edit_and_signs_no_other_words(district: District) -> None:
    minutes = make_submitted(district)
    answers = behind(_editing(district, minutes), _signing(district, minutes))
    assert _codes([*answers]) == ["ledger.changed_meanwhile"]
    minutes.refresh_from_db()
    assert (minutes.state, minutes.summary) == (MinutesState.SUBMITTED, "改过的话")


def test_an_edit_comes_too_late_for_the_signature(district: District) -> None:
    minutes = make_submitted(district)
    answers = behind(_signing(district, minutes), _editing(district, minutes))
    assert _codes([*answers]) == ["state.conflict"]
    minutes.refresh_from_db()
    assert (minutes.state, minutes.summary) == (
        MinutesState.SIGNED,
        "通报上周进度，逐项研究存在问题。",
    )


def _changes(district: District, item: DispatchItem) -> dict[str, Callable[[], Any]]:
    bureau = district.users["bureau"]
    meeting = DispatchMeeting.objects.get(pk=item.meeting_id)

    def fresh() -> DispatchItem:
        return DispatchItem.objects.get(pk=item.pk)

    return {
        "assign": lambda: make_item(district, meeting=meeting, task="另一件"),
        "revise": lambda: assigning.revise(
            item=fresh(), values=item_values(district, task="改过的"), by=bureau, now=AFTER
        ),
        "cancel": lambda: items.cancel(item=fresh(), text="不需要", by=bureau, now=AFTER),
    }


@pytest.mark.parametrize("act", ["assign", "revise", "cancel"])
def test_the_signature_puts_no_item_into_force_that_was_not_seen(
    district: District, act: str
) -> None:
    minutes = make_recorded(district)
    item = make_item(district, meeting=minutes.meeting)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    answers = behind(_changes(district, item)[act], _signing(district, minutes))
    assert _codes([*answers]) == ["ledger.changed_meanwhile"]
    assert not minutes.meeting.items.in_force().exists()


@pytest.mark.parametrize(
    ("act", "state"), [("assign", "to_accept"), ("revise", "to_accept"), ("cancel", "cancelled")]
)
def test_what_comes_after_the_signature_knows_of_it(
    district: District, act: str, state: str
) -> None:
    """An item is not left to wait for minutes that are signed."""
    minutes = make_recorded(district)
    item = make_item(district, meeting=minutes.meeting)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    answers = behind(_signing(district, minutes), _changes(district, item)[act])
    assert _codes([*answers]) == (["state.conflict"] if act == "revise" else [])
    item.refresh_from_db()
    assert item.state == state
    assert item.task == "排查在建小区脚手架，列出清单"
    assert not minutes.meeting.items.planned().exists()


def test_nothing_is_assigned_from_a_topic_that_is_being_struck(district: District) -> None:
    meeting, by = make_held(district).meeting, district.users["bureau"]
    topic = meeting.topics.get(kind="other")

    def strike() -> Any:
        return meetings.strike(topic=Topic.objects.get(pk=topic.pk), by=by, now=AFTER)

    def assign() -> Any:
        return assigning.assign(
            bureau=district.bureau,
            origin=ItemOrigin.MEETING,
            meeting=DispatchMeeting.objects.get(pk=meeting.pk),
            topic=topic,
            values=item_values(district),
            by=by,
            now=AFTER,
        )

    assert _codes([*behind(strike, assign)]) == ["state.conflict"]
    assert not DispatchItem.objects.exists()


@pytest.mark.parametrize("act", ["assign", "plan", "hold"])
def test_nobody_who_only_names_the_bureau_waits_for_a_number(district: District, act: str) -> None:
    """Who gives a number holds the bureau's row; an audit entry that names the bureau asks for its key alone."""
    minutes = make_recorded(district)
    values = MeetingValues(MEETS_AT - timedelta(weeks=1), "会议室", "负责人")
    other = make_meeting(district, week=WEEK.previous(), values=values)
    by = district.users["bureau"]

    def number() -> None:
        if act == "assign":
            make_item(district)
        elif act == "plan":
            make_meeting(district, week=WEEK.shift(-2), values=values)
        else:
            meetings.hold(
                meeting=DispatchMeeting.objects.get(pk=other.pk), recorder="", by=by, now=AFTER
            )

    def numbered() -> tuple[int, int, int]:
        rows = DispatchMeeting.objects.all()
        return DispatchItem.objects.count(), rows.count(), rows.exclude(number=None).count()

    def record() -> tuple[int, int, int]:
        fresh = Minutes.objects.get(pk=minutes.pk)
        changed = minutes_values(district, fresh, summary="改过的话")
        minuting.record(minutes=fresh, values=changed, by=by, now=AFTER)
        return numbered()

    before = numbered()
    _, seen = behind(number, record)
    assert seen == before  # written while the other one was still at it
    assert numbered() != before


def test_two_clerks_at_one_meeting_do_not_lock_each_other_out(district: District) -> None:
    """One holds the meeting and goes on to name the bureau in an audit entry, the other assigns: were the bureau
    locked before the meeting, each would wait for the other."""
    minutes = make_recorded(district)
    meeting = DispatchMeeting.objects.get(pk=minutes.meeting_id)

    def record() -> Any:
        values = minutes_values(district, minutes, summary="改过的话")
        return minuting.record(minutes=minutes, values=values, by=district.users["bureau"], now=AFTER)  # fmt: skip

    _, made = behind(lambda: lock(meeting), lambda: make_item(district, meeting=meeting), then=record)  # fmt: skip
    assert made.state == ItemState.PLANNED
    assert Minutes.objects.get().summary == "改过的话"


def test_two_write_minutes_and_one_is_told(district: District) -> None:
    minutes = make_recorded(district)
    seen = minuting.minutes_seen(minutes=minutes)

    def record(user: str) -> Any:
        fresh = Minutes.objects.get(pk=minutes.pk)
        return minuting.record(
            minutes=fresh,
            values=minutes_values(district, fresh, summary=user),
            seen=seen,
            by=district.users[user],
            now=AFTER,
        )

    answers = at_once(lambda: record("bureau"), lambda: record("bureau2"))
    assert _codes(answers) == ["ledger.changed_meanwhile"]


def test_a_week_gets_one_meeting(district: District) -> None:
    answers = at_once(lambda: make_meeting(district), lambda: make_meeting(district))
    assert _codes(answers) == ["dispatch.second"]
    assert DispatchMeeting.objects.count() == 1


@pytest.mark.parametrize(
    ("one", "two"), [("phone", "phone"), ("meeting", "phone"), ("phone", "meeting")]
)
def test_two_items_of_a_week_have_two_codes(district: District, one: str, two: str) -> None:
    """Of two meetings, or of none, nothing else is locked by both: who gives a code waits for who is giving one."""
    minutes = make_held(district)
    within = MEETS_AT - timedelta(
        weeks=1
    )  # an item by telephone in the week that the meeting is about

    def assigning_by(how: str) -> Callable[[], DispatchItem]:
        meeting_id = minutes.meeting_id if how == "meeting" else None
        return lambda: make_item(
            district,
            meeting=DispatchMeeting.objects.get(pk=meeting_id) if meeting_id else None,
            now=AFTER if meeting_id else within,
        )

    behind(assigning_by(one), assigning_by(two))
    rows = DispatchItem.objects.order_by("number").values_list("week_start", "number", "origin")
    assert list(rows) == [(WEEK.start, 1, one), (WEEK.start, 2, two)]
