"""Two people at once: an item is reported once, closed or sent back, minutes are signed as they were seen, a week has
one meeting, codes are given once."""

from __future__ import annotations

from typing import Any

import pytest

from renovation.core.errors import Refusal
from supervision.dispatch.enums import ItemState, MinutesState
from supervision.dispatch.items import services as items
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.models import DispatchItem, DispatchMeeting, ItemStep, Minutes
from tests.factories.accounts import District, make_district
from tests.factories.dispatch import (
    AFTER,
    make_held,
    make_item,
    make_meeting,
    make_recorded,
    make_reported,
    make_submitted,
    make_working,
    minutes_values,
)
from tests.races import at_once

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


def test_the_signature_meets_an_edit(district: District) -> None:
    """Signed with the words that were seen, or not at all."""
    minutes = make_submitted(district)
    seen = minuting.minutes_seen(minutes=minutes)

    def sign() -> Any:
        return minuting.sign(
            minutes=Minutes.objects.get(pk=minutes.pk),
            seen=seen,
            by=district.users["leader"],
            now=AFTER,
        )

    def edit() -> Any:
        fresh = Minutes.objects.get(pk=minutes.pk)
        minuting.send_back(minutes=fresh, comment="改", by=district.users["reviewer"], now=AFTER)
        return minuting.record(
            minutes=fresh,
            values=minutes_values(district, fresh, summary="改过的话"),
            by=district.users["bureau"],
            now=AFTER,
        )

    assert _codes(at_once(sign, edit)) == ["state.conflict"]
    minutes.refresh_from_db()
    signed = minutes.state == MinutesState.SIGNED
    assert (signed, minutes.summary) in {
        (True, "通报上周进度，逐项研究存在问题。"),
        (False, "改过的话"),
    }


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


def test_two_items_have_two_codes(district: District) -> None:
    minutes = make_held(district)
    at_once(
        lambda: make_item(district),
        lambda: make_item(district, meeting=DispatchMeeting.objects.get(pk=minutes.meeting_id)),
    )
    assert sorted(DispatchItem.objects.values_list("number", flat=True)) == [1, 2]
