"""群众点单: what was chosen counts once a household, and is followed through plan and delivery."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.consent.chain import chain_of
from projects.consent.enums import Purpose, RoundState
from projects.consent.facts import read_consent
from projects.consent.services import answers, rounds
from projects.consent.services.answers import AnswerValues
from projects.consent.services.rounds import RoundValues
from projects.consent.wishes import chosen_items
from projects.ledger.models import Project
from projects.works.models import MenuItem
from renovation.core.errors import Refusal
from renovation.core.holding import holding
from tests.conftest import Clock
from tests.factories.works import planned_item

from .scene import SCAN, Scene, make_scene

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)
NOW = "2025-05-07 10:00"


@pytest.fixture
def scene(clock: Clock) -> Scene:
    return make_scene()


def item(code: str) -> MenuItem:
    return MenuItem.objects.get(bureau=None, code=code)


def asked(scene: Scene, clock: Clock, *codes: str, most: int = 2) -> None:
    """A round about the scheme with a menu, opened today, in place of the scene's."""
    now = clock.at(NOW)
    made = rounds.draft_round(
        project=scene.project,
        values=RoundValues(
            purpose=Purpose.SCHEME,
            plan_version="第一稿",
            question="您同意方案吗？",
            summary="摘要",
            closes_on=date(2025, 5, 31),
            items=tuple(item(code) for code in codes),
            most_items=most,
        ),
        document=None,
        by=scene.user("zhonglou"),
        now=now,
    )
    scene.round = rounds.open_round(found=made, by=scene.user("zhonglou-head"), now=now)


def choose(scene: Scene, clock: Clock, place: int, *codes: str, reason: str = "") -> None:
    answers.record_answer(
        found=scene.round,
        household=scene.households[place],
        values=AnswerValues(
            choice=answers.Choice.DISAGREE if place == 1 else answers.Choice.AGREE,
            way=answers.Way.PAPER,
            answered_on=DAY,
            reason=reason,
            items=tuple(item(code) for code in codes),
        ),
        scan=SCAN,
        by=scene.user("zhonglou"),
        now=clock.at(NOW),
    )


def test_households_are_counted_by_item_and_the_latest_answer_alone(
    scene: Scene, clock: Clock
) -> None:
    asked(scene, clock, "lifts", "parking", "lighting")
    choose(scene, clock, 0, "lifts", "parking")
    choose(scene, clock, 1, "parking")  # against the plan, and yet it wishes
    choose(scene, clock, 0, "parking", reason="改选")
    menu = chosen_items(project=scene.project, on=DAY)
    assert menu is not None
    assert (menu.round, menu.answered_count) == (scene.round, 2)
    assert [(row.item.code, row.household_count) for row in menu.chosen] == [
        ("parking", 2),
        ("lifts", 0),
        ("lighting", 0),
    ]
    assert chosen_items(project=scene.project, on=date(2025, 5, 6)) is None


def test_too_many_or_foreign_items_are_refused(scene: Scene, clock: Clock) -> None:
    asked(scene, clock, "lifts", "parking", "lighting")
    for codes in (("lifts", "parking", "lighting"), ("greening",)):
        with pytest.raises(Refusal) as refused:
            choose(scene, clock, 0, *codes)
        assert (refused.value.code, refused.value.field) == ("consent.items", "items")


def test_what_needs_no_choosing_is_in_no_menu(scene: Scene, clock: Clock) -> None:
    with pytest.raises(Refusal) as refused:
        asked(scene, clock, "drainage")
    assert refused.value.code == "consent.items"
    with pytest.raises(Refusal) as refused:
        asked(scene, clock, "lifts", most=0)
    assert refused.value.field == "most_items"


def test_from_wish_to_plan_to_result(scene: Scene, clock: Clock) -> None:
    asked(scene, clock, "lifts", "parking", "lighting")
    for place in range(3):
        choose(scene, clock, place, "parking")
    choose(scene, clock, 3, "lifts")
    planned_item(project=scene.project, menu_item=item("parking"), quantity="12")
    planned_item(project=scene.project, menu_item=item("drainage"), quantity="300")
    chain = chain_of(
        project=scene.project, projects=Project.objects.filter(pk=scene.project.pk), on=DAY
    )
    assert [(line.name, line.wished, line.planned, line.standing[0]) for line in chain.lines] == [
        ("停车位", 3, Decimal(12), "已列入方案"),
        ("加装电梯", 1, None, "未列入方案"),
        ("照明", 0, None, "未选"),
        ("排水管网", None, Decimal(300), "已列入方案"),
    ]
    assert (chain.wished_count, chain.planned_count, chain.done_count) == (2, 1, 0)
    assert chain.lines[0].planned_text == "12 个"


def test_a_draft_and_a_round_without_menu_ask_for_nothing(scene: Scene) -> None:
    assert scene.round.state == RoundState.OPEN
    assert chosen_items(project=scene.project, on=DAY) is None


def test_a_page_reads_the_rounds_of_its_project_once(
    scene: Scene, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Estates and rounds are read once for two days and the menu; what was answered is counted for each day."""
    one = [scene.project.pk]
    days = (date(2025, 5, 6), DAY)
    with holding():
        with django_assert_num_queries(4):
            before, today = (read_consent(project_ids=one, on=day) for day in days)
        with django_assert_num_queries(0):
            assert chosen_items(project=scene.project, on=DAY) is None
    asked(scene, clock, "lifts")
    with holding():
        with django_assert_num_queries(4):
            before, today = (read_consent(project_ids=one, on=day) for day in days)
        assert [each.rounds[scene.project.pk].keys() for each in (before, today)] == [
            {Purpose.RENOVATION},
            {Purpose.RENOVATION, Purpose.SCHEME},
        ]
        with django_assert_num_queries(4):
            menu = chosen_items(project=scene.project, on=DAY)
    assert menu is not None
    assert menu.round == scene.round
