"""The row of tabs over every page of a project: each wing declares its own, all pages show the same row.

A wing of any floor puts ``TABS`` into a module ``project_tabs``; it is found by name, so nothing is imported
from above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import module_has_submodule

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.face.values import Way

from .models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectTab:
    """A page of a project: ``url_name`` takes the project's code, ``place`` orders the row (tens, so that a
    wing fits in between), ``rows`` gives what is counted beside the label: a queryset of a model with a foreign
    key ``project``."""

    label: str
    url_name: str
    place: int
    permission: Permission
    rows: Callable[[], QuerySet[Any]] | None = None


@cache
def declared() -> tuple[ProjectTab, ...]:
    """The tabs of all wings, in order."""
    found: list[ProjectTab] = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "project_tabs"):
            found += import_module(f"{config.name}.project_tabs").TABS
    return tuple(sorted(found, key=lambda tab: tab.place))


def tabs_of(*, project: Project, chosen: str, scope: Scope) -> list[Way]:
    """The row for a project as somebody may see it; ``chosen`` is a ``url_name``. One query for all counts,
    none where no shown tab counts."""
    shown = [tab for tab in declared() if scope.can(tab.permission)]
    counts = _counts(project, shown)
    return [
        Way(
            tab.label,
            reverse(tab.url_name, args=[project.code]),
            tab.url_name == chosen,
            counts.get(tab.url_name),
        )
        for tab in shown
    ]


def _counts(project: Project, tabs: list[ProjectTab]) -> dict[str, int]:
    """Rows of the project by ``url_name``; a tab without rows says nothing."""
    counted = {tab.url_name: _count(tab.rows()) for tab in tabs if tab.rows is not None}
    if not counted:
        return {}
    row = Project.objects.filter(pk=project.pk).values_list(*counted.values()).get()
    return {url_name: count for url_name, count in zip(counted, row, strict=True) if count}


def _count(rows: QuerySet[Any]) -> Coalesce:
    here = rows.filter(project=OuterRef("pk")).order_by().values("project")
    return Coalesce(Subquery(here.annotate(count=Count("*")).values("count")), 0)


#: The pages beside the list of projects: word, URL name, permissions of which one opens it.
_SECTION_PAGES: tuple[tuple[str, str, frozenset[Permission]], ...] = (
    ("列表", "dashboards:projects", frozenset({Permission.LEDGER_READ})),
    ("位置", "dashboards:places", frozenset({Permission.LEDGER_READ})),
    ("变更", "ledger:changes_all", frozenset({Permission.LEDGER_READ})),
    ("改造内容", "works:items", frozenset({Permission.LEDGER_READ})),
    ("居民意愿", "consent:estates", frozenset({Permission.LEDGER_READ})),
    ("公示议事", "residents:notices", frozenset({Permission.LEDGER_READ})),
    ("衡量标准", "ledger:standards_table", frozenset({Permission.RETURN_READ})),
    ("领导小组", "ledger:leading", frozenset({Permission.LEDGER_READ, Permission.FIGURES_READ})),
)


def section_tabs(*, scope: Scope, chosen: str) -> list[Way]:
    """The row of tabs over the pages of the section 项目; ``chosen`` is a ``url_name``."""
    found = []
    for word, url_name, permissions in _SECTION_PAGES:
        if permissions & scope.permissions:
            try:
                found.append(Way(word, reverse(url_name), url_name == chosen))
            except NoReverseMatch:  # its wing is not there
                continue
    return found
