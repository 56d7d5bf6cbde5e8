"""Opening, writing and sending a return: the windows, the rows that must be there, what is kept."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from supervision.weekly import extending, services
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.values import ReportValues
from tests.factories.enrolment import cancel
from tests.factories.ledger import GateFactory
from tests.factories.weekly import make_return

from .office import THURSDAY, WEEK, Office, moment, values_of


def refused(code: str, call: Any, **arguments: Any) -> Refusal:
    """The refusal that a call answers with; another code is a failure."""
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    assert caught.value.code == code
    return caught.value


# -- opening -----------------------------------------------------------------------------------------
def test_opening_twice_gives_the_same_draft(office: Office) -> None:
    first = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    again = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    assert first == again
    assert (first.state, first.version) == (ReturnState.DRAFT, 1)
    assert [event.act for event in first.events.all()] == [ReturnAct.OPEN]


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2025-05-04 23:59:59", "week.not_open"),
        ("2025-05-12 12:00:01", "week.closed"),
    ],
)
def test_a_week_opens_on_monday_and_closes(office: Office, now: str, code: str) -> None:
    refused(
        code,
        services.open_return,
        street=office.street,
        week=WEEK,
        by=office.clerk,
        now=moment(now),
    )
    assert WeeklyReturn.objects.count() == 0


@pytest.mark.parametrize("now", ["2025-05-05 00:00:00", "2025-05-12 12:00:00"])
def test_the_edges_of_a_week_are_inside(office: Office, now: str) -> None:
    opened = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=moment(now))
    assert opened.state == ReturnState.DRAFT


def test_the_refusal_names_the_rule_that_holds_it(office: Office) -> None:
    refusal = refused(
        "week.closed",
        services.open_return,
        street=office.street,
        week=WEEK,
        by=office.clerk,
        now=moment("2025-05-13 09:00"),
    )
    assert refusal.message == (
        "第19周（5月5日—5月11日）周报2025年5月9日 17:00截止，已于2025年5月12日 12:00关闭"
        "（截止后的下一个工作日关闭）。需要补报的，请区局审核岗准许延后关闭。"
    )


def test_a_street_without_reporting_projects_owes_nothing(office: Office) -> None:
    refused(
        "return.not_expected",
        services.open_return,
        street=office.district.street("banyanglu"),
        week=WEEK,
        by=office.district.users["banyanglu"],
        now=THURSDAY,
    )


@pytest.mark.parametrize("name", ["songlinglu-head", "zhonglou", "bureau", "reviewer", "leader"])
def test_only_the_streets_clerk_fills_in(office: Office, name: str) -> None:
    with pytest.raises(Forbidden):
        services.open_return(
            street=office.street, week=WEEK, by=office.district.users[name], now=THURSDAY
        )
    assert WeeklyReturn.objects.count() == 0


# -- writing -----------------------------------------------------------------------------------------
def test_the_same_values_again_change_nothing(office: Office) -> None:
    draft = office.draft()
    before = AuditEntry.objects.count()
    later = moment("2025-05-08 16:00")
    changed = services.write_reports(
        weekly_return=draft, rows=office.rows(), by=office.clerk, now=later
    )
    assert changed == []
    assert AuditEntry.objects.count() == before
    assert set(WeeklyReport.objects.values_list("updated_at", flat=True)) == {THURSDAY}


def test_a_changed_value_is_audited_with_old_and_new(office: Office) -> None:
    draft = office.draft()
    row = values_of(office.projects[0], progress_percent=Decimal("12.5"))
    changed = services.write_report(
        weekly_return=draft, project=office.projects[0], values=row, by=office.clerk, now=THURSDAY
    )
    assert changed is not None
    assert changed.progress_percent == Decimal("12.5")
    entry = AuditEntry.objects.filter(act="return.write").first()
    assert entry is not None
    assert entry.changes == {"ZC2025-06": {"progress_percent": ["10.0", "12.5"]}}
    assert entry.organisation == office.street


def test_a_row_of_another_street_is_refused_and_nothing_is_stored_by_halves(
    office: Office,
) -> None:
    draft = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    refused(
        "report.not_reporting",
        services.write_reports,
        weekly_return=draft,
        rows=[values_of(office.projects[0]), values_of(office.stranger)],
        by=office.clerk,
        now=THURSDAY,
    )
    assert WeeklyReport.objects.count() == 0


def test_an_unchanged_row_takes_the_earlier_figures(office: Office) -> None:
    office.approved()
    following = WEEK.next()
    now = moment("2025-05-15 09:00")
    opened = services.open_return(street=office.street, week=following, by=office.clerk, now=now)
    rows = [ReportValues(project_id=project.pk, is_unchanged=True) for project in office.projects]
    services.write_reports(weekly_return=opened, rows=rows, by=office.clerk, now=now)
    found = opened.reports.values_list("progress_percent", "completed_investment_fen")
    assert list(found) == [(Decimal("10.0"), 30_0000_00)] * 2
    again = services.write_reports(weekly_return=opened, rows=rows, by=office.clerk, now=now)
    assert again == []
    different = values_of(office.projects[0], is_unchanged=True, progress_percent=Decimal("11.0"))
    refused(
        "report.unchanged",
        services.write_reports,
        weekly_return=opened,
        rows=[different],
        by=office.clerk,
        now=now,
    )


def test_the_first_report_of_a_project_cannot_be_unchanged(office: Office) -> None:
    draft = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    refusal = refused(
        "report.unchanged",
        services.write_reports,
        weekly_return=draft,
        rows=[ReportValues(project_id=office.projects[0].pk, is_unchanged=True)],
        by=office.clerk,
        now=THURSDAY,
    )
    assert refusal.message == "柳泉小区以前没有报过数，不能填“无变化”。"


def test_what_is_submitted_is_written_no_more(office: Office) -> None:
    sent = office.submitted()
    with pytest.raises(StateConflict) as caught:
        services.write_reports(
            weekly_return=sent,
            rows=office.rows(progress_percent=Decimal("20.0")),
            by=office.clerk,
            now=THURSDAY,
        )
    assert caught.value.state == ReturnState.SUBMITTED
    assert set(sent.reports.values_list("progress_percent", flat=True)) == {Decimal("10.0")}


# -- submitting --------------------------------------------------------------------------------------
def test_a_missing_project_is_named(office: Office) -> None:
    draft = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=THURSDAY)
    services.write_reports(
        weekly_return=draft, rows=[values_of(office.projects[0])], by=office.clerk, now=THURSDAY
    )
    refusal = refused(
        "return.missing_rows", services.submit, weekly_return=draft, by=office.clerk, now=THURSDAY
    )
    assert "建材一宿舍" in refusal.message
    assert "柳泉小区" not in refusal.message
    draft.refresh_from_db()
    assert draft.state == ReturnState.DRAFT


def test_an_unfinished_row_holds_the_return(office: Office) -> None:
    draft = office.draft(work_done="")
    refusal = refused(
        "return.faulty_rows", services.submit, weekly_return=draft, by=office.clerk, now=THURSDAY
    )
    assert refusal.message.startswith("有 2 个项目要改正或说明后才能报送：柳泉小区")


def test_a_lower_figure_asks_for_a_reason(office: Office) -> None:
    office.approved()
    now = moment("2025-05-15 09:00")
    opened = services.open_return(street=office.street, week=WEEK.next(), by=office.clerk, now=now)
    lower = office.rows(progress_percent=Decimal("9.0"))
    services.write_reports(weekly_return=opened, rows=lower, by=office.clerk, now=now)
    refused("return.faulty_rows", services.submit, weekly_return=opened, by=office.clerk, now=now)
    explained = office.rows(progress_percent=Decimal("9.0"), explanation="上周多计 1 栋楼。")
    services.write_reports(weekly_return=opened, rows=explained, by=office.clerk, now=now)
    sent = services.submit(weekly_return=opened, by=office.clerk, now=now)
    assert sent.state == ReturnState.SUBMITTED


@pytest.mark.parametrize(
    ("now", "is_late"), [("2025-05-09 17:00:00", False), ("2025-05-09 17:00:01", True)]
)
def test_after_the_due_moment_a_reason_is_asked_for(
    office: Office, now: str, is_late: bool
) -> None:
    draft = office.draft()
    if is_late:
        refusal = refused(
            "return.late_reason",
            services.submit,
            weekly_return=draft,
            by=office.clerk,
            now=moment(now),
        )
        assert refusal.field == "late_reason"
    sent = services.submit(
        weekly_return=draft, by=office.clerk, now=moment(now), late_reason="监理周五下午才报数。"
    )
    assert sent.late_reason == ("监理周五下午才报数。" if is_late else "")
    assert sent.due_at_met == moment("2025-05-09 17:00")
    assert sent.first_submitted_at == moment(now)


def test_a_closed_week_takes_nothing_but_an_exception_opens_it(office: Office) -> None:
    draft = office.draft()
    now = moment("2025-05-12 12:00:01")
    refused(
        "week.closed",
        services.submit,
        weekly_return=draft,
        by=office.clerk,
        now=now,
        late_reason="停电。",
    )
    extending.grant_exception(
        street=office.street,
        week=WEEK,
        closes_at=moment("2025-05-13 17:00"),
        reason="街道停电",
        by=office.reviewer,
        now=now,
    )
    refused("return.late_reason", services.submit, weekly_return=draft, by=office.clerk, now=now)
    sent = services.submit(
        weekly_return=draft,
        by=office.clerk,
        now=moment("2025-05-13 17:00:00"),
        late_reason="停电。",
    )
    assert sent.state == ReturnState.SUBMITTED
    assert sent.due_at_met == moment("2025-05-09 17:00")


def test_what_was_sent_back_after_closing_can_be_mended(office: Office) -> None:
    sent = office.submitted()
    after = moment("2025-05-13 09:00")
    back = services.send_back(
        weekly_return=sent, comment="投资数与监理月报不符。", by=office.reviewer, now=after
    )
    services.write_reports(
        weekly_return=back,
        rows=office.rows(completed_investment_fen=31_0000_00),
        by=office.clerk,
        now=after,
    )
    again = services.submit(weekly_return=back, by=office.clerk, now=after)
    assert again.state == ReturnState.SUBMITTED
    assert (again.first_submitted_at, again.submitted_at) == (THURSDAY, after)
    assert again.late_reason == ""


def test_what_stood_sent_back_at_closing_stays_closed(office: Office) -> None:
    sent = office.submitted()
    back = services.send_back(
        weekly_return=sent,
        comment="投资数与监理月报不符。",
        by=office.head,
        now=moment("2025-05-09 10:00"),
    )
    refused(
        "week.closed",
        services.submit,
        weekly_return=back,
        by=office.clerk,
        now=moment("2025-05-12 13:00"),
    )


def test_a_row_of_a_project_that_reports_no_more_is_dropped(office: Office) -> None:
    draft = office.draft()
    cancel(office.projects[1], date(2025, 5, 9))
    sent = services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY)
    assert [report.project for report in sent.reports.all()] == [office.projects[0]]


# -- exceptions --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("until", "reason", "code"),
    [
        ("2025-05-08 14:00", "停电", "exception.past"),
        ("2025-05-12 12:00", "停电", "exception.earlier"),
        ("2025-05-13 12:00", " ", "exception.reason"),
    ],
)
def test_an_exception_is_later_than_the_closing_moment_and_has_a_reason(
    office: Office, until: str, reason: str, code: str
) -> None:
    refused(
        code,
        extending.grant_exception,
        street=office.street,
        week=WEEK,
        closes_at=moment(until),
        reason=reason,
        by=office.reviewer,
        now=THURSDAY,
    )


@pytest.mark.parametrize("name", ["bureau", "songlinglu", "songlinglu-head", "leader", "admin"])
def test_only_the_bureaus_reviewer_grants_an_exception(office: Office, name: str) -> None:
    with pytest.raises(Forbidden):
        extending.grant_exception(
            street=office.street,
            week=WEEK,
            closes_at=moment("2025-05-13 12:00"),
            reason="停电",
            by=office.district.users[name],
            now=THURSDAY,
        )


# -- claims ------------------------------------------------------------------------------------------
def test_claimed_dates_become_gates_without_evidence_on_approval(office: Office) -> None:
    first, second = office.projects
    Gate.objects.filter(project=first).delete()
    known = Gate.objects.get(project=second, kind=GateKind.STARTED)
    reviewed = office.reviewed(claimed_start_on=date(2025, 5, 6))
    assert not Gate.objects.filter(project=first).exists()
    services.approve(weekly_return=reviewed, by=office.reviewer, now=THURSDAY)
    claim = Gate.objects.get(project=first, kind=GateKind.STARTED)
    assert (claim.actual_on, claim.evidence) == (date(2025, 5, 6), None)
    known.refresh_from_db()
    assert known.actual_on == date(2025, 3, 3)
    entry = AuditEntry.objects.get(act="gate.set")
    assert (entry.object_id, entry.sentence) == (
        str(claim.pk),
        "柳泉小区关口“开工”实际 2025年5月6日",
    )
    assert claim.note == "第19周（5月5日—5月11日）周报填报，待附依据"


def test_a_later_claim_replaces_an_earlier_one_that_has_no_evidence(office: Office) -> None:
    first = office.projects[0]
    Gate.objects.filter(project=first).delete()
    GateFactory(project=first, kind=GateKind.STARTED, actual_on=date(2025, 5, 1), evidence=None)
    office.approved(claimed_start_on=date(2025, 5, 6))
    assert Gate.objects.get(project=first, kind=GateKind.STARTED).actual_on == date(2025, 5, 6)


def test_a_claim_that_the_ledger_refuses_refuses_the_approval(office: Office) -> None:
    first, second = office.projects
    reviewed = office.reviewed(
        progress_percent=Decimal("100.0"),
        claimed_completion_on=date(2025, 5, 6),
        explanation="余款待审计后支付",
    )
    # The ledger was corrected after the street had sent its return.
    Gate.objects.filter(project=second, kind=GateKind.STARTED).delete()
    GateFactory(project=second, kind=GateKind.STARTED, actual_on=date(2025, 5, 7))
    refusal = refused(
        "gate.order",
        services.approve,
        weekly_return=reviewed,
        by=office.reviewer,
        now=THURSDAY,
    )
    assert refusal.message == (
        "建材一宿舍填报的实际完工日期 2025年5月6日 与台账不合：“完工”不能早于“开工”（2025年5月7日）。"
        "请退回街道改正，或先更正台账里的关口。"
    )
    reviewed.refresh_from_db()
    assert reviewed.state == ReturnState.REVIEWED
    # All or nothing: the sound claim of the other project was not taken either.
    assert not Gate.objects.filter(project=first, kind=GateKind.COMPLETED).exists()


# -- what the database holds -------------------------------------------------------------------------
@pytest.mark.parametrize("state", [ReturnState.APPROVED, ReturnState.PUBLISHED])
def test_the_database_takes_no_row_into_what_is_approved(
    office: Office, state: ReturnState
) -> None:
    first, second = office.projects
    approved = make_return(office.street, {first: ("10.0", 30_0000_00)}, state=state)
    report = approved.reports.get()
    with (
        pytest.raises(IntegrityError, match="已核定的周报不能再添项目，请用更正"),
        transaction.atomic(),
    ):
        WeeklyReport.objects.create(
            weekly_return=approved,
            project=second,
            updated_at=report.updated_at,
            updated_by=report.updated_by,
        )
    draft = make_return(
        office.street,
        {second: ("10.0", 0)},
        week_start=WEEK.next().start,
        state=ReturnState.DRAFT,
    )
    with (
        pytest.raises(IntegrityError, match="已核定的周报不能再添项目，请用更正"),
        transaction.atomic(),
    ):
        draft.reports.update(weekly_return=approved)
    assert [row.project for row in approved.reports.all()] == [first]
    assert [row.project for row in draft.reports.all()] == [second]


def test_the_week_of_a_return_is_its_own(office: Office) -> None:
    now: datetime = moment("2025-05-12 09:00")
    old = services.open_return(street=office.street, week=WEEK, by=office.clerk, now=now)
    new = services.open_return(street=office.street, week=WEEK.next(), by=office.clerk, now=now)
    assert {Week(row.week_start) for row in (old, new)} == {WEEK, WEEK.next()}
