"""A district with a project that has something in every list."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from projects.funding.accounts.services import AccountValues, open_account
from projects.funding.enums import FindingOrigin, FindingSeverity
from projects.funding.findings.services import FindingValues, record_finding
from projects.funding.models import Forecast, ForecastLine
from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.residents.enums import RecordState
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.aftercare import (
    ITEM,
    CommitteeFactory,
    ContributionFactory,
    EvaluationFactory,
    FeeCollectionFactory,
    FundEntryFactory,
    HandoverFactory,
    ManagementFactory,
    OpinionFactory,
)
from tests.factories.funding import FundingPlanFactory, FundingSourceFactory, make_application
from tests.factories.ledger import (
    BaselineFactory,
    BuildingFactory,
    CommitmentFactory,
    EstateFactory,
    GateFactory,
    GatePromiseFactory,
    LeadingPostFactory,
    MonthlyTargetFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    PublicationFactory,
    RestWindowFactory,
    StandardCheckFactory,
    StandardItemFactory,
    SurveyFactory,
)
from tests.factories.residents import MatterFactory, MeetingFactory, NoticeFactory
from tests.factories.works import StructureFactory, UtilityPlanFactory


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def project(district: District, now: datetime) -> Project:
    """A project that has something in every list."""
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    estate = EstateFactory(project=made, name="南院")
    plan = BaselineFactory(project=made)
    MonthlyTargetFactory(baseline=plan, task="管沟开挖", work_kind="underground")
    MonthlyTargetFactory(
        baseline=plan, month_end_on=date(2025, 4, 30), target_percent=Decimal("30.0")
    )
    GateFactory(project=made, document_number="淄建施〔2025〕8号")
    PartyFactory(project=made, contact="项目经理")
    BuildingFactory(estate=estate, number="3号楼", structure="brick_concrete")
    item = StandardItemFactory(bureau=district.bureau, number=1)
    StandardCheckFactory(project=made, item=item)
    StandardItemFactory(bureau=district.bureau, number=2)
    source = FundingSourceFactory()
    FundingPlanFactory(project=made, source=source)
    for quarter, amount in ((2, 60_0000_00), (3, 80_0000_00)):
        forecast = Forecast.objects.create(
            project=made,
            year=2025,
            quarter_number=quarter,
            version=1,
            made_by=district.users["bureau"],
            made_at=datetime.fromisoformat("2025-03-20T10:00+08:00"),
        )
        ForecastLine.objects.create(forecast=forecast, source=source, amount_fen=amount)
        Forecast.objects.filter(pk=forecast.pk).update(
            state="approved",
            decided_by=district.users["reviewer"],
            decided_at=datetime.fromisoformat("2025-03-21T10:00+08:00"),
        )
    StructureFactory(project=made, estate=estate)
    UtilityPlanFactory(project=made, estate=estate, depth_cm=120)
    NoticeFactory(project=made, body="第一行\n第二行", tells_investment=True)
    NoticeFactory(project=made, point="launch", state="published")
    meeting = MeetingFactory(project=made)
    MatterFactory(meeting=meeting)
    MatterFactory(meeting=meeting, content="楼道灯不亮", solved_on=date(2025, 4, 20))
    GateFactory(project=made, kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    ContributionFactory(project=made, state=RecordState.DRAFT)
    HandoverFactory(estate=estate, items=[dict(ITEM), dict(ITEM, name="井盖", quantity="2.5")])
    confirmed = EvaluationFactory(project=made, state=RecordState.CONFIRMED)
    EvaluationFactory(project=made, held_on=date(2025, 5, 6))
    OpinionFactory(evaluation=confirmed)
    CommitteeFactory(estate=estate, until_on=date(2028, 2, 29))
    ManagementFactory(estate=estate)
    FeeCollectionFactory(estate=estate)
    FundEntryFactory(estate=estate)
    _carried(district, made, now)
    return made


def _carried(district: District, project: Project, now: datetime) -> None:
    """What says how a project is carried, and what the bureau keeps over all of them."""
    bureau = district.users["bureau"]
    GatePromiseFactory(project=project)
    SurveyFactory(project=project)
    PublicationFactory(project=project)
    CommitmentFactory(project=project)
    LeadingPostFactory(bureau=district.bureau).projects.add(project)
    RestWindowFactory(bureau=district.bureau)
    source = FundingSourceFactory(code="central")
    make_application(
        district.bureau, bureau, asked={project: 120_0000_00}, source=source, title="改造补助"
    )
    values = AccountValues(
        "改造专户", "齐鲁银行", "工程款", date(2025, 3, 1), "1603001209200456781"
    )
    open_account(project=project, values=values, by=bureau, now=now)
    record_finding(
        project=project,
        values=FindingValues(
            origin=FindingOrigin.FOLLOWING,
            title="付款手续不全",
            detail="",
            found_on=date(2025, 4, 1),
            amount_fen=10_0000_00,
            severity=FindingSeverity.MINOR,
            document_number="",
            responsible="建设单位",
            owner=district.users["zhonglou"],
            deadline_on=date(2025, 6, 30),
        ),
        report=None,
        by=bureau,
        now=now,
    )
