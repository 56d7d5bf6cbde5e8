"""Objections to a notice: recorded while it hangs, answered once, who it was shown against a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction

from projects.residents.enums import NoticeState, Outcome, Way
from projects.residents.models import Notice, Objection
from projects.residents.sealing import Person, seal, unseal
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.services import audit

from .notices import lock


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionValues:
    """What was said, when and how it came."""

    raised_on: date
    way: Way
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerValues:
    """What became of it, in words, when and how the person was told."""

    outcome: Outcome
    answer: str
    answered_on: date
    way: Way


@transaction.atomic
def raise_objection(
    *, notice: Notice, values: ObjectionValues, person: Person, by: User, now: datetime
) -> Objection:
    """Record an objection to a notice that hangs. Refuses a day in the future (``objection.future``) or before
    the notice hung (``objection.early``); raises StateConflict where it does not hang (any more). The audit entry
    says that there is one, not by whom."""
    lock(notice.project_id)
    present = Notice.objects.select_for_update().get(pk=notice.pk)
    if present.state != NoticeState.PUBLISHED or present.posted_on is None:
        raise StateConflict(
            f"只有公示中的才登记异议，这份公示{present.get_state_display()}。", state=present.state
        )
    if values.raised_on > local_day(now):
        raise Refusal("objection.future", "提出日期不能晚于今天。", field="raised_on")
    if values.raised_on < present.posted_on:
        raise Refusal(
            "objection.early",
            f"提出日期不能早于张贴日期 {chinese_date(present.posted_on)}。",
            field="raised_on",
        )
    most = present.objections.aggregate(most=models.Max("number"))["most"] or 0
    objection = Objection.objects.create(
        notice=present,
        number=most + 1,
        raised_on=values.raised_on,
        way=values.way,
        who_sealed=seal(person),
        content=values.content.strip(),
        recorded_by=by,
        recorded_at=now,
    )
    audit(
        act="objection.raise",
        sentence=f"登记{present.project}{present}的{objection}",
        by=by,
        now=now,
        target=objection,
        organisation=present.project.street,
        changes={"raised_on": [None, str(values.raised_on)], "way": [None, values.way.value]},
    )
    return objection


@transaction.atomic
def answer_objection(
    *, objection: Objection, values: AnswerValues, by: User, now: datetime
) -> Objection:
    """Answer an objection, once. Refuses a day in the future (``objection.future``) or before it was raised
    (``objection.order``); raises StateConflict where it is answered."""
    lock(objection.notice.project_id)
    present = Objection.objects.select_for_update().get(pk=objection.pk)
    if present.outcome:
        raise StateConflict("这条异议已经答复。", state=present.outcome)
    if values.answered_on > local_day(now):
        raise Refusal("objection.future", "答复日期不能晚于今天。", field="answered_on")
    if values.answered_on < present.raised_on:
        raise Refusal(
            "objection.order",
            f"答复日期不能早于提出日期 {chinese_date(present.raised_on)}。",
            field="answered_on",
        )
    present.outcome, present.answer = values.outcome, values.answer.strip()
    present.answer_way, present.answered_on = values.way, values.answered_on
    present.answered_by, present.answered_at = by, now
    present.save(
        update_fields=[
            "outcome",
            "answer",
            "answer_way",
            "answered_on",
            "answered_by",
            "answered_at",
        ]
    )
    objection.refresh_from_db()
    audit(
        act="objection.answer",
        sentence=f"答复{objection.notice.project}{objection.notice}的{objection}：{objection.get_outcome_display()}",
        by=by,
        now=now,
        target=objection,
        organisation=objection.notice.project.street,
        changes={"outcome": ["", values.outcome.value]},
    )
    return objection


@transaction.atomic
def reveal(*, objection: Objection, reason: str, by: User, now: datetime) -> Person:
    """Who raised it, in full. Refuses without a reason (``objection.reason``); the audit entry says who looked
    and why, not what was seen."""
    if not reason.strip():
        raise Refusal("objection.reason", "查看提出人须写明用途。", field="reason")
    person = unseal(objection.who_sealed)
    audit(
        act="objection.reveal",
        sentence=f"查看{objection.notice.project}{objection.notice}{objection}的提出人",
        by=by,
        now=now,
        target=objection,
        organisation=objection.notice.project.street,
        reason=reason,
    )
    return person
