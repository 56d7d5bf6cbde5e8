"""Households that were listed in older spellings come to the one form, sealed to their place anew."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from projects.consent.models import Household
from tests.factories.consent import HouseholdFactory
from tests.factories.ledger import EstateFactory

pytestmark = pytest.mark.django_db
NAME = "0004_one_form_of_homes"


def _migrate() -> None:
    apps = MigrationLoader(connection).project_state(("consent", NAME)).apps
    import_module(f"projects.consent.migrations.{NAME}").one_form(apps, None)


def _places() -> list[tuple[str, str, str]]:
    return sorted(Household.objects.values_list("building", "unit", "room"))


def test_an_old_spelling_comes_to_the_one_form_with_what_is_sealed() -> None:
    old = HouseholdFactory(
        building="3#", unit="2单元", room="0501", name="王小明", phone="13800005678"
    )
    new = HouseholdFactory(building="3", unit="2", room="502", name="李大山", phone="13900001234")
    before = bytes(new.name_sealed)
    _migrate()
    old.refresh_from_db()
    assert (old.building, old.unit, old.room, old.version) == ("3", "2", "501", 2)
    assert (old.open_name(), old.open_phone()) == ("王小明", "13800005678")
    last = old.history.first()
    assert last is not None
    assert (last.building, last.history_type, last.history_change_reason) == (
        "3",
        "~",
        "楼号、单元、室号统一写法",
    )
    new.refresh_from_db()
    assert (new.version, bytes(new.name_sealed), new.history.count()) == (1, before, 1)


def test_two_that_would_become_one_stay_as_they_are() -> None:
    estate = EstateFactory()
    for building in ("3#", "3"):
        HouseholdFactory(estate=estate, building=building, unit="1", room="101")
    HouseholdFactory(building="3#", unit="1", room="101")  # of another estate: nothing beside it
    _migrate()
    assert _places() == [("3", "1", "101"), ("3", "1", "101"), ("3#", "1", "101")]
    assert set(Household.objects.filter(estate=estate).values_list("building", flat=True)) == {
        "3#",
        "3",
    }


def test_it_does_nothing_twice() -> None:
    row = HouseholdFactory(building="3#", unit="", room="501室")
    _migrate()
    _migrate()
    row.refresh_from_db()
    assert (row.place, row.version, row.history.count()) == ("3号楼501室", 2, 2)
