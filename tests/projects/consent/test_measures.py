"""The rates: all households are the base, the newest round counts, unrounded against 80."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.consent.enums import Choice, Purpose, RoundState, Standing
from projects.consent.facts import ConsentFacts, consent_facts
from projects.consent.measures import MEASURES
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from renovation.core.declarations import measure
from renovation.core.measures import Approval
from tests.conftest import Clock
from tests.factories.consent import (
    AnswerFactory,
    HouseholdFactory,
    RoundFactory,
    make_answers,
    make_consent,
)
from tests.factories.ledger import EstateFactory, ProjectFactory

from .scene import Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)
BOTH = {declaration.name: declaration for declaration in MEASURES}


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def facts(on: date = DAY, threshold: str = "80.0") -> list[ConsentFacts]:
    projects = project_facts(projects=Project.objects.order_by("code"), on=on)
    return consent_facts(projects=projects, on=on, threshold_percent=Decimal(threshold))


def figure(name: str, on: date = DAY) -> tuple[str, Fraction | None, Fraction | None]:
    found = measure(BOTH[name], facts(on), as_of=on, approval=Approval.APPROVED)
    return found.text, found.numerator, found.denominator


def test_the_base_is_every_household_of_the_estate_not_those_listed_or_asked(scene: Scene) -> None:
    make_answers(scene.round, scene.households[:7], agreed=6)
    (fact,) = facts()
    assert (fact.household_count, fact.listed_count, fact.agreed(Purpose.RENOVATION)) == (10, 8, 6)
    assert figure("同意改造率") == ("60.0", 6, 10)
    assert figure("同意方案率") == ("0.0", 0, 10)
    assert figure("双80%达标") == ("0.0", 0, 1)


def test_a_rate_of_exactly_eighty_reaches_and_one_that_only_rounds_to_it_does_not(
    clock: Clock,
) -> None:
    exact, close = (ProjectFactory(code=code) for code in ("ZC2025-01", "ZC2025-02"))
    EstateFactory(project=exact, household_count=5)
    EstateFactory(project=close, household_count=1252)
    make_consent(exact, agreed=4)
    make_consent(close, agreed=1)
    first, second = facts()
    assert first.reaches_both
    near = ConsentFacts(
        **{
            name: getattr(second, name)
            for name in second.__slots__
            if name not in ("rounds", "household_count")
        },
        household_count=2001,
        rounds={
            purpose: type(first.rounds[purpose])(number=1, agreed=1600, disagreed=0, undecided=0)
            for purpose in Purpose
        },
    )
    rate = near.rate(Purpose.SCHEME)
    assert rate is not None
    assert f"{float(rate):.1f}" == "80.0"
    assert not near.reaches(Purpose.SCHEME)


def test_each_estate_of_a_project_is_judged_for_itself(scene: Scene) -> None:
    other = EstateFactory(project=scene.project, name="文昌园东区", household_count=4)
    scheme = RoundFactory(project=scene.project, number=2, purpose=Purpose.SCHEME)
    theirs = [HouseholdFactory(estate=other) for _ in range(4)]
    for found in (scene.round, scheme):
        make_answers(found, scene.households, agreed=8)
        make_answers(found, theirs, agreed=3)
    assert [(fact.label, fact.reaches_both) for fact in facts()] == [
        ("文昌园小区", True),
        ("文昌园东区", False),
    ]
    assert figure("同意改造率") == ("78.6", 11, 14)
    assert figure("双80%达标") == ("50.0", 1, 2)


def test_a_new_round_about_a_changed_plan_starts_from_nothing(scene: Scene) -> None:
    make_answers(scene.round, scene.households, agreed=8)
    type(scene.round).objects.filter(pk=scene.round.pk).update(
        state=RoundState.CLOSED, closed_at=scene.round.opened_at, closed_by=scene.round.opened_by
    )
    second = RoundFactory(project=scene.project, number=2, opened_on=date(2025, 5, 2))
    AnswerFactory(round=second, household=scene.first, answered_on=date(2025, 5, 3))
    RoundFactory(project=scene.project, number=3, purpose=Purpose.SCHEME, state=RoundState.DRAFT)
    assert figure("同意改造率", date(2025, 5, 1)) == ("80.0", 8, 10)
    assert figure("同意改造率", date(2025, 5, 2)) == ("0.0", 0, 10)
    assert figure("同意改造率", date(2025, 5, 3)) == ("10.0", 1, 10)
    assert Purpose.SCHEME not in facts()[0].rounds


def test_only_the_answer_that_speaks_on_the_day_counts(scene: Scene) -> None:
    first = AnswerFactory(round=scene.round, household=scene.first, standing=Standing.REPLACED)
    AnswerFactory(
        round=scene.round,
        household=scene.first,
        choice=Choice.DISAGREE,
        answered_on=date(2025, 4, 1),
        supersedes=first,
    )
    AnswerFactory(round=scene.round, household=scene.households[1], choice=Choice.UNDECIDED)
    AnswerFactory(
        round=scene.round,
        household=scene.households[2],
        standing=Standing.VOID,
        settled_by=scene.user("zhonglou-head"),
        settled_at=first.recorded_at,
        settled_reason="登错户",
    )
    before, after = facts(date(2025, 3, 31))[0], facts()[0]
    said = [
        (row.agreed, row.disagreed, row.undecided, row.answered)
        for row in (before.rounds[Purpose.RENOVATION], after.rounds[Purpose.RENOVATION])
    ]
    assert said == [(1, 0, 1, 2), (0, 1, 1, 2)]


def test_the_threshold_is_a_setting(scene: Scene) -> None:
    make_answers(scene.round, scene.households, agreed=7)
    assert [fact.reaches(Purpose.RENOVATION) for fact in (*facts(), *facts(threshold="66.7"))] == [
        False,
        True,
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_three_queries_whatever_the_number_of_estates(
    clock: Clock, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(count):
        project = ProjectFactory(code=f"ZC2025-{place}")
        EstateFactory(project=project, household_count=2)
        make_consent(project, agreed=2)
    projects = project_facts(projects=Project.objects.all(), on=DAY)
    with django_assert_num_queries(3):
        rows = consent_facts(projects=projects, on=DAY, threshold_percent=Decimal(80))
    assert [row.reaches_both for row in rows] == [True] * count
