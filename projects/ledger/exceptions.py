"""Exceptions from checks of gates: asked for by one, decided by another, withdrawn with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file

from .enums import ExceptionAct, ExceptionState, GateKind
from .exception_flow import FLOW
from .gatekeeping import Finding, GateCheck, check_named, findings
from .models import GateException, Project


@dataclass(frozen=True, slots=True)
class ExceptionValues:
    """Why a check need not hold, and what says so: a document number, a file, or both.

    ``passed_on`` is the day on which the gate was or is to be passed; the check is judged on it, as `pass_gate`
    will judge it. Today where none is given.
    """

    reason: str
    document_number: str = ""
    file: NewFile | None = None
    passed_on: date | None = None


@transaction.atomic
def ask_exception(
    *, project: Project, check_code: str, values: ExceptionValues, by: User, now: datetime
) -> GateException:
    """Ask that a check of a project need not hold; another person approves.

    Refuses a code nobody declares or that knows no exception (``exception.check``), a check that holds
    on the day (``exception.not_needed``), a day to come (``gate.future``), a second one (``exception.once``), no reason (``exception.reason``), and
    neither number nor file (``exception.document``).
    """
    Project.objects.select_for_update().get(pk=project.pk)
    check = check_named(code=check_code)
    if check is None or not check.waivable:
        raise Refusal("exception.check", "这一项不能申请例外。")
    today = local_day(now)
    on = values.passed_on or today
    if on > today:
        raise Refusal("gate.future", "实际日期不能晚于今天。", field="passed_on")
    [finding] = [
        each
        for each in findings(project=project, gates=[check.gate], on=on)
        if each.check.code == check_code
    ]
    if finding.exception is not None:
        raise Refusal("exception.once", "这一项已经申请过例外，请先看那一件。")
    if finding.sentence is None:
        day = "今天" if on == today else f"到{chinese_date(on)}"
        raise Refusal(
            "exception.not_needed", f"“{check.title}”{day}符合，不用申请例外。", field="passed_on"
        )
    check_grounds(values=values)
    stored = keep_file(file=values.file, organisation=project.street, by=by, now=now)
    row = _drawn_up(project, finding, values, stored, by, now)
    row._history_user = by  # type: ignore[attr-defined]
    row.save(force_insert=True)
    _told(row, check, on, by, now)
    return row


def check_grounds(*, values: ExceptionValues) -> None:
    """Refuses what has no reason (``exception.reason``) or neither number nor file (``exception.document``)."""
    if not values.reason.strip():
        raise Refusal("exception.reason", "申请例外须写明理由。", field="reason")
    if not values.document_number.strip() and values.file is None:
        raise Refusal(
            "exception.document", "依据文号和依据文件至少填一样。", field="document_number"
        )


@transaction.atomic
def ask_together(
    *,
    asked: Sequence[tuple[Project, Finding]],
    values: ExceptionValues,
    organisation: Organisation,
    by: User,
    now: datetime,
) -> int:
    """Ask for what was just judged of several projects, for one reason and by one document, which is kept once, for
    ``organisation``; how many. The caller holds the projects. Refuses what ``check_grounds`` refuses, and what stands
    already (``exception.once``). Queries do not grow with the projects but for the log, an entry each."""
    if not asked:
        return 0
    check_grounds(values=values)
    standing = GateException.objects.filter(
        project__in={project.pk for project, _ in asked},
        check_code__in={each.check.code for _, each in asked},
        state__in=(ExceptionState.ASKED, ExceptionState.APPROVED),
    )
    there = set(standing.values_list("project_id", "check_code"))
    if any((project.pk, each.check.code) in there for project, each in asked):
        raise Refusal("exception.once", "这一项已经申请过例外，请先看那一件。")
    stored = keep_file(file=values.file, organisation=organisation, by=by, now=now)
    rows = [_drawn_up(project, each, values, stored, by, now) for project, each in asked]
    bulk_create_with_history(rows, GateException, default_user=by, default_date=now)
    for row, (_, each) in zip(rows, asked, strict=True):
        _told(row, each.check, local_day(now), by, now)
    return len(rows)


def _drawn_up(
    project: Project,
    finding: Finding,
    values: ExceptionValues,
    stored: StoredFile | None,
    by: User,
    now: datetime,
) -> GateException:
    return GateException(
        project=project,
        gate=finding.check.gate,
        check_code=finding.check.code,
        finding=str(finding.sentence)[:300],
        reason=values.reason.strip(),
        document_number=values.document_number.strip(),
        file=stored,
        requested_by=by,
        requested_at=now,
    )


def _told(row: GateException, check: GateCheck, on: date, by: User, now: datetime) -> None:
    audit(
        act="gate_exception.ask",
        sentence=f"为{row.project}的关口“{check.gate.label}”申请例外：{check.title}",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        reason=row.reason,
        changes={"finding": [None, row.finding], "on": [None, on.isoformat()]},
    )


@transaction.atomic
def decide_exception(
    *,
    exception: GateException,
    act: ExceptionAct,
    comment: str,
    scope: Scope,
    by: User,
    now: datetime,
) -> GateException:
    """Approve, refuse or revoke an exception; the latter two need a comment in words.

    Raises what ``core.flow`` raises, and ``Forbidden`` for who asked and would approve. The project is held first,
    as by who passes a gate or enters the project and reads what stands.
    """
    Project.objects.select_for_update().get(pk=exception.project_id)
    row: GateException = (
        GateException.objects.select_for_update(of=("self",))
        .select_related("project__street")
        .get(pk=exception.pk)
    )
    before = row.state
    step = FLOW.check(row.state, act, scope.permissions, comment)
    if act == ExceptionAct.APPROVE and hands(row, "requested_by") & by.persons:
        raise Forbidden("申请例外的人不能自己批准。")
    row.state = ExceptionState(step.to)
    row.decided_by, row.decided_at, row.comment = by, now, comment.strip()
    row._history_user = by  # type: ignore[attr-defined]
    row.save(update_fields=["state", "decided_by", "decided_at", "comment"])
    audit(
        act=f"gate_exception.{act.value}",
        sentence=f"{ExceptionAct(act).label}{row.project}关口“{GateKind(row.gate).label}”的例外",
        by=by,
        now=now,
        target=row,
        organisation=row.project.street,
        reason=row.comment,
        changes={"state": [before, row.state]},
    )
    return row
