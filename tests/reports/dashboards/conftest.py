"""Two districts in May 2025: one with a street on course and one behind that did not return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from projects.ledger.models import Programme, Project
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from supervision.weekly.enums import ReturnState
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.funding import FundingEventFactory, make_chain
from tests.factories.ledger import PartyFactory, ProgrammeFactory, make_project
from tests.factories.weekly import make_return

BEFORE, WEEK = date(2025, 4, 28), date(2025, 5, 5)


@dataclass
class Scene:
    """The district under test, its programme and projects; ``other`` must never be seen."""

    district: District
    programme: Programme
    on_course: Project
    behind: Project
    other: Project
    now: datetime

    def street(self, code: str) -> Organisation:
        return self.district.street(code)

    def scope(self, user: str) -> Scope:
        return scope_for(self.district.users[user], self.now.date())

    def client(self, user: str) -> Client:
        client = Client()
        client.force_login(
            self.district.users[user], backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    def get(self, user: str, address: str, **data: Any) -> Any:
        return self.client(user).get(address, data)

    def text(self, user: str, address: str, **data: Any) -> str:
        answer = self.get(user, address, **data)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())


@pytest.fixture
def scene(db: None, clock: Clock) -> Scene:
    """Wednesday 2025-05-14: the week of 5 May is over; 钟楼街道 did not return and waits with a late return
    of the week before that."""
    now = clock.at("2025-05-14 10:00")
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau, year=2025)
    first, last = district.street("banyanglu"), district.street("zhonglou")
    on_course = make_project(
        code="ZC2025-01",
        name="文昌园小区",
        programme=programme,
        street=first,
        started_on=date(2025, 3, 3),
    )
    behind = make_project(
        code="ZC2025-02",
        name="昆仑巷小区",
        programme=programme,
        street=last,
        area="20000.00",
        households=300,
    )
    PartyFactory(
        project=on_course,
        organisation=district.contractor,
        contact="项目经理岗",
        phone="0533-0000 0001",
    )
    make_return(first, {on_course: ("20.0", 60_0000_00)}, week_start=BEFORE)
    make_return(first, {on_course: ("40.0", 120_0000_00)}, week_start=WEEK)
    make_return(last, {behind: ("5.0", 10_0000_00)}, week_start=BEFORE)
    make_chain(on_course)
    FundingEventFactory(
        project=on_course,
        stage="paid",
        amount_fen=12_3400_00,
        occurred_on=date(2025, 5, 6),
        state="pending",
    )
    elsewhere = make_district("boshan-", district_name="博山区", name="博山区住房和城乡建设局")
    other = make_project(
        code="BS2025-01",
        name="别区小区",
        programme=ProgrammeFactory(bureau=elsewhere.bureau, year=2025),
        street=elsewhere.street("zhonglou"),
    )
    make_return(other.street, {other: ("99.0", 1)}, week_start=WEEK)
    return Scene(district, programme, on_course, behind, other, now)


@pytest.fixture
def waiting(scene: Scene) -> Scene:
    """The same, where 钟楼街道 submitted the week after all, and nobody has approved it."""
    make_return(
        scene.street("zhonglou"),
        {scene.behind: ("35.0", 80_0000_00)},
        week_start=WEEK,
        state=ReturnState.REVIEWED,
    )
    return scene
