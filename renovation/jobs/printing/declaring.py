"""A kind of paper as its wing declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from renovation.core.documents.snapshot import digest_of, freeze, thaw


@dataclass(frozen=True, slots=True)
class PrintKind:
    """``types`` are the dataclasses that the compiled value is made of, ``render`` makes the PDF of it and ``name``
    the name that a person saves it under. ``layout`` is raised when the layout changes, so that bytes made under
    the old one are not taken for the new."""

    code: str
    types: tuple[type, ...]
    render: Callable[[Any], bytes]
    name: Callable[[Any], str]
    layout: int = 1

    def frozen(self, content: object) -> str:
        """The content as the canonical JSON that a row keeps."""
        return freeze(content)

    def thawed(self, text: str) -> Any:
        """The content again."""
        return thaw(text, self.types)

    def digest(self, text: str) -> str:
        """The sha256 of everything that decides the bytes, 64 hex digits."""
        return digest_of(freeze((self.code, self.layout, text)))


def _declared() -> Iterator[PrintKind]:
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "prints"):
            yield from import_module(f"{config.name}.prints").PRINTS


@cache
def print_kinds() -> Mapping[str, PrintKind]:
    """All kinds that wings list as ``PRINTS`` in their ``prints.py``, by code."""
    found: dict[str, PrintKind] = {}
    for kind in _declared():
        if kind.code in found:
            raise RuntimeError(f"two papers have the code {kind.code!r}")
        found[kind.code] = kind
    return found
