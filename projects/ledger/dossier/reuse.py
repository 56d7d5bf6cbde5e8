"""Files that stand for two projects: the same bytes as photograph or as evidence of a gate."""

from __future__ import annotations

from collections import defaultdict

from projects.ledger.models import Gate, Photo
from projects.ledger.querysets import ProjectQuerySet


def reused_files(*, among: ProjectQuerySet) -> dict[int, tuple[str, ...]]:
    """Of each project among these that shares a file, and of those that it shares it with, the names of the others:
    the same bytes by sha256 as a photograph, or as the evidence of a gate. Photographs that were taken off do not
    count. Two queries."""
    photos = Photo.objects.shown()
    ours = photos.filter(project__in=among).values("original__sha256")
    gates = Gate.objects.exclude(evidence=None)
    proven = gates.filter(project__in=among).values("evidence__sha256")
    held: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for sha256, project, name in (
        *photos.filter(original__sha256__in=ours)
        .order_by("pk")
        .values_list("original__sha256", "project_id", "project__name"),
        *gates.filter(evidence__sha256__in=proven)
        .order_by("pk")
        .values_list("evidence__sha256", "project_id", "project__name"),
    ):
        held[sha256][project] = name
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for holders in held.values():
        for project in holders:
            for other, name in holders.items():
                if other != project:
                    found[project][name] = None
    return {project: tuple(names) for project, names in found.items()}
