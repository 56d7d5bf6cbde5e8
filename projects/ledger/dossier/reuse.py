"""Files that stand for two projects: the same bytes as photograph or as evidence of a gate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from projects.ledger.models import Gate, Photo


def reused_files(*, project_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Of each project, the names of the other projects that hold one of its photographs, or the evidence of one of
    its gates, as their own: the same bytes by sha256. Photographs that were taken off do not count. Two queries."""
    ids = set(project_ids)
    photos = Photo.objects.shown()
    ours = photos.filter(project__in=ids).values("original__sha256")
    gates = Gate.objects.exclude(evidence=None)
    proven = gates.filter(project__in=ids).values("evidence__sha256")
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
        for project in holders.keys() & ids:
            for other, name in holders.items():
                if other != project:
                    found[project][name] = None
    return {project: tuple(names) for project, names in found.items()}
