"""A thousand times two people act on one return at the same moment, through every transition of its workflow: each
time one of them acts and the other meets what has become of it; nothing is lost and nothing happens twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.errors import StateConflict
from renovation.records.models import AuditEntry
from supervision.weekly import services
from supervision.weekly.enums import ReturnAct as A
from supervision.weekly.enums import ReturnState as S
from supervision.weekly.flow import FLOW
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from tests.factories.accounts import make_user
from tests.races import Rivals

from .office import THURSDAY, make_office

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

TRIES = 1_000
#: The two acts that meet in a state, in turn: those of which one excludes the other. What was reviewed may still be
#: sent back, what is published corrected.
MEETINGS: Mapping[str, tuple[tuple[A, A], ...]] = {
    S.DRAFT: ((A.SUBMIT, A.SUBMIT),),
    S.SENT_BACK: ((A.SUBMIT, A.SUBMIT),),
    S.SUBMITTED: ((A.REVIEW, A.REVIEW), (A.SEND_BACK, A.SEND_BACK)),
    S.REVIEWED: ((A.APPROVE, A.APPROVE), (A.SEND_BACK, A.SEND_BACK), (A.APPROVE, A.SEND_BACK)),
    S.APPROVED: ((A.PUBLISH, A.PUBLISH), (A.CORRECT, A.CORRECT)),
    S.PUBLISHED: ((A.CORRECT, A.CORRECT),),
}
#: Only while 街道审核 is switched off (review_waivers/test_review_waivers.py); the same compare-and-swap as from 已审核.
UNREVIEWED = {(S.SUBMITTED, A.APPROVE)}


def test_nothing_is_lost_or_doubled_in_a_thousand_meetings() -> None:
    office = make_office()
    street, bureau = office.street, office.district.bureau
    clerks = (office.clerk, make_user(street, Role.CLERK))
    heads = (office.head, make_user(street, Role.STREET_HEAD))
    reviewers = (office.reviewer, make_user(bureau, Role.REVIEWER))
    current = office.draft()
    met: Counter[str] = Counter()
    tried: set[tuple[str, str]] = set()
    acted: Counter[str] = Counter()
    with Rivals() as rivals:
        for _ in range(TRIES):
            state = current.state
            pairs = MEETINGS[state]
            pair = pairs[met[state] % len(pairs)]
            met[state] += 1
            people = reviewers if state == S.REVIEWED else heads
            calls = [
                call_of(act, current, clerks[place], people[place])
                for place, act in enumerate(pair)
            ]
            answers = rivals.act(*calls)
            ((act, winner),) = [
                (act, answer)
                for act, answer in zip(pair, answers, strict=True)
                if not isinstance(answer, Exception)
            ]
            (conflict,) = [answer for answer in answers if isinstance(answer, StateConflict)]
            target = FLOW.transitions[state, act].to
            assert conflict.state == (target if act != A.CORRECT else conflict.state)
            tried.update((state, each) for each in pair)
            acted[act] += 1
            current = WeeklyReturn.objects.get(pk=winner.pk)
            assert current.state == (S.DRAFT if act == A.CORRECT else target)
    assert tried == set(FLOW.transitions) - UNREVIEWED
    _everything_is_there_once(acted, current)


def call_of(act: A, current: WeeklyReturn, clerk: User, second: User) -> Callable[[], Any]:
    """One person's act on a return as it was seen."""
    seen = WeeklyReturn.objects.get(pk=current.pk)
    calls: dict[A, Callable[[], Any]] = {
        A.SUBMIT: lambda: services.submit(weekly_return=seen, by=clerk, now=THURSDAY),
        A.REVIEW: lambda: services.review(weekly_return=seen, by=second, now=THURSDAY),
        A.APPROVE: lambda: services.approve(weekly_return=seen, by=second, now=THURSDAY),
        A.SEND_BACK: lambda: services.send_back(
            weekly_return=seen, comment="请核对。", by=second, now=THURSDAY
        ),
        A.PUBLISH: lambda: services.publish(weekly_return=seen, by=second, now=THURSDAY),
        A.CORRECT: lambda: services.correct(
            weekly_return=seen, reason="更正。", by=clerk, now=THURSDAY
        ),
    }
    return calls[act]


def _everything_is_there_once(acted: Counter[str], current: WeeklyReturn) -> None:
    """Every act that was answered stands once in the events and in the audit log; the versions follow one
    another, each with the rows of the first."""
    assert acted.total() == TRIES
    events = Counter(ReturnEvent.objects.exclude(act=A.OPEN).values_list("act", flat=True))
    assert events == acted
    opened = acted[A.CORRECT] + 1  # the draft of a correction is opened as the first one was
    audited = AuditEntry.objects.filter(act__in=[f"return.{act}" for act in A])
    assert Counter(audited.values_list("act", flat=True)) == Counter(
        {f"return.{act}": count for act, count in acted.items() if act != A.CORRECT}
        | {"return.open": opened}
    )
    versions = list(WeeklyReturn.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, opened + 1))
    assert current.version == versions[-1]
    assert WeeklyReport.objects.count() == 2 * len(versions)
