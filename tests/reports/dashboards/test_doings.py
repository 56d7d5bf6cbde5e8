"""The page of a project tells what is being built and what residents said, for that project alone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from projects.ledger.enums import GateKind
from projects.ledger.models import Estate
from projects.residents.enums import NoticePoint, NoticeState
from tests.factories.aftercare import CommitteeFactory, ManagementFactory
from tests.factories.consent import agree
from tests.factories.ledger import GateFactory
from tests.factories.residents import MatterFactory, MeetingFactory, NoticeFactory
from tests.factories.works import (
    CompletionFactory,
    ItemPlanFactory,
    MenuItemFactory,
    StructureFactory,
    planned_item,
)

from .conftest import Scene

PAGE = "/projects/ZC2025-01/"


def _section(html: str, key: str) -> str:
    return html.partition(f'id="{key}"')[2].partition("</section>")[0]


def test_works_under_way_come_first_and_removed_ones_not_at_all(scene: Scene) -> None:
    done, begun, waiting, removed = (
        planned_item("100", project=scene.on_course, menu_item=MenuItemFactory(code=code))
        for code in ("drainage", "water-pipes", "roads", "lifts")
    )
    CompletionFactory(item=done, quantity=Decimal("100"), delivered_on=date(2025, 4, 1))
    CompletionFactory(item=begun, quantity=Decimal("37.5"), delivered_on=date(2025, 4, 2))
    ItemPlanFactory(item=removed, version=2, quantity=Decimal("0"), is_removed=True)
    foreign = planned_item(
        "5", project=scene.behind, menu_item=MenuItemFactory(code="chargers", name="充电桩他处")
    )
    StructureFactory(project=scene.on_course, found_on=date(2025, 3, 1))
    part = _section(scene.text("leader", PAGE), "works")
    assert "3 条完成 1 条，在做 1 条" in part
    order = [part.index(item.menu_item.name) for item in (begun, waiting, done)]
    assert order == sorted(order)
    assert "37.5" in part
    assert "违法建设 1 处，已拆除 0 处。" in part
    assert removed.menu_item.name not in part
    assert foreign.menu_item.name not in part


def test_residents_are_told_with_their_households(scene: Scene) -> None:
    assert "还没有征询" in _section(scene.text("leader", PAGE), "residents")
    agree(scene.on_course)
    households = sum(
        Estate.objects.filter(project=scene.on_course).values_list("household_count", flat=True)
    )
    part = _section(scene.text("leader", PAGE), "residents")
    assert f"/ {households} 户" in part
    assert "还没有征询" not in part
    assert "还没有征询" in _section(scene.text("leader", "/projects/ZC2025-02/"), "residents")


def test_residents_are_told_and_meet(scene: Scene) -> None:
    NoticeFactory(project=scene.on_course, state=NoticeState.CONCLUDED)
    NoticeFactory(project=scene.on_course, point=NoticePoint.LAUNCH)
    meeting = MeetingFactory(project=scene.on_course)
    MatterFactory(meeting=meeting, solved_on=date(2025, 4, 20))
    MatterFactory(meeting=meeting)
    part = _section(scene.text("leader", PAGE), "residents")
    assert "五个节点公示 1 个，还没有项目启动、施工单位选定、重要节点施工前、竣工验收" in part
    assert "1 次，提出 2 个问题，解决 1 个" in part
    other = _section(scene.text("leader", "/projects/ZC2025-02/"), "residents")
    assert "五个节点公示 0 个" in other
    assert "议事" not in other


def test_who_looks_after_the_estates_is_told_once_completed(scene: Scene) -> None:
    first, *_ = scene.on_course.estates.order_by("pk")
    assert 'id="care"' not in scene.text("leader", PAGE)
    CommitteeFactory(estate=first)
    many = scene.on_course.estates.count()
    assert f"1 / {many} 个小区已成立" in _section(scene.text("leader", PAGE), "care")
    assert 'id="care"' not in scene.text("leader", "/projects/ZC2025-02/")
    completed = scene.now.date() - timedelta(days=20)
    GateFactory(project=scene.on_course, kind=GateKind.COMPLETED, actual_on=completed)
    part = _section(scene.text("leader", PAGE), "care")
    assert f"0 / {many} 个小区，0.0%" in part
    assert f"{first}没有管理方式" in part
    ManagementFactory(estate=first, until_on=completed)
    part = _section(scene.text("leader", PAGE), "care")
    assert f"{first}合同已到期" in part
    assert "没有管理方式" not in part.partition(str(first))[2].partition("；")[0]
