"""The versions of a document, one behind the other: what was taken off stands in the chain and is passed over.

Pure functions over all documents of a project (or of one kind of it) that are at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from projects.ledger.models import ProjectDocument


def newest(rows: Iterable[ProjectDocument]) -> list[ProjectDocument]:
    """What the pages list, in the order given: of each document the last version that was not taken off."""
    every = list(rows)
    after = _followers(every)
    return [
        row
        for row in every
        if row.removed_at is None
        and all(later.removed_at is not None for later in _later(row, after))
    ]


def chain(row: ProjectDocument, rows: Iterable[ProjectDocument]) -> list[ProjectDocument]:
    """Every version of the document that ``row`` is one of, the last one first, those taken off included."""
    every = {each.pk: each for each in rows}
    versions = [*reversed(_later(row, _followers(list(every.values())))), row]
    while (before := versions[-1].supersedes_id) is not None:
        versions.append(every[before])
    return versions


def _followers(rows: Sequence[ProjectDocument]) -> dict[int, ProjectDocument]:
    return {row.supersedes_id: row for row in rows if row.supersedes_id is not None}


def _later(row: ProjectDocument, after: dict[int, ProjectDocument]) -> list[ProjectDocument]:
    """The versions behind one, in their order."""
    found: list[ProjectDocument] = []
    while (following := after.get((found[-1] if found else row).pk)) is not None:
        found.append(following)
    return found
