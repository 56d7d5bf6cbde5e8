"""Between street and project: the sums of each community, exact, of what is in sight and in scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.communities import CommunityTotal, community_totals
from projects.ledger.models import Project
from projects.ledger.programmes import Quantities
from tests.factories.accounts import CommunityFactory, District
from tests.factories.ledger import EstateFactory, ProgrammeFactory, ProjectFactory
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]


@pytest.fixture
def projects(district: District) -> list[Project]:
    """Two projects of 钟楼街道 in two communities, the second in both; one of 般阳路街道 that names none."""
    programme = ProgrammeFactory(bureau=district.bureau)
    zhonglou, banyanglu = district.street("zhonglou"), district.street("banyanglu")
    kunlun, gulou = (
        CommunityFactory(parent=zhonglou, short_name=name, order=order)
        for order, name in enumerate(("昆仑社区", "鼓楼社区"))
    )
    first, second, third = (
        ProjectFactory(programme=programme, street=street, code=f"ZC2025-0{place}")
        for place, street in enumerate((zhonglou, zhonglou, banyanglu), start=1)
    )
    for project, name, community, area in (
        (first, "东院", kunlun, "9.22"),
        (second, "南院", kunlun, "8.66"),
        (second, "北院", gulou, "6.30"),
        (third, "西院", None, "5.00"),
    ):
        EstateFactory(
            project=project,
            name=name,
            community=community,
            building_count=2,
            household_count=50,
            area_sqm=Decimal(area),
        )
    return [first, second, third]


def test_the_sums_are_those_of_the_estates(projects: list[Project]) -> None:
    streets = [project.street.short_name for project in projects]
    found = community_totals(projects=Project.objects.all())
    assert sorted(found, key=lambda row: row.name) == [
        CommunityTotal(streets[2], "", Quantities(1, 50, Decimal("5.00"), 1, 2)),
        CommunityTotal(streets[0], "昆仑社区", Quantities(2, 100, Decimal("17.88"), 2, 4)),
        CommunityTotal(streets[0], "鼓楼社区", Quantities(1, 50, Decimal("6.30"), 1, 2)),
    ]


def test_the_page_of_a_programme_shows_those_in_sight(
    signed: Signed, projects: list[Project]
) -> None:
    with unguarded():
        Project.objects.filter(pk=projects[0].pk).update(
            cancelled_on=date(2025, 5, 1), cancellation_reason="停"
        )
    address = reverse("ledger:programme", args=[2025])
    page = signed("zhonglou").get(address).content.decode()
    part = page.partition('id="communities"')[2].partition("</section>")[0]
    assert "昆仑社区" in part
    assert "8.66" in part
    assert "17.88" not in part
    assert "没有登记社区" not in part
    assert "没有登记社区" in signed("bureau").get(address).content.decode()


def test_it_costs_one_query(
    projects: list[Project], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        community_totals(projects=Project.objects.all())
