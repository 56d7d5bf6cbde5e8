"""E-mail over the SMTP server of ``EMAIL_URL``."""

from __future__ import annotations

import smtplib
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection

from renovation.core.errors import Refusal
from renovation.records.models import Message, StoredFile
from renovation.records.services import read_file

from .carrying import OutcomeUnknownError, UndeliveredError

log = structlog.get_logger(__name__)


class Mail:
    """One mail to one address, with a Message-ID that never changes."""

    def is_open(self) -> bool:
        """Every deployment has a mail backend, be it a folder of files."""
        return True

    def carry(self, message: Message) -> None:
        """What fails before the server took the mail is known to have failed; what breaks after is not known."""
        try:
            composed = compose(message)
            composed.message()  # what can't be written as a mail is known before anybody is called
            connection = get_connection()
            connection.open()
        except Exception as fault:
            raise _undelivered(fault) from fault
        try:
            connection.send_messages([composed])
        except smtplib.SMTPResponseException as fault:
            raise _undelivered(fault) from fault  # the server answered no
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise UndeliveredError(
                _sentence(fault), for_good=all(code >= 500 for code in codes)
            ) from fault
        except Exception as fault:  # the line broke while the server may have had it all
            raise OutcomeUnknownError(_sentence(fault)) from fault
        finally:
            _close(connection)


def _undelivered(fault: Exception) -> UndeliveredError:
    for_good = isinstance(fault, Refusal) or (
        isinstance(fault, smtplib.SMTPResponseException) and fault.smtp_code >= 550
    )
    return UndeliveredError(_sentence(fault), for_good=for_good)


def _close(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except Exception as fault:
        log.info("mail_connection_lost_at_close", fault=type(fault).__name__)


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail as it goes out: text, HTML where there is one, the attachments by their Chinese names
    with an ASCII name beside for old clients (STACK.md, Traps)."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[formataddr((message.recipient_name, message.recipient))],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for number, file in enumerate(message.attachments.order_by("pk"), start=1):
        mail.attach(_part(file, number))
    return mail


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
