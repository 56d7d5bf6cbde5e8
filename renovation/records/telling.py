"""Putting messages into the log: to a person by the channels that person wants, or a mail to an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from email.utils import make_msgid
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from renovation.accounts.models import Organisation, User
from renovation.core.messages import MessageKind, Purpose

from .channels import CHANNELS
from .hours import next_office_moment
from .models import ChannelCode, Message, MessageChoice, StoredFile

#: What a message is whose kind nobody declares any more.
OTHER = MessageKind(code="", label="其他", purpose=Purpose.PAPER)


@cache
def kinds() -> Mapping[str, MessageKind]:
    """All kinds that wings declare in their ``message_kinds.py``, by code."""
    found: dict[str, MessageKind] = {}
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "message_kinds"):
            for kind in import_module(f"{config.name}.message_kinds").KINDS:
                if kind.code in found:
                    raise RuntimeError(f"two message kinds have the code {kind.code!r}")
                found[kind.code] = kind
    return found


def kind_of(message: Message) -> MessageKind:
    """What was declared of a message's kind."""
    return kinds().get(message.kind, OTHER)


def choices_of(people: Collection[User]) -> dict[int, MessageChoice]:
    """person → what that person chose, where anything was. One query."""
    rows = MessageChoice.objects.filter(person__in=[person.pk for person in people])
    return {row.person_id: row for row in rows}


def addresses_of(
    person: User, choice: MessageChoice | None, purpose: Purpose
) -> dict[ChannelCode, str]:
    """By which channels a person is told things of a purpose, each with the address there ("" at the desk)."""
    chosen = choice or MessageChoice(person=person)
    by_mail = chosen.results_by_mail if purpose is Purpose.RESULT else chosen.reminders_by_mail
    found = {ChannelCode.DESK: ""}
    if by_mail and person.email:
        found[ChannelCode.MAIL] = person.email
    by_gateway = purpose is Purpose.REMINDER and chosen.reminders_by_gateway
    if by_gateway and chosen.gateway_address and CHANNELS[ChannelCode.GATEWAY].is_open():
        found[ChannelCode.GATEWAY] = chosen.gateway_address
    return found


@transaction.atomic
def tell(
    *,
    kind: str,
    key: str,
    person: User,
    choice: MessageChoice | None,
    subject: str,
    text: str,
    organisation: Organisation,
    now: datetime,
    period_key: str = "",
    link: str = "",
    told_by: User | None = None,
) -> list[Message]:
    """Tell a person something, a message for each channel that the person wants; the same key tells nothing
    twice. ``choice`` is the person's own (``choices_of``). Returns the messages that were made now.

    A kind ``in_hours`` leaves at once inside the organisation's office hours, else when they begin.
    """
    declared = kinds()[kind]
    leaves_at = (
        next_office_moment(organisation=organisation, moment=now) if declared.in_hours else now
    )
    made = []
    for channel, address in addresses_of(person, choice, declared.purpose).items():
        message, created = _put(
            key=f"{key}:{channel}",
            channel=channel,
            kind=kind,
            person=person,
            recipient=address,
            recipient_name=str(person),
            subject=subject,
            text=text,
            link=link,
            organisation=organisation,
            period_key=period_key,
            told_by=told_by,
            next_attempt_at=leaves_at,
            created_at=now,
        )
        if created:
            made.append(message)
    return made


@transaction.atomic
def queue_mail(
    *,
    key: str,
    kind: str,
    recipient: str,
    recipient_name: str,
    subject: str,
    text: str,
    now: datetime,
    html: str = "",
    attachments: Iterable[StoredFile] = (),
    organisation: Organisation | None = None,
    not_before: datetime | None = None,
) -> Message:
    """Put a mail to an address into the log; the same key never makes a second one, and the first one is
    returned."""
    message, created = _put(
        key=key,
        channel=ChannelCode.MAIL,
        kind=kind,
        recipient=recipient,
        recipient_name=recipient_name,
        subject=subject,
        text=text,
        html=html,
        organisation=organisation,
        next_attempt_at=not_before or now,
        created_at=now,
    )
    if created:
        message.attachments.set(attachments)
    return message


def _put(*, key: str, subject: str, **fields: Any) -> tuple[Message, bool]:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return Message.objects.get_or_create(
        key=key,
        defaults={"subject": subject[:200], "message_id": make_msgid(domain=domain), **fields},
    )
