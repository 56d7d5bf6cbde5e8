"""Outcomes roll up exactly from item to district, as of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from projects.works.enums import PlanState, StructureAct, StructureState
from renovation.core.measures import Approval
from reports.figures.facts import Facts, Place
from reports.figures.services import load
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import EstateFactory, ProgrammeFactory, ProjectFactory
from tests.factories.works import (
    CompletionFactory,
    ItemPlanFactory,
    MenuItemFactory,
    StructureFactory,
    StructureStepFactory,
    WorkItemFactory,
    planned_item,
)

pytestmark = pytest.mark.django_db
MAY = date(2025, 5, 7)


@pytest.fixture
def district(clock: Clock) -> District:
    """Two projects in 般阳路街道 and one in 钟楼街道, with pipes, lifts and structures."""
    made = make_district()
    programme = ProgrammeFactory(bureau=made.bureau)
    first, second, third = (
        ProjectFactory(programme=programme, street=made.street(street), code=f"ZC2025-0{n}")
        for n, street in enumerate(("banyanglu", "banyanglu", "zhonglou"), start=1)
    )
    water, drains, lifts = (
        MenuItemFactory(code=code) for code in ("water-pipes", "drainage", "lifts")
    )
    pipe = planned_item("1234.5", project=first, menu_item=water)
    CompletionFactory(item=pipe, quantity=Decimal("1000.25"), delivered_on=date(2025, 5, 6))
    CompletionFactory(item=pipe, quantity=Decimal("234.25"), delivered_on=date(2025, 5, 8))
    estate = EstateFactory(project=second)
    planned_item("765.5", project=second, menu_item=drains, estate=estate)
    planned_item("2", project=third, menu_item=lifts)
    planned_item("300", project=third, menu_item=MenuItemFactory(code="roads"))  # counts nowhere
    gone = StructureFactory(project=first, found_on=date(2025, 3, 1))
    for act, state, day in (
        (StructureAct.NOTIFY, StructureState.NOTIFIED, date(2025, 3, 5)),
        (StructureAct.REMOVE, StructureState.REMOVED, date(2025, 4, 2)),
    ):
        StructureStepFactory(structure=gone, act=act, state=state, occurred_on=day)
    StructureFactory(project=third, found_on=date(2025, 4, 10))
    StructureFactory(project=third, found_on=date(2025, 6, 1))
    struck = StructureFactory(project=third, found_on=date(2025, 3, 2))
    StructureStepFactory(
        structure=struck,
        act=StructureAct.DISMISS,
        state=StructureState.DISMISSED,
        occurred_on=date(2025, 3, 20),
    )
    return made


def facts_of(district: District, day: date = MAY, approval: Approval = Approval.APPROVED) -> Facts:
    programme = district.bureau.programmes.get()
    now = datetime(2025, 12, 1, tzinfo=UTC)
    return load(programme=programme, as_of=day, approval=approval, now=now)


def test_from_item_to_district(district: District) -> None:
    facts = facts_of(district)
    street = facts.place("street", "banyanglu")
    project = facts.place("project", "ZC2025-01")
    whole = facts.get("老旧管线(计划)")
    assert (whole.text, whole.unit.text) == ("2.00", "公里")
    assert facts.get("老旧管线(计划)", street).text == "2.00"
    assert facts.get("老旧管线(计划)", project).text == "1.23"
    rate = facts.get("老旧管线完成率", street)
    assert (rate.text, rate.numerator_string, rate.denominator_string) == ("50.0", "1.00025", "2")
    assert facts.get("老旧管线完成率", project).text == "81.0"
    assert facts.get("加装电梯(计划)").text == "2"
    assert facts.get("加装电梯(完成)", facts.place("street", "zhonglou")).text == "0"
    assert facts.get("停车位完成率").value is None


def test_as_of_a_day(district: District) -> None:
    assert facts_of(district, date(2025, 5, 5)).get("老旧管线(完成)").decimal_string == "0.00"
    later = facts_of(district, date(2025, 5, 8))
    assert later.get("老旧管线(完成)").numerator is None
    assert later.get("老旧管线(完成)").value == Decimal("1.2345")
    place = Place("project", "ZC2025-01", "")
    source = later.contributions(_declaration("老旧管线完成率"), place)
    assert [part.note for part in source] == ["2025年5月8日全部完成"]


def _declaration(name: str):  # type: ignore[no-untyped-def]
    from reports.figures.catalogue import catalogue

    return catalogue()[name]


def test_a_plan_counts_once_it_is_approved_and_from_its_day(district: District) -> None:
    project = district.bureau.programmes.get().projects.get(code="ZC2025-03")
    item = WorkItemFactory(project=project, menu_item=MenuItemFactory(code="parking"))
    ItemPlanFactory(item=item, quantity=Decimal(60))
    ItemPlanFactory(item=item, version=2, quantity=Decimal(75), effective_on=date(2025, 5, 7))
    ItemPlanFactory(item=item, version=3, quantity=Decimal(90), state=PlanState.PENDING)
    assert facts_of(district, date(2025, 5, 6)).get("停车位(计划)").text == "60"
    today = facts_of(district).get("停车位(计划)")
    assert (today.text, today.note) == ("75", "待批准的计划 90 个，未计入")
    everything = facts_of(district, approval=Approval.ALL).get("停车位(计划)")
    assert (everything.text, everything.note) == ("90", "含待批准的计划 90 个")


def test_an_item_that_was_taken_out_counts_until_then(district: District) -> None:
    project = district.bureau.programmes.get().projects.get(code="ZC2025-03")
    item = planned_item("4", project=project, menu_item=MenuItemFactory(code="car-chargers"))
    ItemPlanFactory(
        item=item, version=2, quantity=Decimal(0), is_removed=True, effective_on=date(2025, 5, 1)
    )
    assert facts_of(district, date(2025, 4, 30)).get("充电桩(计划)").text == "4"
    assert facts_of(district, date(2025, 5, 1)).get("充电桩(计划)").text == "0"


def test_what_was_withdrawn_does_not_count(district: District) -> None:
    project = district.bureau.programmes.get().projects.get(code="ZC2025-03")
    item = project.work_items.get(menu_item__code="lifts")
    CompletionFactory(
        item=item,
        quantity=Decimal(1),
        withdrawn_at=datetime(2025, 5, 2, tzinfo=UTC),
        withdrawn_by=district.users["zhonglou"],
        withdrawal_reason="登记错了项目",
    )
    assert facts_of(district).get("加装电梯(完成)").text == "0"


def test_structures_found_and_removed(district: District) -> None:
    facts = facts_of(district)
    assert facts.get("违法建设").text == "2"
    rate = facts.get("违法建设拆除率")
    assert (rate.text, rate.parts_text) == ("50.0", "1 / 2")
    before = facts_of(district, date(2025, 4, 1)).get("违法建设拆除率")
    assert (before.text, before.parts_text) == ("0.0", "0 / 1")
    assert facts_of(district, date(2025, 3, 10)).get("违法建设").text == "2"
