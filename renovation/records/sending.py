"""Outgoing messages of all channels: a row per message, sent at most once unless a person says so.

A message is claimed (queued → sending), carried by its channel, and marked sent. What certainly did not arrive
is tried again, later each time. What is cut short between handing over and knowing stays ``sending`` and becomes
``unknown``, which only a person resends; the Message-ID never changes, so a receiver can tell a copy. What is
not wanted any more when its time comes is dropped, what must leave in office hours waits for them, and what tells
how things stand is compiled when it leaves.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day
from renovation.core.errors import Refusal

from .channels import CHANNELS, UndeliveredError
from .hours import office_calendar
from .models import Message, MessageState
from .services import audit
from .telling import kind_of

log = structlog.get_logger(__name__)

#: Organisation (id; None for messages of nobody) → the calendar with its office hours.
Offices = dict[int | None, WorkCalendar]
#: Waiting times after the first, second, … failure; after the last one the message has failed for good.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
#: A message that is being sent for longer than this was cut short.
SENDING_LEASE = timedelta(minutes=10)
PER_SWEEP = 50


def send_due(*, now: datetime) -> int:
    """Send the messages whose time has come, at most fifty; returns how many were sent.

    Each claim carries the moment at which it was made, and a slow server ends the batch early: a message on
    its way must never look abandoned. The next sweep goes on.
    """
    due = Message.objects.filter(state=MessageState.QUEUED, next_attempt_at__lte=now)
    pks = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:PER_SWEEP])
    began = time.monotonic()
    offices: Offices = {}
    sent = 0
    for pk in pks:
        spent = timedelta(seconds=int(time.monotonic() - began))
        if spent > SENDING_LEASE / 2:
            break
        sent += send(message_id=pk, now=now + spent, offices=offices)
    return sent


def send(*, message_id: int, now: datetime, offices: Offices | None = None) -> bool:
    """Send one queued message; False when it is not queued any more, waits for the office, was dropped or not
    taken. ``offices`` keeps the office hours that a batch has looked up."""
    message = (
        Message.objects.filter(pk=message_id, state=MessageState.QUEUED)
        .select_related("organisation")
        .first()
    )
    if message is None or _waits_for_the_office(message, now, {} if offices is None else offices):
        return False
    claimed = Message.objects.filter(pk=message_id, state=MessageState.QUEUED).update(
        state=MessageState.SENDING, claimed_at=now
    )
    if not claimed:
        return False
    try:
        reason = kind_of(message).outdated(message, now)
        if not reason:
            _compile(message, now)
    except Exception as fault:  # a check that breaks stops this message, not those behind it
        log.exception("message_unchecked", message_id=message.pk)
        broken = UndeliveredError(f"发送前核对出错（{type(fault).__name__}）。")
        broken.__cause__ = fault
        _failed(message, broken, now)
        return False
    if reason:
        Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
            state=MessageState.DROPPED, error=reason
        )
        return False
    try:
        CHANNELS[message.channel].carry(message)
    except UndeliveredError as fault:
        _failed(message, fault, now)
        return False
    except Exception as fault:  # nobody knows whether it arrived
        Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
            state=MessageState.UNKNOWN,
            error=getattr(fault, "sentence", f"发送出错（{type(fault).__name__}）。"),
            attempts=message.attempts + 1,
        )
        log.warning("message_unknown", message_id=message.pk, fault=type(fault).__name__)
        return False
    Message.objects.filter(
        pk=message.pk, state__in=[MessageState.SENDING, MessageState.UNKNOWN], claimed_at=now
    ).update(state=MessageState.SENT, sent_at=now, error="", attempts=message.attempts + 1)
    return True


def _compile(message: Message, now: datetime) -> None:
    """Say how things stand now that a message leaves for the first time; tried again it says the same. Where the
    attempt broke off before that, nothing of it has left, and the next one says how things stand then."""
    compiled = kind_of(message).compiled
    if compiled is None or message.compiled_at is not None:
        return
    subject, message.text = compiled(message, now)
    message.subject, message.compiled_at = subject[:200], now
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
        subject=message.subject, text=message.text, compiled_at=now
    )


def _waits_for_the_office(message: Message, now: datetime, offices: Offices) -> bool:
    """Put off what must leave in office hours to the next of them; a retry may have fallen outside."""
    if not kind_of(message).in_hours:
        return False
    if message.organisation_id not in offices:
        offices[message.organisation_id] = office_calendar(
            organisation=message.organisation, on=local_day(now)
        )
    opens_at = offices[message.organisation_id].next_work_moment(now)
    if opens_at <= now:
        return False
    Message.objects.filter(pk=message.pk, state=MessageState.QUEUED).update(
        next_attempt_at=opens_at
    )
    return True


def _failed(message: Message, fault: UndeliveredError, now: datetime) -> None:
    attempts = message.attempts + 1
    permanent = fault.for_good or attempts > len(BACK_OFF)
    Message.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
        state=MessageState.FAILED if permanent else MessageState.QUEUED,
        attempts=attempts,
        error=fault.sentence,
        next_attempt_at=now if permanent else now + BACK_OFF[attempts - 1],
    )
    log.warning(
        "message_failed",
        message_id=message.pk,
        channel=message.channel,
        attempts=attempts,
        fault=type(fault.__cause__ or fault).__name__,
    )


def mark_unknown(*, now: datetime) -> int:
    """Messages whose sender went away in the middle: nobody knows whether they left."""
    return Message.objects.filter(
        state=MessageState.SENDING, claimed_at__lt=now - SENDING_LEASE
    ).update(state=MessageState.UNKNOWN, error="发送中断，不知道是否已送出。")


@transaction.atomic
def resend(*, message: Message, by: User, now: datetime) -> None:
    """Queue a failed or unknown message once more, by hand, under the same Message-ID.

    Refuses (``message.not_failed``) one that waits, is being sent, was sent or dropped.
    """
    queued = Message.objects.filter(
        pk=message.pk, state__in=[MessageState.FAILED, MessageState.UNKNOWN]
    ).update(state=MessageState.QUEUED, attempts=0, next_attempt_at=now, error="")
    if not queued:
        raise Refusal("message.not_failed", "只有发送失败或结果不明的可以重发。")
    audit(
        act="message.resend",
        sentence=f"重发{message.get_channel_display()}“{message.subject}”给{message.recipient_name or '收件人'}",
        by=by,
        now=now,
        target=message,
        organisation=message.organisation,
    )
