"""交办事项 on 总览: one line, counted as the list counts, with the way to its rows; nothing where nothing is open."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from reports.dashboards.assigned import assigned_now
from supervision.dispatch.models import DispatchItem
from tests.factories.dispatch import AFTER, make_done, make_item, make_reported, make_working

from .conftest import Scene

#: A Wednesday; the overdue item was due the day before.
NOW = AFTER + timedelta(days=2)


def given(scene: Scene) -> None:
    """Of 般阳路 one overdue and one that it reported, of 松龄路 one just given; one is settled, one of elsewhere."""
    district = scene.district
    late: date = NOW.date() - timedelta(days=1)
    made: datetime = AFTER - timedelta(days=5)
    make_working(district, task="逾期的事", due_on=late, now=made)
    make_reported(district, task="报了的事")
    make_item(district, street="songlinglu", task="刚交办的事")
    make_done(district, task="办结的事")


def test_it_counts_what_is_open_overdue_and_waits_to_be_closed(scene: Scene) -> None:
    given(scene)
    found = assigned_now(scope=scene.scope("leader"), today=NOW.date())
    assert found is not None
    assert (found.open_count, found.overdue_count, found.reported_count) == (3, 1, 1)
    own = assigned_now(scope=scene.scope("songlinglu"), today=NOW.date())
    assert own is not None
    assert (own.open_count, own.overdue_count, own.reported_count) == (1, 0, 0)
    rows = DispatchItem.objects.visible_to(scene.scope("leader"))
    assert rows.unsettled().count() == found.open_count
    assert rows.overdue_on(NOW.date()).count() == found.overdue_count


def test_the_page_says_it_once_with_the_way_to_the_rows(scene: Scene) -> None:
    given(scene)
    page = scene.text("leader", "/")
    html = re.sub(r"<[^>]+>", "", page)
    for href, words in (
        ("", "3 件没有办结"),
        ("?state=overdue", "逾期 1 件"),
        ("?state=reported", "1 件已报办结待核"),
    ):
        assert f'<a href="/dispatch/items/{href}">{words}</a>' in page
    assert html.count("交办事项 3 件没有办结，逾期 1 件，1 件已报办结待核。") == 1


def test_nothing_open_is_not_said_and_outsiders_are_told_nothing(scene: Scene) -> None:
    make_done(scene.district)
    assert assigned_now(scope=scene.scope("leader"), today=NOW.date()) is None
    assert "没有办结" not in scene.text("leader", "/")
    given(scene)
    assert "件没有办结" not in scene.text("npc", "/")


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_once_however_many_there_are(
    scene: Scene, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make_item(scene.district)
    scope, outsider = scene.scope("leader"), scene.scope("npc")
    with django_assert_num_queries(1):
        assert assigned_now(scope=scope, today=NOW.date()) is not None
    with django_assert_num_queries(0):
        assert assigned_now(scope=outsider, today=NOW.date()) is None
