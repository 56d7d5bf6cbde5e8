"""No figure is left out of the year unseen: what the catalogue declares is compared in it, or named with the test that
counts it instead."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from reports.figures.catalogue import catalogue

from .measures import COMPARED, NOT_COMPARED


def test_every_measure_is_compared_or_named() -> None:
    assert {*COMPARED, *NOT_COMPARED} == set(catalogue())
    assert set(COMPARED) & set(NOT_COMPARED) == set()


def test_the_wings_that_the_year_drives_leave_nothing_out() -> None:
    driven = {"ledger", "money", "progress", "returns", "rows", "spending"}
    tables = {name: each.facts for name, each in catalogue().items()}
    assert driven <= set(tables.values())
    assert [name for name in NOT_COMPARED if tables[name] in driven] == []


def test_what_is_counted_elsewhere_has_its_test() -> None:
    root = Path(settings.BASE_DIR)
    assert [path for path in NOT_COMPARED.values() if not (root / path).is_file()] == []
