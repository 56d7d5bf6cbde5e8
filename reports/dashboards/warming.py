"""The pages of leaders, made once before a process answers its first request: most of what pages are made of is read by
then, and their templates are compiled."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

import structlog
from django.db import connection, connections
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from projects.ledger.models import Project
from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Membership, User
from renovation.accounts.scope import Scope, scope_of
from renovation.core.holding import holding
from renovation.core.memory import collector_waits
from renovation.core.unchanged import FACTS, reading

from . import views

log = structlog.get_logger(__name__)

#: Nobody waits for a start behind a lock, or behind a statement that has lost its way; milliseconds.
_LOCK_MS, _STATEMENT_MS = 2_000, 20_000


def warm_up() -> None:
    """Make 总览, the list of projects and the page of one as a leader of each bureau sees them today.

    A portal whose rows can't be read now (no database, no tables, a table that is locked) starts all the same: its pages
    say so themselves. The first request finds the connection, which knows the tables by now; a process that is forked
    from this one (``gunicorn --preload``) finds none, for two must not share it.
    """
    today = timezone.localdate()
    _leave_forks_nothing()
    try:
        with _hurried():
            for leader in leaders(today):
                _make(leader, scope_of(leader, on=today))
    except Exception:
        log.warning("not_warm", exc_info=True)
        _close()
    finally:
        connections.close_all()


@cache
def _leave_forks_nothing() -> None:
    os.register_at_fork(before=_close)


def _close() -> None:
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]


@contextmanager
def _hurried() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {_LOCK_MS}")
        cursor.execute(f"SET statement_timeout = {_STATEMENT_MS}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
        cursor.execute("RESET statement_timeout")


def leaders(today: date) -> list[User]:
    """One of each bureau, of as many bureaus as there is room for; of a bureau whoever came last."""
    held = Membership.objects.valid_on(today).filter(
        role=Role.LEADER, user__is_active=True, organisation__kind=OrganisationKind.BUREAU
    )
    newest_last = held.select_related("user").order_by("pk")
    of_bureau = {each.organisation_id: each.user for each in newest_last}
    return list(of_bureau.values())[: FACTS.room]


def _make(leader: User, scope: Scope) -> None:
    for view, address, arguments in _pages(scope):
        request = SignedIn()
        request.method, request.path = "GET", address
        request.user, request.scope = leader, scope
        with collector_waits(), reading(), holding():
            view(request, **arguments)


def _pages(scope: Scope) -> Iterator[tuple[Callable[..., HttpResponse], str, dict[str, Any]]]:
    yield views.projects, reverse("dashboards:projects"), {}
    mine = Project.objects.visible_to(scope).order_by("-programme__year", "code")
    if code := mine.values_list("code", flat=True).first():
        yield views.project, reverse("dashboards:project", args=[code]), {"code": code}
    yield views.overview, reverse("dashboards:overview"), {}
