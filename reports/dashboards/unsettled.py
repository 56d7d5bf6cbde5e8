"""What stands open at a project on a day, a part of its page: findings, what residents raised, promised papers, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.db.models import CharField, DateField, Q, QuerySet, Value
from django.urls import reverse
from django.utils.html import format_html

from projects.funding.models import AuditFinding
from projects.ledger.models import GatePromise, Project
from projects.residents.models import Matter, Objection
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_moment
from supervision.dispatch.models import DispatchItem
from supervision.weekly.models import FollowUp

from .described import Pair

#: What stands open: its name on the page, the word for that it is open, and the page that lists it, of the project
#: where it is one of its pages.
_PAGES: Mapping[str, tuple[str, str, bool]] = {
    "审计问题": ("没有销号", "funding:project_findings", True),
    "议事问题": ("没有解决", "residents:project_meetings", True),
    "公示异议": ("没有答复", "residents:project", True),
    "容缺材料": ("没有补齐", "ledger:gates", True),
    "交办事项": ("没有办结", "dispatch:project", True),
    "周报核实": ("没有了结", "weekly:follow_ups", False),
}


def unsettled(*, project: Project, scope: Scope, on: date) -> tuple[Pair, ...]:
    """(name, words) of what was open at the end of a day, each with its page, for who works with the streets. One
    query."""
    if not scope.can(Permission.RETURN_READ):
        return ()
    parts = [
        _open(rows, name, settled, due, on)
        for name, rows, settled, due in (
            (
                "审计问题",
                AuditFinding.objects.visible_to(scope)
                .filter(project=project, found_on__lte=on)
                # Not what was closed before the portal and waits for its approval.
                .filter(Q(settled_on=None) | Q(settled_on__gt=on)),
                "closed_on",
                "deadline_on",
            ),
            (
                "议事问题",
                Matter.objects.visible_to(scope).filter(
                    meeting__project=project, meeting__held_on__lte=on
                ),
                "solved_on",
                "due_on",
            ),
            (
                "公示异议",
                Objection.objects.visible_to(scope).filter(
                    notice__project=project, raised_on__lte=on
                ),
                "answered_on",
                None,
            ),
            (
                "容缺材料",
                GatePromise.objects.filter(project=project, promised_on__lte=on),
                "received_on",
                "due_on",
            ),
            (
                "交办事项",
                _assigned(project, scope, on),
                "",
                "due_on",
            ),
            (
                "周报核实",
                FollowUp.objects.visible_to(scope).filter(
                    project=project, asked_at__lt=_end_of(on)
                ),
                "closed_on",
                "due_on",
            ),
        )
    ]
    found: dict[str, list[date | None]] = {name: [] for name in _PAGES}
    for name, due in parts[0].union(*parts[1:], all=True):
        found[name].append(due)
    return tuple(_pair(name, dues, project, on) for name, dues in found.items() if dues)


def _open(
    rows: QuerySet[Any, Any], name: str, settled: str, due: str | None, on: date
) -> QuerySet[Any, Any]:
    """Of rows those that were not settled by the end of a day: what they are and their deadline, NULL where there is
    none."""
    if settled:
        rows = rows.filter(Q(**{settled: None}) | Q(**{f"{settled}__gt": on}))
    until = due or Value(None, output_field=DateField())
    return rows.order_by().values_list(Value(name, output_field=CharField()), until)


def _assigned(project: Project, scope: Scope, on: date) -> QuerySet[Any, Any]:
    """The items about the project that were in force and not at their end."""
    end = _end_of(on)
    return DispatchItem.objects.visible_to(scope).filter(
        Q(done_at=None) | Q(done_at__gte=end),
        Q(cancelled_at=None) | Q(cancelled_at__gte=end),
        project=project,
        in_force_at__lt=end,
    )


def _end_of(on: date) -> Any:
    """The moment at which a day is over."""
    return local_moment(on + timedelta(days=1), time(0))


def _pair(name: str, deadlines: Sequence[date | None], project: Project, on: date) -> Pair:
    """2 个没有销号，1 个逾期."""
    word, page, is_of_project = _PAGES[name]
    href = reverse(page, args=[project.code] if is_of_project else [])
    late = sum(due is not None and due < on for due in deadlines)
    words = f"{len(deadlines)} 个{word}" + (f"，{late} 个逾期" if late else "")
    return name, format_html('<a href="{}">{}</a>', href, words)
