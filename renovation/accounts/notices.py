"""Notices on the sign-in page, from whoever has something to say to everybody.

A wing offers them in its ``notices.py`` as ``notices(now) -> list[Notice]``, found by name, because this
page stands below all wings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for everybody: nothing about a single street, project or person."""

    title: str
    text: str


def notices_on(now: datetime) -> list[Notice]:
    """All notices of all wings at a moment, in the order of the wings."""
    found: list[Notice] = []
    for config in apps.get_app_configs():
        if config.name != "renovation.accounts" and module_has_submodule(config.module, "notices"):
            found += import_module(f"{config.name}.notices").notices(now)
    return found
