"""Files that stand for two projects: the same bytes as photograph or as evidence of a gate."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet

from projects.ledger.models import Gate, Photo
from projects.ledger.querysets import ProjectQuerySet


def reused_files(*, among: ProjectQuerySet) -> dict[int, tuple[str, ...]]:
    """Of each project among these that shares a file, and of those that it shares it with, the names of the others in
    the order of their entry: the same bytes by sha256 as a photograph, or as the evidence of a gate. Photographs that
    were taken off do not count. Two queries, one where these projects hold no file: what they hold, then who else
    holds any of it, asked by the values themselves. In one statement a database that has not counted its tables may
    compare all files with all files."""
    of_these = Q(project__in=among)
    ours = list(_holders(photos=of_these, gates=of_these))
    if not ours:
        return {}
    values = sorted({sha256 for sha256, _, _ in ours})
    of_others = ~Q(project__among=sorted({project for _, project, _ in ours}))
    others = _holders(
        photos=Q(original__sha256__among=values) & of_others,
        gates=Q(evidence__sha256__among=values) & of_others,
    )
    held: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for sha256, project, name in (*ours, *others):
        held[sha256][project] = name
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for holders in held.values():
        for project in holders if len(holders) > 1 else ():
            found[project] |= holders
    return {
        project: tuple(
            dict.fromkeys(sharing[other] for other in sorted(sharing.keys() - {project}))
        )
        for project, sharing in found.items()
    }


def _holders(*, photos: Q, gates: Q) -> QuerySet[Any, tuple[str, int, str]]:
    """The sha256, the project and its name: of photographs, and of the evidence of gates."""
    return (
        Photo.objects.shown()
        .filter(photos)
        .order_by()
        .values_list("original__sha256", "project_id", "project__name")
        .union(
            Gate.objects.exclude(evidence=None)
            .filter(gates)
            .order_by()
            .values_list("evidence__sha256", "project_id", "project__name")
        )
    )
