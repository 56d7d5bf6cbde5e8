"""Two people at once: one of them acts, the other meets the present state; nothing happens twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.errors import StateConflict
from supervision.weekly import services
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from supervision.weekly.weeks import moments_of
from tests.factories.accounts import make_user
from tests.races import at_once, behind

from .office import THURSDAY, WEEK, Office, make_office, moment, values_of
from .test_turns import LATER, TURN, act_on, april_for

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


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


@pytest.mark.parametrize("act", [ReturnAct.SUBMIT, ReturnAct.SEND_BACK, ReturnAct.APPROVE])
def test_what_is_compared_with_waits_for_the_approval_beside_it(act: ReturnAct) -> None:
    """Begun earlier, through later: an act on the week before waits for the approval, also by program, and is kept
    behind it."""
    office = make_office()
    april = april_for(office, act)
    reviewed = office.reviewed()
    approved, late = behind(
        lambda: services.approve(weekly_return=reviewed, by=office.reviewer, now=LATER),
        lambda: act_on(office, april, act, TURN),
    )
    assert not isinstance(late, Exception)
    kept = late.events.order_by("-pk").values_list("act", "at")[0]
    assert (approved.approved_at, kept) == (LATER, (act, LATER + timedelta(microseconds=1)))


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
    was = WeeklyReport.objects.get(project=office.projects[0]).work_done
    sent, written = at_once(
        lambda: services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY),
        lambda: services.write_reports(weekly_return=draft, rows=[row], by=second, now=THURSDAY),
    )
    assert sent.state == ReturnState.SUBMITTED
    if isinstance(written, StateConflict):  # came second
        assert (written.state, stored_of(office)) == (ReturnState.SUBMITTED, was)
    else:
        assert [report.work_done for report in written] == ["道路基层铺筑。"]
    rows = draft.events.get(act=ReturnAct.SUBMIT).rows
    said = [each["work_done"] for each in rows if each["project"] == "ZC2025-06"]
    assert said == [stored_of(office)]


def stored_of(office: Office) -> str:
    """What is stored of the first project."""
    return WeeklyReport.objects.get(project=office.projects[0]).work_done


def waits_for_a_lock() -> bool:
    """Whether some connection of the database waits for another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_saving_the_form_while_the_return_is_submitted_blocks_nobody() -> None:
    office = make_office()
    draft = office.draft()
    second = make_user(office.street, Role.CLERK)
    row = values_of(office.projects[0], work_done="道路基层铺筑。")
    submitted = threading.Event()

    def submit() -> WeeklyReturn:
        with transaction.atomic():
            sent = services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
            submitted.set()
            for _ in range(200):  # the other waits for the street
                if waits_for_a_lock():
                    break
                threading.Event().wait(0.05)
            else:
                raise AssertionError("nobody came to wait")
            return sent

    def fill() -> Any:
        assert submitted.wait(timeout=20)
        return services.fill_return(
            street=office.street, week=WEEK, rows=[row], seen={}, by=second, now=THURSDAY
        )

    sent, filled = at_once(submit, fill)
    assert sent.state == ReturnState.SUBMITTED
    assert isinstance(filled, StateConflict)
    assert filled.state == ReturnState.SUBMITTED


def test_two_saves_of_one_row_do_not_write_over_each_other() -> None:
    office = make_office()
    office.draft()
    second = make_user(office.street, Role.CLERK)
    project = office.projects[0]
    seen = {project.pk: WeeklyReport.objects.get(project=project).edition}

    def save(by: User, text: str, minutes: int) -> Any:
        return services.fill_return(
            street=office.street,
            week=WEEK,
            rows=[values_of(project, work_done=text)],
            seen=seen,
            by=by,
            now=THURSDAY + timedelta(minutes=minutes),
        )

    answers = at_once(
        lambda: save(office.clerk, "道路基层铺筑。", 1), lambda: save(second, "屋面防水完成。", 2)
    )
    (conflict,) = [answer for answer in answers if isinstance(answer, StateConflict)]
    assert conflict.code == "report.overtaken"
    ((_, (kept,)),) = [answer for answer in answers if not isinstance(answer, StateConflict)]
    assert stored_of(office) == kept.work_done


def test_a_week_is_frozen_once() -> None:
    office = make_office()
    now = moment("2025-05-09 17:00:01")
    found = at_once(
        *(lambda: moments_of(bureau=office.district.bureau, week=WEEK, now=now) for _ in range(4))
    )
    assert {each.frozen for each in found} == {True}
    assert len({each.due_at for each in found}) == 1
