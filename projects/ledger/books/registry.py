"""The lists that wings declare, by their slug: ``LISTS`` in a wing's ``intake``, found by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from .declaring import ListBook


@cache
def books() -> Mapping[str, ListBook]:
    """All lists, in the order of the wings."""
    return {book.slug: book for _, lists in books_by_wing() for book in lists}


@cache
def books_by_wing() -> Sequence[tuple[str, tuple[ListBook, ...]]]:
    """The lists under the names of their wings."""
    found = []
    for config in apps.get_app_configs():
        if config.name != "renovation.intake" and module_has_submodule(config.module, "intake"):
            lists = getattr(import_module(f"{config.name}.intake"), "LISTS", ())
            if lists:
                found.append((str(config.verbose_name), tuple(lists)))
    return found
