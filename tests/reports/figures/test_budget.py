"""Figures cost the same number of queries however many projects there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from renovation.core.measures import Approval
from renovation.core.periods import Week
from reports.figures.services import load, series
from supervision.weekly.judgements import judge_week
from tests.factories.accounts import make_district
from tests.factories.funding import make_chain
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.residents import MeetingFactory
from tests.factories.weekly import make_return
from tests.factories.works import StructureFactory, planned_item
from tests.reports.figures.district import AS_OF, NOW

pytestmark = pytest.mark.django_db

#: Ledger 4, money 3, settings 2, reports 3 (more where one waits), returns 12 (weeks, calendar, clocks, who, versions,
#: 零报告), items 3, structures 2, applications 1, consent 5 (estates, rounds, its threshold 3),
#: meetings 2, joint evaluations and contributions 2, after-care 4,
#: rows of returns 5 (who reports 2, rows, what rules and the bureau asked).
LOAD = 46
CURVE = 1
JUDGE = 14


@pytest.mark.parametrize("count", [1, 3])
def test_queries(count: int, django_assert_num_queries: Callable[..., Any]) -> None:
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    street = district.street("zhonglou")
    projects = [
        make_project(programme=programme, street=street, started_on=date(2025, 3, 3))
        for _ in range(count)
    ]
    for project in projects:
        make_chain(project)
        planned_item(project=project)
        StructureFactory(project=project)
        MeetingFactory(project=project)
    for start in (date(2025, 4, 28), date(2025, 5, 5)):
        make_return(street, dict.fromkeys(projects, ("10.0", 100)), week_start=start)
    asked = {"programme": programme, "as_of": AS_OF, "now": NOW, "approval": Approval.APPROVED}
    load(**asked)  # what is due is frozen once
    with django_assert_num_queries(LOAD):
        facts = load(**asked)
        for level in ("district", "street", "project"):
            assert all(figure.measure.name for figure in facts.figures(level))
            assert all(figure.source_url for figure in facts.figures(level))
    with django_assert_num_queries(CURVE):
        series(facts, [date(2025, month, 28) for month in range(1, 13)])
    with django_assert_num_queries(JUDGE):
        assert judge_week(bureau=district.bureau, week=Week(date(2025, 5, 5)), now=NOW) == count
