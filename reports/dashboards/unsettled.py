"""What stands open at a project on a day, a part of its page: findings, what residents raised, promised papers, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
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
#: The deadline of what has none.
_NO_DAY = Value(None, output_field=DateField())


def unsettled(*, project: Project, scope: Scope, on: date) -> tuple[Pair, ...]:
    """(name, words) of what was open at the end of a day, each with its page, for who works with the streets. One
    query."""
    if not scope.can(Permission.RETURN_READ):
        return ()
    findings = AuditFinding.objects.visible_to(scope).filter(project=project, found_on__lte=on)
    # Not what was closed before the portal and waits for its approval.
    findings = findings.filter(Q(settled_on=None) | Q(settled_on__gt=on))
    matters = Matter.objects.visible_to(scope).filter(
        meeting__project=project, meeting__held_on__lte=on
    )
    objections = Objection.objects.visible_to(scope).filter(
        notice__project=project, raised_on__lte=on
    )
    promises = GatePromise.objects.filter(project=project, promised_on__lte=on)
    questions = FollowUp.objects.visible_to(scope).filter(project=project, asked_at__lt=_end_of(on))
    parts = [
        _told("审计问题", _still(findings, "closed_on", on), "deadline_on"),
        _told("议事问题", _still(matters, "solved_on", on), "due_on"),
        _told("公示异议", _still(objections, "answered_on", on), _NO_DAY),
        _told("容缺材料", _still(promises, "received_on", on), "due_on"),
        _told("交办事项", _assigned(project, scope, on), "due_on"),
        _told("周报核实", _still(questions, "closed_on", on), "due_on"),
    ]
    found: dict[str, list[date | None]] = {name: [] for name in _PAGES}
    for name, due in parts[0].union(*parts[1:], all=True):
        found[name].append(due)
    return tuple(_pair(name, dues, project, on) for name, dues in found.items() if dues)


def _told(name: str, rows: QuerySet[Any, Any], due: str | Value) -> QuerySet[Any, Any]:
    """What rows are and their deadlines."""
    return rows.order_by().values_list(Value(name, output_field=CharField()), due)


def _still(rows: QuerySet[Any, Any], settled: str, on: date) -> QuerySet[Any, Any]:
    """Those that were not settled by the end of a day."""
    return rows.filter(Q(**{settled: None}) | Q(**{f"{settled}__gt": on}))


def _assigned(project: Project, scope: Scope, on: date) -> QuerySet[Any, Any]:
    """The items about the project that were in force and not at their end."""
    end = _end_of(on)
    return DispatchItem.objects.visible_to(scope).filter(
        Q(done_at=None) | Q(done_at__gte=end),
        Q(cancelled_at=None) | Q(cancelled_at__gte=end),
        project=project,
        in_force_at__lt=end,
    )


def _end_of(on: date) -> datetime:
    """The moment at which a day is over."""
    return local_moment(on + timedelta(days=1), time(0))


def _pair(name: str, deadlines: Sequence[date | None], project: Project, on: date) -> Pair:
    """2 个没有销号，1 个逾期."""
    word, page, is_of_project = _PAGES[name]
    href = reverse(page, args=[project.code] if is_of_project else [])
    late = sum(due is not None and due < on for due in deadlines)
    words = f"{len(deadlines)} 个{word}" + (f"，{late} 个逾期" if late else "")
    return name, format_html('<a href="{}">{}</a>', href, words)
