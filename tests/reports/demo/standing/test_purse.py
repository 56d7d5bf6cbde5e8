"""What the demo shows of accounts, forecasts, applications, findings and alarms, and that it obeys the rules."""

from __future__ import annotations

from datetime import date

import pytest

from projects.funding.accounts.discipline import first_overdraw
from projects.funding.accounts.naming import movements_of
from projects.funding.accounts.register import project_lines
from projects.funding.applications.flow import FLOW as APPLICATION_FLOW
from projects.funding.enums import ApplicationState, EventState, FindingState
from projects.funding.findings.listing import lines_of as finding_lines
from projects.funding.findings.services import close_settled
from projects.funding.forecasts.listing import Cut, forecast_table
from projects.funding.models import Application, AuditFinding, Forecast, ProjectAccount
from projects.funding.waiting import waiting_for
from projects.ledger.models import Project
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.records.services import work_calendar
from reports.figures.enums import AlarmState
from reports.figures.models import DivergenceAlarm
from tests.factories.accounts import scope_for
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_accounts_hold_the_discipline_and_show_what_is_to_be_put_right(demo: Demo) -> None:
    ids = list(Project.objects.values_list("pk", flat=True))
    rows = movements_of(project_ids=ids)
    assert len(rows) > 500
    assert first_overdraw(movement for movement, _ in rows) is None
    lines = project_lines(
        projects=list(Project.objects.order_by("pk")),
        accounts=ProjectAccount.objects.all(),
        today=local_day(demo.now),
    )
    faults = {fault for line in lines for fault in line.faults}
    assert {"有到位资金，没有专户", "缺 1 个月对账单"} <= faults
    statements = [
        statement for line in lines for account in line.accounts for statement in account.statements
    ]
    assert any(statement.difference_fen for statement in statements)
    # A mistake that was corrected later is in neither side: all differences are interest, and explained.
    assert not [statement for statement in statements if statement.is_unexplained]


def test_forecasts_leave_a_variance_unexplained_and_one_waiting(demo: Demo) -> None:
    bureau = Project.objects.first().programme.bureau  # type: ignore[union-attr]
    table = forecast_table(
        scope=scope_for(User.objects.get(username="bureau"), local_day(demo.now)),
        bureau=bureau,
        year=demo.year,
        cut=Cut.UNEXPLAINED,
        today=local_day(demo.now),
    )
    assert 0 < table.waiting <= 20
    assert {row.line.quarter.number for row in table.rows if row.line} == {3}
    assert {row.due_on for row in table.rows} == {
        work_calendar().add_workdays(date(demo.year, 9, 30), 10)
    }
    assert Forecast.objects.filter(state=EventState.PENDING).count() == 1
    assert Forecast.objects.filter(version=2, state=EventState.APPROVED).exists()
    for row in Forecast.objects.approved():
        assert row.decided_at is not None
        assert local_day(row.decided_at) < row.quarter.start


def test_two_applications_were_granted_and_one_refused(demo: Demo) -> None:
    rows = Application.objects.filter(drafted_at__year=demo.year)
    states = sorted(rows.values_list("state", flat=True))
    assert states == ["draft", "granted", "granted", "refused", "reported"]
    granted = rows.filter(state=ApplicationState.GRANTED)
    assert all(row.allocations.exists() for row in granted)
    assert {str(state) for state in states} == set(APPLICATION_FLOW.states)


def test_three_findings_one_of_them_overdue(demo: Demo) -> None:
    own = AuditFinding.objects.filter(settled_on=None)
    lines = finding_lines(rows=own, today=local_day(demo.now))
    assert [line.row.state for line in lines] == [
        FindingState.OPEN,
        FindingState.ANSWERED,
        FindingState.CLOSED,
    ]
    assert [line.is_overdue for line in lines] == [True, False, False]
    assert lines[2].row.reopen_count == 1


def test_one_finding_of_an_earlier_year_waits_to_be_closed_on_its_day(demo: Demo) -> None:
    (finding,) = AuditFinding.objects.exclude(settled_on=None)
    assert finding.project.entered_on.year == finding.found_on.year + 1
    assert (finding.state, finding.number) == ("answered", f"SJ{finding.found_on.year}-001")
    by = User.objects.get(username="reviewer")
    waiting = waiting_for(scope=scope_for(by, on=local_day(demo.now)))
    assert list(waiting.settled) == [finding]
    # The portal itself would have taken it: it was settled before the project was entered.
    history = finding.project.history.order_by("history_date").first()
    assert finding.settled_on < local_day(history.history_date)
    assert close_settled(findings=waiting.settled, by=by, now=demo.now) == 1
    finding.refresh_from_db()
    assert (finding.state, finding.closed_on) == ("closed", finding.settled_on)


def test_alarms_have_a_history(demo: Demo) -> None:
    states = set(DivergenceAlarm.objects.values_list("state", flat=True))
    assert states == set(AlarmState.values)
    assert any(alarm.readings.count() > 2 for alarm in DivergenceAlarm.objects.all())
