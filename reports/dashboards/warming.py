"""The pages of leaders, made once before a process answers its first request: what they are made of is read by then,
and their templates are compiled. Whoever looks first after a restart waits no longer than those behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import structlog
from django.db import connections
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from projects.ledger.models import Project
from renovation.accounts.enums import Role
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Membership, User
from renovation.accounts.scope import Scope, scope_of
from renovation.core.holding import holding
from renovation.core.unchanged import FACTS, reading

from . import views

log = structlog.get_logger(__name__)


def warm_up() -> None:
    """Make 总览, the list of projects and the page of one as a leader of each bureau sees them today.

    A portal whose rows can't be read yet (no database, no tables) starts all the same: its pages say so themselves.
    """
    today = timezone.localdate()
    try:
        for leader in _leaders(today):
            scope = scope_of(leader, on=today)
            for view, address, arguments in _pages(scope):
                with reading(), holding():
                    view(_request(leader, scope, address), **arguments)
    except Exception:
        log.warning("not_warm", exc_info=True)
    finally:
        connections.close_all()


def _leaders(today: date) -> list[User]:
    """One of each bureau, of as many bureaus as there is room for."""
    held = Membership.objects.valid_on(today).filter(role=Role.LEADER, user__is_active=True)
    newest_first = held.select_related("user").order_by("-pk")
    of_bureau = {each.organisation_id: each.user for each in newest_first}
    return list(of_bureau.values())[: FACTS.room]


def _pages(scope: Scope) -> Iterator[tuple[Callable[..., HttpResponse], str, dict[str, Any]]]:
    yield views.overview, reverse("dashboards:overview"), {}
    yield views.projects, reverse("dashboards:projects"), {}
    mine = Project.objects.visible_to(scope).order_by("-programme__year", "code")
    if code := mine.values_list("code", flat=True).first():
        yield views.project, reverse("dashboards:project", args=[code]), {"code": code}


def _request(leader: User, scope: Scope, address: str) -> SignedIn:
    request = SignedIn()
    request.method, request.path = "GET", address
    request.user, request.scope = leader, scope
    return request
