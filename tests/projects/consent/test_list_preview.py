"""What the preview of a household list calls its rows, and what it says of a change in what it must not show."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from renovation.intake.models import Upload
from tests.conftest import Clock

from .list_world import NEW_PHONE, TYPED_PHONE, World, make_world
from .scene import CANARY_NAME, CANARY_PHONE

pytestmark = pytest.mark.django_db
HIDDEN = "（个人信息，不显示）"


@pytest.fixture
def world(clock: Clock) -> World:
    return make_world(clock)


def shown(world: World, upload: Upload) -> Any:
    client = Client()
    client.force_login(world.scene.user("zhonglou"))
    return client.get(reverse("intake:upload", args=[upload.pk]))


def test_a_row_is_named_by_where_the_household_lives_as_it_was_typed(world: World) -> None:
    """Also where it cannot be found by that; never by the portal's own key."""
    world.write(2, "楼栋", "东楼")
    world.write(3, "楼栋", "1#楼")
    world.write(4, "室号", None)
    world.write(5, "单元", "二单元西侧靠近自行车棚的那一个门洞")  # too long to be read
    answer = shown(world, world.sent())
    rows = {row.number: (row.name, row.shown_key) for row in answer.context["page"].rows}
    assert [rows[number] for number in (4, 5, 6, 7)] == [
        ("第 1 号", "1号楼1单元101室"),
        ("第 2 号", "东楼1单元102室"),
        ("第 3 号", "1#楼1单元103室"),
        ("第 4 号", "1号楼1单元"),
    ]
    assert rows[8] == ("第 5 号", "2号楼二单元西侧靠近自行车棚的那一个门洞101室")
    page = answer.content.decode()
    assert "住户名册!D7　第 4 号　1号楼1单元" in page
    assert "｜" not in page
    assert "／" not in page


def test_what_changed_of_a_household_is_said_and_never_shown(world: World) -> None:
    world.write(1, "联系电话", TYPED_PHONE)
    world.write(2, "上门关注", "高龄")
    answer = shown(world, world.sent())
    page = answer.context["page"]
    said = {row.number: [(each.head, each.text) for each in row.said] for row in page.rows}
    assert (said[4], said[5]) == (
        [("联系电话", f"改{HIDDEN}")],
        [("上门关注", f"补填{HIDDEN}")],
    )
    assert all(not said[number] for number in said if number > 5)
    names = {cell.name: cell.value for cell in page.strip}
    assert names["与名册相比"] == "改动 2 处"
    html = answer.content.decode()
    for secret in (TYPED_PHONE, CANARY_PHONE, CANARY_NAME):
        assert secret not in html


def test_a_question_spans_the_row_and_is_framed_where_the_cell_is(world: World) -> None:
    world.write(1, "联系电话", TYPED_PHONE)
    world.corrected(phone=NEW_PHONE)
    answer = shown(world, world.sent())
    page = answer.context["page"]
    first = page.rows[0]
    assert [(each.head, each.text, each.frame) for each in first.said] == [
        ("F　联系电话", HIDDEN, "question")
    ]
    html = answer.content.decode()
    cells = html.split("<thead>")[1].split("</thead>")[0].split("</tr>")[1].count("<th ")
    assert (cells, f'class="strip-edge" colspan="{cells - 1}"' in html) == (5, True)
