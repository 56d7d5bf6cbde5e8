"""Two people record at once: what fits only once is recorded once; two approvals approve once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.db import connections

from projects.funding import services
from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent
from projects.funding.services import EventValues
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import make_district
from tests.factories.funding import make_chain
from tests.factories.ledger import ProgrammeFactory, ProjectFactory

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


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

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    return answers


def test_what_fits_once_is_recorded_once() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    (allocated,) = make_chain(project, allocated=100_000_000, received=0, released=0, paid=0)
    new = EventValues(
        source=allocated.source,
        stage=Stage.RECEIVED,
        amount_fen=60_000_000,
        occurred_on=date(2025, 4, 1),
    )
    answers = at_once(
        *(
            lambda by=by: services.record_event(project=project, values=new, by=by, now=NOW)
            for by in (district.users["bureau"], district.users["bureau2"])
        )
    )
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refusals] == ["funding.order"]
    assert FundingEvent.objects.filter(stage=Stage.RECEIVED).count() == 1


def test_an_entry_is_decided_once() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    (allocated,) = make_chain(project, allocated=100_000_000, received=0, released=0, paid=0)
    event = services.record_event(
        project=project,
        values=EventValues(
            source=allocated.source,
            stage=Stage.ALLOCATED,
            amount_fen=1_000_000,
            occurred_on=date(2025, 4, 1),
        ),
        by=district.users["bureau"],
        now=NOW,
    )
    head = district.users["reviewer"]
    answers = at_once(
        lambda: services.approve_event(
            event=FundingEvent.objects.get(pk=event.pk), by=head, now=NOW
        ),
        lambda: services.reject_event(
            event=FundingEvent.objects.get(pk=event.pk), reason="重复", by=head, now=NOW
        ),
    )
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1
    event.refresh_from_db()
    assert event.state in {EventState.APPROVED, EventState.REJECTED}
