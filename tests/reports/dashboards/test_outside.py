"""Projects that no figure counts: cancelled and proposed ones by state, proposed ones found by a word."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import ChangeKind
from projects.ledger.models import Project
from reports.dashboards.choice import choose
from reports.dashboards.forms import ProjectFilterForm
from reports.dashboards.outside import outside_of
from tests.factories.enrolment import cancel, propose
from tests.factories.ledger import ProjectFactory

from .conftest import Scene

LIST = reverse("dashboards:projects")


@pytest.fixture
def proposed(scene: Scene) -> Project:
    """建材一宿舍 in 般阳路, waiting for its approval."""
    made: Project = ProjectFactory(
        programme=scene.programme,
        street=scene.street("banyanglu"),
        name="建材一宿舍",
        approved_on=None,
    )
    propose(scene.district, made, ChangeKind.ENTER, now=scene.now, effective_on=date(2025, 5, 1))
    return made


def total(text: str) -> str:
    return text.split("<tfoot>")[1].split("</tfoot>")[0]


def test_a_word_finds_what_waits_and_no_figure_counts_it(scene: Scene, proposed: Project) -> None:
    before = scene.text("bureau", LIST)
    assert "建材一宿舍" not in before
    named = scene.text("bureau", LIST, q=scene.behind.name)
    assert "待列入的项目" not in named
    ProjectFactory(
        programme=scene.programme,
        street=scene.street("banyanglu"),
        name=f"{scene.behind.name}二期",
        approved_on=None,
    )
    both = scene.text("bureau", LIST, q=scene.behind.name)
    assert total(both) == total(named)
    section = both.split('id="outside"')[1]
    assert f"{scene.behind.name}二期" in section
    assert "建材一宿舍" not in section
    alone = scene.text("bureau", LIST, q="建材一宿舍")
    assert "待批准列入" in alone
    assert "<tfoot>" not in alone
    for user in ("npc", "zhonglou"):
        assert "待批准列入" not in scene.text(user, LIST, q="建材一宿舍")


def test_the_state_lists_what_waits(scene: Scene, proposed: Project) -> None:
    text = scene.text("bureau", LIST, state="proposed")
    assert "建材一宿舍" in text
    assert scene.behind.name not in text
    assert "建材一宿舍" not in scene.text("npc", LIST, state="proposed")
    assert "没有这样的项目" in scene.text("bureau", LIST, state="proposed", street="zhonglou")


def test_the_state_lists_what_was_cancelled_by_the_day(scene: Scene, proposed: Project) -> None:
    gone = ProjectFactory(
        programme=scene.programme, street=scene.street("banyanglu"), name="整村拆迁小区"
    )
    later = ProjectFactory(
        programme=scene.programme, street=scene.street("banyanglu"), name="以后取消小区"
    )
    cancel(gone, date(2025, 5, 5))
    cancel(later, date(2025, 6, 30))
    text = scene.text("bureau", LIST, state="cancelled")
    assert "自2025年5月5日起，整村拆迁" in text
    assert "1 个自2025年6月30日起取消" in text
    assert "起取消，在那以前" not in scene.text("bureau", LIST, state="proposed")
    for other in ("以后取消小区", "建材一宿舍", scene.behind.name):
        assert other not in text.split("</form>", 1)[1]
    usual = scene.text("bureau", LIST)
    assert "整村拆迁小区" not in usual
    assert "以后取消小区" in usual
    assert usual.count("自6月30日起取消") == 1
    assert "自6月30日起取消" in scene.text("bureau", reverse("dashboards:wall_chart"))


def test_looking_outside_costs_one_query(
    scene: Scene, proposed: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scope = scene.scope("bureau")
    choice = choose(scope=scope, asked={}, now=scene.now)
    assert choice is not None

    def count(**asked: str) -> int:
        form = ProjectFilterForm(asked, years=[2025], streets=[])
        found = outside_of(choice=choice, scope=scope, form=form, number="")
        return found.page.paginator.count if found else 0

    with django_assert_num_queries(0):
        assert count() == 0
    with django_assert_num_queries(1):
        assert count(state="proposed") == 1
    for _ in range(2):
        ProjectFactory(
            programme=scene.programme, street=scene.street("banyanglu"), approved_on=None
        )
    with django_assert_num_queries(1):
        assert count(state="proposed") == 3
