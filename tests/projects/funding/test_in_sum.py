"""The money of projects as the database adds it is what the events come to, on every day and for every choice."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from projects.funding.chain import ORDER
from projects.funding.enums import EventState, Stage
from projects.funding.facts import MoneyFacts, money_facts, money_in_sum
from projects.funding.models import FundingEvent, FundingPlan
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from renovation.core.measures import Approval
from tests.factories.accounts import District
from tests.factories.funding import FundingEventFactory, FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import ProjectFactory

pytestmark = pytest.mark.django_db

FIRST = date(2025, 2, 1)
#: More than a double holds exactly: what is added as a float is off by some 分.
LARGE = 9_007_199_254_740_993


def _added(facts: list[MoneyFacts]) -> dict[str, tuple[int, dict[Stage, int], dict[Stage, int]]]:
    """Planned, what counts and what waits of each project over its sources."""
    planned: defaultdict[str, int] = defaultdict(int)
    sums: defaultdict[str, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
    waiting: defaultdict[str, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
    for fact in facts:
        planned[fact.project_code] += fact.planned_fen
        for stage in ORDER:
            sums[fact.project_code][stage] += fact.sums[stage]
            waiting[fact.project_code][stage] += fact.pending_fen[stage]
    return {code: (planned[code], sums[code], waiting[code]) for code in planned}


@pytest.mark.parametrize("seed", range(6))
def test_sums_are_those_of_the_events(district: District, project: Project, seed: int) -> None:
    dice = random.Random(seed)
    street = district.street("banyanglu")
    projects = [
        project,
        *(ProjectFactory(programme=project.programme, street=street) for _ in range(3)),
    ]
    sources = [FundingSourceFactory(code=code) for code in ("central", "district", "residents")]
    for where in projects[:3]:
        for source in sources:
            if dice.random() < 0.5:
                FundingPlanFactory(project=where, source=source, planned_fen=dice.randrange(10**12))
            for _ in range(dice.randrange(5)):
                FundingEventFactory(
                    project=where,
                    source=source,
                    stage=dice.choice(ORDER),
                    amount_fen=dice.randrange(1, 10**12),
                    occurred_on=FIRST + timedelta(days=dice.randrange(60)),
                    state=dice.choice(EventState.values),
                )
    for day in (FIRST - timedelta(days=1), FIRST + timedelta(days=30), FIRST + timedelta(days=90)):
        facts = project_facts(projects=Project.objects.order_by("code"), on=day)
        for approval in Approval:
            found = money_in_sum(
                projects=facts, project_ids=Project.objects.values("pk"), day=day, approval=approval
            )
            expected = _added(money_facts(projects=facts, on=day, approval=approval))
            assert {
                row.project_code: (row.planned_fen, dict(row.sums), dict(row.pending_fen))
                for row in found
            } == expected


def test_large_amounts_are_added_to_the_fen(project: Project) -> None:
    """A double has no LARGE + 1; planned money, money that counts and money that waits are exact."""
    one, other = FundingSourceFactory(), FundingSourceFactory(code="district")
    for source in (one, other):
        FundingPlanFactory(project=project, source=source, planned_fen=LARGE)
        FundingEventFactory(
            project=project, source=source, stage=Stage.ALLOCATED, amount_fen=LARGE,
            occurred_on=FIRST,
        )  # fmt: skip
    FundingEventFactory(
        project=project, source=one, stage=Stage.PAID, amount_fen=LARGE, occurred_on=FIRST,
        state=EventState.PENDING,
    )  # fmt: skip
    facts = project_facts(projects=Project.objects.all(), on=FIRST)
    for approval, paid in ((Approval.APPROVED, 0), (Approval.ALL, LARGE)):
        (row,) = money_in_sum(
            projects=facts, project_ids=[project.pk], day=FIRST, approval=approval
        )
        assert row.planned_fen == 2 * LARGE
        assert row.sums[Stage.ALLOCATED] == 2 * LARGE
        assert (row.sums[Stage.PAID], row.pending_fen[Stage.PAID]) == (paid, LARGE)
        assert all(type(amount) is int for amount in row.sums.values())


def test_a_project_without_plan_or_event_is_none_of_them(project: Project) -> None:
    facts = project_facts(projects=Project.objects.all(), on=FIRST)
    assert (FundingPlan.objects.count(), FundingEvent.objects.count(), len(facts)) == (0, 0, 1)
    assert (
        money_in_sum(
            projects=facts, project_ids=[project.pk], day=FIRST, approval=Approval.APPROVED
        )
        == []
    )
