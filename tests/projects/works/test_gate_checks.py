"""What the works ask before 完工: structures gone, pipes before the surface, all that is planned delivered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import findings
from projects.ledger.models import Project
from projects.works.models import IllegalStructure
from tests.factories.ledger import ProjectFactory
from tests.factories.works import (
    CompletionFactory,
    MenuClassFactory,
    MenuItemFactory,
    StructureFactory,
    planned_item,
)

pytestmark = pytest.mark.django_db
MAY = date(2025, 5, 7)


def said(project: Project, on: date = MAY) -> dict[str, str]:
    """The sentences of the wing's checks by code."""
    return {
        found.check.code: found.sentence
        for found in findings(project=project, gates=[GateKind.COMPLETED], on=on)
        if found.check.code.startswith("works.") and found.sentence
    }


@pytest.fixture
def project() -> Project:
    made: Project = ProjectFactory()
    return made


def test_a_project_without_works_is_asked_nothing(project: Project) -> None:
    StructureFactory()
    assert said(project) == {}


def test_structures_are_gone(project: Project) -> None:
    found = StructureFactory(project=project)
    assert said(project) == {
        "works.structures": "还有 1 处违法建设没有拆除（3 号楼东单元屋面），先拆违后治理。"
    }
    IllegalStructure.objects.filter(pk=found.pk).update(state="closed")
    assert said(project) == {}


def test_all_that_is_planned_is_delivered_by_the_day(project: Project) -> None:
    lifts = planned_item("2", project=project, menu_item=MenuItemFactory(code="lifts"))
    CompletionFactory(item=lifts, quantity=Decimal(2), delivered_on=MAY)
    assert said(project) == {}
    assert said(project, date(2025, 5, 6)) == {
        "works.delivered": "改造内容还有 1 条没有登记完成（加装电梯）。"
    }


def test_the_surface_came_after_the_pipes_and_the_upgrades_after_what_is_basic(
    project: Project,
) -> None:
    planned_item("300", project=project, menu_item=MenuItemFactory(code="water-pipes"))
    road = planned_item("40", project=project, menu_item=MenuItemFactory(code="roads"))
    CompletionFactory(item=road)
    canteen = planned_item(
        "1",
        project=project,
        menu_item=MenuItemFactory(code="canteen", menu_class=MenuClassFactory(code="upgrade")),
    )
    CompletionFactory(item=canteen, quantity=Decimal(1))
    assert said(project) == {
        "works.underground": "小区道路已完成 40 ㎡，地下的供水管网还没有完成（完成 0／计划 300 米）。",
        "works.basic": "提升类的助餐设施已完成，基础类还有 1 项没有完成（供水管网）。",
        "works.delivered": "改造内容还有 1 条没有登记完成（供水管网）。",
    }
