"""Switching the review by a street off and on again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.services import audit
from supervision.weekly.policies import check_street

from .models import ReviewWaiver


def review_waiver_of(*, street: Organisation, day: date) -> ReviewWaiver | None:
    """By which a return that the street sends on a day goes to the bureau at once, None where its own people
    review. One query."""
    return ReviewWaiver.objects.in_force_on(day).filter(street=street).first()


def _check(*, by: User, street: Organisation, now: datetime) -> None:
    scope = scope_of(by, on=local_day(now))
    check_street(scope=scope, street=street)
    if not scope.can(Permission.RETURN_APPROVE):
        raise Forbidden("街道审核由区局审核岗停用和恢复。")


@transaction.atomic
def waive_review(
    *,
    street: Organisation,
    valid_from: date,
    valid_to: date,
    reason: str,
    by: User,
    now: datetime,
) -> ReviewWaiver:
    """Switch the review of a street off from one day to another, both included.

    Refuses who does not approve returns of the street (``Forbidden``), an end before the start or before today
    (``review_waiver.days``), no reason (``review_waiver.reason``), and days that another one covers (``review_waiver.twice``).
    """
    _check(by=by, street=street, now=now)
    Organisation.objects.select_for_update(no_key=True).get(pk=street.pk)
    if valid_to < valid_from:
        raise Refusal("review_waiver.days", "截止日期不能早于开始日期。", field="valid_to")
    if valid_from < local_day(now):
        raise Refusal("review_waiver.days", "开始日期不能早于今天。", field="valid_from")
    why = reason.strip()
    if not why:
        raise Refusal("review_waiver.reason", "请写明停用街道审核的原因。", field="reason")
    others = ReviewWaiver.objects.filter(
        street=street, ended_at=None, valid_from__lte=valid_to, valid_to__gte=valid_from
    )
    if other := others.first():
        raise Refusal(
            "review_waiver.twice",
            f"{chinese_date(other.valid_from)}至{chinese_date(other.valid_to)}已经停用，请换日期。",
            field="valid_from",
        )
    made = ReviewWaiver.objects.create(
        street=street,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=why[:200],
        approved_by=by,
        approved_at=now,
    )
    audit(
        act="return.waive_review",
        sentence=f"{chinese_date(valid_from)}至{chinese_date(valid_to)}停用{street.short_name}的街道审核",
        by=by,
        now=now,
        target=made,
        organisation=street,
        reason=why,
    )
    return made


@transaction.atomic
def restore_review(*, waiver: ReviewWaiver, by: User, now: datetime) -> ReviewWaiver:
    """The street reviews again what it sends from now on; what was sent keeps the way it was sent by.

    Refuses who does not approve returns of the street (``Forbidden``), and what is over (``StateConflict``).
    """
    row = ReviewWaiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
    _check(by=by, street=row.street, now=now)
    if row.standing_on(local_day(now)) == "over":
        raise StateConflict("这次停用已经结束。", state="over")
    row.ended_by, row.ended_at = by, now
    row.save(update_fields=["ended_by", "ended_at"])
    audit(
        act="return.restore_review",
        sentence=f"恢复{row.street.short_name}的街道审核",
        by=by,
        now=now,
        target=row,
        organisation=row.street,
    )
    return row
