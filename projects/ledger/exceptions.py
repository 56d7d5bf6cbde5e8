"""Exceptions from checks of gates: asked for by one, decided by another, withdrawn with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from renovation.records.services import audit, keep_file

from .enums import ExceptionAct, ExceptionState, GateKind
from .exception_flow import FLOW
from .gatekeeping import check_named, findings
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
    if not values.reason.strip():
        raise Refusal("exception.reason", "申请例外须写明理由。", field="reason")
    if not values.document_number.strip() and values.file is None:
        raise Refusal(
            "exception.document", "依据文号和依据文件至少填一样。", field="document_number"
        )
    stored = keep_file(file=values.file, organisation=project.street, by=by, now=now)
    row = GateException(
        project=project,
        gate=check.gate,
        check_code=check_code,
        finding=finding.sentence[:300],
        reason=values.reason.strip(),
        document_number=values.document_number.strip(),
        file=stored,
        requested_by=by,
        requested_at=now,
    )
    row._history_user = by  # type: ignore[attr-defined]
    row.save(force_insert=True)
    audit(
        act="gate_exception.ask",
        sentence=f"为{project}的关口“{check.gate.label}”申请例外：{check.title}",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        reason=row.reason,
        changes={"finding": [None, row.finding], "on": [None, on.isoformat()]},
    )
    return row


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

    Raises what ``core.flow`` raises, and ``Forbidden`` for who asked and would approve.
    """
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
