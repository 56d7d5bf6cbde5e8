"""What stands open at a project on a day, a part of its page: findings, what residents raised, promised papers, questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html

from projects.funding.models import AuditFinding
from projects.ledger.models import GatePromise, Project
from projects.residents.models import Matter, Objection
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from supervision.dispatch.models import DispatchItem
from supervision.weekly.models import FollowUp

from .described import Pair


def unsettled(*, project: Project, scope: Scope, on: date) -> tuple[Pair, ...]:
    """(name, words) of what was open at the end of a day, each with its page, for who works with the streets. Six
    queries."""
    if not scope.can(Permission.RETURN_READ):
        return ()
    code = project.code
    found = [
        _pair(
            "审计问题",
            "没有销号",
            reverse("funding:project_findings", args=[code]),
            _open(
                AuditFinding.objects.visible_to(scope)
                .filter(project=project, found_on__lte=on)
                # Not what was closed before the portal and waits for its approval.
                .filter(Q(settled_on=None) | Q(settled_on__gt=on)),
                "closed_on",
                "deadline_on",
                on,
            ),
            on,
        ),
        _pair(
            "议事问题",
            "没有解决",
            reverse("residents:project_meetings", args=[code]),
            _open(
                Matter.objects.visible_to(scope).filter(
                    meeting__project=project, meeting__held_on__lte=on
                ),
                "solved_on",
                "due_on",
                on,
            ),
            on,
        ),
        _pair(
            "公示异议",
            "没有答复",
            reverse("residents:project", args=[code]),
            _open(
                Objection.objects.visible_to(scope).filter(
                    notice__project=project, raised_on__lte=on
                ),
                "answered_on",
                "",
                on,
            ),
            on,
        ),
        _pair(
            "容缺材料",
            "没有补齐",
            reverse("ledger:gates", args=[code]),
            _open(
                GatePromise.objects.filter(project=project, promised_on__lte=on),
                "received_on",
                "due_on",
                on,
            ),
            on,
        ),
        _pair(
            "交办事项",
            "没有办结",
            reverse("dispatch:project", args=[code]),
            _assigned(project, scope, on),
            on,
        ),
        _pair(
            "周报核实", "没有了结", reverse("weekly:follow_ups"), _questions(project, scope, on), on
        ),
    ]
    return tuple(pair for pair in found if pair is not None)


def _open(rows: Any, settled: str, due: str, on: date) -> list[date | None]:
    """The deadlines of the rows that were not settled by a day; None for each where there is none."""
    still = rows.filter(Q(**{settled: None}) | Q(**{f"{settled}__gt": on}))
    return list(still.values_list(due, flat=True)) if due else [None] * still.count()


def _questions(project: Project, scope: Scope, on: date) -> list[date | None]:
    rows = FollowUp.objects.visible_to(scope).filter(project=project)
    still = rows.filter(Q(closed_on=None) | Q(closed_on__gt=on)).values_list("asked_at", "due_on")
    return [due for asked_at, due in still if local_day(asked_at) <= on]


def _assigned(project: Project, scope: Scope, on: date) -> list[date | None]:
    """The deadlines of items about the project that were in force and not at their end."""
    rows = DispatchItem.objects.visible_to(scope).filter(project=project).in_force()
    found: list[date | None] = []
    for row in rows.only("in_force_at", "done_at", "cancelled_at", "due_on"):
        ends = [local_day(at) for at in (row.done_at, row.cancelled_at) if at is not None]
        begun = row.in_force_at is not None and local_day(row.in_force_at) <= on
        if begun and all(end > on for end in ends):
            found.append(row.due_on)
    return found


def _pair(
    name: str, word: str, href: str, deadlines: Iterable[date | None], on: date
) -> Pair | None:
    """2 个没有销号，1 个逾期; None where there is none."""
    found = list(deadlines)
    if not found:
        return None
    late = sum(due is not None and due < on for due in found)
    words = f"{len(found)} 个{word}" + (f"，{late} 个逾期" if late else "")
    return name, format_html('<a href="{}">{}</a>', href, words)
