"""街道审核停用 where two act at once: given days are switched off once and on once, and what is sent meanwhile has one
way that everybody sees."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.review_waivers.models import ReviewWaiver
from supervision.weekly.review_waivers.services import restore_review, waive_review
from tests.factories.accounts import make_user
from tests.races import at_once
from tests.supervision.weekly.office import THURSDAY, Office, make_office, moment

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def waiving(office: Office, by: User, first: int, last: int) -> partial[ReviewWaiver]:
    """The switching off of the street's review, of days in May."""
    return partial(
        waive_review,
        street=office.street,
        valid_from=date(2025, 5, first),
        valid_to=date(2025, 5, last),
        reason="街道只有一名经办人",
        by=by,
        now=moment("2025-05-06 09:00"),
    )


def test_days_are_switched_off_once_and_on_once() -> None:
    office = make_office()
    second = make_user(office.district.bureau, Role.REVIEWER)
    answers = at_once(waiving(office, office.reviewer, 7, 9), waiving(office, second, 9, 12))
    (refused,) = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.code, refused.field) == ("review_waiver.twice", "valid_from")
    row = ReviewWaiver.objects.get()
    answers = at_once(
        *(
            partial(restore_review, waiver=row, by=by, now=THURSDAY)
            for by in (office.reviewer, second)
        )
    )
    (conflict,) = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert conflict.state == "over"
    acts = ["return.waive_review", "return.restore_review"]
    assert list(
        AuditEntry.objects.filter(act__in=acts).order_by("pk").values_list("act", flat=True)
    ) == (acts)


def test_what_is_sent_while_the_review_comes_back_goes_one_way() -> None:
    office = make_office()
    row = waiving(office, office.reviewer, 7, 9)()
    draft = office.draft()
    sent, _ = at_once(
        partial(services.submit, weekly_return=draft, by=office.clerk, now=THURSDAY),
        partial(restore_review, waiver=row, by=office.reviewer, now=THURSDAY),
    )
    sent.refresh_from_db()
    answers = at_once(
        partial(services.review, weekly_return=sent, by=office.head, now=THURSDAY),
        partial(
            services.approve,
            weekly_return=WeeklyReturn.objects.get(pk=sent.pk),
            by=office.reviewer,
            now=THURSDAY,
        ),
    )
    sent.refresh_from_db()
    if sent.review_waiver_id is not None:  # sent before: the bureau approves
        assert (sent.state, sent.reviewed_by) == ("approved", None)
        assert isinstance(answers[0], StateConflict)
    else:  # sent after: the street reviews, then the bureau may have come behind it
        assert sent.reviewed_by == office.head
        assert isinstance(answers[1], StateConflict) is (sent.state == "reviewed")
