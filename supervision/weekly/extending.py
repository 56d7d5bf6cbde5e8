"""准许延后: the closing moment of a street is moved by name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.records.services import audit

from .models import ReturnException
from .policies import check_grant
from .reminding.settling import reopen_reminders
from .weeks import bureau_of, closing_moment, moments_of


@transaction.atomic
def grant_exception(
    *,
    street: Organisation,
    week: Week,
    closes_at: datetime,
    reason: str,
    by: User,
    now: datetime,
) -> ReturnException:
    """Let a street submit until a later closing moment; the due moment stays, so it is late all the same. Where the
    week was closed already, the reminders of what it owes stand open again.

    Refuses a week that asks for nothing, a moment that is past (``exception.past``) or not later than the
    present closing moment (``exception.earlier``), and an empty reason (``exception.reason``).
    """
    check_grant(scope=scope_of(by, on=local_day(now)), street=street)
    moments = moments_of(bureau=bureau_of(street), week=week, now=now)
    present = closing_moment(street=street, moments=moments)
    if present is None:
        raise Refusal("week.not_asked", f"{week.label}没有工作日，不要求报送，不必延后。")
    if closes_at <= now:
        raise Refusal("exception.past", "延至的时间须晚于现在。", field="closes_at")
    if closes_at <= present:
        raise Refusal(
            "exception.earlier",
            f"延至的时间须晚于现在的关闭时间{chinese_moment(present)}。",
            field="closes_at",
        )
    if not reason.strip():
        raise Refusal("exception.reason", "请写明准许延后的原因。", field="reason")
    granted = ReturnException.objects.create(
        street=street,
        week_start=week.start,
        closes_at=closes_at,
        reason=reason.strip()[:200],
        granted_by=by,
        granted_at=now,
    )
    audit(
        act="return.exception",
        sentence=f"准许{street.short_name}{week.label}周报延至{chinese_moment(closes_at)}关闭",
        by=by,
        now=now,
        target=granted,
        organisation=street,
        changes={"closes_at": [present.isoformat(), closes_at.isoformat()]},
        reason=reason,
    )
    reopen_reminders(street=street, week=week, now=now)
    return granted
