"""What other wings make public of a project: a fact has one home, 四公开 counts it where it stands.

A wing of any floor puts ``published_of(project) -> list[Published]`` into a module ``publications``; it is found
by name, so nothing is imported from above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from projects.ledger.enums import PublicationKind
from projects.ledger.models import Project


@dataclass(frozen=True, slots=True)
class Published:
    """Something that another wing made public: what it counts as, since when, where, in a few words, and the
    address of the page on which it stands."""

    kind: PublicationKind
    published_on: date
    channel: str
    note: str
    href: str


@cache
def _sources() -> tuple[Callable[[Project], list[Published]], ...]:
    return tuple(
        import_module(f"{config.name}.publications").published_of
        for config in apps.get_app_configs()
        if module_has_submodule(config.module, "publications")
    )


def published_elsewhere(*, project: Project) -> list[Published]:
    """All that other wings made public of a project, by day. One query a wing."""
    found = [each for source in _sources() for each in source(project)]
    return sorted(found, key=lambda each: each.published_on)
