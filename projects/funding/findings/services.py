"""Recording findings and moving them along: answered with evidence, closed by another, reopened on their clock, handed
over with a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from projects.funding.enums import FindingAct, FindingOrigin, FindingSeverity
from projects.funding.models import AuditFinding, FindingStep
from projects.funding.services import lock
from projects.ledger.models import Project
from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.acting import hands
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file

from .flow import FLOW

#: The acts that move a finding on.
_MOVING = tuple(f"funding.finding.{act}" for act in FindingAct if act != FindingAct.RECORD)


@dataclass(frozen=True, slots=True)
class FindingValues:
    """What the audit found, how grave, how much money, who answers by when."""

    origin: FindingOrigin
    title: str
    detail: str
    found_on: date
    amount_fen: int
    severity: FindingSeverity
    document_number: str
    responsible: str
    owner: User
    deadline_on: date


@transaction.atomic
def record_finding(
    *, project: Project, values: FindingValues, report: NewFile | None, by: User, now: datetime
) -> AuditFinding:
    """Record a finding. Refuses a day in the future (``funding.future``), a deadline before it
    (``funding.finding.deadline``) and less than no money (``funding.amount``)."""
    lock(project=project)
    if values.found_on > local_day(now):
        raise Refusal("funding.future", "日期不能晚于今天。", field="found_on")
    if values.deadline_on < values.found_on:
        raise Refusal("funding.finding.deadline", "整改期限不能早于发现日期。", field="deadline_on")
    if values.amount_fen < 0:
        raise Refusal("funding.amount", "涉及金额不能是负数。", field="amount")
    finding = AuditFinding.objects.create(
        bureau=project.programme.bureau,
        number=_next_number(project.programme.bureau, values.found_on.year),
        project=project,
        origin=values.origin,
        title=values.title,
        detail=values.detail,
        found_on=values.found_on,
        amount_fen=values.amount_fen,
        severity=values.severity,
        document_number=values.document_number,
        report=keep_file(file=report, organisation=project.street, by=by, now=now),
        responsible=values.responsible,
        owner=values.owner,
        deadline_on=values.deadline_on,
        recorded_by=by,
        recorded_at=now,
    )
    _step(finding, FindingAct.RECORD, "", "", None, by, now)
    _audit(finding, FindingAct.RECORD, "登记", by=by, now=now)
    return finding


def _next_number(bureau: Organisation, year: int) -> str:
    """SJ2025-007: the next of the bureau's year; writers stand in line at the bureau."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    start = f"SJ{year}-"
    rows = AuditFinding.objects.filter(bureau=bureau, number__startswith=start)
    numbers = rows.values_list("number", flat=True)
    last = max((int(number.removeprefix(start)) for number in numbers), default=0)
    return f"{start}{last + 1:03}"


def finding_seen(*, finding: AuditFinding) -> int:
    """What a form that moves a finding on carries (`ledger.trail`). One query."""
    return newest_act(rows=[finding], acts=_MOVING)


@transaction.atomic
def answer(
    *,
    finding: AuditFinding,
    text: str,
    file: NewFile | None,
    by: User,
    now: datetime,
    seen: int | None = None,
) -> AuditFinding:
    """Report what was done about it, with evidence; it waits to be closed. Refuses no words
    (``comment.missing``). This and the other acts raise ``EditConflict`` where somebody moved the finding on since
    what was ``seen``."""
    return _move(finding, FindingAct.ANSWER, text, file, by=by, now=now, seen=seen, answered_by=by)


@transaction.atomic
def send_back(
    *, finding: AuditFinding, text: str, by: User, now: datetime, seen: int | None = None
) -> AuditFinding:
    """Not enough: back to 待整改 with a reason; the deadline stays."""
    return _move(finding, FindingAct.SEND_BACK, text, None, by=by, now=now, seen=seen)


@transaction.atomic
def close(
    *, finding: AuditFinding, text: str, by: User, now: datetime, seen: int | None = None
) -> AuditFinding:
    """Close it. Refuses the owner and who answered (``Forbidden``)."""
    locked = _lock(finding)
    if by.persons & ({locked.owner_id} | hands(locked, "answered_by")):
        raise Forbidden("责任岗位和报整改的人不能自己销号。")
    return _move(
        finding,
        FindingAct.CLOSE,
        text,
        None,
        by=by,
        now=now,
        seen=seen,
        closed_by=by,
        closed_on=local_day(now),
    )


@transaction.atomic
def reopen(
    *, finding: AuditFinding, text: str, by: User, now: datetime, seen: int | None = None
) -> AuditFinding:
    """It was not mended after all: open again with a reason, on its old clock, counted."""
    locked = _lock(finding)
    return _move(
        finding,
        FindingAct.REOPEN,
        text,
        None,
        by=by,
        now=now,
        seen=seen,
        closed_by=None,
        closed_on=None,
        answered_by=None,
        reopen_count=locked.reopen_count + 1,
    )


@transaction.atomic
def hand_over(
    *, finding: AuditFinding, owner: User, text: str, by: User, now: datetime
) -> AuditFinding:
    """Another answers for it from now on; its clock and its state stay. Refuses who does already
    (``funding.finding.same_owner``) and a closed one (``StateConflict``)."""
    locked = _lock(finding)
    if locked.owner_id == owner.pk:
        raise Refusal("funding.finding.same_owner", f"现在就由{owner}负责整改。", field="owner")
    said = f"{locked.owner}转交{owner}" + (f"：{text.strip()}" if text.strip() else "")
    return _move(finding, FindingAct.HAND_OVER, said, None, by=by, now=now, owner=owner)


def _lock(finding: AuditFinding) -> AuditFinding:
    return AuditFinding.objects.select_for_update().get(pk=finding.pk)


def _move(
    finding: AuditFinding,
    act: FindingAct,
    text: str,
    file: NewFile | None,
    *,
    by: User,
    now: datetime,
    seen: int | None = None,
    **values: Any,
) -> AuditFinding:
    locked = _lock(finding)
    if seen is not None:
        refuse_unseen(rows=[locked], acts=_MOVING, seen=seen, noun="这个问题")
    before = locked.state
    step = FLOW.transition(before, act)
    label = FLOW.act_label(before, act)
    if step.needs_comment and not text.strip():
        raise Refusal("comment.missing", f"{label}时请写明情况。", field="text")
    stored = keep_file(file=file, organisation=locked.project.street, by=by, now=now)
    changed = AuditFinding.objects.filter(pk=locked.pk, state=before).update(
        state=step.to, **values
    )
    if not changed:
        locked.refresh_from_db()
        raise StateConflict(FLOW.refusal(locked.state, act), state=locked.state)
    finding.refresh_from_db()
    _step(finding, act, before, text, stored, by, now)
    _audit(finding, act, label, by=by, now=now, reason=text, before=before)
    return finding


def _step(
    finding: AuditFinding,
    act: FindingAct,
    before: str,
    text: str,
    file: StoredFile | None,
    by: User,
    now: datetime,
) -> None:
    FindingStep.objects.create(
        finding=finding,
        act=act,
        from_state=before,
        to_state=finding.state,
        text=text.strip(),
        file=file,
        by=by,
        at=now,
    )


def _audit(
    finding: AuditFinding,
    act: FindingAct,
    word: str,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    before: str = "",
) -> None:
    audit(
        act=f"funding.finding.{act}",
        sentence=f"{word}{finding.project}审计问题 {finding}",
        by=by,
        now=now,
        target=finding,
        organisation=finding.project.street,
        reason=reason,
        changes={"state": [before or None, finding.state]},
    )
