"""交办事项 in the quarterly bulletin: what was assigned, what was settled, what in time; bound to the measures."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from renovation.core.calendar import local_moment
from reports.papers.bulletin_facts import compile_bulletin_content
from reports.papers.bulletins import Bulletin
from supervision.dispatch.items import services as items
from tests.factories.dispatch import answering_user, make_done, make_item, make_working
from tests.factories.papers import AFTER_QUARTER, QUARTER, World

pytestmark = pytest.mark.django_db


def at(month: int, day: int) -> datetime:
    return local_moment(date(2025, month, day), time(10))


def bulletin(world: World) -> Bulletin:
    return compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )


def given(world: World) -> None:
    """Of the quarter: two done in time, one done late, one open before its deadline. Of before: one assigned in June
    that came due in July and was never reported, and one of October."""
    district = world.district
    for n in range(2):
        make_done(district, now=at(8, 4), task=f"按期的第{n + 1}件", due_on=date(2025, 8, 11))
    late = make_working(district, now=at(8, 4), task="晚办的", due_on=date(2025, 8, 11))
    street = answering_user(district, late)
    items.report(item=late, text="办完", by=street, now=at(8, 20))
    items.close(item=late, by=world.users["bureau2"], now=at(8, 21))
    make_item(district, now=at(9, 24), task="没到期的", due_on=date(2025, 10, 20))
    make_working(district, now=at(6, 25), task="六月交办的", due_on=date(2025, 7, 2))
    make_item(district, now=at(10, 8), task="十月交办的", due_on=date(2025, 10, 20))


def test_it_says_what_was_assigned_settled_and_in_time(world: World) -> None:
    given(world)
    found = bulletin(world)
    passage = found.passage("assigned")
    assert passage.section == "五、资金与报送"
    assert passage.text == (
        "（三）交办事项。本季度交办事项4件，截至9月30日已办结3件；"
        "本季度判定是否按期的4件中，按期办结2件，交办按期办结率50.0%。"
    )
    assert found.faults({}) == []
    keys = [each.key for each in found.passages if each.section == passage.section]
    assert keys == ["funds", "returns", "assigned"]


def test_a_quarter_that_only_judges_says_so(world: World) -> None:
    make_working(world.district, now=at(6, 25), task="六月交办的", due_on=date(2025, 7, 2))
    assert bulletin(world).passage("assigned").text == (
        "（三）交办事项。本季度没有新的交办事项；"
        "本季度判定是否按期的1件中，按期办结0件，交办按期办结率0.0%。"
    )


def test_nothing_assigned_is_nothing_said(world: World) -> None:
    make_item(world.district, now=at(10, 8), task="十月交办的", due_on=date(2025, 10, 20))
    assert "assigned" not in [each.key for each in bulletin(world).passages]
