"""Recording, approving and correcting funding events; the order of the chain is checked under a lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from projects.ledger.models import Project
from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from renovation.records.models import StoredFile
from renovation.records.services import audit, keep_file

from .accounts.naming import account_of, check_account, check_balance, check_closed
from .applications.granted import check_granted
from .chain import Breach, Movement, first_breach
from .enums import EventState, Stage
from .models import AccountNaming, FundingEvent, FundingSource, ProjectAccount


@dataclass(frozen=True, slots=True)
class EventValues:
    """What a person says of a movement of money. ``amount_fen`` in 分, over 0 unless it corrects."""

    source: FundingSource
    stage: Stage
    amount_fen: int
    occurred_on: date
    document_number: str = ""
    file: StoredFile | None = None
    account: ProjectAccount | None = None


def wanyuan(fen: int) -> str:
    """An amount for people: two decimals of 万元."""
    return f"{format_decimal(wanyuan_from_fen(fen), 2)} 万元"


COUNTING = (EventState.PENDING, EventState.APPROVED)


def _refuse_breach(
    *,
    project: Project,
    source: FundingSource,
    new: Iterable[Movement],
    without: int | None = None,
    states: Collection[EventState] = COUNTING,
) -> None:
    """Check the chain of a project and source with what is new; pending events take part, so that two
    clerks cannot each record what only fits once. The caller holds the project's lock."""
    rows = FundingEvent.objects.filter(project=project, source=source, state__in=states)
    if without is not None:
        rows = rows.exclude(pk=without)
    breach = first_breach([*movements_of(events=rows), *new])
    if breach is not None:
        raise breach_refusal(breach=breach, source=source)


def movements_of(*, events: QuerySet[FundingEvent]) -> list[Movement]:
    """Events as the chain counts them. One query."""
    rows = events.values_list("stage", "amount_fen", "effective_on")
    return [Movement(Stage(stage), amount, day) for stage, amount, day in rows]


def breach_refusal(*, breach: Breach, source: FundingSource) -> Refusal:
    """The sentence for a breach of the order, with both sums."""
    if breach.stage == breach.before:
        return Refusal(
            "funding.below_zero",
            f"到 {chinese_date(breach.on)}，“{source}”的{breach.stage.label}会成为负数。",
            field="amount",
            found=wanyuan(breach.total_fen),
            expected="不小于 0",
        )
    return Refusal(
        "funding.order",
        f"到 {chinese_date(breach.on)}，“{source}”的{breach.stage.label}（{wanyuan(breach.total_fen)}）"
        f"会超过{breach.before.label}（{wanyuan(breach.before_fen)}）。",
        field="amount",
        found=wanyuan(breach.total_fen),
        expected=f"不超过 {wanyuan(breach.before_fen)}",
    )


#: The acts on corrections that change what an event comes to.
_CORRECTING = ("funding.correct", "funding.reject")


#: What tells of a movement by stage: how the number is called, and the file where there is no number.
_PAPERS = {
    Stage.ALLOCATED: ("文号", "附签订的协议（如居民出资、专营单位出资）"),
    Stage.RECEIVED: ("文号或凭证号", "附进账单"),
    Stage.RELEASED: ("文号或凭证号", "附拨付审批单"),
    Stage.PAID: ("文号或凭证号", "附付款凭证"),
}


def number_word(*, stage: Stage) -> str:
    """文号 of what is allocated by a document, 文号或凭证号 of the stages that the bank or the treasury books."""
    return _PAPERS[stage][0]


def _refuse_without_paper(values: EventValues) -> None:
    if values.document_number.strip() or values.file is not None:
        return
    number, paper = _PAPERS[values.stage]
    raise Refusal(
        "funding.document",
        f"{values.stage.label}要写{number}；没有的，{paper}。",
        field="document_number",
    )


def lock(*, project: Project) -> Project:
    """Writers of one project's money stand in line."""
    return Project.objects.select_for_update().get(pk=project.pk)


@transaction.atomic
def record_event(
    *,
    project: Project,
    values: EventValues,
    by: User,
    now: datetime,
    is_opening: bool = False,
) -> FundingEvent:
    """Record a movement as 待核; refuses what breaks the order on any date (``funding.order``), also
    when it is dated back, a date in the future (``funding.future``), and an account that may not be used
    (``funding.account.…``, see `accounts.naming`), a source that is out of use (``funding.source.retired``), and one
    of which neither a number nor a file tells (``funding.document``; CAPABILITIES.md B1; MEASURES.md, Money: allocated
    by document, for money that is not fiscal the signed agreement; the other stages by their document or voucher).
    What moved before the portal (``is_opening``) may have lost its number."""
    lock(project=project)
    offered = FundingSource.objects.of_bureau(project.programme.bureau_id).in_use()
    if not offered.filter(pk=values.source.pk).exists():
        raise Refusal(
            "funding.source.retired",
            f"资金来源“{values.source}”已停用，不再登记新的。",
            field="source",
        )
    if values.amount_fen <= 0:
        raise Refusal(
            "funding.amount", "金额须大于 0；减少已登记的金额请用“更正”。", field="amount"
        )
    if values.occurred_on > local_day(now):
        raise Refusal("funding.future", "日期不能晚于今天。", field="occurred_on")
    if not is_opening:
        _refuse_without_paper(values)
    movement = Movement(values.stage, values.amount_fen, values.occurred_on)
    _refuse_breach(project=project, source=values.source, new=[movement])
    if not is_opening or values.account is not None:
        check_account(
            project=project, stage=values.stage, account=values.account, on=values.occurred_on
        )
    event = FundingEvent.objects.create(
        project=project,
        source=values.source,
        stage=values.stage,
        amount_fen=values.amount_fen,
        occurred_on=values.occurred_on,
        effective_on=values.occurred_on,
        document_number=values.document_number,
        file=values.file,
        recorded_by=by,
        recorded_at=now,
        is_opening=is_opening,
    )
    if values.account is not None:
        AccountNaming.objects.create(event=event, account=values.account, named_by=by, named_at=now)
        check_balance(project=project)
        check_closed(account=values.account)
    audit(
        act="funding.record",
        sentence=f"登记{project}“{values.source}”{values.stage.label} {wanyuan(values.amount_fen)}",
        by=by,
        now=now,
        target=event,
        organisation=project.street,
        changes=_as_changes(event),
    )
    return event


@transaction.atomic
def record_with_file(
    *,
    project: Project,
    values: EventValues,
    evidence: NewFile | None,
    by: User,
    now: datetime,
) -> FundingEvent:
    """``record_event`` with a file that was just handed in; the file is kept in the same transaction."""
    if evidence is not None:
        stored = keep_file(file=evidence, organisation=project.street, by=by, now=now)
        values = replace(values, file=stored)
    return record_event(project=project, values=values, by=by, now=now)


def corrected_fen(*, event: FundingEvent) -> int:
    """What an event comes to with its corrections, those that wait for approval included. One query."""
    rows = event.corrections.exclude(state=EventState.REJECTED)
    return event.amount_fen + sum(rows.values_list("amount_fen", flat=True))


def correction_seen(*, event: FundingEvent) -> int:
    """What a form that corrects an event carries (`ledger.trail`). One query."""
    return newest_act(rows=event.corrections.all(), acts=_CORRECTING)


@transaction.atomic
def correct_to(
    *,
    event: FundingEvent,
    total_fen: int,
    reason: str,
    by: User,
    now: datetime,
    seen: int | None = None,
    document_number: str = "",
    evidence: NewFile | None = None,
) -> FundingEvent:
    """Correct an event so that it comes to ``total_fen`` in all, by the document or file that tells so; refuses what it already comes to
    (``funding.same``), less than nothing, and what `correct_event` refuses. Raises ``EditConflict`` where somebody
    corrected it, or sent a correction back, since what was ``seen``."""
    lock(project=event.project)
    if seen is not None:
        refuse_unseen(
            rows=event.corrections.all(), acts=_CORRECTING, seen=seen, noun="这笔登记的更正"
        )
    if total_fen < 0:
        raise Refusal("funding.amount", "更正后的金额不能小于 0。", field="amount")
    change = total_fen - corrected_fen(event=event)
    if change == 0:
        raise Refusal("funding.same", "与现在登记的金额相同，不用更正。", field="amount")
    return correct_event(
        event=event,
        amount_fen=change,
        reason=reason,
        by=by,
        now=now,
        document_number=document_number,
        evidence=evidence,
    )


@transaction.atomic
def correct_event(
    *,
    event: FundingEvent,
    amount_fen: int,
    reason: str,
    by: User,
    now: datetime,
    document_number: str = "",
    evidence: NewFile | None = None,
) -> FundingEvent:
    """Add an adjusting event of ``amount_fen`` (negative to reduce) that counts from the date of ``event``, with the
    number and the file of what the correction goes by where there are any.

    Refuses without a reason (``funding.reason``), the correction of a correction (``funding.corrects``), of what
    is not approved (``StateConflict``), what breaks the order, what leaves money in a closed account
    (``funding.account.closed_balance``), and a 下达 past what its application was granted (``funding.application.over``).
    """
    lock(project=event.project)
    event.refresh_from_db()
    if event.state != EventState.APPROVED:
        raise StateConflict(
            "只有已核定的登记才需要更正，待核的请退回后重新登记。", state=event.state
        )
    if event.corrects_id is not None:
        raise Refusal("funding.corrects", "请更正原来的那笔，不要更正更正。", field="amount")
    if not reason.strip():
        raise Refusal("funding.reason", "更正须写明原因。", field="reason")
    if amount_fen == 0:
        raise Refusal("funding.amount", "更正金额不能是 0。", field="amount")
    stage = Stage(event.stage)
    _refuse_breach(
        project=event.project,
        source=event.source,
        new=[Movement(stage, amount_fen, event.effective_on)],
    )
    adjusting = FundingEvent.objects.create(
        project=event.project,
        source=event.source,
        stage=event.stage,
        amount_fen=amount_fen,
        occurred_on=local_day(now),
        effective_on=event.effective_on,
        document_number=document_number,
        file=keep_file(file=evidence, organisation=event.project.street, by=by, now=now),
        corrects=event,
        reason=reason,
        recorded_by=by,
        recorded_at=now,
    )
    check_balance(project=event.project, field="amount")
    check_closed(account=account_of(event=event), field="amount")
    check_granted(event=adjusting, field="amount")
    audit(
        act="funding.correct",
        sentence=f"更正{event.project}“{event.source}”{stage.label} {wanyuan(amount_fen)}",
        by=by,
        now=now,
        target=adjusting,
        organisation=event.project.street,
        changes=_as_changes(adjusting),
        reason=reason,
    )
    return adjusting


@transaction.atomic
def approve_event(*, event: FundingEvent, by: User, now: datetime) -> FundingEvent:
    """Approve a pending event by another person than the one who recorded it; it is immutable then.

    What is approved holds the order by itself: a 支付 whose 拨付 still waits is refused (``funding.order``).
    """
    approve_events(events=[event], by=by, now=now)
    event.refresh_from_db()
    return event


@transaction.atomic
def approve_events(*, events: Iterable[FundingEvent], by: User, now: datetime) -> int:
    """Approve several pending events, all or none, as `approve_event` does; how many.

    Each project is locked once and its chains are checked with all of its events, so that a whole chain can be
    approved at once, in any order.
    """
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for event in events:
        groups[event.project_id].append(event.pk)
    for project_id in sorted(groups):
        _approve_of_project(project_id, groups[project_id], by=by, now=now)
    return sum(len(ids) for ids in groups.values())


def _approve_of_project(project_id: int, ids: Sequence[int], *, by: User, now: datetime) -> None:
    project = Project.objects.select_for_update().get(pk=project_id)
    chosen = FundingEvent.objects.filter(pk__in=ids)
    rows = list(chosen.select_related("project__street", "source").order_by("pk"))
    if any(hands(row, "recorded_by") & by.persons for row in rows):
        raise Forbidden("登记的人不能自己核定。")
    for row in rows:
        if row.state != EventState.PENDING:
            raise _decided_already(row, "核定")
    chosen.update(state=EventState.APPROVED, approved_by=by, approved_at=now)
    for source in {row.source for row in rows}:
        _refuse_breach(project=project, source=source, new=[], states=(EventState.APPROVED,))
    check_balance(project=project, states=(EventState.APPROVED,))
    for row in rows:
        _audit_decision(row, "funding.approve", "核定", by=by, now=now)


@transaction.atomic
def reject_event(*, event: FundingEvent, reason: str, by: User, now: datetime) -> FundingEvent:
    """Reject a pending event with a reason; it never counted, and later ones must still fit without it."""
    lock(project=event.project)
    event.refresh_from_db()
    if not reason.strip():
        raise Refusal("funding.reason", "退回须写明原因。", field="reason")
    if event.state == EventState.PENDING:
        try:
            _refuse_breach(project=event.project, source=event.source, new=[], without=event.pk)
            check_balance(project=event.project, without=[event.pk], field="reason")
        except Refusal as refusal:
            refusal.message = f"退回后，{refusal.message}请先退回后面的登记。"
            refusal.field = "reason"
            raise
    changed = FundingEvent.objects.filter(pk=event.pk, state=EventState.PENDING).update(
        state=EventState.REJECTED
    )
    event.refresh_from_db()
    if not changed:
        raise _decided_already(event, "退回")
    check_closed(account=account_of(event=event), field="reason")
    check_granted(event=event, field="reason")
    _audit_decision(event, "funding.reject", "退回", by=by, now=now, reason=reason)
    return event


def _decided_already(event: FundingEvent, word: str) -> StateConflict:
    return StateConflict(
        f"这笔登记现在是“{event.get_state_display()}”，不能再{word}。", state=event.state
    )


def _audit_decision(
    event: FundingEvent, act: str, word: str, *, by: User, now: datetime, reason: str = ""
) -> None:
    audit(
        act=act,
        sentence=f"{word}{event.project}“{event.source}”{event.get_stage_display()} {wanyuan(event.amount_fen)}",
        by=by,
        now=now,
        target=event,
        organisation=event.project.street,
        reason=reason,
    )


def _as_changes(event: FundingEvent) -> dict[str, Any]:
    return {
        "stage": [None, event.stage],
        "source": [None, event.source.code],
        "amount_fen": [None, event.amount_fen],
        "occurred_on": [None, event.occurred_on.isoformat()],
        "effective_on": [None, event.effective_on.isoformat()],
        "document_number": [None, event.document_number],
    }
