"""In which street a project was from when to when: a row for each stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from renovation.core.tuples import made

from .querysets import ProjectQuerySet


class LedgerRow(NamedTuple):
    """A project's stay in a street, with its programme's year: in scope from ``from_on``, no longer on
    ``until_on``. A project that never moved has one, from its approval to its cancellation."""

    pk: int
    code: str
    name: str
    programme_year: int
    street_id: int
    street_code: str
    street_name: str
    renovation_type: str
    from_on: date
    until_on: date | None
    feature: str
    is_model: bool
    model_on: date | None
    street_order: int
    #: Of a stay that a move ended: the day, the next street, and the street where the project is now (its id).
    left_on: date | None = None
    left_to: str = ""
    now_street_id: int | None = None

    def is_in_scope_on(self, day: date) -> bool:
        """Approved into the programme on or before a day and not cancelled on or before it; completed projects
        stay (MEASURES.md, What is in scope). A project that moved counts in the street where it was."""
        return self.from_on <= day and (self.until_on is None or self.until_on > day)


_OWN = LedgerRow._fields.index("left_on")
#: What a stay says that no move ended.
_STAYED = (None, "", None)


def stays_of(projects: ProjectQuerySet) -> list[LedgerRow]:
    """Each project once for every street it was in: the rows come once for every street that it left."""
    rows = projects.values_list(
        "pk",
        "code",
        "name",
        "programme__year",
        "street_id",
        "street__code",
        "street__short_name",
        "renovation_type",
        "approved_on",
        "cancelled_on",
        "feature",
        "is_model",
        "model_on",
        "street__order",
        "former_streets__until_on",
        "former_streets__street_id",
        "former_streets__street__code",
        "former_streets__street__short_name",
        "former_streets__street__order",
    )
    found: list[LedgerRow] = []
    left: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows:
        former = row[_OWN:]
        if former[0] is None:
            found.append(made(LedgerRow, (*row[:_OWN], *_STAYED)))
            continue
        if row[0] not in left:
            found.append(made(LedgerRow, (*row[:_OWN], *_STAYED)))
        left.setdefault(row[0], []).append(former)
    if not left:
        return found
    found = [stay for row in found for stay in _split(row, left.get(row.pk, ()))]
    return sorted(found, key=lambda row: (row.street_order, row.code))


def _split(row: LedgerRow, left: Iterable[tuple[Any, ...]]) -> Iterator[LedgerRow]:
    from_on = row.from_on
    stays = sorted(left)
    names = [*(name for _, _, _, name, _ in stays[1:]), row.street_name]  # where each stay led to
    for (until_on, pk, code, name, order), left_to in zip(stays, names, strict=False):
        end = until_on if row.until_on is None else min(until_on, row.until_on)
        yield row._replace(
            street_id=pk,
            street_code=code,
            street_name=name,
            street_order=order,
            from_on=from_on,
            until_on=end,
            left_on=until_on,
            left_to=left_to,
            now_street_id=row.street_id,
        )
        from_on = max(from_on, until_on)
    yield row._replace(from_on=from_on)
