"""The menu to begin with, and what its tables refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from projects.works.enums import Outcome
from projects.works.models import MenuClass, MenuItem
from projects.works.outcomes import COUNTED
from projects.works.seeds import ITEMS, plant
from tests.conftest import Clock
from tests.factories.accounts import make_district, scope_for
from tests.factories.works import MenuClassFactory, MenuItemFactory

pytestmark = pytest.mark.django_db


def test_the_menu_begins_with_the_classes_of_the_national_document_and_one_more() -> None:
    assert list(MenuClass.objects.values_list("name", flat=True)) == [
        "基础类",
        "完善类",
        "提升类",
        "安全类",
    ]
    assert MenuItem.objects.count() == len(ITEMS) == 45
    pipes = MenuItem.objects.get(code="water-pipes")
    assert (str(pipes.menu_class), pipes.name, pipes.unit, pipes.is_required, pipes.outcome) == (
        "基础类", "供水管网", "米", True, "pipes",
    )  # fmt: skip
    assert pipes.history.get().history_change_reason == "国办发〔2020〕23号改造内容"


def test_every_item_that_counts_has_a_unit_that_its_outcome_is_counted_in() -> None:
    counted = MenuItem.objects.exclude(outcome="")
    assert {item.outcome for item in counted} == set(Outcome.values)
    assert [
        item.code for item in counted if item.unit not in COUNTED[Outcome(item.outcome)].units
    ] == []


def test_it_is_planted_again_into_an_empty_menu_and_never_over_what_is_there() -> None:
    MenuItem.objects.filter(code="lifts").update(name="加梯")
    plant(apps)
    assert MenuItem.objects.get(code="lifts").name == "加梯"
    MenuItem.objects.all().delete()
    MenuClass.objects.all().delete()
    plant(apps)
    assert MenuItem.objects.get(code="lifts").name == "加装电梯"


def test_a_bureau_sees_and_offers_what_all_share_and_its_own(clock: Clock) -> None:
    here, there = make_district(), make_district("boshan-")
    own = MenuItemFactory(bureau=here.bureau, code="well")
    MenuItemFactory(bureau=there.bureau, code="tower")
    MenuItem.objects.filter(code="market").update(is_offered=False)
    seen = MenuItem.objects.visible_to(scope_for(here.users["bureau"]))
    assert set(seen) - set(MenuItem.objects.filter(bureau=None)) == {own}
    offered = set(MenuItem.objects.offered_by(here.bureau.pk).values_list("code", flat=True))
    assert offered == {code for _, code, *_ in ITEMS} - {"market"} | {"well"}


@pytest.mark.parametrize(
    ("factory", "values", "constraint"),
    [
        (MenuClass, {"code": "basic", "name": "又一个"}, "menu_class_shared_once"),
        (MenuItem, {"code": "lifts", "name": "又一个"}, "menu_item_shared_once"),
        (MenuItem, {"code": "third", "places": 3}, "menu_item_two_places_at_most"),
    ],
)
def test_what_the_tables_refuse(factory: Any, values: dict[str, Any], constraint: str) -> None:
    more = {"menu_class": MenuClassFactory()} if factory is MenuItem else {}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        factory.objects.create(**values, **more)
    assert constraint in str(caught.value) or "UNIQUE constraint failed" in str(caught.value)


def test_a_bureau_has_a_code_once(clock: Clock) -> None:
    bureau = make_district().bureau
    own = MenuClassFactory(bureau=bureau, code="own")
    MenuItemFactory(bureau=bureau, code="own")
    for model, more in ((MenuClass, {}), (MenuItem, {"menu_class": own})):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(bureau=bureau, code="own", name="又一个", **more)
