"""The row of tabs over a project's pages: the same on each, counts in one query."""

from __future__ import annotations

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import Estate, Project
from projects.ledger.tabs import ProjectTab, _counts, declared, tabs_of
from renovation.accounts.enums import Permission
from renovation.accounts.scope import scope_of
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import EstateFactory, PartyFactory, ProgrammeFactory, make_project

pytestmark = pytest.mark.django_db
TODAY = date(2025, 9, 16)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    programme = ProgrammeFactory(bureau=district.bureau)
    made = make_project(programme=programme, street=district.street("zhonglou"), code="ZC2025-01")
    PartyFactory(project=made, organisation=district.contractor)
    return made


def test_every_wings_tabs_stand_in_one_order(district: District, project: Project) -> None:
    places = [tab.place for tab in declared()]
    assert places == sorted(set(places))
    seen = scope_of(district.users["bureau"], on=TODAY)
    tabs = tabs_of(project=project, chosen="ledger:gates", scope=seen)
    assert [tab.text for tab in tabs] == [tab.label for tab in declared()]
    assert [tab.text for tab in tabs if tab.chosen] == ["关口"]


def test_a_company_sees_the_tabs_it_may_open(district: District, project: Project) -> None:
    scope = scope_of(district.users["contractor"], on=TODAY)
    shown = {tab.text for tab in tabs_of(project=project, chosen="", scope=scope)}
    assert shown == {tab.label for tab in declared() if scope.can(tab.permission)}
    assert "资金" not in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_counts_are_the_projects_own_in_one_query(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    EstateFactory.create_batch(rows, project=project)
    other = make_project(programme=project.programme, street=project.street, code="ZC2025-02")
    EstateFactory(project=other)
    counting = ProjectTab(
        label="小区",
        url_name="ledger:estates",
        place=1,
        permission=Permission.LEDGER_READ,
        rows=Estate.objects.all,
    )
    before = Estate.objects.filter(project=project).count()
    with django_assert_num_queries(1):
        counts = _counts(project, [counting])
    assert counts == {"ledger:estates": before}
    assert before >= rows
