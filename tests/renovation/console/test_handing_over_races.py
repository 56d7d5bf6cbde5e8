"""Two hand-overs of the same matters, and a hand-over beside the closing of a matter: each row goes one way."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from renovation.accounts.models import HandOver
from renovation.console.handing_over.matters import preview
from renovation.console.handing_over.services import hand_over
from renovation.core.errors import Refusal
from supervision.weekly.following import services as following
from supervision.weekly.models import FollowUp, FollowUpStep
from tests.factories.accounts import scope_for
from tests.races import at_once
from tests.supervision.weekly.office import THURSDAY, Office, make_office

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def asked(office: Office) -> FollowUp:
    return following.ask(
        weekly_return=office.submitted(),
        project=office.projects[0],
        question="甲",
        due_on=date(2025, 5, 12),
        by=office.district.users["bureau"],
        now=THURSDAY,
    )


def handing(office: Office, taker: str) -> partial[HandOver]:
    users = office.district.users
    shown = preview(
        predecessor=users["bureau"], scope=scope_for(users["admin"]), to=scope_for(users[taker])
    )
    return partial(
        hand_over,
        predecessor=users["bureau"],
        successor=users[taker],
        reason="退休",
        seen=shown.seal,
        by=users["admin"],
        now=THURSDAY,
    )


def test_two_hand_overs_of_the_same_matters_pass_them_once() -> None:
    office = make_office()
    question = asked(office)
    answers = at_once(handing(office, "bureau2"), handing(office, "reviewer"))
    codes = [answer.code for answer in answers if isinstance(answer, Refusal)]
    made = HandOver.objects.get()
    question.refresh_from_db()
    assert codes == ["hand_over.nothing"]
    assert question.owner == made.successor
    assert FollowUpStep.objects.filter(act="hand_over").count() == 1


def test_what_is_withdrawn_meanwhile_does_not_pass() -> None:
    office = make_office()
    question, users = asked(office), office.district.users
    answers = at_once(
        handing(office, "bureau2"),
        lambda: following.withdraw(
            follow_up=question, text="不用了", by=users["bureau"], now=THURSDAY
        ),
    )
    question.refresh_from_db()
    assert question.state == "closed"
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    # Withdrawn first, there is nothing to hand over; handed over first, it is withdrawn all the same.
    assert [answer.code for answer in refused] in ([], ["hand_over.nothing"])
    assert HandOver.objects.count() == (0 if refused else 1)
    expected = users["bureau"] if refused else users["bureau2"]
    assert question.owner == expected
