"""Two people at one follow-up: one acts, the other meets the present state; nothing is asked or done twice."""

from __future__ import annotations

from datetime import date

import pytest

from renovation.core.errors import Refusal, StateConflict
from supervision.weekly.following import services
from supervision.weekly.models import FollowUp, FollowUpStep
from tests.races import at_once
from tests.supervision.weekly.office import THURSDAY, make_office

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DUE = date(2025, 5, 12)


def test_two_people_ask_about_a_row_once() -> None:
    office = make_office()
    sent, project = office.submitted(), office.projects[0]
    users = office.district.users
    answers = at_once(
        lambda: services.ask(
            weekly_return=sent, project=project, question="甲", due_on=DUE, by=users["bureau"], now=THURSDAY
        ),
        lambda: services.ask(
            weekly_return=sent, project=project, question="乙", due_on=DUE, by=users["reviewer"], now=THURSDAY
        ),
    )  # fmt: skip
    codes = [answer.code for answer in answers if isinstance(answer, Refusal)]
    assert codes == ["follow_up.unsettled"]
    assert (FollowUp.objects.count(), FollowUpStep.objects.count()) == (1, 1)


def test_an_answer_and_its_withdrawal_exclude_each_other() -> None:
    office = make_office()
    bureau = office.district.users["bureau"]
    asked = services.ask(
        weekly_return=office.submitted(), project=office.projects[0], question="甲", due_on=DUE,
        by=bureau, now=THURSDAY,
    )  # fmt: skip
    answers = at_once(
        lambda: services.answer(follow_up=asked, text="已核", by=office.clerk, now=THURSDAY),
        lambda: services.withdraw(follow_up=asked, text="不用了", by=bureau, now=THURSDAY),
    )
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1
    assert asked.steps.count() == 2
