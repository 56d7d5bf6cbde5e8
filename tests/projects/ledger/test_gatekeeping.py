"""Checks of gates refuse with every sentence at once; an exception that another approved stands for one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger import services
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import ExceptionAct, ExceptionState, GateKind
from projects.ledger.exception_flow import FLOW
from projects.ledger.exceptions import ExceptionValues, ask_exception, decide_exception
from projects.ledger.gatekeeping import GateRefused, checks_of, declared, findings
from projects.ledger.models import Gate, GateException, Project
from renovation.accounts.scope import scope_of
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.consent import agree
from tests.factories.ledger import (
    GateExceptionFactory,
    GateFactory,
    JointReviewFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.residents import told_all

DAY = date(2025, 4, 1)


@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    programme = ProgrammeFactory(bureau=district.bureau)
    made: Project = ProjectFactory(programme=programme, street=district.street("zhonglou"))
    agree(made)
    JointReviewFactory(project=made)
    told_all(made)
    return made


def start(district: District, project: Project, clock: Clock, **more: Any) -> Gate:
    return services.pass_gate(
        project=project,
        kind=GateKind.STARTED,
        actual_on=DAY,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
        **more,
    )


def plan_ahead(project: Project) -> None:
    """A permit that is planned and not passed, a tender that came after the day of the start."""
    GateFactory(project=project, kind=GateKind.PERMITTED, actual_on=None, evidence=None)
    GateFactory(project=project, kind=GateKind.TENDERED, actual_on=date(2025, 4, 9))


def test_codes_are_unique_and_every_gate_but_the_first_looks_back() -> None:
    codes = [check.code for check in declared()]
    assert len(codes) == len(set(codes))
    assert [check.code for check in checks_of(gate=GateKind.SURVEYED)] == []
    assert "ledger.order.started" in {check.code for check in checks_of(gate=GateKind.STARTED)}


def test_a_gate_says_everything_that_stands_against_it(
    district: District, project: Project, clock: Clock
) -> None:
    plan_ahead(project)
    with pytest.raises(GateRefused) as caught:
        start(district, project, clock, evidence=StoredFileFactory())
    assert caught.value.code == "gate.checks"
    assert caught.value.sentences == [
        "前面的关口还没有过：施工许可；日期早于前面的关口“招投标”（2025年4月9日）。"
    ]
    assert not Gate.objects.filter(kind=GateKind.STARTED).exists()


def test_a_claim_is_taken_and_bites_when_its_evidence_comes(
    district: District, project: Project, clock: Clock
) -> None:
    plan_ahead(project)
    claim = start(district, project, clock)
    assert not services.counts(claim)
    with pytest.raises(GateRefused):
        start(district, project, clock, evidence=StoredFileFactory())
    claim.refresh_from_db()
    assert claim.evidence is None


def test_completion_does_not_stand_on_a_start_without_evidence(
    district: District, project: Project, clock: Clock
) -> None:
    """Else 完工率 would run ahead of 开工率, and what 开工 asks for would never have been asked."""

    def complete() -> Gate:
        return services.pass_gate(
            project=project,
            kind=GateKind.COMPLETED,
            actual_on=date(2025, 5, 6),
            evidence=StoredFileFactory(),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )

    with pytest.raises(GateRefused) as caught:
        complete()
    assert caught.value.sentences == ["前面的关口还没有过：开工。"]
    start(district, project, clock)
    with pytest.raises(GateRefused) as caught:
        complete()
    assert caught.value.sentences == ["前面的关口还没有过：开工（缺依据文件）。"]
    start(district, project, clock, evidence=StoredFileFactory())
    assert services.counts(complete())


def test_a_gate_that_counted_is_taken_back_with_a_reason_and_from_the_end(
    district: District, project: Project, clock: Clock
) -> None:
    for kind, day in ((GateKind.STARTED, DAY), (GateKind.COMPLETED, date(2025, 5, 6))):
        GateFactory(project=project, kind=kind, actual_on=day, evidence=StoredFileFactory())

    def take_back(kind: GateKind, note: str) -> Gate:
        return services.pass_gate(
            project=project,
            kind=kind,
            actual_on=None,
            note=note,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )

    for kind, note, code in (
        (GateKind.STARTED, "日期登错", "gate.order"),
        (GateKind.COMPLETED, " ", "gate.reason"),
    ):
        with pytest.raises(Refusal) as caught:
            take_back(kind, note)
        assert caught.value.code == code
    assert not services.counts(take_back(GateKind.COMPLETED, "日期登错"))
    assert not services.counts(take_back(GateKind.STARTED, "日期登错"))


def test_what_was_passed_before_the_portal_is_not_checked(
    district: District, project: Project, clock: Clock
) -> None:
    plan_ahead(project)
    assert services.counts(start(district, project, clock, is_opening=True))


def test_a_bureau_may_ask_for_every_earlier_gate(
    district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    set_value(
        key="ledger.gate.order",
        organisation=district.bureau,
        value="all",
        effective_on=date(2025, 1, 1),
        reason="试行",
        by=district.users["admin"],
        now=now,
    )
    with pytest.raises(GateRefused) as caught:
        services.pass_gate(
            project=project,
            kind=GateKind.PROGRAMMED,
            actual_on=DAY,
            by=district.users["bureau"],
            now=now,
        )
    assert "前面的关口还没有过：摸底、意愿征询。" in caught.value.sentences


def ask(district: District, project: Project, clock: Clock, **changed: Any) -> GateException:
    values = ExceptionValues(
        **({"reason": "抢险在先，许可补办", "document_number": "淄建会〔2025〕8号"} | changed)
    )
    return ask_exception(
        project=project,
        check_code="ledger.order.started",
        values=values,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
    )


def test_an_approved_exception_opens_the_gate_and_a_revoked_one_does_not(
    district: District, project: Project, clock: Clock
) -> None:
    plan_ahead(project)
    row = ask(district, project, clock)
    with pytest.raises(GateRefused):  # asked for is not approved
        start(district, project, clock, evidence=StoredFileFactory())
    decide_exception(
        exception=row,
        act=ExceptionAct.APPROVE,
        comment="",
        scope=scope_of(district.users["reviewer"], on=date(2025, 5, 7)),
        by=district.users["reviewer"],
        now=clock.at("2025-05-07 11:00"),
    )
    gate = start(district, project, clock, evidence=StoredFileFactory())
    assert services.counts(gate)
    [finding] = [
        each
        for each in findings(project=project, gates=[GateKind.STARTED], on=DAY)
        if each.check.code == "ledger.order.started"
    ]
    assert (finding.is_excepted, finding.refuses) == (True, False)
    row.refresh_from_db()
    decide_exception(
        exception=row,
        act=ExceptionAct.REVOKE,
        comment="许可已补办，另行登记",
        scope=scope_of(district.users["reviewer"], on=date(2025, 5, 7)),
        by=district.users["reviewer"],
        now=clock.at("2025-05-07 12:00"),
    )
    with pytest.raises(GateRefused):
        services.pass_gate(
            project=project,
            kind=GateKind.STARTED,
            actual_on=date(2025, 4, 2),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 13:00"),
        )
    assert list(
        AuditEntry.objects.filter(act__startswith="gate_exception.")
        .order_by("pk")
        .values_list("act", flat=True)
    ) == ["gate_exception.ask", "gate_exception.approve", "gate_exception.revoke"]
    assert row.history.count() == 3


def test_who_asks_does_not_approve(district: District, project: Project, clock: Clock) -> None:
    plan_ahead(project)
    row = ask(district, project, clock)
    row.requested_by = district.users["reviewer"]
    row.save()
    for name, words in (
        ("bureau", "您没有批准的权限。"),
        ("reviewer", "申请例外的人不能自己批准。"),
    ):
        with pytest.raises(Forbidden) as caught:
            decide_exception(
                exception=row,
                act=ExceptionAct.APPROVE,
                comment="",
                scope=scope_of(district.users[name], on=date(2025, 5, 7)),
                by=district.users[name],
                now=clock.at("2025-05-07 11:00"),
            )
        assert caught.value.message == words
    row.refresh_from_db()
    assert row.state == ExceptionState.ASKED


def test_a_refusal_says_why_and_is_final(
    district: District, project: Project, clock: Clock
) -> None:
    plan_ahead(project)
    row = ask(district, project, clock)
    decision: dict[str, Any] = {
        "exception": row,
        "scope": scope_of(district.users["reviewer"], on=date(2025, 5, 7)),
        "by": district.users["reviewer"],
        "now": clock.at("2025-05-07 11:00"),
    }
    with pytest.raises(Refusal) as caught:
        decide_exception(act=ExceptionAct.REFUSE, comment=" ", **decision)
    assert caught.value.field == "comment"
    decide_exception(act=ExceptionAct.REFUSE, comment="先办许可", **decision)
    with pytest.raises(StateConflict):
        decide_exception(act=ExceptionAct.APPROVE, comment="", **decision)
    assert ask(district, project, clock).state == ExceptionState.ASKED  # asked for anew


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"reason": " "}, "exception.reason"),
        ({"document_number": ""}, "exception.document"),
    ],
)
def test_an_exception_has_a_reason_and_a_document(
    district: District, project: Project, clock: Clock, changed: dict[str, str], code: str
) -> None:
    plan_ahead(project)
    with pytest.raises(Refusal) as caught:
        ask(district, project, clock, **changed)
    assert caught.value.code == code
    assert GateException.objects.count() == 0


def test_an_exception_is_judged_on_the_day_of_the_gate(
    district: District, project: Project, clock: Clock
) -> None:
    """The tender came after the start and before today: today nothing is wrong, on the day it was."""
    GateFactory(project=project, kind=GateKind.TENDERED, actual_on=date(2025, 4, 9))
    for day, code in ((None, "exception.not_needed"), (date(2025, 5, 8), "gate.future")):
        with pytest.raises(Refusal) as caught:
            ask(district, project, clock, passed_on=day)
        assert caught.value.code == code
    row = ask(district, project, clock, passed_on=DAY)
    assert row.finding == "日期早于前面的关口“招投标”（2025年4月9日）。"


def test_an_exception_is_asked_once_and_only_where_it_is_needed(
    district: District, project: Project, clock: Clock
) -> None:
    with pytest.raises(Refusal) as caught:
        ask(district, project, clock)
    assert caught.value.code == "exception.not_needed"
    plan_ahead(project)
    ask(district, project, clock)
    with pytest.raises(Refusal) as caught:
        ask(district, project, clock)
    assert caught.value.code == "exception.once"
    with pytest.raises(Refusal) as caught:
        ask_exception(
            project=project,
            check_code="nobody.knows",
            values=ExceptionValues("x", "y"),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert caught.value.code == "exception.check"


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("gate_exception_has_reason", {"reason": ""}),
        ("gate_exception_has_document", {"document_number": ""}),
        ("gate_exception_decided_at_and_by", {"state": ExceptionState.APPROVED}),
    ],
)
def test_the_database_holds_an_exception_to_its_shape(
    project: Project, constraint: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GateExceptionFactory(project=project, **fields)


def test_the_database_knows_one_open_exception_and_another_approver(project: Project) -> None:
    row = GateExceptionFactory(project=project)
    with pytest.raises(IntegrityError), transaction.atomic():
        GateExceptionFactory(project=project)  # gate_exception_once
    row.state, row.decided_by, row.decided_at = "approved", row.requested_by, row.requested_at
    with (
        pytest.raises(IntegrityError, match="gate_exception_approver_did_not_ask"),
        transaction.atomic(),
    ):
        row.save()


# -- two people at one gate ----------------------------------------------------------------------------
def test_the_second_editor_of_a_gate_is_told_who_changed_what(
    district: District, project: Project, clock: Clock
) -> None:
    first, second = district.users["bureau"], district.users["bureau2"]
    now = clock.at("2025-05-07 10:00")

    def save(by: Any, seen: int, **values: Any) -> Gate:
        return services.record_gate(
            project=project,
            kind=GateKind.APPROVED,
            values=values,
            evidence=None,
            by=by,
            now=now,
            seen_version=seen,
        )

    made = save(first, 0, actual_on=date(2025, 2, 3), document_number="1号")
    assert made.version == 1
    with pytest.raises(EditConflict) as caught:  # opened before there was a gate
        save(second, 0, actual_on=date(2025, 2, 5))
    assert caught.value.changes == [
        f"{first}填了“关口”：立项批复。",
        f"{first}填了“实际日期”：2025年2月3日。",
        f"{first}填了“文号”：1号。",
    ]
    save(first, 1, actual_on=date(2025, 2, 4))
    with pytest.raises(EditConflict) as caught:
        save(second, 1, actual_on=date(2025, 2, 5))
    assert caught.value.changes == [f"{first}把“实际日期”由“2025年2月3日”改为“2025年2月4日”。"]
    assert caught.value.version == 2
    assert save(second, 2, actual_on=date(2025, 2, 5)).version == 3
