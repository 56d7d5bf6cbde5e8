"""Reading one's desk, and choosing channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal
from renovation.records.models import Message, MessageChoice
from renovation.records.querysets import MessageQuerySet
from renovation.records.services import audit


def desk_of(*, scope: Scope) -> MessageQuerySet:
    """What stands on the scope's own person's desk, the newest first."""
    return Message.objects.at_desk_of(scope).order_by("-sent_at", "-pk")


def unread_of(*, scope: Scope, most: int) -> list[Message]:
    """The newest that the person has not read and that are not settled. One query."""
    rows = desk_of(scope=scope).unread().select_related("organisation")
    return list(rows[:most])


def mark_read(*, scope: Scope, pk: int | None, now: datetime) -> int:
    """Mark one message of the person's own desk as read, or all of them; returns how many were unread."""
    rows = Message.objects.at_desk_of(scope).unread()
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=now)


@dataclass(frozen=True, kw_only=True)
class ChoiceValues:
    """What a person chose."""

    reminders_by_mail: bool
    reminders_by_gateway: bool
    results_by_mail: bool
    gateway_address: str


@transaction.atomic
def save_choice(*, person: User, values: ChoiceValues, now: datetime) -> MessageChoice:
    """Keep by which channels a person is told; history keeps what stood before.

    Refuses (``message.no_address``) the gateway without a number or an account.
    """
    if values.reminders_by_gateway and not values.gateway_address:
        raise Refusal(
            "message.no_address",
            "请填写手机号或办公群账号，或者不选短信和办公群。",
            field="gateway_address",
        )
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    found = MessageChoice.objects.filter(person=person).first()
    choice = found or MessageChoice(person=person)
    changes = {
        name: [getattr(choice, name), value]
        for name, value in vars(values).items()
        if getattr(choice, name) != value
    }
    if found is not None and not changes:
        return found
    for name, value in vars(values).items():
        setattr(choice, name, value)
    choice.updated_at = now
    choice._history_user = person  # type: ignore[attr-defined]
    choice.save()
    shown = {
        name: change if name != "gateway_address" else ["…", "…"]
        for name, change in changes.items()
    }
    audit(
        act="message.choice",
        sentence="修改自己的消息设置",
        by=person,
        now=now,
        target=choice,
        changes=shown,
    )
    return choice
