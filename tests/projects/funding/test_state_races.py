"""Two people decide at once on a forecast, an application or a finding, or enter the same thing twice: it happens once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from projects.funding.accounts import services as accounts
from projects.funding.accounts.services import AccountValues
from projects.funding.applications import services as applications
from projects.funding.enums import FindingOrigin, FindingSeverity, Stage
from projects.funding.findings import services as findings
from projects.funding.findings.services import FindingValues
from projects.funding.forecasts import services as forecasts
from projects.funding.models import (
    Application,
    AuditFinding,
    FindingStep,
    Forecast,
    FundingSource,
    GrantedAllocation,
    ProjectAccount,
    StatementBalance,
)
from projects.ledger.models import Project
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.core.files import NewFile
from renovation.core.periods import Month, Quarter, Week
from reports.figures.alarms import sweep_week
from reports.figures.models import AlarmReading, DivergenceAlarm
from tests.factories.accounts import District, make_district
from tests.factories.funding import FundingEventFactory, FundingSourceFactory, make_application
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return
from tests.projects.ledger.test_gates import PDF
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))
WAN = 1_000_000


@pytest.fixture
def district(transactional_db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )


@pytest.fixture
def source(transactional_db: None) -> FundingSource:
    made: FundingSource = FundingSourceFactory()
    return made


def refusals(*calls: Callable[[], Any]) -> list[str]:
    """The codes of what was refused; nothing else may go wrong."""
    answers = at_once(*calls)
    assert not [
        one for one in answers if isinstance(one, BaseException) and not isinstance(one, Refusal)
    ]
    return [answer.code for answer in answers if isinstance(answer, Refusal)]


def test_a_forecast_is_decided_once(
    district: District, project: Project, source: FundingSource
) -> None:
    made = forecasts.make_forecast(
        project=project, quarter=Quarter(2025, 3), amounts={source: WAN}, note="",
        by=district.users["bureau"], now=NOW,
    )  # fmt: skip
    head = district.users["reviewer"]
    found = refusals(
        lambda: forecasts.approve_forecast(
            forecast=Forecast.objects.get(pk=made.pk), by=head, now=NOW
        ),
        lambda: forecasts.reject_forecast(
            forecast=Forecast.objects.get(pk=made.pk), comment="重编", by=head, now=NOW
        ),
    )
    assert found == ["state.conflict"]


def test_a_version_is_made_once(
    district: District, project: Project, source: FundingSource
) -> None:
    found = refusals(
        *(
            lambda by=by: forecasts.make_forecast(
                project=project, quarter=Quarter(2025, 3), amounts={source: WAN}, note="", by=by,
                now=NOW,
            )
            for by in (district.users["bureau"], district.users["bureau2"])
        )
    )  # fmt: skip
    assert found == ["funding.forecast.waits"]
    assert Forecast.objects.count() == 1


def _reported(district: District, project: Project, source: FundingSource) -> Application:
    return applications.report_application(
        application=make_application(
            district.bureau, district.users["bureau"], asked={project: 50 * WAN}, source=source
        ),
        reported_on=date(2025, 2, 10),
        document_number="一号",
        file=None,
        by=district.users["bureau"],
        now=NOW,
    )


def _grant(district: District, application: Application, project: Project) -> Application:
    return applications.grant_application(
        application=application, granted={project.pk: 50 * WAN}, decided_on=date(2025, 3, 1),
        decision_number="二号", file=None, by=district.users["reviewer"], now=NOW,
    )  # fmt: skip


def test_an_application_is_decided_or_taken_back(
    district: District, project: Project, source: FundingSource
) -> None:
    made = _reported(district, project, source)
    found = refusals(
        lambda: _grant(district, Application.objects.get(pk=made.pk), project),
        lambda: applications.take_back(
            application=Application.objects.get(pk=made.pk), comment="补充",
            by=district.users["bureau"], now=NOW,
        ),
    )  # fmt: skip
    assert found == ["state.conflict"]


def test_a_grant_is_not_linked_beyond_its_amount(
    district: District, project: Project, source: FundingSource
) -> None:
    made = _grant(district, _reported(district, project, source), project)
    events = [
        FundingEventFactory(
            project=project, source=source, stage=Stage.ALLOCATED, amount_fen=30 * WAN,
            occurred_on=date(2025, 3, 10),
        )
        for _ in range(2)
    ]  # fmt: skip
    found = refusals(
        *(
            lambda event=event: applications.link_allocation(
                application=made, event=event, by=district.users["bureau"], now=NOW
            )
            for event in events
        )
    )
    assert found == ["funding.application.over"]
    assert GrantedAllocation.objects.count() == 1


def test_a_finding_is_closed_or_sent_back_and_numbered_once(
    district: District, project: Project
) -> None:
    values = FindingValues(
        FindingOrigin.FOLLOWING, "多计量", "", date(2025, 4, 1), 0, FindingSeverity.MINOR, "",
        "某公司", district.users["zhonglou"], date(2025, 4, 30),
    )  # fmt: skip
    found = refusals(
        *(
            lambda: findings.record_finding(
                project=project, values=values, report=None, by=district.users["bureau"], now=NOW
            )
            for _ in range(2)
        )
    )
    assert found == []
    assert sorted(AuditFinding.objects.values_list("number", flat=True)) == [
        "SJ2025-001",
        "SJ2025-002",
    ]
    one = AuditFinding.objects.get(number="SJ2025-001")
    findings.answer(finding=one, text="已改", file=None, by=district.users["zhonglou"], now=NOW)
    head = district.users["reviewer"]
    found = refusals(
        lambda: findings.close(
            finding=AuditFinding.objects.get(pk=one.pk), text="", by=head, now=NOW
        ),
        lambda: findings.send_back(
            finding=AuditFinding.objects.get(pk=one.pk), text="不足", by=head, now=NOW
        ),
    )
    assert found == ["state.conflict"]
    assert FindingStep.objects.filter(finding=one).count() == 3


def test_a_statement_is_entered_once(district: District, project: Project) -> None:
    account = accounts.open_account(
        project=project,
        values=AccountValues("甲", "乙", "丙", date(2025, 3, 1), "6222020200112233"),
        by=district.users["bureau"],
        now=NOW,
    )

    def enter() -> Any:
        return accounts.enter_statement(
            account=ProjectAccount.objects.get(pk=account.pk), month=Month(2025, 4), balance_fen=0,
            scan=NewFile("对账单.pdf", PDF, "application/pdf"), explanation="", reason="",
            by=district.users["bureau"], now=NOW,
        )  # fmt: skip

    assert refusals(enter, enter) == ["funding.statement.reason"]
    assert StatementBalance.objects.count() == 1


def test_a_week_is_swept_once(district: District, project: Project) -> None:
    FundingEventFactory(
        project=project, stage=Stage.PAID, amount_fen=90_0000_00, occurred_on=date(2025, 4, 22)
    )
    week = Week(date(2025, 4, 21))
    make_return(project.street, {project: ("10.0", 0)}, week_start=week.start)
    found = refusals(
        *(lambda: sweep_week(bureau=district.bureau, week=week, now=NOW) for _ in range(2))
    )
    assert found == []
    assert (DivergenceAlarm.objects.count(), AlarmReading.objects.count()) == (1, 1)
