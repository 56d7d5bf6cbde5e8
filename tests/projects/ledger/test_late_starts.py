"""应开未开, asked of the database for many projects at once, is what the facts say of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.facts import project_facts
from projects.ledger.late_starts import days_without_start, late_starts
from projects.ledger.models import Project
from tests.factories.accounts import make_district
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory, make_project

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 11)


@pytest.fixture
def codes() -> set[str]:
    """Projects that start on 1 March in every way that matters; the codes of those that are late."""
    district = make_district()
    common = {
        "programme": ProgrammeFactory(bureau=district.bureau),
        "street": district.street("zhonglou"),
    }
    make_project(code="LATE", **common)
    make_project(code="BEGUN", started_on=date(2025, 3, 3), **common)
    claimed = make_project(code="CLAIMED", **common)
    GateFactory(project=claimed, kind=GateKind.STARTED, actual_on=date(2025, 3, 3), evidence=None)
    later = make_project(code="BEGUN-LATER", **common)
    GateFactory(project=later, kind=GateKind.STARTED, actual_on=DAY + timedelta(days=1))
    done = make_project(code="DONE", **common)
    GateFactory(project=done, kind=GateKind.COMPLETED, actual_on=DAY)
    make_project(code="CANCELLED", cancelled_on=DAY, cancellation_reason="整体征收", **common)
    ProjectFactory(code="NO-PLAN", **common)
    return {"LATE", "CLAIMED", "BEGUN-LATER"}


def test_the_two_ways_agree(codes: set[str], django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        found = {
            each.code: each.days for each in late_starts(projects=Project.objects.all(), on=DAY)
        }
    assert found == dict.fromkeys(codes, 71)
    assert found == {
        fact.code: days
        for fact in project_facts(projects=Project.objects.all(), on=DAY)
        if (days := days_without_start(fact, DAY)) is not None
    }


@pytest.mark.usefixtures("codes")
def test_nobody_is_late_on_the_planned_day() -> None:
    assert late_starts(projects=Project.objects.all(), on=date(2025, 3, 1)) == []
    late = late_starts(projects=Project.objects.all(), on=date(2025, 3, 31))
    assert {(each.days, each.month_ends) for each in late} == {(30, 1)}
