"""Outgoing mail: a row per mail, sent at most once unless a person says so.

A mail is claimed (queued → sending), handed to the SMTP server, and marked sent. A refusal before the
server took it is known to have failed and is tried again, later each time. What is cut short between
handing over and knowing stays ``sending`` and becomes ``unknown``, which only a person resends; the
Message-ID never changes, so a receiver can tell a copy.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, make_msgid

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from renovation.accounts.models import Organisation, User
from renovation.core.errors import Refusal

from .models import MailState, OutboxMail, StoredFile
from .services import audit, read_file

log = structlog.get_logger(__name__)

#: Waiting times after the first, second, … failure; after the last one the mail has failed for good.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
#: A mail that is being sent for longer than this was cut short.
SENDING_LEASE = timedelta(minutes=10)
PER_SWEEP = 50


@transaction.atomic
def queue_mail(
    *,
    key: str,
    recipient: str,
    recipient_name: str,
    subject: str,
    text: str,
    now: datetime,
    html: str = "",
    attachments: Iterable[StoredFile] = (),
    organisation: Organisation | None = None,
    not_before: datetime | None = None,
) -> OutboxMail:
    """Put a mail into the outbox; the same key never makes a second one, and the first one is returned."""
    mail, created = OutboxMail.objects.get_or_create(
        key=key,
        defaults={
            "recipient": recipient,
            "recipient_name": recipient_name,
            "subject": subject[:200],
            "text": text,
            "html": html,
            "organisation": organisation,
            "message_id": make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]),
            "next_attempt_at": not_before or now,
            "created_at": now,
        },
    )
    if created:
        mail.attachments.set(attachments)
    return mail


def send_due(*, now: datetime) -> int:
    """Send the mails whose time has come, at most fifty; returns how many were sent.

    Each claim carries the moment at which it was made, and a slow server ends the batch early: a mail on
    its way must never look abandoned. The next sweep goes on.
    """
    due = OutboxMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lte=now)
    pks = list(due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:PER_SWEEP])
    began = time.monotonic()
    sent = 0
    for pk in pks:
        spent = timedelta(seconds=int(time.monotonic() - began))
        if spent > SENDING_LEASE / 2:
            break
        sent += send(mail_id=pk, now=now + spent)
    return sent


def send(*, mail_id: int, now: datetime) -> bool:
    """Send one queued mail; False when it is not queued any more or was not taken."""
    claimed = OutboxMail.objects.filter(pk=mail_id, state=MailState.QUEUED).update(
        state=MailState.SENDING, claimed_at=now
    )
    if not claimed:
        return False
    mail = OutboxMail.objects.get(pk=mail_id)
    try:
        message = compose(mail)
        message.message()  # what can't be written as a mail is known before anybody is called
        connection = get_connection()
        connection.open()
    except Exception as fault:
        _failed(mail, fault, now)
        return False
    try:
        connection.send_messages([message])
    except smtplib.SMTPResponseException as fault:
        _failed(mail, fault, now)  # the server answered no
        return False
    except smtplib.SMTPRecipientsRefused as fault:
        _failed(
            mail, fault, now, for_good=all(code >= 500 for code, _ in fault.recipients.values())
        )
        return False
    except Exception as fault:  # the line broke while the server may have had it all
        OutboxMail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(
            state=MailState.UNKNOWN, error=_sentence(fault), attempts=mail.attempts + 1
        )
        log.warning("mail_unknown", mail_id=mail.pk, fault=type(fault).__name__)
        return False
    finally:
        _close(connection)
    OutboxMail.objects.filter(
        pk=mail.pk, state__in=[MailState.SENDING, MailState.UNKNOWN], claimed_at=now
    ).update(state=MailState.SENT, sent_at=now, error="", attempts=mail.attempts + 1)
    return True


def _close(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except Exception as fault:
        log.info("mail_connection_lost_at_close", fault=type(fault).__name__)


def compose(mail: OutboxMail) -> EmailMultiAlternatives:
    """The message as it goes out: text, HTML where there is one, the attachments by their Chinese names
    with an ASCII name beside for old clients (STACK.md, Traps)."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[formataddr((mail.recipient_name, mail.recipient))],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    for number, file in enumerate(mail.attachments.order_by("pk"), start=1):
        message.attach(_part(file, number))
    return message


def _part(file: StoredFile, number: int) -> MIMEBase:
    maintype, _, subtype = file.content_type.partition("/")
    suffix = file.name.rpartition(".")[2] if "." in file.name else "bin"
    part = MIMEBase(
        maintype or "application", subtype or "octet-stream", name=f"document-{number}.{suffix}"
    )
    part.set_payload(read_file(file=file))
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", file.name))
    return part


def _sentence(fault: Exception) -> str:
    """What a person is told; never the recipient's address or the server's own words at length."""
    match fault:
        case smtplib.SMTPResponseException():
            return f"邮件服务器拒收（{fault.smtp_code}）。"
        case smtplib.SMTPRecipientsRefused():
            codes = "、".join(str(code) for code, _ in fault.recipients.values())
            return f"邮件服务器不接受这个地址（{codes}）。"
        case smtplib.SMTPServerDisconnected() | TimeoutError():
            return "与邮件服务器的连接中断，不知道是否已送出。"
        case ConnectionError() | OSError():
            return "连不上邮件服务器。"
        case Refusal():
            return fault.message
        case _:
            return f"发送出错（{type(fault).__name__}）。"


def _failed(mail: OutboxMail, fault: Exception, now: datetime, *, for_good: bool = False) -> None:
    attempts = mail.attempts + 1
    permanent = for_good or isinstance(fault, Refusal) or attempts > len(BACK_OFF)
    if isinstance(fault, smtplib.SMTPResponseException) and fault.smtp_code >= 550:
        permanent = True
    OutboxMail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(
        state=MailState.FAILED if permanent else MailState.QUEUED,
        attempts=attempts,
        error=_sentence(fault),
        next_attempt_at=now if permanent else now + BACK_OFF[attempts - 1],
    )
    log.warning("mail_failed", mail_id=mail.pk, attempts=attempts, fault=type(fault).__name__)


def mark_unknown(*, now: datetime) -> int:
    """Mails whose sender went away in the middle: nobody knows whether they left."""
    return OutboxMail.objects.filter(
        state=MailState.SENDING, claimed_at__lt=now - SENDING_LEASE
    ).update(state=MailState.UNKNOWN, error="发送中断，不知道是否已送出。")


@transaction.atomic
def resend(*, mail: OutboxMail, by: User, now: datetime) -> None:
    """Queue a failed or unknown mail once more, by hand, under the same Message-ID.

    Refuses (``mail.not_failed``) a mail that waits, is being sent or was sent.
    """
    queued = OutboxMail.objects.filter(
        pk=mail.pk, state__in=[MailState.FAILED, MailState.UNKNOWN]
    ).update(state=MailState.QUEUED, attempts=0, next_attempt_at=now, error="")
    if not queued:
        raise Refusal("mail.not_failed", "只有发送失败或结果不明的邮件可以重发。")
    audit(
        act="mail.resend",
        sentence=f"重发邮件“{mail.subject}”给{mail.recipient_name or '收件人'}",
        by=by,
        now=now,
        target=mail,
        organisation=mail.organisation,
    )
