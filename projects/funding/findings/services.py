"""Recording findings and moving them along: answered with evidence, closed by another, reopened on their clock, handed
over with a post."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from projects.funding.enums import FindingAct, FindingOrigin, FindingSeverity, FindingState
from projects.funding.models import AuditFinding, FindingStep
from projects.funding.services import lock
from projects.ledger.models import Project
from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
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
    #: Of one that was closed before the portal knew its project: the day. Another person confirms it (``close``).
    settled_on: date | None = None
    #: The number under which it was known; the next of its year where there is none.
    number: str = ""


@transaction.atomic
def record_finding(
    *, project: Project, values: FindingValues, report: NewFile | None, by: User, now: datetime
) -> AuditFinding:
    """Record a finding. Refuses a day in the future (``funding.future``), a deadline before it
    (``funding.finding.deadline``), less than no money (``funding.amount``), a number that is none or another's
    (``funding.finding.number``), and a closing that lies before the finding or not before the project came into the
    portal (``funding.finding.settled``)."""
    lock(project=project)
    if values.found_on > local_day(now):
        raise Refusal("funding.future", "日期不能晚于今天。", field="found_on")
    if values.deadline_on < values.found_on:
        raise Refusal("funding.finding.deadline", "整改期限不能早于发现日期。", field="deadline_on")
    if values.amount_fen < 0:
        raise Refusal("funding.amount", "涉及金额不能是负数。", field="amount")
    if values.settled_on is not None:
        _check_settled(project, values.found_on, values.settled_on)
    finding = AuditFinding(
        bureau=project.programme.bureau,
        number=_number(project.programme.bureau, values),
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
    if values.settled_on is None:
        finding.save(force_insert=True)
        _step(finding, FindingAct.RECORD, "", "", None, by, now)
        _audit(finding, FindingAct.RECORD, "登记", by=by, now=now)
        return finding
    finding.state, finding.answered_by = FindingState.ANSWERED, by
    finding.settled_on = values.settled_on
    finding.save(force_insert=True)
    said = f"期初导入：登记到平台以前已于{chinese_date(values.settled_on)}销号。"
    _step(finding, FindingAct.RECORD, "", said, None, by, now)
    _audit(finding, FindingAct.RECORD, "期初导入", by=by, now=now, reason=said)
    return finding


def _check_settled(project: Project, found_on: date, settled_on: date) -> None:
    """期初 is for what was closed before the ledger knew the project."""
    if settled_on < found_on:
        raise Refusal("funding.finding.settled", "销号日期不能早于发现日期。", field="settled_on")
    first = project.history.order_by("history_date", "pk").first()
    entered = local_day(first.history_date) if first is not None else None
    if entered is None or settled_on >= entered:
        since = f"（{chinese_date(entered)}）" if entered else ""
        raise Refusal(
            "funding.finding.settled",
            f"项目登记到平台的那一天{since}起销号的不是期初：销号日期空着导入，报整改以后由另一人销号。",
            field="settled_on",
        )


def _number(bureau: Organisation, values: FindingValues) -> str:
    """SJ2025-007: the one that it brings, else the next of the bureau's year; writers stand in line at the bureau."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    start = f"SJ{values.found_on.year}-"
    rows = AuditFinding.objects.filter(bureau=bureau, number__startswith=start)
    taken = {int(number.removeprefix(start)) for number in rows.values_list("number", flat=True)}
    if not values.number:
        return f"{start}{max(taken, default=0) + 1:03}"
    # Four digits at the most: what is numbered after it must still fit.
    brought = re.fullmatch(rf"{start}([0-9]{{3,4}})", values.number)
    if brought is None:
        raise Refusal(
            "funding.finding.number",
            f"{values.found_on.year}年发现的问题编号写作 {start}001，序号三位或四位；空着的由平台编。",
            field="number",
        )
    if int(brought[1]) in taken:
        raise Refusal(
            "funding.finding.number",
            f"编号 {values.number} 已经用了，空着由平台编。",
            field="number",
        )
    return values.number


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
    """Not enough: back to 待整改 with a reason; the deadline stays. What came in as closed before the portal is
    then open like any other."""
    return _move(
        finding, FindingAct.SEND_BACK, text, None, by=by, now=now, seen=seen, settled_on=None
    )


@transaction.atomic
def close(
    *, finding: AuditFinding, text: str, by: User, now: datetime, seen: int | None = None
) -> AuditFinding:
    """Close it, one that was closed before the portal on its day. Refuses the owner and who answered or brought it
    in (``Forbidden``)."""
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
        closed_on=locked.settled_on or local_day(now),
    )


@transaction.atomic
def close_settled(*, findings: Sequence[AuditFinding], by: User, now: datetime) -> int:
    """Close what was closed before the portal, all or none; how many. A refusal names the finding."""
    for finding in findings:
        try:
            close(finding=finding, text="", by=by, now=now)
        except Refusal as refusal:
            refusal.message = f"{finding}：{refusal.message}一个也没有核定。"
            raise
    return len(findings)


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
        settled_on=None,
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
