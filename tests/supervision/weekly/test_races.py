"""Two people at once: one of them acts, the other meets the present state; nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from renovation.accounts.enums import Role
from renovation.core.errors import Refusal, StateConflict
from supervision.weekly import services
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from supervision.weekly.weeks import moments_of
from tests.factories.accounts import make_user

from .office import THURSDAY, WEEK, make_office, moment, values_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call returned or was refused with; all begin together, each on its own connection."""
    barrier = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(place: int, call: Callable[[], Any]) -> None:
        barrier.wait(timeout=10)
        try:
            answers[place] = call()
        except Refusal as refusal:
            answers[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return answers


def test_two_reviewers_review_once() -> None:
    office = make_office()
    second = make_user(office.street, Role.STREET_HEAD)
    sent = office.submitted()
    answers = at_once(
        lambda: services.review(weekly_return=sent, by=office.head, now=THURSDAY),
        lambda: services.review(weekly_return=sent, by=second, now=THURSDAY),
    )
    conflicts = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert [conflict.state for conflict in conflicts] == [ReturnState.REVIEWED]
    assert ReturnEvent.objects.filter(act=ReturnAct.REVIEW).count() == 1


def test_approval_and_sending_back_exclude_each_other() -> None:
    office = make_office()
    reviewed = office.reviewed()
    answers = at_once(
        lambda: services.approve(weekly_return=reviewed, by=office.reviewer, now=THURSDAY),
        lambda: services.send_back(
            weekly_return=reviewed, comment="请核对。", by=office.head, now=THURSDAY
        ),
    )
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1
    acts = ReturnEvent.objects.filter(act__in=[ReturnAct.APPROVE, ReturnAct.SEND_BACK])
    reviewed.refresh_from_db()
    assert [event.to_state for event in acts] == [reviewed.state]


def test_two_clerks_open_one_return() -> None:
    office = make_office()
    second = make_user(office.street, Role.CLERK)
    answers = at_once(
        *(
            lambda by=by: services.open_return(street=office.street, week=WEEK, by=by, now=THURSDAY)
            for by in (office.clerk, second)
        )
    )
    assert len({answer.pk for answer in answers}) == 1
    assert WeeklyReturn.objects.count() == 1
    assert ReturnEvent.objects.filter(act=ReturnAct.OPEN).count() == 1


def test_two_clerks_correct_once() -> None:
    office = make_office()
    second = make_user(office.street, Role.CLERK)
    old = office.approved()
    answers = at_once(
        *(
            lambda by=by: services.correct(weekly_return=old, reason="更正。", by=by, now=THURSDAY)
            for by in (office.clerk, second)
        )
    )
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1
    assert list(WeeklyReturn.objects.values_list("version", flat=True).order_by("version")) == [
        1,
        2,
    ]


def test_nothing_is_written_into_what_is_being_submitted() -> None:
    office = make_office()
    second = make_user(office.street, Role.CLERK)
    draft = office.draft()
    row = values_of(office.projects[0], work_done="道路基层铺筑。")
    at_once(
        lambda: services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY),
        lambda: services.write_reports(weekly_return=draft, rows=[row], by=second, now=THURSDAY),
    )
    draft.refresh_from_db()
    assert draft.state == ReturnState.SUBMITTED
    sent = draft.events.get(act=ReturnAct.SUBMIT).rows
    stored = WeeklyReport.objects.get(project=office.projects[0]).work_done
    assert [each["work_done"] for each in sent if each["project"] == "ZC2025-06"] == [stored]


def test_a_week_is_frozen_once() -> None:
    office = make_office()
    now = moment("2025-05-09 17:00:01")
    found = at_once(
        *(lambda: moments_of(bureau=office.district.bureau, week=WEEK, now=now) for _ in range(4))
    )
    assert {each.frozen for each in found} == {True}
    assert len({each.due_at for each in found}) == 1
