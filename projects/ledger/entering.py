"""What the gate 列入计划 asks for, when a project is entered into its programme (MEASURES.md, Consent: no 列入计划
below the rule without a recorded exception; DOMAIN.md §3.2 names “未达最低比例却仍被纳入” as what is to be found).

From its entry on a project counts in every figure, so its entry is where the conditions are asked: approved it is only
where each holds, or where an exception was asked for by one person; who approves the entry approves that exception with
it. Not asked are two cases in which the entry is history and nothing is decided any more: a programme of a past
year, and a gate 列入计划 that was approved as passed before the portal (期初). What stays open is named by the list of
gates (``only=entry``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.records.acting import hands

from .enums import ChangeKind, ExceptionAct, GateKind
from .exceptions import ExceptionValues, ask_exception, decide_exception
from .gatekeeping import Finding, open_checks
from .models import Gate, GateException, ProjectChange

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
    """The open conditions of the entries among changes, those of past programmes left out; [] of any other."""
    asked = [
        row
        for row in changes
        if row.kind == ChangeKind.ENTER
        and not row.project.is_entered
        and row.project.programme.year >= on.year
    ]
    found = open_conditions(projects=[row.project_id for row in asked], on=on) if asked else {}
    return {row: found[row.project_id] if row in asked else [] for row in changes}


def lacking(found: Sequence[Finding]) -> list[Finding]:
    """Those that nobody has asked an exception for."""
    return [each for each in found if each.exception is None]


def waiting_exceptions(found: Sequence[Finding]) -> list[GateException]:
    """The exceptions that are approved with the entry."""
    return [each.exception for each in found if each.exception is not None]


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
    """Ask one exception for every condition that entries lack, all for one reason and by one document; how many.
    Refuses what ``ask_exception`` refuses."""
    count = 0
    for change, found in asked_at_entry(changes=changes, on=local_day(now)).items():
        for each in lacking(found):
            ask_exception(
                project=change.project, check_code=each.check.code, values=values, by=by, now=now
            )
            count += 1
    return count
