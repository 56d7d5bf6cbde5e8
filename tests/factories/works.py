"""The menu of renovation and what projects plan and deliver of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory

from projects.works.enums import (
    Layer,
    Origin,
    PlanState,
    StructureAct,
    StructureKind,
    StructureState,
    UtilityKind,
)
from projects.works.models import (
    Completion,
    IllegalStructure,
    ItemPlan,
    MenuClass,
    MenuItem,
    StructureStep,
    UtilityPlan,
    WorkItem,
)

from .accounts import UserFactory
from .ledger import ProjectFactory


class MenuClassFactory(factory.django.DjangoModelFactory):
    """A class that all bureaus share; the seeded one where the code is known."""

    class Meta:
        model = MenuClass
        django_get_or_create = ("bureau", "code")

    bureau = None
    code = "basic"
    name = factory.LazyAttribute(lambda o: f"{o.code}类")


class MenuItemFactory(factory.django.DjangoModelFactory):
    """An item that all bureaus share; the seeded one where the code is known."""

    class Meta:
        model = MenuItem
        django_get_or_create = ("bureau", "code")

    bureau = None
    menu_class = factory.SubFactory(MenuClassFactory)
    code = factory.Sequence(lambda n: f"item-{n}")
    name = factory.LazyAttribute(lambda o: f"条目 {o.code}")
    unit = "个"
    layer = Layer.OTHER


class WorkItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkItem

    project = factory.SubFactory(ProjectFactory)
    menu_item = factory.SubFactory(MenuItemFactory)
    estate = None


class ItemPlanFactory(factory.django.DjangoModelFactory):
    """A version in force since 20 January 2025."""

    class Meta:
        model = ItemPlan

    item = factory.SubFactory(WorkItemFactory)
    version = 1
    quantity = Decimal("100.00")
    origin = Origin.REQUIRED
    state = PlanState.APPROVED
    reason = factory.LazyAttribute(lambda o: "" if o.version == 1 else "现场情况变化")
    proposed_by = factory.SubFactory(UserFactory)
    proposed_at = datetime(2025, 1, 20, 1, tzinfo=UTC)
    effective_on = factory.LazyAttribute(
        lambda o: date(2025, 1, 20) if o.state == PlanState.APPROVED else None
    )


class CompletionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Completion

    item = factory.SubFactory(WorkItemFactory)
    quantity = Decimal("40.00")
    delivered_on = date(2025, 4, 18)
    accepted_by = "监理单位 总监岗"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = datetime(2025, 4, 18, 2, tzinfo=UTC)


class StructureFactory(factory.django.DjangoModelFactory):
    """A structure that was found on 10 March 2025 and still stands."""

    class Meta:
        model = IllegalStructure
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    building = "3 号楼"
    location = "东单元屋面"
    kind = StructureKind.ROOF
    area_sqm = Decimal("18.50")
    needs_waterproofing = True

    @factory.post_generation
    def found_on(self: Any, create: bool, day: date | None, **_more: Any) -> None:
        StructureStepFactory(structure=self, occurred_on=day or date(2025, 3, 10))


class StructureStepFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StructureStep

    structure = factory.SubFactory(StructureFactory)
    act = StructureAct.FIND
    state = StructureState.FOUND
    occurred_on = date(2025, 3, 10)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = datetime(2025, 3, 10, 2, tzinfo=UTC)


class UtilityPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UtilityPlan

    project = factory.SubFactory(ProjectFactory)
    kind = UtilityKind.GAS
    operator = "区燃气公司"
    stretch = "小区东路"
    planned_from = date(2025, 5, 6)
    planned_to = date(2025, 5, 26)
    opens_surface = True
    contact = "工程部"


def planned_item(quantity: str = "100", **more: Any) -> WorkItem:
    """An item of a project with a plan in force."""
    item: WorkItem = WorkItemFactory(**more)
    ItemPlanFactory(item=item, quantity=Decimal(quantity))
    return item
