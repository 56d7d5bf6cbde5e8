"""待办: what waits for somebody, from what exists. The badge in the head, 今天要办 and the page count the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from projects.consent.waiting import waiting_for as consent_waiting
from renovation.accounts.scope import NOBODY, Scope, detached
from renovation.core.calendar import local_day
from renovation.core.unchanged import COUNTS, reading, unchanged
from renovation.face.todo import Item
from supervision.dispatch.waiting import waiting_for as dispatch_waiting
from supervision.inquiries.waiting import waiting_for as inquiries_waiting
from supervision.weekly.waiting import waiting_for as returns_waiting

from .waiting.items import address
from .waiting.late import late_in
from .waiting.ledger import approvals, audit_findings, gating, sites, unstarted, variances
from .waiting.papers import mails, papers
from .waiting.posts import standing_in

__all__ = ["Item", "address", "count_of", "items_of", "todo_items"]


Find = Callable[[Scope, datetime], Iterable[Item]]
#: What waits, by where it is found: all but what waits once for every project.
_FOUND: Mapping[str, Find] = {
    "stand-ins": lambda scope, now: standing_in(scope),
    "papers": papers,
    "returns": lambda scope, now: returns_waiting(scope=scope, now=now),
    "approvals": lambda scope, now: approvals(scope),
    "audit findings": audit_findings,
    "variances": variances,
    "consent": lambda scope, now: consent_waiting(scope=scope, today=local_day(now)),
    "gates": gating,
    "sites": sites,
    "inquiries": lambda scope, now: inquiries_waiting(scope=scope, now=now),
    "dispatch": lambda scope, now: dispatch_waiting(scope=scope, now=now),
    "mails": mails,
}


def todo_items(*, scope: Scope, now: datetime) -> list[Item]:
    """Everything that waits for the posts of a scope now, the heaviest first. A constant number of queries."""
    if not _may_wait(scope):
        return []
    found = [item for find in _FOUND.values() for item in find(scope, now)]
    found += map(unstarted, late_in(scope, local_day(now)))
    return sorted(found, key=lambda item: item.weight)


def _may_wait(scope: Scope) -> bool:
    return not scope.is_anonymous and scope.bureau_id is not None


def count_of(request: HttpRequest) -> int:
    """The number beside 待办, as ``settings.FACE_TODO_COUNT`` names it; what waits for hundreds of projects is
    counted and not worded.

    Each part of it is kept until one of the tables that it was read from is written, within a minute: what comes with
    the clock alone (a moment that passes) shows with the next (ADR 38).
    """
    held: list[Item] | None = getattr(request, "_todo_items", None)
    if held is not None:
        return len(held)
    scope, now = detached(getattr(request, "scope", NOBODY)), timezone.now()
    if not _may_wait(scope):
        return 0

    def count(part: str, find: Callable[[Scope, datetime], Iterable[object]]) -> int:
        key = "todo", part, scope, now.replace(second=0, microsecond=0)
        return unchanged(key, lambda: sum(1 for _ in find(scope, now)), shelf=COUNTS, alone=True)

    # What a request has written is committed before its page is made.
    with nullcontext() if request.method in {"GET", "HEAD"} else reading():
        late = count("late starts", lambda scope, now: late_in(scope, local_day(now)))
        return late + sum(count(part, find) for part, find in _FOUND.items())


def items_of(request: HttpRequest, *, now: datetime) -> list[Item]:
    """The items of a request, asked for once however often they are shown on its page."""
    held: list[Item] | None = getattr(request, "_todo_items", None)
    if held is None:
        held = todo_items(scope=getattr(request, "scope", NOBODY), now=now)
        request._todo_items = held  # type: ignore[attr-defined]
    return held
