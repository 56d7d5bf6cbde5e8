"""Projects that are entered, moved and cancelled as the portal does it: drafted by one, approved by another."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from projects.ledger.changes import Decision, decide_change
from projects.ledger.enrolment import EnrolmentValues, draft_enrolment
from projects.ledger.entering import ask_for_entries
from projects.ledger.enums import ChangeAct, ChangeKind
from projects.ledger.exceptions import ExceptionValues
from projects.ledger.models import FormerStreet, Project, ProjectChange
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day, local_moment

from .accounts import District, UserFactory
from .ledger import ProjectChangeFactory

DOCUMENT = "淄建发〔2025〕31号"


def propose(
    district: District, project: Project, kind: ChangeKind, *, now: datetime, **values: Any
) -> ProjectChange:
    """Drafted by the bureau's clerk."""
    return draft_enrolment(
        project=project,
        values=EnrolmentValues(kind=kind, **({"rationale": "区政府会议纪要"} | values)),
        by=district.users["bureau"],
        now=now,
    )


def excuse(*changes: ProjectChange, now: datetime, by: User | None = None) -> int:
    """An exception asked for every condition of 列入计划 that entries lack; they are approved with the entry."""
    values = ExceptionValues("区政府会议同意先列入", "淄政会〔2025〕6号")
    return ask_for_entries(changes=changes, values=values, by=by or UserFactory(), now=now)


def decide(
    district: District,
    change: ProjectChange,
    *,
    now: datetime,
    act: ChangeAct = ChangeAct.APPROVE,
    by: User | None = None,
    comment: str = "",
) -> ProjectChange:
    """Decided by the reviewer; what an entry lacks is excused."""
    if act == ChangeAct.APPROVE:
        excuse(change, now=now)
    user = by or district.users["reviewer"]
    today = local_day(now)
    return decide_change(
        change=change,
        decision=Decision(act=act, comment=comment, approved_on=today, document_number=DOCUMENT),
        scope=scope_of(user, on=today),
        by=user,
        now=now,
    )


def enrol(
    district: District, project: Project, kind: ChangeKind, *, now: datetime, **values: Any
) -> ProjectChange:
    """Both in one; the project is read anew."""
    change = decide(district, propose(district, project, kind, now=now, **values), now=now)
    project.refresh_from_db()
    return change


def cancel(
    project: Project, on: date, reason: str = "整村拆迁", *, approved_on: date | None = None
) -> None:
    """A project as an approved cancellation left it, whatever its street had sent meanwhile."""
    _approved(project, approved_on or on, kind=ChangeKind.CANCEL, effective_on=on)
    project.cancelled_on, project.cancellation_reason = on, reason
    project.save()


def move(project: Project, to: Organisation, on: date) -> None:
    """A project as an approved move left it on a Monday, whatever the streets had sent meanwhile."""
    change = _approved(project, on, kind=ChangeKind.MOVE, to_street=to)
    FormerStreet.objects.create(project=project, street=project.street, until_on=on, change=change)
    project.street = to
    project.save()


def enter(project: Project, on: date, approved_on: date | None = None, **values: Any) -> None:
    """A project as an approved entry left it, counted from a day and approved on it or on another."""
    values.setdefault("title", str(ChangeKind.ENTER.label))
    _approved(project, approved_on or on, kind=ChangeKind.ENTER, effective_on=on, **values)
    project.approved_on = on
    project.save()


def correct_entry(project: Project, on: date, approved_on: date, **values: Any) -> None:
    """A project that is entered, by an approved change from another day."""
    enter(project, on, approved_on, corrects_entry=True, **values)


def restore(project: Project, on: date) -> None:
    """A project whose cancellation was taken back on a day."""
    _approved(project, on, kind=ChangeKind.RESTORE)
    project.cancelled_on, project.cancellation_reason = None, ""
    project.save()


def _approved(project: Project, on: date, **values: Any) -> ProjectChange:
    fields: dict[str, Any] = {
        "state": "approved",
        "approved_on": on,
        "document_number": DOCUMENT,
        "decided_by": UserFactory(),
        "decided_at": local_moment(on, time(9)),
    }
    made: ProjectChange = ProjectChangeFactory(project=project, **(fields | values))
    return made
