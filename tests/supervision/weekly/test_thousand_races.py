"""A thousand times two people act on one return at the same moment, through every transition of its workflow: each
time one of them acts and the other meets what has become of it; nothing is lost and nothing happens twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
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
from supervision.weekly.review_waivers.services import waive_review
from tests.factories.accounts import make_user
from tests.races import Rivals

from .office import THURSDAY, make_office, moment

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
#: Of what was sent while 街道审核 was switched off: the bureau approves it or sends it back.
UNREVIEWED = ((A.APPROVE, A.APPROVE), (A.APPROVE, A.SEND_BACK))
#: The street's review is switched off on Wednesdays: what is sent then goes by it.
WEDNESDAY = moment("2025-05-07 15:00")


def test_nothing_is_lost_or_doubled_in_a_thousand_meetings() -> None:
    office = make_office()
    street, bureau = office.street, office.district.bureau
    clerks = (office.clerk, make_user(street, Role.CLERK))
    heads = (office.head, make_user(street, Role.STREET_HEAD))
    reviewers = (office.reviewer, make_user(bureau, Role.REVIEWER))
    waive_review(
        street=street,
        valid_from=WEDNESDAY.date(),
        valid_to=WEDNESDAY.date(),
        reason="街道只有一名经办人",
        by=office.reviewer,
        now=WEDNESDAY,
    )
    current = office.draft()
    met: Counter[tuple[str, bool]] = Counter()
    tried: set[tuple[str, str]] = set()
    acted: Counter[str] = Counter()
    with Rivals() as rivals:
        for _ in range(TRIES):
            state, is_waived = current.state, current.review_waiver_id is not None
            pairs = UNREVIEWED if state == S.SUBMITTED and is_waived else MEETINGS[state]
            pair = pairs[met[state, is_waived] % len(pairs)]
            met[state, is_waived] += 1
            people = reviewers if state == S.REVIEWED or A.APPROVE in pair else heads
            now = WEDNESDAY if acted[A.SUBMIT] % 2 else THURSDAY
            calls = [
                call_of(act, current, clerks[place], people[place], now)
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
    assert tried == set(FLOW.transitions)
    _everything_is_there_once(acted, current)


def call_of(
    act: A, current: WeeklyReturn, clerk: User, second: User, now: datetime
) -> Callable[[], Any]:
    """One person's act on a return as it was seen."""
    seen = WeeklyReturn.objects.get(pk=current.pk)
    calls: dict[A, Callable[[], Any]] = {
        A.SUBMIT: lambda: services.submit(weekly_return=seen, by=clerk, now=now),
        A.REVIEW: lambda: services.review(weekly_return=seen, by=second, now=now),
        A.APPROVE: lambda: services.approve(weekly_return=seen, by=second, now=now),
        A.SEND_BACK: lambda: services.send_back(
            weekly_return=seen, comment="请核对。", by=second, now=now
        ),
        A.PUBLISH: lambda: services.publish(weekly_return=seen, by=second, now=now),
        A.CORRECT: lambda: services.correct(weekly_return=seen, reason="更正。", by=clerk, now=now),
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
