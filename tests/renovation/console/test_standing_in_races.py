"""Stand-ins where two act at once: one post has one stand-in a day, and a deputy and the deputised are one person of a
return."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from renovation.accounts.enums import Role
from renovation.accounts.models import StandIn, User
from renovation.console.standing_in.services import appoint, end
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.enums import ReturnAct
from supervision.weekly.models import ReturnEvent, WeeklyReturn
from tests.factories.accounts import make_user
from tests.races import at_once
from tests.supervision.weekly.office import THURSDAY, Office, make_office, moment

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def appointing(office: Office, deputy: User, first: int, last: int) -> partial[StandIn]:
    """The appointment of a stand-in for the street's reviewer, of days in May."""
    return partial(
        appoint,
        membership=office.head.memberships.get(),
        deputy=deputy,
        valid_from=date(2025, 5, first),
        valid_to=date(2025, 5, last),
        reason="公休",
        by=office.district.users["admin"],
        now=moment("2025-05-06 09:00"),
    )


def acting(row: StandIn) -> User:
    """The deputy as a request carries it."""
    user = User.objects.get(pk=row.deputy_id)
    user.standing_in = row
    return user


def test_a_post_has_one_stand_in_a_day_and_is_given_back_once() -> None:
    office = make_office()
    one, two = make_user(office.street, Role.CLERK), make_user(office.street, Role.CLERK)
    answers = at_once(appointing(office, one, 7, 9), appointing(office, two, 9, 12))
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.code, refused.field) == ("stand_in.twice", "valid_from")
    row = StandIn.objects.get()
    assert AuditEntry.objects.get(act="stand_in.appoint").object_id == str(row.pk)
    ending: list[Any] = [
        partial(end, stand_in=row, by=by, now=THURSDAY)
        for by in (office.head, office.district.users["admin"])
    ]
    (conflict,) = [each for each in at_once(*ending) if isinstance(each, StateConflict)]
    assert conflict.state == "ended"
    assert AuditEntry.objects.filter(act="stand_in.end").count() == 1


def test_a_deputy_and_the_deputised_review_a_return_once() -> None:
    office = make_office()
    deputy = make_user(office.street, Role.CLERK)
    row = appointing(office, deputy, 7, 9)()
    sent = office.submitted()
    people: list[User] = [office.head, acting(row)]
    answers = at_once(
        *(
            partial(
                services.review,
                weekly_return=WeeklyReturn.objects.get(pk=sent.pk),
                by=by,
                now=THURSDAY,
            )
            for by in people
        )
    )
    ((winner, reviewed),) = [
        (person, answer)
        for person, answer in zip(people, answers, strict=True)
        if isinstance(answer, WeeklyReturn)
    ]
    assert [type(answer) for answer in answers if answer is not reviewed] == [StateConflict]
    event = ReturnEvent.objects.get(act=ReturnAct.REVIEW)
    assert (event.by, event.stands_for) == (winner, winner.stands_for)
    reviewed.refresh_from_db()
    assert (reviewed.reviewed_by, reviewed.reviewed_for) == (winner, winner.stands_for)
    assert AuditEntry.objects.get(act="return.review").actor_label == str(winner)


def test_nobody_sends_in_one_window_and_reviews_in_another_as_a_stand_in() -> None:
    office = make_office()
    row = appointing(office, office.clerk, 7, 9)()
    draft = office.draft()
    sent, refused = at_once(
        partial(services.submit, weekly_return=draft, by=office.clerk, now=THURSDAY),
        partial(
            services.review,
            weekly_return=WeeklyReturn.objects.get(pk=draft.pk),
            by=acting(row),
            now=THURSDAY,
        ),
    )
    # Before it is sent there is nothing to review, afterwards it is the sender's own.
    assert isinstance(refused, StateConflict | Forbidden)
    sent.refresh_from_db()
    assert (sent.state, sent.submitted_by, sent.reviewed_by) == ("submitted", office.clerk, None)
