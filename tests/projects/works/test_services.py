"""Acts of the works: what they refuse and under which code, and that what was decided stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.works.enums import Origin, PlanState, UtilityAct
from projects.works.flows import STRUCTURE, UTILITY
from projects.works.models import (
    Completion,
    Coordination,
    ItemPlan,
    MenuItem,
    UtilityPlan,
    WorkItem,
)
from projects.works.services import items, menu, utilities
from projects.works.services.items import CompletionValues, PlanValues
from renovation.accounts.models import User
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.consent import wished
from tests.factories.ledger import (
    BaselineFactory,
    EstateFactory,
    GateFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.works import (
    CompletionFactory,
    ItemPlanFactory,
    MenuItemFactory,
    StructureFactory,
    StructureStepFactory,
    UtilityPlanFactory,
    WorkItemFactory,
    planned_item,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def clerk(district: District) -> User:
    return district.users["zhonglou"]


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    GateFactory(
        project=made,
        kind=GateKind.STARTED,
        actual_on=date(2025, 3, 3),
        evidence=StoredFileFactory(),
    )
    return made


def refused(code: str, act: Callable[[], Any]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def item_of(project: Project, code: str = "water-pipes", quantity: str = "100") -> WorkItem:
    return planned_item(quantity, project=project, menu_item=MenuItemFactory(code=code))


# -- plans -------------------------------------------------------------------------------------------
def plan(project: Project, by: User, now: datetime, code: str = "lifts", **values: Any) -> ItemPlan:
    estate = values.pop("estate", None)
    return items.plan_item(
        project=project,
        menu_item=MenuItem.objects.get(code=code),
        estate=estate,
        values=PlanValues(**({"quantity": Decimal(2)} | values)),
        by=by,
        now=now,
    )


def test_before_the_baseline_a_plan_stands_at_once_and_a_change_says_why(
    project: Project, district: District, now: datetime
) -> None:
    by = district.users["bureau"]
    wished(project, MenuItem.objects.get(code="lifts"), number=2)
    first = plan(project, by, now, origin=Origin.CHOSEN, choice_round=2)
    assert (first.state, first.effective_on, first.choice_round) == (
        PlanState.APPROVED,
        date(2025, 5, 7),
        2,
    )
    refused("item.same", lambda: plan(project, by, now, origin=Origin.CHOSEN, choice_round=2))
    refused("item.reason", lambda: plan(project, by, now, quantity=Decimal(3)))
    second = plan(project, by, now, quantity=Decimal(3), reason="多一个单元")
    assert (second.version, second.state) == (2, PlanState.APPROVED)
    entry = AuditEntry.objects.filter(act="works.plan").latest("pk")
    assert (entry.reason, entry.changes["quantity"]) == ("多一个单元", ["2.00", "3"])


def test_after_the_baseline_a_change_waits_for_another_person(
    project: Project, district: District, now: datetime
) -> None:
    BaselineFactory(project=project)
    by, reviewer = district.users["bureau"], district.users["reviewer"]
    refused("item.reason", lambda: plan(project, by, now))
    first = plan(project, by, now, reason="居民要求")
    assert first.state == PlanState.PENDING
    refused("item.pending", lambda: plan(project, by, now, quantity=Decimal(9), reason="再改"))
    with pytest.raises(Forbidden):
        items.decide_plan(plan=first, approve=True, by=by, now=now)
    refused(
        "item.comment", lambda: items.decide_plan(plan=first, approve=False, by=reviewer, now=now)
    )
    items.decide_plan(plan=first, approve=True, by=reviewer, now=now)
    assert (first.state, first.decided_by, first.effective_on) == (
        PlanState.APPROVED,
        reviewer,
        date(2025, 5, 7),
    )
    with pytest.raises(StateConflict):
        items.decide_plan(plan=first, approve=True, by=reviewer, now=now)


def test_what_a_plan_refuses(project: Project, district: District, now: datetime) -> None:
    by = district.users["bureau"]
    refused("item.quantity", lambda: plan(project, by, now, quantity=Decimal(0)))
    refused("item.places", lambda: plan(project, by, now, quantity=Decimal("1.5")))
    refused("item.estate", lambda: plan(project, by, now, estate=EstateFactory()))
    refused(
        "item.period",
        lambda: plan(project, by, now, planned_from=date(2025, 5, 2), planned_to=date(2025, 5, 1)),
    )
    MenuItem.objects.filter(code="lifts").update(is_offered=False)
    refused("item.not_offered", lambda: plan(project, by, now))
    done = item_of(project)
    CompletionFactory(item=done, quantity=Decimal(60))
    said = refused(
        "item.below_delivered",
        lambda: plan(project, by, now, "water-pipes", quantity=Decimal(50), reason="少做"),
    )
    assert said.message == "已完成 60 米，计划不能少于它。"


def test_an_item_is_taken_out_and_its_history_stays(
    project: Project, district: District, now: datetime
) -> None:
    by = district.users["bureau"]
    item = item_of(project)
    refused("item.reason", lambda: items.remove_item(item=item, reason=" ", by=by, now=now))
    gone = items.remove_item(item=item, reason="居民不同意", by=by, now=now)
    assert (gone.is_removed, gone.quantity, item.plans.count()) == (True, Decimal(0), 2)
    refused("item.removed", lambda: items.remove_item(item=item, reason="再", by=by, now=now))
    other = item_of(project, "roads")
    CompletionFactory(item=other)
    refused("item.delivered", lambda: items.remove_item(item=other, reason="不做", by=by, now=now))


# -- deliveries --------------------------------------------------------------------------------------
def deliver(item: WorkItem, by: User, now: datetime, **values: Any) -> Completion:
    given: dict[str, Any] = {
        "quantity": Decimal(40),
        "delivered_on": date(2025, 4, 18),
        "accepted_by": "监理单位 总监岗",
    }
    return items.deliver(
        item=item, values=CompletionValues(**(given | values)), evidence=None, by=by, now=now
    )


def test_nothing_is_delivered_before_the_start_or_tomorrow(
    project: Project, clerk: User, now: datetime
) -> None:
    item = item_of(project)
    refused("completion.future", lambda: deliver(item, clerk, now, delivered_on=date(2025, 5, 8)))
    said = refused(
        "completion.before_start", lambda: deliver(item, clerk, now, delivered_on=date(2025, 3, 2))
    )
    assert said.message == "完成日期早于实际开工（2025年3月3日）。"
    waiting = item_of(ProjectFactory(programme=project.programme), "roads")
    GateFactory(
        project=waiting.project,
        kind=GateKind.STARTED,
        actual_on=date(2025, 3, 3),
        evidence=None,
    )
    refused("completion.before_start", lambda: deliver(waiting, clerk, now))
    refused("completion.accepted_by", lambda: deliver(item, clerk, now, accepted_by=" "))
    row = deliver(item, clerk, now)
    assert (row.recorded_by, items.delivered_of(item=item)) == (clerk, Decimal(40))


def test_above_the_plan_asks_why(project: Project, clerk: User, now: datetime) -> None:
    item = item_of(project)
    deliver(item, clerk, now, quantity=Decimal(80))
    said = refused("completion.explain", lambda: deliver(item, clerk, now))
    assert said.message == "累计完成 120 米，超过计划 100 米。请填情况说明。"
    row = deliver(item, clerk, now, explanation="现场绕行")
    assert row.explanation == "现场绕行"
    bare = WorkItemFactory(project=project, menu_item=MenuItemFactory(code="roads"))
    refused("completion.not_planned", lambda: deliver(bare, clerk, now))


def test_surface_before_the_pipes_asks_why(project: Project, clerk: User, now: datetime) -> None:
    pipe = item_of(project, quantity="300")
    road = item_of(project, "roads", "800")
    said = refused("completion.explain", lambda: deliver(road, clerk, now))
    assert "地下的供水管网（完成 0／计划 300 米）到 2025年4月18日 还没有完成" in said.message
    CompletionFactory(item=pipe, quantity=Decimal(300), delivered_on=date(2025, 4, 10))
    assert deliver(road, clerk, now).explanation == ""


def test_an_upgrade_before_what_is_basic_asks_why(
    project: Project, clerk: User, now: datetime
) -> None:
    fire = item_of(project, "fire", "4")
    canteen = item_of(project, "canteen", "2")
    said = refused("completion.explain", lambda: deliver(canteen, clerk, now, quantity=Decimal(1)))
    assert said.message == (
        "基础类的消防设施（完成 0／计划 4 处）到 2025年4月18日 还没有完成，先基本后提升。请填情况说明。"
    )
    row = deliver(canteen, clerk, now, quantity=Decimal(1), explanation="利用现有用房先开办")
    assert row.explanation == "利用现有用房先开办"
    CompletionFactory(item=fire, quantity=Decimal(4), delivered_on=date(2025, 4, 18))
    assert deliver(canteen, clerk, now, quantity=Decimal(1)).explanation == ""


def test_an_entry_is_withdrawn_once_and_never_changed(
    project: Project, clerk: User, now: datetime
) -> None:
    row = deliver(item_of(project), clerk, now)
    refused("completion.reason", lambda: items.withdraw(completion=row, reason="", by=clerk, now=now))  # fmt: skip
    items.withdraw(completion=row, reason="记错了", by=clerk, now=now)
    assert items.delivered_of(item=row.item) == 0
    with pytest.raises(StateConflict):
        items.withdraw(completion=row, reason="再撤", by=clerk, now=now)


# -- structures and utilities ------------------------------------------------------------------------
@pytest.mark.parametrize("flow", [STRUCTURE, UTILITY], ids=lambda flow: flow.name)
def test_the_tables_are_total(flow: Any) -> None:
    assert flow.problems() == []


def test_a_utility_goes_from_plan_to_done(project: Project, clerk: User, now: datetime) -> None:
    made = UtilityPlanFactory(project=project)
    permissions = scope_for(clerk).permissions

    def act(name: str, day: date | None = None, note: str = "") -> UtilityPlan:
        return utilities.act_on_plan(
            plan=made,
            act=UtilityAct(name),
            occurred_on=day,
            note=note,
            permissions=permissions,
            by=clerk,
            now=now,
        )

    with pytest.raises(StateConflict):
        act("finish", date(2025, 5, 1))
    refused("utility.day", lambda: act("start"))
    refused("utility.future", lambda: act("start", date(2025, 5, 8)))
    act("start", date(2025, 5, 2))
    refused("utility.order", lambda: act("finish", date(2025, 5, 1)))
    act("finish", date(2025, 5, 6))
    assert (made.state, made.finished_on) == ("done", date(2025, 5, 6))
    with pytest.raises(StateConflict):
        utilities.save_plan(project=project, plan=made, values={}, by=clerk, now=now)
    other = UtilityPlanFactory(project=project)
    refused(
        "utility.period",
        lambda: utilities.save_plan(
            project=project,
            plan=other,
            values={"planned_from": date(2025, 5, 2), "planned_to": date(2025, 5, 1)},
            by=clerk,
            now=now,
        ),
    )
    refused(
        "utility.estate",
        lambda: utilities.save_plan(
            project=project, plan=other, values={"estate": EstateFactory()}, by=clerk, now=now
        ),
    )


# -- the menu ----------------------------------------------------------------------------------------
def test_what_the_menu_refuses(project: Project, district: District, now: datetime) -> None:
    lifts = MenuItem.objects.get(code="lifts")
    values = {"name": lifts.name, "unit": "部", "places": 0, "outcome": "lifts"}

    def save(reason: str = "统一", row: MenuItem | None = lifts, **more: Any) -> MenuItem:
        return menu.save_item(
            bureau=district.bureau,
            menu_item=row,
            values=values | more,
            reason=reason,
            by=district.users["bureau"],
            now=now,
        )

    assert save().history.count() == 1  # nothing changed, nothing written
    refused("menu.unit", lambda: save(unit="个"))
    refused("menu.name", lambda: save(name="绿化"))
    refused("menu.reason", lambda: save("", name="加梯"))
    planned_item(project=project, menu_item=lifts)
    refused("menu.used", lambda: save(places=1))
    assert save(name="既有住宅加装电梯").history.first().history_change_reason == "统一"
    refused(
        "menu.name",
        lambda: menu.add_class(
            bureau=district.bureau, name="基础类", meaning="", by=district.users["bureau"], now=now
        ),
    )


# -- what the tables refuse --------------------------------------------------------------------------
AT = datetime.fromisoformat("2025-05-02T10:00:00+08:00")


@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda item, user: WorkItemFactory(project=item.project, menu_item=item.menu_item), "work_item_once_per_project"),
        (lambda item, user: ItemPlanFactory(item=item, version=1), "item_plan_version_once"),
        (lambda item, user: [ItemPlanFactory(item=item, version=n, state="pending") for n in (2, 3)], "item_plan_one_pending"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, quantity=0), "item_plan_quantity_unless_removed"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, reason=""), "item_plan_change_has_reason"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, choice_round=1), "item_plan_round_only_where_chosen"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, planned_from=date(2025, 5, 2), planned_to=date(2025, 5, 1)), "item_plan_ends_after_start"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, effective_on=None), "item_plan_approved_has_date"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, decided_by=user), "item_plan_decided_at_and_by"),
        (lambda item, user: ItemPlanFactory(item=item, version=2, decided_by=user, decided_at=AT, proposed_by=user), "item_plan_approver_did_not_propose"),
        (lambda item, user: CompletionFactory(item=item, quantity=0), "completion_above_zero"),
        (lambda item, user: CompletionFactory(item=item, accepted_by=""), "completion_was_accepted"),
        (lambda item, user: CompletionFactory(item=item, withdrawn_at=AT), "completion_withdrawn_at_by_and_why"),
        (lambda item, user: StructureFactory(area_sqm=0), "structure_area_above_zero"),
        (lambda item, user: StructureFactory(location=""), "structure_has_location"),
        (lambda item, user: StructureFactory(built_on=date(2025, 3, 1), stood_before=True), "structure_dated_once"),
        (lambda item, user: StructureStepFactory(act="notify", due_on=date(2025, 3, 1)), "structure_step_due_after_it"),
        (lambda item, user: StructureStepFactory(due_on=date(2025, 3, 12)), "structure_step_due_of_notice"),
        (lambda item, user: UtilityPlanFactory(planned_to=date(2025, 5, 1)), "utility_ends_after_start"),
        (lambda item, user: UtilityPlanFactory(finished_on=date(2025, 5, 1)), "utility_finished_after_start"),
        (lambda item, user: UtilityPlanFactory(state="done"), "utility_done_has_date"),
        (lambda item, user: UtilityPlanFactory(state="withdrawn"), "utility_withdrawn_has_reason"),
        (lambda item, user: Coordination.objects.create(plan=UtilityPlanFactory(), held_on=date(2025, 5, 1), participants="", agreed="商定", recorded_by=user, recorded_at=AT), "coordination_says_who_and_what"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_the_tables_refuse(
    project: Project, clerk: User, make: Callable[[WorkItem, User], Any], constraint: str
) -> None:
    item = item_of(project)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make(item, clerk)
    assert constraint in str(caught.value) or "UNIQUE constraint failed" in str(caught.value)


def test_an_item_stands_once_per_estate(project: Project) -> None:
    estate = EstateFactory(project=project)
    item = WorkItemFactory(project=project, estate=estate)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItemFactory(project=project, estate=estate, menu_item=item.menu_item)


def test_what_was_decided_or_entered_is_not_changed_in_the_database(
    project: Project, clerk: User
) -> None:
    item = item_of(project)
    entry = CompletionFactory(item=item)
    taken = StructureFactory(project=project).steps.get()
    talk = Coordination.objects.create(
        plan=UtilityPlanFactory(project=project),
        held_on=date(2025, 5, 1),
        participants="区局",
        agreed="商定",
        recorded_by=clerk,
        recorded_at=AT,
    )
    for row, change in (
        (item.plans.get(), {"quantity": 7}),
        (entry, {"quantity": 7}),
        (taken, {"note": "改"}),
        (talk, {"agreed": "改"}),
    ):
        rows = type(row).objects.filter(pk=row.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()
