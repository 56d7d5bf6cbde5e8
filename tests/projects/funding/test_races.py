"""Two people record at once: what fits only once is recorded once; two approvals approve once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from projects.funding import services
from projects.funding.accounts.services import AccountValues, open_account
from projects.funding.chain import first_breach
from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, ProjectAccount
from projects.funding.services import EventValues
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import District, make_district
from tests.factories.funding import make_chain
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))
WAN = 1_000_000


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


# -- every pair of acts on one project's money -------------------------------------------------------
def _scene() -> tuple[District, FundingEvent, dict[str, FundingEvent]]:
    """下达 100, 到位 80 approved; 拨付 50 approved; a pending 下达 of 10 and a pending 拨付 of 30."""
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    allocated, received, _ = make_chain(
        project, allocated=100 * WAN, received=80 * WAN, released=50 * WAN, paid=0
    )
    waiting = {
        stage: services.record_event(
            project=project,
            values=EventValues(
                source=allocated.source,
                stage=stage,
                amount_fen=amount * WAN,
                occurred_on=date(2025, 4, 1),
            ),
            by=district.users["bureau"],
            now=NOW,
        )
        for stage, amount in ((Stage.ALLOCATED, 10), (Stage.RELEASED, 30))
    }
    return (
        district,
        received,
        {"allocated": waiting[Stage.ALLOCATED], "released": waiting[Stage.RELEASED]},
    )


def _acts(
    district: District, received: FundingEvent, waiting: dict[str, FundingEvent]
) -> dict[str, Callable[[], Any]]:
    """Each act alone fits; some of them together do not."""
    by, head = district.users["bureau2"], district.users["reviewer"]
    project, source = received.project, received.source

    def record() -> Any:
        values = EventValues(
            source=source, stage=Stage.RECEIVED, amount_fen=30 * WAN, occurred_on=date(2025, 4, 1)
        )
        return services.record_event(project=project, values=values, by=by, now=NOW)

    def correct() -> Any:
        event = FundingEvent.objects.get(pk=received.pk)
        return services.correct_event(
            event=event, amount_fen=20 * WAN, reason="少录", by=by, now=NOW
        )

    def approve() -> Any:
        event = FundingEvent.objects.get(pk=waiting["released"].pk)
        return services.approve_event(event=event, by=head, now=NOW)

    def reject() -> Any:
        event = FundingEvent.objects.get(pk=waiting["allocated"].pk)
        return services.reject_event(event=event, reason="重复", by=head, now=NOW)

    return {"record": record, "correct": correct, "approve": approve, "reject": reject}


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ("record", "record", 1),  # 80 + 30 + 30 received of 110 allocated
        ("record", "correct", 1),
        ("correct", "correct", 1),
        ("record", "approve", 0),
        ("correct", "approve", 0),
        ("approve", "approve", 1),  # decided once
        ("record", "reject", 1),  # 110 received need the 10 that would be rejected
        ("correct", "reject", 0),  # 100 received on its own day, 100 allocated
        ("approve", "reject", 0),
        ("reject", "reject", 1),
    ],
)
def test_no_pair_of_acts_breaks_the_order(first: str, second: str, refused: int) -> None:
    district, received, waiting = _scene()
    acts = _acts(district, received, waiting)
    answers = at_once(acts[first], acts[second])
    assert [answer for answer in answers if isinstance(answer, BaseException)] == [
        answer for answer in answers if isinstance(answer, Refusal)
    ]
    assert sum(isinstance(answer, Refusal) for answer in answers) == refused
    events = FundingEvent.objects.filter(project=received.project)
    counting = events.exclude(state=EventState.REJECTED)
    assert first_breach(services.movements_of(events=counting)) is None
    approved = events.filter(state=EventState.APPROVED)
    assert first_breach(services.movements_of(events=approved)) is None


def test_money_in_an_account_is_paid_out_once() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    by = district.users["bureau"]
    small, large = (
        open_account(
            project=project,
            values=AccountValues("专户", "齐鲁银行", "工程款", date(2025, 3, 1), number),
            by=by,
            now=NOW,
        )
        for number in ("6222020200112233", "6222020200112244")
    )
    (allocated,) = make_chain(project, allocated=100 * WAN, received=0, released=0, paid=0)

    def record(stage: Stage, amount: int, account: ProjectAccount | None) -> Any:
        values = EventValues(
            source=allocated.source,
            stage=stage,
            amount_fen=amount * WAN,
            occurred_on=date(2025, 4, 1),
            account=account,
        )
        return services.record_event(project=project, values=values, by=by, now=NOW)

    record(Stage.RECEIVED, 10, small)
    record(Stage.RECEIVED, 90, large)
    record(Stage.RELEASED, 100, None)
    answers = at_once(
        lambda: record(Stage.PAID, 8, small),
        lambda: record(Stage.PAID, 8, small),
    )
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == [
        "funding.account.overdrawn"
    ]
    assert FundingEvent.objects.filter(stage=Stage.PAID).count() == 1
