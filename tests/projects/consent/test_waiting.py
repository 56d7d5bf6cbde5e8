"""What waits for the posts of a street: contradictions for who recorded neither side, needs for who calls."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.consent.enums import Choice, Standing, Way
from projects.consent.models import Answer
from projects.consent.waiting import waiting_for
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.factories.consent import AnswerFactory, CareVisitFactory, HouseholdFactory, RoundFactory

from .scene import CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)


@pytest.fixture
def scene(clock: Clock) -> Scene:
    clock.at("2025-05-07 10:00")
    return make_scene()


def contradict(scene: Scene, place: int, by: str = "zhonglou") -> Answer:
    household = scene.households[place]
    AnswerFactory(round=scene.round, household=household, recorded_by=scene.user(by))
    return AnswerFactory(
        round=scene.round,
        household=household,
        choice=Choice.DISAGREE,
        way=Way.LINK,
        recorded_by=None,
        file=None,
        standing=Standing.HELD,
        answered_on=date(2025, 4, 10 + place),
    )


def waits(scene: Scene, user: str) -> list[tuple[str, str]]:
    found = waiting_for(scope=scope_for(scene.user(user), DAY), today=DAY)
    return [(each.title, each.reason) for each in found]


def test_a_day_of_another_year_has_its_year(scene: Scene) -> None:
    contradict(scene, 0)
    scope = scope_for(scene.user("zhonglou-head"), DAY)
    (found,) = waiting_for(scope=scope, today=date(2026, 1, 9))
    assert found.reason == "最早 2025年4月10日 答复；认定前都不计为同意"


def test_each_post_is_told_what_is_its_to_do(scene: Scene) -> None:
    contradict(scene, 0)
    contradict(scene, 1)
    contradict(scene, 2, by="zhonglou-head")
    home = HouseholdFactory(estate=scene.estate, care="elderly", building="7")
    CareVisitFactory(household=home, visited_on=date(2025, 4, 3))
    CareVisitFactory(household=home, visited_on=date(2025, 4, 8))
    RoundFactory(project__street=scene.district.street("banyanglu"))
    decide = ("认定文昌园第1轮矛盾答复 2 户", "最早 4月10日 答复；认定前都不计为同意")
    serve = ("文昌园敲门行动 1 户需求待办妥", "最早 4月3日 上门")
    assert waits(scene, "zhonglou") == [serve]
    assert waits(scene, "zhonglou-head") == [serve, decide]
    for user in ("banyanglu", "bureau", "leader", "contractor", "npc"):
        assert waits(scene, user) == []


def test_it_stands_on_the_page_what_to_do(scene: Scene, clock: Clock) -> None:
    contradict(scene, 0)
    CareVisitFactory(household=HouseholdFactory(estate=scene.estate, building="7"))
    items = todo_items(
        scope=scope_for(scene.user("zhonglou-head"), DAY), now=clock.at("2025-05-07 10:00")
    )
    ours = [(item.title, item.reason, item.href) for item in items if "consent" in item.href]
    assert ours == [
        (
            "认定文昌园第1轮矛盾答复 1 户",
            "最早 4月10日 答复；认定前都不计为同意",
            reverse("consent:round", args=[CODE, 1]),
        ),
        (
            "文昌园敲门行动 1 户需求待办妥",
            "最早 4月10日 上门",
            reverse("consent:care", args=[CODE]),
        ),
    ]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("user", "queries"), [("zhonglou-head", 1), ("zhonglou", 1), ("leader", 0)]
)
def test_it_costs_one_query_and_nothing_for_others(
    scene: Scene,
    user: str,
    queries: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(count):
        contradict(scene, place)
        CareVisitFactory(household=scene.households[place + 3])
    scope = scope_for(scene.user(user), DAY)
    with django_assert_num_queries(queries):
        waiting_for(scope=scope, today=DAY)
