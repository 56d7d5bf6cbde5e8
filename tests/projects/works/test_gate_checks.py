"""What the works ask before 完工: structures gone, the orders by the days of delivery,
all that is planned delivered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from projects.ledger.enums import ExceptionAct, GateKind
from projects.ledger.exceptions import ExceptionValues, ask_exception, decide_exception
from projects.ledger.gatekeeping import GateRefused, findings
from projects.ledger.models import Gate, Project
from projects.ledger.passing import pass_gate
from projects.works.models import IllegalStructure, WorkItem
from projects.works.services.explaining import questions
from tests.conftest import Clock
from tests.factories.accounts import make_district, scope_for
from tests.factories.ledger import (
    GateFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.works import (
    CompletionFactory,
    MenuItemFactory,
    StructureFactory,
    StructureStepFactory,
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


def removed(project: Project, day: date, building: str = "3 号楼", **since: Any) -> None:
    """A structure that was taken down on a day."""
    found = StructureFactory(project=project, building=building, **since)
    StructureStepFactory(structure=found, act="remove", state="removed", occurred_on=day)
    IllegalStructure.objects.filter(pk=found.pk).update(state="removed")


def test_a_facade_done_before_its_structure_went_shuts_the_gate_also_once_it_is_gone(
    project: Project,
) -> None:
    """先拆违后治理 alone, building by building: a structure elsewhere, or gone the same day, is in order."""
    facade = item_of(project, "facade", "40")
    CompletionFactory(
        item=facade, quantity=Decimal(20), delivered_on=date(2025, 4, 10), building="1 号楼"
    )
    CompletionFactory(
        item=facade, quantity=Decimal(20), delivered_on=date(2025, 4, 18), building="2、3号楼"
    )
    removed(project, date(2025, 4, 18), "2 号楼")
    removed(project, date(2025, 4, 30), "5 号楼")
    assert said(project) == {}
    removed(project, date(2025, 4, 19))
    assert said(project) == {
        "works.structures_first": (
            "外墙维修 2025年4月18日 已有完成，有 1 处违建后来才拆除（3 号楼东单元屋面 2025年4月19日）。"
        )
    }


def test_a_facade_of_a_day_on_which_a_structure_stood_asks_why_when_it_is_gone(
    project: Project,
) -> None:
    """Of its building, or where none is named; not of another, nor from the day of the removal on."""
    facade = item_of(project, "facade", "40")
    removed(project, date(2025, 4, 19))

    def asked(day: date, building: str) -> list[str]:
        done = Decimal(10)
        return questions(item=facade, planned=done, total=done, day=day, building=building)

    why = "2025年4月18日 以后才拆除的违建有 1 处（3 号楼东单元屋面 2025年4月19日），先拆违后治理。"
    eve = date(2025, 4, 18)
    assert [asked(eve, building) for building in ("3号楼", "", "2号楼")] == [[why], [why], []]
    assert asked(date(2025, 4, 19), "3号楼") == []
    StructureFactory(project=project, building="5 号楼")
    left = "还有 1 处违建没有拆除，先拆违后治理；已拆的楼栋请写明楼栋。"
    assert asked(eve, "") == [left, why]


def test_a_structure_stands_on_the_days_before_it_was_removed(project: Project) -> None:
    removed(project, date(2025, 5, 6))
    assert said(project, date(2025, 5, 6)) == {}
    gone = "有 1 处违法建设 2025年5月5日 还在，后来才拆除（3 号楼东单元屋面 2025年5月6日），先拆违后治理。"
    assert said(project, date(2025, 5, 5)) == {"works.structures": gone}
    StructureFactory(project=project, building="5 号楼")
    left = "还有 1 处违法建设没有拆除（5 号楼东单元屋面），先拆违后治理。"
    assert said(project, date(2025, 5, 5)) == {"works.structures": left + gone}
    IllegalStructure.objects.filter(building="5 号楼").update(state="dismissed")
    dismissed = StructureFactory(project=project)
    IllegalStructure.objects.filter(pk=dismissed.pk).update(state="dismissed")
    assert said(project, date(2025, 5, 6)) == {}


@pytest.mark.parametrize(
    ("since", "sentences"),
    [
        ({}, {}),
        ({"built_on": date(2025, 4, 19)}, {}),
        (
            {"built_on": date(2025, 4, 18)},
            {
                "works.structures_first": (
                    "外墙维修 2025年4月18日 已有完成，有 1 处违建后来才拆除（3 号楼东单元屋面 2025年5月3日）。"
                )
            },
        ),
        (
            {"stood_before": True},
            {
                "works.structures_first": (
                    "外墙维修 2025年4月18日 已有完成，有 1 处违建后来才拆除（3 号楼东单元屋面 2025年5月3日）。"
                )
            },
        ),
    ],
    ids=["nobody knows", "built the day after", "built that day", "older"],
)
def test_a_structure_found_after_the_facade_shuts_the_gate_only_where_it_stood_then(
    project: Project, since: dict[str, Any], sentences: dict[str, str]
) -> None:
    """Nor does a late entry of the facade ask why where the structure is newer. Where nobody knows since when it stands,
    the order is not reproached, but the entry asks why, and the gate is shut while it stands."""
    facade = item_of(project, "facade", "40")
    eve = date(2025, 4, 18)
    CompletionFactory(item=facade, quantity=Decimal(40), delivered_on=eve, building="3 号楼")
    found = StructureFactory(project=project, found_on=date(2025, 4, 30), **since)
    asked = questions(
        item=facade, planned=Decimal(40), total=Decimal(40), day=eve, building="3 号楼"
    )
    unknown = (
        "2025年4月18日 以后才发现的违建有 1 处（3 号楼东单元屋面 2025年4月30日），建成日期没有登记，"
        "不知道那时在不在，先拆违后治理。"
    )
    left = "还有 1 处违建没有拆除，先拆违后治理；已拆的楼栋请写明楼栋。"
    assert asked == ([unknown] if not since else [left] if sentences else [])
    assert ("works.structures" in said(project, eve)) == (bool(sentences) or not since)
    StructureStepFactory(
        structure=found, act="remove", state="removed", occurred_on=date(2025, 5, 3)
    )
    IllegalStructure.objects.filter(pk=found.pk).update(state="removed")
    assert said(project) == sentences


def test_a_structure_that_is_undated_is_not_gone_on_a_day_before_it_was_found(
    project: Project,
) -> None:
    """Whoever dates 完工 back to a day before it was found is asked since when it stands; one that was built later
    asks nothing."""
    eve, found_on = date(2025, 4, 29), date(2025, 4, 30)
    StructureFactory(project=project, building="1 号楼", found_on=found_on, built_on=found_on)
    removed(project, MAY, "2 号楼", found_on=found_on, built_on=found_on)
    assert said(project, eve) == {}
    unknown = StructureFactory(project=project, found_on=found_on)
    assert said(project, eve) == {
        "works.structures": (
            "有 1 处违法建设后来才发现（3 号楼东单元屋面 2025年4月30日），建成日期没有登记，"
            "不知道 2025年4月29日 在不在，在拆违里补登建成日期或改造前已有后再判断。"
        )
    }
    StructureFactory(project=project, building="4 号楼", stood_before=True, found_on=found_on)
    assert said(project, eve)["works.structures"].startswith(
        "还有 1 处违法建设没有拆除（4 号楼东单元屋面），先拆违后治理。有 1 处违法建设后来才发现"
    )
    IllegalStructure.objects.filter(pk=unknown.pk).update(built_on=found_on)
    assert said(project, eve) == {
        "works.structures": "还有 1 处违法建设没有拆除（4 号楼东单元屋面），先拆违后治理。"
    }


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (
            {},
            (
                "有 1 处违法建设后来才发现（3 号楼东单元屋面 2025年4月30日），建成日期没有登记，"
                "不知道 2025年4月29日 在不在，在拆违里补登建成日期或改造前已有后再判断。"
            ),
        ),
        (
            {"stood_before": True},
            "有 1 处违法建设 2025年4月29日 还在，后来才拆除（3 号楼东单元屋面 2025年5月3日），先拆违后治理。",
        ),
        (
            {"built_on": date(2025, 4, 29)},
            "有 1 处违法建设 2025年4月29日 还在，后来才拆除（3 号楼东单元屋面 2025年5月3日），先拆违后治理。",
        ),
        ({"built_on": date(2025, 4, 30)}, ""),
    ],
    ids=["nobody knows", "older", "built that day", "built the day after"],
)
def test_one_that_was_found_and_removed_after_the_day_is_told_by_what_is_known_of_it(
    project: Project, since: dict[str, Any], sentence: str
) -> None:
    """To leave the day of building open and take it down afterwards opens neither the gate nor an entry of that day."""
    eve = date(2025, 4, 29)
    removed(project, date(2025, 5, 3), found_on=date(2025, 4, 30), **since)
    assert said(project, eve) == ({"works.structures": sentence} if sentence else {})
    facade = item_of(project, "facade", "40")
    done = Decimal(40)
    asked = questions(item=facade, planned=done, total=done, day=eve, building="3 号楼")
    assert len(asked) == bool(sentence)


def test_all_that_is_planned_is_delivered_by_the_day(project: Project) -> None:
    lifts = planned_item("2", project=project, menu_item=MenuItemFactory(code="lifts"))
    CompletionFactory(item=lifts, quantity=Decimal(2), delivered_on=MAY)
    assert said(project) == {}
    assert said(project, date(2025, 5, 6)) == {
        "works.delivered": "改造内容还有 1 条没有登记完成（加装电梯）。"
    }


def item_of(project: Project, code: str, quantity: str) -> WorkItem:
    return planned_item(quantity, project=project, menu_item=MenuItemFactory(code=code))


def deliver(item: WorkItem, quantity: int, day: date) -> None:
    CompletionFactory(item=item, quantity=Decimal(quantity), delivered_on=day)


def test_a_road_laid_before_the_pipes_shuts_the_gate_also_once_all_is_done(
    project: Project,
) -> None:
    """The order alone: everything is delivered, and the road came first."""
    pipes = item_of(project, "water-pipes", "300")
    road = item_of(project, "roads", "40")
    deliver(pipes, 100, date(2025, 4, 1))
    deliver(road, 10, date(2025, 4, 18))
    assert said(project) == {
        "works.underground": "小区道路已完成 10 ㎡，地下的供水管网还没有完成（完成 100／计划 300 米）。",
        "works.delivered": "改造内容还有 2 条没有登记完成（供水管网、小区道路）。",
    }
    deliver(pipes, 200, date(2025, 4, 19))
    deliver(road, 30, date(2025, 4, 25))
    assert said(project) == {
        "works.underground": "小区道路 2025年4月18日 已有完成，地下的供水管网 2025年4月19日 才完成。"
    }


def test_a_road_begun_on_the_day_of_the_last_pipe_is_in_order(project: Project) -> None:
    deliver(item_of(project, "water-pipes", "300"), 300, date(2025, 4, 18))
    deliver(item_of(project, "roads", "40"), 40, date(2025, 4, 18))
    assert said(project) == {}


def test_an_upgrade_before_what_is_basic_shuts_the_gate_also_once_all_is_done(
    project: Project,
) -> None:
    """先基本后提升 alone: no surface, all delivered, the canteen first."""
    canteen = item_of(project, "canteen", "1")
    fire = item_of(project, "fire", "4")
    roof = item_of(project, "roof", "800")
    deliver(canteen, 1, date(2025, 4, 18))
    deliver(roof, 800, date(2025, 4, 18))
    assert said(project) == {
        "works.basic": "提升类的助餐设施已完成，基础类还有 1 项没有完成（消防设施）。",
        "works.delivered": "改造内容还有 1 条没有登记完成（消防设施）。",
    }
    deliver(fire, 4, date(2025, 5, 6))
    assert said(project) == {
        "works.basic": "提升类的助餐设施 2025年4月18日 已完成，基础类有 1 项后来才完成（消防设施 2025年5月6日）。"
    }


@pytest.mark.parametrize(
    ("upper", "lower", "code"),
    [
        ("roads", "water-pipes", "works.underground"),
        ("canteen", "fire", "works.basic"),
        ("facade", "", "works.structures_first"),
    ],
)
def test_a_broken_order_passes_by_its_own_exception_alone(
    upper: str, lower: str, code: str, clock: Clock
) -> None:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    GateFactory(project=project, kind=GateKind.STARTED)
    deliver(item_of(project, upper, "4"), 4, date(2025, 4, 18))
    if lower:
        deliver(item_of(project, lower, "4"), 4, date(2025, 4, 30))
    else:
        removed(project, date(2025, 4, 30))
    now, reviewer = clock.at("2025-05-07 10:00"), district.users["reviewer"]

    def complete() -> Gate:
        return pass_gate(
            project=project,
            kind=GateKind.COMPLETED,
            actual_on=MAY,
            evidence=StoredFileFactory(),
            by=district.users["bureau"],
            now=now,
        )

    with pytest.raises(GateRefused) as caught:
        complete()
    assert [each.check.code for each in caught.value.findings] == [code]
    assert not Gate.objects.filter(kind=GateKind.COMPLETED).exists()
    row = ask_exception(
        project=project,
        check_code=code,
        values=ExceptionValues("管线单位停气换管，错不开", "淄住建会〔2025〕9号"),
        by=district.users["bureau"],
        now=now,
    )
    assert row.finding == caught.value.sentences[0]
    decide_exception(
        exception=row,
        act=ExceptionAct.APPROVE,
        comment="",
        scope=scope_for(reviewer, on=MAY),
        by=reviewer,
        now=now,
    )
    complete()
    gate = Gate.objects.get(kind=GateKind.COMPLETED)
    assert (gate.actual_on, gate.evidence_id is not None) == (MAY, True)
