"""An account of 文昌园 and 下达 of 100 万元, as tests of the accounts begin."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from projects.funding.accounts import services
from projects.funding.accounts.services import AccountValues
from projects.funding.models import FundingEvent, FundingSource, ProjectAccount
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.funding import make_chain

NUMBER = "1603 0012 0920 0456 789"
VALUES = AccountValues(
    name="钟楼街道办事处文昌园改造专户",
    bank="齐鲁银行淄川支行",
    purpose="只用于文昌园改造工程款",
    opened_on=date(2025, 3, 1),
    number=NUMBER,
)


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def account(district: District, project: Project, now: datetime) -> ProjectAccount:
    return services.open_account(
        project=project, values=VALUES, by=district.users["bureau"], now=now
    )


@pytest.fixture
def allocated(project: Project, source: FundingSource) -> FundingEvent:
    (event,) = make_chain(
        project, source=source, allocated=100_000_000, received=0, released=0, paid=0
    )
    return event
