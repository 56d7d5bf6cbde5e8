"""What the gate 列入计划 asks for, when a project is entered into its programme (MEASURES.md, Consent: no 列入计划
below the rule without a recorded exception; DOMAIN.md §3.2 names “未达最低比例却仍被纳入” as what is to be found).

From its entry on a project counts in every figure, so its entry is where the conditions are asked: approved it is only
where each holds, or where an exception was asked for by one person; who approves the entry approves that exception with
it. Not asked are two cases in which the entry is history and nothing is decided any more: a project that nobody
proposed before its programme's year was over, and a gate 列入计划 that was approved as passed before the portal (期初). What stays open is named by the list of
gates (``only=entry``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.records.acting import hands

from .enums import ChangeKind, ExceptionAct, GateKind
from .exceptions import ExceptionValues, ask_together, decide_exception
from .gatekeeping import ORDER_CODES, Finding, open_checks
from .models import Gate, GateException, Project, ProjectChange

#: What stands in the record of an exception that was approved together with the entry.
WITH_ENTRY = "随列入计划一并批准"


def open_conditions(*, projects: Collection[int], on: date) -> dict[int, list[Finding]]:
    """What 列入计划 asks of projects and does not hold on a day, without an approved exception, by project id; the
    order of the gates before it is no condition. A constant number of queries."""
    before = set(
        Gate.objects.filter(
            project__in=projects,
            kind=GateKind.PROGRAMMED,
            is_opening=True,
            actual_on__isnull=False,
        ).values_list("project_id", flat=True)
    )
    asked = [pk for pk in projects if pk not in before]
    found = open_checks(projects=asked, gate=GateKind.PROGRAMMED, on=on)
    return {pk: [each for each in found.get(pk, ()) if not each.check.is_order] for pk in projects}


def asked_at_entry(
    *, changes: Sequence[ProjectChange], on: date
) -> Mapping[ProjectChange, list[Finding]]:
    """The open conditions of the entries among changes, those that are history left out; [] of any other."""
    past = proposed_afterwards(changes=changes)
    asked = [
        row
        for row in changes
        if row.kind == ChangeKind.ENTER and not row.project.is_entered and row not in past
    ]
    found = open_conditions(projects=[row.project_id for row in asked], on=on) if asked else {}
    return {row: found[row.project_id] if row in asked else [] for row in changes}


def proposed_afterwards(*, changes: Sequence[ProjectChange]) -> set[ProjectChange]:
    """The entries among changes whose project was proposed first when its programme's year was over: what happened is
    told, not what the clock says when the entry is approved, so that New Year opens no door to one that waited, nor to
    one that is proposed anew. One query where there is any, none for programmes of this year."""
    late = [
        row
        for row in changes
        if row.kind == ChangeKind.ENTER
        and local_day(row.drafted_at).year > row.project.programme.year
    ]
    if not late:
        return set()
    proposals = ProjectChange.objects.filter(
        project__in=[row.project_id for row in late], kind=ChangeKind.ENTER
    ).order_by()
    first: dict[int, datetime] = {}
    for project, drafted_at in proposals.values_list("project_id", "drafted_at"):
        first[project] = min(drafted_at, first.get(project, drafted_at))
    return {
        row for row in late if local_day(first[row.project_id]).year > row.project.programme.year
    }


def lacking(found: Sequence[Finding]) -> list[Finding]:
    """Those that nobody has asked an exception for."""
    return [each for each in found if each.exception is None]


def waiting_exceptions(found: Sequence[Finding]) -> list[GateException]:
    """The exceptions that are approved with the entry."""
    return [each.exception for each in found if each.exception is not None]


def of_entry() -> Q:
    """What an exception fulfils that is approved with the entry of its project: of a condition of 列入计划, while the
    project is not entered. The order of the gates before it is no condition of the entry."""
    return Q(gate=GateKind.PROGRAMMED, project__approved_on=None) & ~Q(
        check_code__startswith=ORDER_CODES
    )


def why_not_let_in(found: Sequence[Finding], *, persons: Collection[int]) -> str:
    """Why an entry can't be approved by some person, "" where it can."""
    if open_ := lacking(found):
        titles = "、".join(each.check.title for each in open_)
        return f"列入计划的条件不符合，也没有申请例外：{titles}。补齐，或由经办申请例外以后再批准。"
    if any(hands(row, "requested_by") & set(persons) for row in waiting_exceptions(found)):
        return "待批准的例外是您申请的，列入由另一人批准。"
    return ""


def let_in(*, found: Sequence[Finding], scope: Scope, by: User, now: datetime) -> None:
    """Approve the exceptions that an entry stands on, in the transaction that approves the entry.

    Refuses an entry with a condition that neither holds nor has an exception (``enrolment.conditions``); raises
    ``Forbidden`` for who asked for one of them.
    """
    if why_not := why_not_let_in(found, persons=by.persons):
        if lacking(found):
            raise Refusal("enrolment.conditions", why_not)
        raise Forbidden(why_not)
    for row in waiting_exceptions(found):
        decide_exception(
            exception=row,
            act=ExceptionAct.APPROVE,
            comment=WITH_ENTRY,
            scope=scope,
            by=by,
            now=now,
        )


@transaction.atomic
def ask_for_entries(
    *, changes: Sequence[ProjectChange], values: ExceptionValues, by: User, now: datetime
) -> int:
    """Ask one exception for every condition that entries of a bureau lack, all for one reason and by one document;
    how many. The conditions of all are read at once. Refuses what ``ask_together`` refuses."""
    projects = Project.objects.select_for_update(of=("self",)).filter(
        pk__in=[row.project_id for row in changes]
    )
    held = {row.pk: row for row in projects.select_related("street").order_by("pk")}
    if not held:
        return 0
    found = asked_at_entry(changes=changes, on=local_day(now))
    return ask_together(
        asked=[(held[row.project_id], each) for row in found for each in lacking(found[row])],
        values=values,
        organisation=changes[0].project.programme.bureau,
        by=by,
        now=now,
    )
