"""What waits for the posts of a street: contradictions for who recorded neither side, needs for who calls."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.consent.enums import Choice, Standing, Way
from projects.consent.models import Answer
from projects.consent.waiting import waiting_for
from renovation.records.services import audit
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import make_stand_in, scope_for
from tests.factories.consent import AnswerFactory, CareVisitFactory, HouseholdFactory, RoundFactory
from tests.factories.ledger import GateFactory

from .scene import CODE, Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)


@pytest.fixture
def scene(clock: Clock) -> Scene:
    clock.at("2025-05-07 10:00")
    return make_scene()


def contradict(scene: Scene, place: int, by: str = "zhonglou", **recorded: Any) -> Answer:
    household = scene.households[place]
    hand = {"recorded_by": scene.user(by)} | recorded
    AnswerFactory(round=scene.round, household=household, **hand)
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


def test_what_was_recorded_in_ones_place_is_for_another_to_decide(scene: Scene) -> None:
    deputy = make_stand_in(scene.user("zhonglou-head"), "zhonglou-b")
    for place in range(2):
        at = datetime(2025, 4, 10, place, tzinfo=UTC)
        contradict(scene, place, recorded_by=deputy, recorded_at=at)
        audit(act="consent.answer", sentence="登记", by=deputy, now=at)
    contradict(scene, 2)
    decide = ("认定文昌园第1轮矛盾答复 1 户", "最早 4月12日 答复；认定前都不计为同意")
    assert waits(scene, "zhonglou-head") == [decide]


def test_doors_where_nobody_called_wait_until_the_project_is_handed_over(scene: Scene) -> None:
    called = HouseholdFactory(estate=scene.estate, care="elderly", building="7")
    CareVisitFactory(household=called, has_needs=False)
    for _ in range(2):
        HouseholdFactory(estate=scene.estate, care="disabled", building="8")
    call = ("文昌园敲门行动 2 户还没有上门", "名册标了上门关注，一次也没有上过门")
    assert waits(scene, "zhonglou") == [call]
    assert waits(scene, "zhonglou-head") == [call]
    for user in ("banyanglu", "bureau", "leader", "contractor"):
        assert waits(scene, user) == []
    scope = scope_for(scene.user("zhonglou"), DAY)
    (item,) = waiting_for(scope=scope, today=DAY)
    assert item.href == reverse("consent:care", args=[CODE]) + "?visited=never"
    GateFactory(project=scene.project, kind="handed_over", actual_on=DAY)
    assert waits(scene, "zhonglou") == []


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
