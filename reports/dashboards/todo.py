"""待办: what waits for somebody, from what exists. The badge in the head, 今天要办 and the page count the same list."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import nullcontext
from datetime import date, datetime
from typing import NamedTuple

from django.http import HttpRequest
from django.utils import timezone

from projects.consent.waiting import waiting_for as consent_waiting
from renovation.accounts.scope import NOBODY, Scope, detached
from renovation.core.calendar import local_day
from renovation.core.unchanged import COUNTS, MOMENTS, Shelf, reading, standing, unchanged
from renovation.face.todo import Item
from supervision.dispatch.waiting import waiting_for as dispatch_waiting
from supervision.inquiries.waiting import waiting_for as inquiries_waiting
from supervision.weekly.waiting import waiting_for as returns_waiting

from .waiting.items import address
from .waiting.late import late_in
from .waiting.ledger import (
    approvals,
    arriving,
    audit_findings,
    gating,
    sites,
    unstarted,
    variances,
)
from .waiting.papers import mails, papers
from .waiting.posts import standing_in

__all__ = ["Item", "address", "count_of", "counted", "items_of", "todo_items"]


#: What waits on a day, whatever the hour, by where it is found; 应开未开 waits once for every project and comes beside.
_OF_A_DAY: Mapping[str, Callable[[Scope, date], Iterable[Item]]] = {
    "stand-ins": lambda scope, _: standing_in(scope),
    "approvals": lambda scope, _: approvals(scope),
    "audit findings": audit_findings,
    "variances": variances,
    "consent": lambda scope, today: consent_waiting(scope=scope, today=today),
    "gates": gating,
    "sites": sites,
}
#: What waits at a moment.
_OF_A_MOMENT: Mapping[str, Callable[[Scope, datetime], Iterable[Item]]] = {
    "papers": papers,
    "returns": lambda scope, now: returns_waiting(scope=scope, now=now),
    "arrivals": arriving,
    "inquiries": lambda scope, now: inquiries_waiting(scope=scope, now=now),
    "dispatch": lambda scope, now: dispatch_waiting(scope=scope, now=now),
    "mails": mails,
}


def todo_items(*, scope: Scope, now: datetime) -> list[Item]:
    """Everything that waits for the posts of a scope now, the heaviest first. A constant number of queries."""
    if not _may_wait(scope):
        return []
    today = local_day(now)
    found = [item for find in _OF_A_DAY.values() for item in find(scope, today)]
    found += [item for find in _OF_A_MOMENT.values() for item in find(scope, now)]
    found += map(unstarted, late_in(scope, today))
    return sorted(found, key=lambda item: item.weight)


def _may_wait(scope: Scope) -> bool:
    return not scope.is_anonymous and scope.bureau_id is not None


def count_of(request: HttpRequest) -> int | None:
    """The number beside 待办, as ``settings.FACE_TODO_COUNT`` names it; None where some of it is to be counted first.

    No page waits for that: it asks for the number when it is there (``counted``). Each part is kept until one of the
    tables that it was read from is written, for its day or its minute: what comes with the clock alone (a moment that
    passes) shows with the next (ADR 38). On SQLite, which keeps nothing, every page asks.
    """
    if (held := _held(request)) is not None:
        return len(held)
    # What a request has written is committed before its page is made.
    with nullcontext() if request.method in {"GET", "HEAD"} else reading():
        parts = _parts(request, timezone.now())
        kept = [standing(part.key, shelf=part.shelf) for part in parts]
    numbers = [found.value for found in kept if found is not None]
    return sum(numbers) if len(numbers) == len(parts) else None


def counted(request: HttpRequest, *, now: datetime) -> int:
    """The number beside 待办; what waits for hundreds of projects is counted and not worded."""
    return sum(
        unchanged(part.key, part.number, shelf=part.shelf, alone=True)
        for part in _parts(request, now)
    )


class _Part(NamedTuple):
    """A part of the number: by what name it is kept where, and how it is counted."""

    key: Hashable
    number: Callable[[], int]
    shelf: Shelf


def _parts(request: HttpRequest, now: datetime) -> list[_Part]:
    scope = detached(getattr(request, "scope", NOBODY))
    if not _may_wait(scope):
        return []
    today, minute = local_day(now), now.replace(second=0, microsecond=0)

    def of_a_day(name: str, find: Callable[[Scope, date], Iterable[object]]) -> _Part:
        return _Part(
            ("todo", name, scope, today), lambda: sum(1 for _ in find(scope, today)), COUNTS
        )

    def of_a_moment(name: str, find: Callable[[Scope, datetime], Iterable[object]]) -> _Part:
        return _Part(
            ("todo", name, scope, minute), lambda: sum(1 for _ in find(scope, now)), MOMENTS
        )

    return [
        of_a_day("late", late_in),
        *(of_a_day(name, find) for name, find in _OF_A_DAY.items()),
        *(of_a_moment(name, find) for name, find in _OF_A_MOMENT.items()),
    ]


def items_of(request: HttpRequest, *, now: datetime) -> list[Item]:
    """The items of a request, asked for once however often they are shown on its page."""
    held = _held(request)
    if held is None:
        held = todo_items(scope=getattr(request, "scope", NOBODY), now=now)
        request._todo_items = held  # type: ignore[attr-defined]
    return held


def _held(request: HttpRequest) -> list[Item] | None:
    found: list[Item] | None = getattr(request, "_todo_items", None)
    return found
