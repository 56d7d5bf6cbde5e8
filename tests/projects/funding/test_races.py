"""Two people record at once: what fits only once is recorded once; two approvals approve once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Any

import pytest

from projects.funding import planned, services
from projects.funding.accounts.services import AccountValues, open_account
from projects.funding.applications import services as applications
from projects.funding.chain import first_breach
from projects.funding.enums import EventState, FindingOrigin, FindingSeverity, Stage
from projects.funding.findings import services as findings
from projects.funding.findings.services import FindingValues
from projects.funding.models import (
    Application,
    AuditFinding,
    FundingEvent,
    FundingPlan,
    GrantedAllocation,
    ProjectAccount,
)
from projects.funding.services import EventValues
from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from projects.ledger.sheets import SheetConflict
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingSourceFactory, make_application, make_chain
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
        document_number="淄财建〔2025〕12号",
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


def test_of_two_who_saw_the_same_amount_one_corrects_it_and_the_other_is_told() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    (event,) = make_chain(project, allocated=100 * WAN, received=0, released=0, paid=0)
    seen = services.correction_seen(event=event)

    def correct(user: str, total_fen: int) -> FundingEvent:
        return services.correct_to(
            event=FundingEvent.objects.get(pk=event.pk),
            total_fen=total_fen,
            reason="发票作废",
            by=district.users[user],
            now=NOW,
            seen=seen,
        )

    answers = at_once(partial(correct, "bureau", 90 * WAN), partial(correct, "bureau2", 80 * WAN))
    (told,) = [answer for answer in answers if isinstance(answer, EditConflict)]
    made = FundingEvent.objects.get(corrects=event)
    assert told.changes[0].startswith(f"{made.recorded_by}：更正")
    assert services.corrected_fen(event=event) == 100 * WAN + made.amount_fen


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
            document_number="淄财建〔2025〕12号",
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
                document_number="淄财建〔2025〕12号",
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
            source=source,
            stage=Stage.RECEIVED,
            amount_fen=30 * WAN,
            document_number="淄财建〔2025〕12号",
            occurred_on=date(2025, 4, 1),
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
            document_number="淄财建〔2025〕12号",
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


# -- what a 下达 came from ----------------------------------------------------------------------------
def _granted(project: Project, district: District, title: str, wanyuan: int) -> Application:
    """An application of a project that was granted in full on 10 March."""
    made = applications.report_application(
        application=make_application(
            district.bureau, district.users["bureau"], asked={project: wanyuan * WAN}, title=title
        ),
        reported_on=date(2025, 2, 10),
        document_number="淄建请〔2025〕6号",
        file=None,
        by=district.users["bureau"],
        now=NOW,
    )
    return applications.grant_application(
        application=made,
        granted={project.pk: wanyuan * WAN},
        decided_on=date(2025, 3, 10),
        decision_number="鲁财〔2025〕14号",
        file=None,
        by=district.users["reviewer"],
        now=NOW,
    )


def test_an_allocation_is_linked_to_one_of_two_applications_at_once() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    pair = [_granted(project, district, title, 100) for title in ("第一批", "第二批")]
    (event,) = make_chain(
        project, allocated=40 * WAN, received=0, released=0, paid=0, on=date(2025, 3, 20)
    )
    answers = at_once(
        *(
            lambda one=one: applications.link_allocation(
                application=one, event=event, by=district.users["bureau"], now=NOW
            )
            for one in pair
        )
    )
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == [
        "funding.application.linked"
    ]
    assert GrantedAllocation.objects.get().event == event


def test_a_link_and_a_correction_at_once_stay_within_the_grant() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    application = _granted(project, district, "第一批", 50)
    (event,) = make_chain(
        project, allocated=45 * WAN, received=0, released=0, paid=0, on=date(2025, 3, 20)
    )
    by = district.users["bureau"]

    def correct() -> Any:
        return services.correct_event(
            event=FundingEvent.objects.get(pk=event.pk),
            amount_fen=10 * WAN,
            reason="少录",
            by=by,
            now=NOW,
        )

    answers = at_once(
        lambda: applications.link_allocation(application=application, event=event, by=by, now=NOW),
        correct,
    )
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == [
        "funding.application.over"
    ]


# -- planned amounts ---------------------------------------------------------------------------------
def test_two_forms_opened_on_the_same_amounts_are_not_both_saved() -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    source = FundingSourceFactory()
    seen = planned.plans_mark(project=project)
    answers = at_once(
        *(
            lambda by=by, wan=wan: planned.set_plans(
                project=project,
                planned={source: wan * WAN},
                seen=seen,
                by=district.users[by],
                now=NOW,
            )
            for by, wan in (("bureau", 100), ("bureau2", 200))
        )
    )
    (stale,) = [answer for answer in answers if isinstance(answer, SheetConflict)]
    assert len(stale.changes) == 1
    assert FundingPlan.objects.get().history.count() == 1  # type: ignore[attr-defined]


# -- findings of two bureaus -------------------------------------------------------------------------
def test_two_bureaus_number_their_findings_at_once() -> None:
    def record(district: District) -> Any:
        project = Project.objects.get(programme__bureau=district.bureau)
        return findings.record_finding(
            project=project,
            values=FindingValues(
                origin=FindingOrigin.FOLLOWING,
                title="外墙保温多计量",
                detail="",
                found_on=date(2025, 4, 1),
                amount_fen=0,
                severity=FindingSeverity.MAJOR,
                document_number="",
                responsible="施工单位",
                owner=district.users["bureau2"],
                deadline_on=date(2025, 4, 30),
            ),
            report=None,
            by=district.users["bureau"],
            now=NOW,
        )

    pair = [make_district(), make_district("boshan-")]
    for district in pair:
        ProjectFactory(
            programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
        )
    at_once(*(lambda one=one: record(one) for one in pair))
    assert list(AuditFinding.objects.values_list("number", flat=True)) == ["SJ2025-001"] * 2
