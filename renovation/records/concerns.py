"""What an address is about: the way back from a refusal, and what was done to the thing meanwhile.

A wing lists in its ``concerns.py`` as ``CONCERNS`` the pages that show one thing (a return, a paper). An act that
comes too late (409) is refused below such a page; `way_back` finds it by walking up the address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.module_loading import module_has_submodule

from .models import AuditEntry

#: So far back acts are told, and so many of them.
MEANWHILE = timedelta(days=7)
MOST_TOLD = 3

Values = Mapping[str, Any]


def _by_pk(values: Values) -> Values:
    return {"pk": values["pk"]}


@dataclass(frozen=True, kw_only=True)
class Concern:
    """The page ``route`` (`papers:document`) shows one ``noun`` (文件).

    ``model`` is the label of its rows, ``rows`` makes the filter of these rows from the values in the address: of
    one row by its id, or of all versions of a return.
    """

    route: str
    noun: str
    model: str
    rows: Callable[[Values], Values] = _by_pk


@dataclass(frozen=True)
class WayBack:
    """The page to go back to; ``concern`` is None where no wing has declared what it shows."""

    href: str
    match: ResolverMatch
    concern: Concern | None

    @property
    def label(self) -> str:
        """The words of the way: 回到这份周报, 打开最新的一页."""
        return f"打开{self.concern.noun}最新的一页" if self.concern else "打开最新的一页"

    def happened(self, *, now: datetime) -> list[AuditEntry]:
        """The newest acts on the thing, the newest first. Two queries."""
        if self.concern is None:
            return []
        rows = apps.get_model(self.concern.model)._default_manager.filter(
            **self.concern.rows(self.match.kwargs)
        )
        return list(
            AuditEntry.objects.filter(
                object_type=self.concern.model.lower(),
                object_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)],
                at__gt=now - MEANWHILE,
            ).order_by("-pk")[:MOST_TOLD]
        )


@cache
def concerns() -> Mapping[str, Concern]:
    """All pages of one thing that wings declare, by route."""
    found: dict[str, Concern] = {}
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "concerns"):
            for each in getattr(import_module(f"{config.name}.concerns"), "CONCERNS", ()):
                found[each.route] = each
    return found


def way_back(path: str) -> WayBack | None:
    """The page above an address: of the thing that a wing declares, else the nearest page that there is; None where
    only the front page is above."""
    nearest = None
    for above, match in _above(path):
        back = WayBack(above, match, concerns().get(match.view_name))
        if back.concern is not None:
            return back
        nearest = nearest or back
    return nearest


def _above(path: str) -> Iterator[tuple[str, ResolverMatch]]:
    """The addresses above one that lead somewhere, the nearest first, the front page left out."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            yield above, resolve(above)
        except Resolver404:
            continue
