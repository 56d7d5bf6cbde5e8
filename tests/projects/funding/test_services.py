"""Money: recorded, approved by another, corrected and never changed; the order holds on every date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from projects.funding import planned, services
from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, FundingPlan, FundingSource
from projects.funding.services import EventValues
from projects.ledger.models import Project
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import (
    FundingEventFactory,
    FundingPlanFactory,
    FundingSourceFactory,
    make_chain,
)
from tests.factories.ledger import ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    programme = ProgrammeFactory(bureau=district.bureau)
    made: Project = ProjectFactory(
        programme=programme, street=district.street("zhonglou"), name="文昌园"
    )
    return made


@pytest.fixture
def source(db: None) -> FundingSource:
    made: FundingSource = FundingSourceFactory()
    return made


def values(
    source: FundingSource, stage: Stage, wanyuan: int, day: date, **more: Any
) -> EventValues:
    return EventValues(
        source=source,
        stage=stage,
        amount_fen=wanyuan * 1_000_000,
        occurred_on=day,
        **{"document_number": "淄财建〔2025〕12号", **more},
    )


def test_an_entry_waits_counts_from_its_day_and_is_audited(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    by = district.users["bureau"]
    event = services.record_event(
        project=project,
        values=values(
            source, Stage.ALLOCATED, 100, date(2025, 2, 20), document_number="淄财〔2025〕1号"
        ),
        by=by,
        now=clock.at(NOW),
    )
    assert (event.state, event.effective_on) == (EventState.PENDING, date(2025, 2, 20))
    assert FundingEvent.objects.as_of(date(2025, 5, 7)).count() == 0
    assert FundingEvent.objects.as_of(date(2025, 5, 7), pending=True).count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.sentence) == (
        "funding.record",
        by,
        "登记文昌园“中央财政补助”下达 100.00 万元",
    )
    assert entry.changes["amount_fen"] == [None, 100_000_000]


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        (Stage.ALLOCATED, "下达要写文号；没有的，附签订的协议（如居民出资、专营单位出资）。"),
        (Stage.RECEIVED, "到位要写文号或凭证号；没有的，附进账单。"),
        (Stage.RELEASED, "拨付要写文号或凭证号；没有的，附拨付审批单。"),
        (Stage.PAID, "支付要写文号或凭证号；没有的，附付款凭证。"),
    ],
)
def test_money_moves_by_a_document_or_a_voucher(
    district: District,
    project: Project,
    source: FundingSource,
    clock: Clock,
    stage: Stage,
    sentence: str,
) -> None:
    make_chain(project, source=source)
    by, now = district.users["bureau"], clock.at(NOW)
    before = FundingEvent.objects.count()
    bare = values(source, stage, 1, date(2025, 5, 6), document_number=" ")
    with pytest.raises(Refusal) as caught:
        services.record_with_file(project=project, values=bare, evidence=None, by=by, now=now)
    assert (caught.value.code, caught.value.field, caught.value.message) == (
        "funding.document",
        "document_number",
        sentence,
    )
    assert FundingEvent.objects.count() == before
    paper = NewFile(name="依据.pdf", content=b"%PDF-1.7", content_type="application/pdf")
    event = services.record_with_file(project=project, values=bare, evidence=paper, by=by, now=now)
    assert str(event.file) == "依据.pdf"
    numbered = values(source, stage, 1, date(2025, 5, 6), document_number="凭证 0507")
    event = services.record_event(project=project, values=numbered, by=by, now=now)
    assert (event.document_number, event.file) == ("凭证 0507", None)


@pytest.mark.parametrize("stage", list(Stage))
def test_what_moved_before_the_portal_may_have_lost_its_number(
    district: District, project: Project, source: FundingSource, clock: Clock, stage: Stage
) -> None:
    make_chain(project, source=source)
    bare = values(source, stage, 1, date(2025, 5, 6), document_number="")
    past = services.record_event(
        project=project,
        values=bare,
        by=district.users["bureau"],
        now=clock.at(NOW),
        is_opening=True,
    )
    assert (past.is_opening, past.document_number, past.file) == (True, "", None)


def test_what_exceeds_the_stage_before_is_refused(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    make_chain(
        project, source=source, allocated=100_000_000, received=60_000_000, released=0, paid=0
    )
    with pytest.raises(Refusal) as caught:
        services.record_event(
            project=project,
            values=values(source, Stage.RECEIVED, 41, date(2025, 4, 1)),
            by=district.users["bureau"],
            now=clock.at(NOW),
        )
    assert (caught.value.code, caught.value.field) == ("funding.order", "amount")
    assert caught.value.message == (
        "到 2025年4月1日，“中央财政补助”的到位（101.00 万元）会超过下达（100.00 万元）。"
    )
    assert FundingEvent.objects.count() == 2


def test_a_back_dated_entry_is_judged_on_its_own_day(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    """The sums fit in the end, but on 2025-02-28 nothing had been allocated yet."""
    make_chain(
        project, source=source, allocated=100_000_000, received=0, released=0, paid=0,
        on=date(2025, 3, 3),
    )  # fmt: skip
    for day, fits in ((date(2025, 2, 28), False), (date(2025, 3, 3), True)):
        new = values(source, Stage.RECEIVED, 50, day)
        if fits:
            services.record_event(
                project=project, values=new, by=district.users["bureau"], now=clock.at(NOW)
            )
        else:
            with pytest.raises(Refusal) as caught:
                services.record_event(
                    project=project, values=new, by=district.users["bureau"], now=clock.at(NOW)
                )
            assert caught.value.message.startswith("到 2025年2月28日，")
    assert FundingEvent.objects.filter(stage=Stage.RECEIVED).count() == 1


def test_pending_entries_take_their_place(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    make_chain(project, source=source, allocated=100_000_000, received=0, released=0, paid=0)
    new = values(source, Stage.RECEIVED, 60, date(2025, 4, 1))
    by, now = district.users["bureau"], clock.at(NOW)
    services.record_event(project=project, values=new, by=by, now=now)
    with pytest.raises(Refusal):
        services.record_event(project=project, values=new, by=by, now=now)


@pytest.mark.parametrize(
    ("wanyuan", "day", "code", "field"),
    [
        (0, date(2025, 4, 1), "funding.amount", "amount"),
        (-5, date(2025, 4, 1), "funding.amount", "amount"),
        (5, date(2025, 5, 8), "funding.future", "occurred_on"),
    ],
)
def test_no_amount_and_no_future(
    district: District,
    project: Project,
    source: FundingSource,
    clock: Clock,
    wanyuan: int,
    day: date,
    code: str,
    field: str,
) -> None:
    with pytest.raises(Refusal) as caught:
        services.record_event(
            project=project,
            values=values(source, Stage.ALLOCATED, wanyuan, day),
            by=district.users["bureau"],
            now=clock.at(NOW),
        )
    assert (caught.value.code, caught.value.field) == (code, field)


# -- approving ---------------------------------------------------------------------------------------
def test_the_recorder_does_not_approve(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    now, by = clock.at(NOW), district.users["bureau"]
    event = services.record_event(
        project=project, values=values(source, Stage.ALLOCATED, 1, date(2025, 4, 1)), by=by, now=now
    )
    with pytest.raises(Forbidden):
        services.approve_event(event=event, by=by, now=now)
    event = services.approve_event(event=event, by=district.users["reviewer"], now=now)
    assert (event.state, event.approved_by, event.approved_at) == (
        EventState.APPROVED,
        district.users["reviewer"],
        now,
    )
    with pytest.raises(StateConflict):
        services.approve_event(event=event, by=district.users["reviewer"], now=now)
    assert AuditEntry.objects.filter(act="funding.approve").count() == 1


def test_what_is_approved_holds_the_order_by_itself(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    now, by, head = clock.at(NOW), district.users["bureau"], district.users["reviewer"]
    both = [
        services.record_event(
            project=project, values=values(source, stage, 5, date(2025, 4, 1)), by=by, now=now
        )
        for stage in (Stage.ALLOCATED, Stage.RECEIVED)
    ]
    with pytest.raises(Refusal) as caught:
        services.approve_event(event=both[1], by=head, now=now)
    assert caught.value.code == "funding.order"
    assert services.approve_events(events=both[::-1], by=head, now=now) == 2
    assert FundingEvent.objects.filter(state=EventState.APPROVED).count() == 2


def test_several_are_approved_all_or_none(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    now, by, head = clock.at(NOW), district.users["bureau"], district.users["reviewer"]
    theirs = services.record_event(
        project=project, values=values(source, Stage.ALLOCATED, 5, date(2025, 4, 1)), by=by, now=now
    )
    own = services.record_event(
        project=project,
        values=values(source, Stage.ALLOCATED, 5, date(2025, 4, 1)),
        by=head,
        now=now,
    )
    with pytest.raises(Forbidden):
        services.approve_events(events=[theirs, own], by=head, now=now)
    assert FundingEvent.objects.filter(state=EventState.PENDING).count() == 2


def test_rejecting_does_not_break_the_chain(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    now, by, head = clock.at(NOW), district.users["bureau"], district.users["reviewer"]
    allocated, received = (
        services.record_event(
            project=project, values=values(source, stage, 5, date(2025, 4, 1)), by=by, now=now
        )
        for stage in (Stage.ALLOCATED, Stage.RECEIVED)
    )
    with pytest.raises(Refusal) as caught:
        services.reject_event(event=allocated, reason="文号不对", by=head, now=now)
    assert caught.value.field == "reason"
    assert caught.value.message == (
        "退回后，到 2025年4月1日，“中央财政补助”的到位（5.00 万元）会超过下达（0.00 万元）。请先退回后面的登记。"
    )
    with pytest.raises(Refusal) as caught:
        services.reject_event(event=received, reason=" ", by=head, now=now)
    assert caught.value.code == "funding.reason"
    services.reject_event(event=received, reason="重复", by=head, now=now)
    services.reject_event(event=allocated, reason="文号不对", by=head, now=now)
    assert set(FundingEvent.objects.values_list("state", flat=True)) == {EventState.REJECTED}
    assert [e.reason for e in AuditEntry.objects.filter(act="funding.reject").order_by("pk")] == [
        "重复",
        "文号不对",
    ]


# -- correcting --------------------------------------------------------------------------------------
def test_a_correction_counts_from_the_day_it_corrects(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    allocated, received = make_chain(
        project, source=source, allocated=100_000_000, received=60_000_000, released=0, paid=0
    )
    now, by = clock.at(NOW), district.users["bureau"]
    adjusting = services.correct_to(
        event=received, total_fen=45_000_000, reason="多记一笔", by=by, now=now
    )
    assert (adjusting.amount_fen, adjusting.occurred_on, adjusting.effective_on) == (
        -15_000_000,
        date(2025, 5, 7),
        date(2025, 3, 3),
    )
    assert (adjusting.corrects, adjusting.reason, adjusting.state) == (
        received,
        "多记一笔",
        EventState.PENDING,
    )
    services.approve_event(event=adjusting, by=district.users["reviewer"], now=now)
    assert services.corrected_fen(event=received) == 45_000_000
    with pytest.raises(Refusal) as caught:  # below what was received
        services.correct_to(event=allocated, total_fen=44_000_000, reason="减少", by=by, now=now)
    assert caught.value.code == "funding.order"
    with pytest.raises(Refusal) as caught:
        services.correct_to(event=received, total_fen=45_000_000, reason="同", by=by, now=now)
    assert caught.value.code == "funding.same"
    with pytest.raises(Refusal) as caught:
        services.correct_event(event=adjusting.__class__.objects.get(pk=adjusting.pk), amount_fen=1, reason="再", by=by, now=now)  # fmt: skip
    assert caught.value.code == "funding.corrects"
    with pytest.raises(Refusal) as caught:
        services.correct_event(event=received, amount_fen=1, reason=" ", by=by, now=now)
    assert caught.value.code == "funding.reason"


def test_a_correction_carries_the_document_and_file_it_goes_by(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    (event, *_) = make_chain(project, source=source)
    paper = NewFile(name="更正通知.pdf", content=b"%PDF-1.7", content_type="application/pdf")
    made = services.correct_to(
        event=event,
        total_fen=event.amount_fen + 1_000_000,
        reason="文件改发",
        document_number="淄财建〔2025〕31号",
        evidence=paper,
        by=district.users["bureau"],
        now=clock.at(NOW),
    )
    made.refresh_from_db()
    assert (made.corrects, made.document_number, str(made.file)) == (
        event,
        "淄财建〔2025〕31号",
        "更正通知.pdf",
    )
    assert AuditEntry.objects.get(act="funding.correct").changes["document_number"] == [
        None,
        "淄财建〔2025〕31号",
    ]


def test_only_the_approved_is_corrected(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    event = FundingEventFactory(project=project, source=source, state=EventState.PENDING)
    with pytest.raises(StateConflict):
        services.correct_event(
            event=event, amount_fen=1, reason="x", by=district.users["bureau"], now=clock.at(NOW)
        )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE funding_fundingevent SET amount_fen = 1", "DELETE FROM funding_fundingevent"],
)
def test_the_database_refuses_to_change_the_approved(project: Project, statement: str) -> None:
    FundingEventFactory(project=project)
    with (
        pytest.raises(IntegrityError, match="已核定的资金登记不能修改或删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert FundingEvent.objects.get().amount_fen == 100_0000_00


def test_the_recorder_cannot_stand_as_approver_in_the_database(
    district: District, project: Project
) -> None:
    by = district.users["bureau"]
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingEventFactory(project=project, recorded_by=by, approved_by=by)


def test_a_retired_source_takes_no_new_money_but_is_corrected(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    (event, *_) = make_chain(project, source=source)
    source.is_active = False
    source.save()
    now, by = clock.at(NOW), district.users["bureau"]
    values = EventValues(
        source=source, stage=Stage.ALLOCATED, amount_fen=1_000_000, occurred_on=date(2025, 4, 1)
    )
    with pytest.raises(Refusal) as caught:
        services.record_event(project=project, values=values, by=by, now=now)
    assert (caught.value.code, caught.value.field) == ("funding.source.retired", "source")
    services.correct_event(event=event, amount_fen=1_000_000, reason="少录", by=by, now=now)
    assert FundingEvent.objects.filter(amount_fen=1_000_000).count() == 1


# -- plans -------------------------------------------------------------------------------------------
def test_planned_amounts_are_set_changed_and_taken_away(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    now, by = clock.at(NOW), district.users["bureau"]
    other = FundingSourceFactory(code="district")
    planned.set_plans(
        project=project, planned={source: 300_000_000, other: 5_000_000}, by=by, now=now
    )
    planned.set_plans(project=project, planned={source: 300_000_000, other: None}, by=by, now=now)
    plan = FundingPlan.objects.get()
    assert (plan.source, plan.planned_fen, plan.history.get().history_user) == (
        source,
        300_000_000,
        by,
    )
    assert [e.changes["planned_fen"] for e in AuditEntry.objects.order_by("pk")] == [
        [None, 300_000_000],
        [None, 5_000_000],
        [5_000_000, None],
    ]
    FundingEventFactory(project=project, source=source)
    with pytest.raises(Refusal) as caught:
        planned.set_plans(project=project, planned={source: None}, by=by, now=now)
    assert caught.value.field == f"planned-{source.pk}"


def test_allocated_above_plan_warns(project: Project, source: FundingSource) -> None:
    FundingPlanFactory(project=project, source=source, planned_fen=99_000_000)
    FundingEventFactory(project=project, source=source, amount_fen=100_000_000)
    assert planned.plan_warnings(project=project) == [
        "“中央财政补助”下达 100.00 万元，超过计划 99.00 万元。"
    ]
    FundingPlan.objects.get().delete()
    FundingPlanFactory(project=project, source=source, planned_fen=100_000_000)
    assert planned.plan_warnings(project=project) == []
