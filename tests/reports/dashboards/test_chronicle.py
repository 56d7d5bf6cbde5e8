"""沿革 joins the ledger, money, returns and lights: each kind for who may read it, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from projects.funding import services as funding
from projects.funding.enums import Stage
from projects.funding.models import FundingEvent
from projects.funding.services import EventValues
from projects.ledger import services as ledger
from projects.ledger.models import Project
from renovation.core.holding import holding
from reports.dashboards.chronicle import Entry, chronicle_of
from supervision.weekly.enums import Light
from supervision.weekly.models import StatusJudgement
from tests.factories.funding import FundingSourceFactory
from tests.projects.ledger.test_changes import plan

from .conftest import BEFORE, WEEK, Scene


def paid_in(scene: Scene, project: Project, fen: int, now: datetime) -> FundingEvent:
    return funding.record_event(
        project=project,
        values=EventValues(
            source=FundingSourceFactory(bureau=scene.district.bureau),
            stage=Stage.ALLOCATED,
            amount_fen=fen,
            occurred_on=BEFORE,
            document_number="淄财建〔2025〕11号",
        ),
        by=scene.district.users["bureau"],
        now=now,
    )


@pytest.fixture
def happened(scene: Scene) -> Scene:
    """At one project a plan between two amounts, at its neighbour another amount; lights that turned once."""
    hour = timedelta(hours=1)
    paid_in(scene, scene.on_course, 1_0000_00, scene.now)
    ledger.draft_baseline(
        project=scene.on_course,
        values=plan(),
        by=scene.district.users["bureau"],
        now=scene.now + hour,
    )
    paid_in(scene, scene.on_course, 2_0000_00, scene.now + 2 * hour)
    paid_in(scene, scene.behind, 3_0000_00, scene.now + hour)
    turned = WEEK + timedelta(weeks=1)
    for week, light in ((BEFORE, Light.YELLOW), (WEEK, Light.YELLOW), (turned, Light.RED)):
        StatusJudgement.objects.create(
            project=scene.on_course,
            week_start=week,
            light=light,
            reasons=[f"{light.label}的依据"],
            rules={},
            judged_at=scene.now,
        )
    return scene


def told(scene: Scene, user: str) -> list[Entry]:
    return chronicle_of(project=scene.on_course, scope=scene.scope(user))


def test_each_kind_tells_of_its_project_alone_newest_first(happened: Scene) -> None:
    entries = told(happened, "bureau")
    assert [entry.at for entry in entries] == sorted((each.at for each in entries), reverse=True)
    acted = [entry for entry in entries if entry.who != "系统"]
    assert [(entry.kind, entry.what) for entry in acted] == [
        ("light", "亮灯由滞后转为严重滞后"),
        ("money", "登记“中央财政补助”下达 2.00 万元"),
        ("ledger", "拟定文昌园小区第 2 版计划"),
        ("money", "登记“中央财政补助”下达 1.00 万元"),
        ("weekly", "第19周周报核定"),
        ("weekly", "第18周周报核定"),
        ("light", "首次亮灯：滞后"),
    ]
    assert {entry.kind for entry in entries if entry not in acted} == {"ledger"}
    lights = [entry for entry in entries if entry.kind == "light"]
    assert [(entry.before, entry.after, entry.detail) for entry in lights] == [
        ("yellow", "red", "红的依据"),
        ("", "yellow", "黄的依据"),
    ]


def test_who_works_not_with_streets_reads_no_money_and_no_drafts(happened: Scene) -> None:
    for user, kinds in (("npc", {"light", "ledger"}), ("contractor", {"light"})):
        entries = told(happened, user)
        assert {entry.kind for entry in entries} == kinds
        assert "拟定文昌园小区第 2 版计划" not in {entry.what for entry in entries}


def test_it_costs_the_same_for_two_amounts_and_for_three(
    happened: Scene, django_assert_num_queries: Callable[..., Any]
) -> None:
    """What there is and its acts, judgements and reports; the history of four models, of buildings, three of names."""
    scope = happened.scope("bureau")
    for _ in range(2):
        with holding(), django_assert_num_queries(12):
            chronicle_of(project=happened.on_course, scope=scope)
        paid_in(happened, happened.on_course, 4_0000_00, happened.now + timedelta(days=1))
