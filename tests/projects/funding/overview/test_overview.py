"""资金总表: the declared measures in four cuts, in scope, filtered, sorted, exported as shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingSource
from projects.funding.overview.listing import Cut, MoneyRow, MoneyTable, money_table
from projects.ledger.models import Project
from renovation.core.measures import Approval
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.funding import FundingEventFactory, FundingSourceFactory, make_chain
from tests.factories.ledger import ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
DAY = date(2025, 5, 7)


@pytest.fixture
def other(district: District, project: Project, source: FundingSource) -> Project:
    """文昌园 has 300/200/150/100 of 中央 and 50/20/0/0 of 区级; 般阳园 100/100/100/100 of 中央."""
    make_chain(project, source=source)
    make_chain(
        project,
        source=FundingSourceFactory(code="district"),
        planned=100_0000_00,
        allocated=50_0000_00,
        received=20_0000_00,
        released=0,
        paid=0,
        on=date(2025, 4, 7),
    )
    made: Project = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), name="般阳园"
    )
    hundred = 100_0000_00
    make_chain(
        made, source=source, planned=hundred, allocated=hundred, received=hundred,
        released=hundred, paid=hundred,
    )  # fmt: skip
    return made


def table(district: District, user: str = "bureau", **more: object) -> MoneyTable:
    asked = {"year": 2025, "as_of": DAY, "approval": Approval.APPROVED} | more
    return money_table(scope=scope_for(district.users[user]), **asked)  # type: ignore[arg-type]


def texts(row: MoneyRow | None) -> list[str]:
    assert row is not None
    return [measure.text for measure in row.measures.values()]


def test_every_row_and_the_totals_are_the_declared_measures(
    district: District, other: Project
) -> None:
    found = table(district)
    assert [(row.name, row.source) for row in found.rows] == [
        ("般阳园", "中央财政补助"),
        ("文昌园", "中央财政补助"),
        ("文昌园", "区级财政"),
    ]
    # 50 of 200 lie 65 days, 20 lie 30 days: (50 × 65 + 20 × 30) ÷ 70 = 55.0
    assert texts(found.rows[1]) == [
        "300.00", "300.00", "200.00", "150.00", "100.00", "66.7", "75.0", "50.0", "65.0", "65",
    ]  # fmt: skip
    assert texts(found.rows[2])[5:] == ["20.0", "0.0", "0.0", "30.0", "30"]
    assert texts(found.total) == [
        "500.00", "450.00", "320.00", "250.00", "200.00", "64.0", "78.1", "62.5", "55.0", "65",
    ]  # fmt: skip


def test_cuts_pool_their_rows(district: District, other: Project) -> None:
    by_project = table(district, cut=Cut.PROJECT)
    assert [row.name for row in by_project.rows] == ["般阳园", "文昌园"]
    assert texts(by_project.rows[1])[2] == "220.00"
    by_street = table(district, cut=Cut.STREET)
    assert [row.name for row in by_street.rows] == ["般阳路街道", "钟楼街道"]
    by_source = table(district, cut=Cut.SOURCE)
    assert [row.name for row in by_source.rows] == ["中央财政补助", "区级财政"]
    assert texts(by_source.rows[0])[2] == "300.00"


def test_filters_order_and_scope(district: District, other: Project) -> None:
    assert [row.name for row in table(district, street="zhonglou").rows] == ["文昌园", "文昌园"]
    assert [row.name for row in table(district, source="district").rows] == ["文昌园"]
    assert [row.measures["paid"].shown for row in table(district, sort="-paid_rate").rows] == [
        Decimal("100.00"),
        Decimal("100.00"),
        Decimal("0.00"),
    ]
    assert {row.name for row in table(district, "zhonglou").rows} == {"文昌园"}
    stranger = make_district("boshan-")
    ProgrammeFactory(bureau=stranger.bureau)
    assert table(stranger).rows == ()


def test_what_waits_counts_only_where_it_is_asked_for(district: District, other: Project) -> None:
    FundingEventFactory(
        project=other, stage=Stage.ALLOCATED, amount_fen=7_0000_00, state=EventState.PENDING
    )
    assert texts(table(district).total)[1] == "450.00"
    assert texts(table(district, approval=Approval.ALL).total)[1] == "457.00"
    assert texts(table(district, "npc", approval=Approval.ALL).total)[1] == "450.00"


def test_page_and_workbook_say_the_same(client_of: SignIn, other: Project, clock: Clock) -> None:
    clock.at("2025-05-07 10:00")
    client = client_of("bureau")
    page = client.get(reverse("funding:overview"), {"cut": "street"}).content.decode()
    assert "般阳路街道" in page
    assert "66.7" not in page
    answer = client.get(
        reverse("funding:overview_export"), {"street": "zhonglou", "sort": "paid_rate"}
    )
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    named = [row for row in rows if row[1] == "文昌园"]
    assert [row[3] for row in named] == ["区级财政", "中央财政补助"]
    assert named[1][4:7] == [300, 300, 200]
    assert not any(row[1] == "般阳园" for row in rows)


def test_empty_states_and_odd_addresses(client_of: SignIn, district: District) -> None:
    client = client_of("bureau")
    assert "还没有年度计划" in client.get(reverse("funding:overview")).content.decode()
    assert client.get(reverse("funding:overview_export")).status_code == 404
    ProgrammeFactory(bureau=district.bureau)
    assert "这个年度还没有资金" in client.get(reverse("funding:overview")).content.decode()
    odd = {"year": "1999", "street": "x", "source": "y", "cut": "z", "sort": "w", "page": "9"}
    page = client.get(reverse("funding:overview"), odd)
    assert page.status_code == 200
    assert page.content.decode().count("没有这个选项，已按全部显示。") == 2
    assert "没有“1999”年度的计划，现在看的是2025年度。" in page.content.decode()
    assert client_of("contractor").get(reverse("funding:overview")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries(
    quiet_head: None,
    client_of: SignIn,
    project: Project,
    source: FundingSource,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        each = ProjectFactory(programme=project.programme, street=project.street)
        make_chain(each, source=source)
    client = client_of("bureau")
    client.get(reverse("funding:overview"))
    with django_assert_num_queries(PAGE):
        client.get(reverse("funding:overview"))


#: Session, scope and head 6, filters 3, ledger 5, money 2, waiting 1.
PAGE = 16
