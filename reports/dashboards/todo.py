"""待办: what waits for somebody, from what exists. The badge in the head, 今天要办 and the page count the same list."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from projects.consent.waiting import waiting_for as consent_waiting
from renovation.accounts.scope import NOBODY, Scope
from renovation.core.calendar import local_day
from renovation.face.todo import Item
from renovation.records.models import AuditEntry
from supervision.dispatch.waiting import waiting_for as dispatch_waiting
from supervision.inquiries.waiting import waiting_for as inquiries_waiting
from supervision.weekly.waiting import waiting_for as returns_waiting

from .waiting.items import address
from .waiting.late import late_in
from .waiting.ledger import approvals, audit_findings, gating, sites, unstarted, variances
from .waiting.papers import mails, papers
from .waiting.posts import standing_in

__all__ = ["Item", "address", "count_of", "items_of", "todo_items"]


def todo_items(*, scope: Scope, now: datetime) -> list[Item]:
    """Everything that waits for the posts of a scope now, the heaviest first. A constant number of queries."""
    found = [*_few_items(scope, now), *map(unstarted, late_in(scope, local_day(now)))]
    return sorted(found, key=lambda item: item.weight)


def _few_items(scope: Scope, now: datetime) -> list[Item]:
    """All but what waits once for every project."""
    if scope.is_anonymous or scope.bureau_id is None:
        return []
    return [
        *standing_in(scope),
        *papers(scope, now),
        *returns_waiting(scope=scope, now=now),
        *approvals(scope),
        *audit_findings(scope, now),
        *variances(scope, now),
        *consent_waiting(scope=scope, today=local_day(now)),
        *gating(scope, now),
        *sites(scope, now),
        *inquiries_waiting(scope=scope, now=now),
        *dispatch_waiting(scope=scope, now=now),
        *mails(scope, now),
    ]


def count_of(request: HttpRequest) -> int:
    """The number beside 待办, as ``settings.FACE_TODO_COUNT`` names it; what waits for hundreds of projects is
    counted and not worded.

    It is kept for a minute while nobody does anything: every act writes an audit entry in its transaction, and the
    newest entry is part of the key. What comes without an act (a moment that passes, a mail that fails) shows within
    the minute.
    """
    held: list[Item] | None = getattr(request, "_todo_items", None)
    if held is not None:
        return len(held)
    scope, now = getattr(request, "scope", NOBODY), timezone.now()
    if not settings.FACE_TODO_SECONDS or scope.is_anonymous:
        return _count(scope, now)
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
    minute = int(now.timestamp()) // settings.FACE_TODO_SECONDS
    key = f"todo:{scope.user_id}:{newest}:{minute}:{_sign(scope)}"
    kept = cache.get_or_set(key, lambda: _count(scope, now), settings.FACE_TODO_SECONDS)
    return int(kept or 0)


def _sign(scope: Scope) -> str:
    """What somebody sees and may do, as the end of a key: another post counts anew."""
    sets = (scope.permissions, scope.roles, scope.organisation_ids, scope.home_ids, scope.party_ids)
    said = [str(each) for each in (scope.for_user_id, scope.may_stand_in, scope.bureau_id)]
    said += [",".join(sorted(map(str, some))) for some in sets]
    return sha256("|".join(said).encode()).hexdigest()[:32]


def _count(scope: Scope, now: datetime) -> int:
    return len(_few_items(scope, now)) + len(late_in(scope, local_day(now)))


def items_of(request: HttpRequest, *, now: datetime) -> list[Item]:
    """The items of a request, asked for once however often they are shown on its page."""
    held: list[Item] | None = getattr(request, "_todo_items", None)
    if held is None:
        held = todo_items(scope=getattr(request, "scope", NOBODY), now=now)
        request._todo_items = held  # type: ignore[attr-defined]
    return held
