"""In whose place an act was done (AB岗), of any row that keeps who did something.

A row keeps the person (``decided_by``) and, nearly always, the moment (``decided_at``); the audit entry of the same
transaction keeps the same two, and of a stand-in both persons (``records.services.audit``). So the log is the one
home of the second name, and a column beside every ``…_by`` is not needed. Where a row keeps a day only, the entry is
found by the row and the word of its act (``approved_by`` ← ``baseline.approve``).

Nobody is asked about who never stood in: a page without deputies costs no query, one with them one for each deputy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from renovation.accounts.models import User, named
from renovation.core.holding import held

from .models import AuditEntry

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")
#: Letters of the shortest word of an act.
_SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class _Acts:
    """What a person did in another's place: by its moment, and by (kind of row, key, word of the act)."""

    at: Mapping[datetime, User]
    on: Mapping[tuple[str, str, str], User]


def who(row: Model, field: str) -> str:
    """Who did something: 甲岗, 甲岗（代乙岗） for a stand-in, 系统 for nobody. ``field`` names the person (``by``,
    ``decided_by``). No query but where that person has stood in for somebody."""
    return named(getattr(row, field), stood_for(row, field))


def who_at(person: User | None, at: datetime | None) -> str:
    """The same of a person and the moment that a row keeps of an act, where the row itself is not at hand."""
    if person is None or at is None or not person.has_stood_in:
        return named(person, None)
    return named(person, _acts_of(person).at.get(at))


def stood_for(row: Model, field: str) -> User | None:
    """In whose place the person of ``field`` did it, None where they did it for themselves."""
    person: User | None = getattr(row, field)
    if person is None or not person.has_stood_in:
        return None
    acts = _acts_of(person)
    if hasattr(row, moment := f"{field.removesuffix('by')}at"):
        return acts.at.get(getattr(row, moment))
    done = field.removesuffix("_by")
    return next(
        (
            principal
            for (kind, key, word), principal in acts.on.items()
            if (kind, key) == (row._meta.label_lower, str(row.pk)) and done.startswith(word)
        ),
        None,
    )


def hands(row: Model, field: str) -> frozenset[int]:
    """Whose act it counts as where two persons must differ: who did it and in whose place, ids."""
    found = {getattr(row, f"{field}_id"), getattr(stood_for(row, field), "pk", None)}
    return frozenset(pk for pk in found if pk is not None)


def by_others(rows: Rows, field: str, persons: Collection[int]) -> Rows:
    """Those that none of ``persons`` did, nor anybody in their place: what may wait for them to decide. No query of
    its own; rows that nobody did stay."""
    in_place = Exists(_in_place_of(rows.model, field, persons))
    return rows.exclude(**{f"{field}__in": persons}).exclude(in_place)


def done_by(model: type[Model], field: str, persons: Collection[int]) -> Q:
    """The rows that one of ``persons`` did, or anybody in their place: what ``by_others`` leaves out."""
    return Q(**{f"{field}__in": persons}) | Q(Exists(_in_place_of(model, field, persons)))


def _in_place_of(
    model: type[Model], field: str, persons: Collection[int]
) -> QuerySet[AuditEntry, AuditEntry]:
    """The entries of what was done to an outer row in the place of one of ``persons``."""
    entries = AuditEntry.objects.filter(actor=OuterRef(f"{field}_id"), stands_for__in=persons)
    names = {each.name for each in model._meta.get_fields()}
    if (moment := f"{field.removesuffix('by')}at") in names:
        return entries.filter(at=OuterRef(moment))
    done = field.removesuffix("_by")
    words = Q()
    for length in range(_SHORTEST_WORD, len(done) + 1):
        words |= Q(act__endswith=f".{done[:length]}")
    return entries.filter(
        words,
        object_type=model._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
    )


def _acts_of(person: User) -> _Acts:
    return held(("stood_in", person.pk), lambda: _read(person))


def _read(person: User) -> _Acts:
    entries = AuditEntry.objects.filter(actor=person, stands_for__isnull=False)
    at: dict[datetime, User] = {}
    on: dict[tuple[str, str, str], User] = {}
    for entry in entries.select_related("stands_for").order_by("pk"):
        if entry.stands_for is not None:
            at[entry.at] = entry.stands_for
            on[entry.object_type, entry.object_id, entry.act.rpartition(".")[2]] = entry.stands_for
    return _Acts(at, on)
