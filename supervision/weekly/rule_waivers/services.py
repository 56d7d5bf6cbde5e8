"""Asking for a waiver, approving, declining, taking back, ending it. Every one is one transaction with its audit
entry; nobody approves what they asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.services import audit, values_in_force
from supervision.weekly.checks import WAIVABLE
from supervision.weekly.parameters import RULE_WAIVER_DAYS

from .enums import RuleWaiverAct, RuleWaiverState
from .flow import FLOW
from .models import RuleWaiver
from .policies import check_act, check_ask


@transaction.atomic
def ask(
    *,
    street: Organisation,
    project: Project | None,
    rule: str,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: User,
    now: datetime,
) -> RuleWaiver:
    """Ask that a rule spare a street, or one project of it (``project``), from a day to the end of another.

    Refuses a rule that cannot be waived (``rule_waiver.rule``), a project of another street (``rule_waiver.project``), a first
    day that is past or lies after the last (``rule_waiver.days``), more days than the bureau allows (``rule_waiver.long``), an
    empty reason (``rule_waiver.reason``), and a second one for the same rule, subject and days (``rule_waiver.twice``).
    """
    today = local_day(now)
    check_ask(scope=scope_of(by, on=today), street=street)
    # Two who ask for the same wait for each other here; an audit entry points at the street, so no FOR UPDATE.
    Organisation.objects.select_for_update(no_key=True).get(pk=street.pk)
    if rule not in WAIVABLE:
        raise Refusal(
            "rule_waiver.rule", "这条规则不能豁免，只有“需说明”的规则可以。", field="rule"
        )
    if project is not None and project.street_id != street.pk:
        raise Refusal(
            "rule_waiver.project", f"{project.name}不是{street.short_name}的项目。", field="subject"
        )
    if starts_on < today:
        raise Refusal("rule_waiver.days", "豁免不能从过去的日子起。", field="starts_on")
    if ends_on < starts_on:
        raise Refusal("rule_waiver.days", "到期日不能早于起始日。", field="ends_on")
    longest = values_in_force(organisation=street, on=today)[RULE_WAIVER_DAYS.key]
    if (ends_on - starts_on).days + 1 > longest:
        raise Refusal(
            "rule_waiver.long", f"一项豁免最长 {longest} 天，到期可以再申请。", field="ends_on"
        )
    words = reason.strip()
    if not words:
        raise Refusal("rule_waiver.reason", "请写明为什么要豁免。", field="reason")
    _check_once(street, project, rule, starts_on, ends_on)
    made = RuleWaiver.objects.create(
        street=street,
        project=project,
        rule=rule,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=words[:200],
        asked_by=by,
        asked_at=now,
    )
    _keep(made, RuleWaiverAct.ASK, words, by=by, now=now)
    return made


def _check_once(
    street: Organisation, project: Project | None, rule: str, first: date, last: date
) -> None:
    about = Q(project=None) if project is None else Q(project=None) | Q(project=project)
    same = RuleWaiver.objects.standing().filter(
        about, street=street, rule=rule, starts_on__lte=last, ends_on__gte=first
    )
    if (known := same.select_related("project", "street").first()) is not None:
        raise Refusal(
            "rule_waiver.twice",
            f"{known.subject}这条规则在{chinese_date(known.starts_on)}至{chinese_date(known.ends_on)}"
            f"已有一项{known.get_state_display()}的豁免。",
            field="rule",
        )


@transaction.atomic
def approve(*, waiver: RuleWaiver, comment: str, by: User, now: datetime) -> RuleWaiver:
    """Let it hold, from its first day or from now. Not by who asked; refuses one whose days are past
    (``rule_waiver.over``)."""
    return _decide(waiver, RuleWaiverAct.APPROVE, comment, by=by, now=now)


@transaction.atomic
def decline(*, waiver: RuleWaiver, comment: str, by: User, now: datetime) -> RuleWaiver:
    """Not let it hold; says why (``comment.missing``)."""
    return _decide(waiver, RuleWaiverAct.DECLINE, _words(comment), by=by, now=now)


@transaction.atomic
def withdraw(*, waiver: RuleWaiver, comment: str, by: User, now: datetime) -> RuleWaiver:
    """Taken back by who asked, before it is decided."""
    return _move(waiver, RuleWaiverAct.WITHDRAW, comment.strip(), by=by, now=now)


@transaction.atomic
def revoke(*, waiver: RuleWaiver, comment: str, by: User, now: datetime) -> RuleWaiver:
    """End it before its last day, from now on; says why (``comment.missing``). What it spared stays spared."""
    return _move(
        waiver, RuleWaiverAct.REVOKE, _words(comment), by=by, now=now, ended_by=by, ended_at=now
    )


def _decide(
    waiver: RuleWaiver, act: RuleWaiverAct, comment: str, *, by: User, now: datetime
) -> RuleWaiver:
    return _move(waiver, act, comment.strip(), by=by, now=now, decided_by=by, decided_at=now)


def _words(comment: str) -> str:
    said = comment.strip()
    if not said:
        raise Refusal("comment.missing", "请写明原因。", field="comment")
    return said


def _move(
    waiver: RuleWaiver, act: RuleWaiverAct, comment: str, *, by: User, now: datetime, **values: Any
) -> RuleWaiver:
    rows = RuleWaiver.objects.select_for_update(of=("self",)).select_related("street", "project")
    locked = rows.get(pk=waiver.pk)
    today = local_day(now)
    check_act(waiver=locked, act=act, scope=scope_of(by, on=today), today=today)
    before, state = locked.state, FLOW.next(locked.state, act)
    changed = RuleWaiver.objects.filter(pk=locked.pk, state=before).update(
        state=state, comment=comment[:200], **values
    )
    waiver.refresh_from_db()
    if not changed:
        raise StateConflict(FLOW.refusal(waiver.state, act), state=waiver.state)
    _keep(waiver, act, comment, by=by, now=now, before=before)
    return waiver


def _keep(
    waiver: RuleWaiver, act: RuleWaiverAct, words: str, *, by: User, now: datetime, before: str = ""
) -> None:
    days = f"{chinese_date(waiver.starts_on)}至{chinese_date(waiver.ends_on)}"
    word = act.label if act is RuleWaiverAct.ASK else f"{act.label}豁免"
    audit(
        act=f"rule_waiver.{act}",
        sentence=f"{word}：{waiver.subject}，规则 {waiver.rule}（{WAIVABLE[waiver.rule].title}），{days}",
        by=by,
        now=now,
        target=waiver,
        organisation=waiver.street,
        reason=words,
        changes={"state": [before or None, str(RuleWaiverState(waiver.state))]},
    )
