"""Outgoing mail against a real SMTP server: once, late, refused, cut short."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from renovation.core.errors import Refusal
from renovation.records import sending as outbox
from renovation.records.models import AuditEntry, Message, MessageState, StoredFile
from renovation.records.services import read_file, store_file
from renovation.records.telling import queue_mail
from tests.conftest import SmtpServer
from tests.factories.accounts import UserFactory
from tests.servers import free_port

NOW = datetime(2025, 10, 10, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POST = "banyanglu@street.example"

pytestmark = pytest.mark.django_db


def queue(key: str = "document:1", recipient: str = POST, **more: object) -> Message:
    fields: dict[str, object] = {
        "kind": "paper.delivery",
        "recipient": recipient,
        "recipient_name": "般阳路街道办事处",
        "subject": "关于第三季度改造情况的通报",
        "text": "请查收附件。\n",
        "now": NOW,
    }
    return queue_mail(key=key, **(fields | more))  # type: ignore[arg-type]


def keep(content: bytes, name: str = "第三季度通报.pdf", **more: bool) -> StoredFile:
    return store_file(
        content=content, name=name, content_type="application/pdf", by=None, now=NOW, **more
    )


def test_a_mail_is_sent_once(smtp_server: SmtpServer) -> None:
    mail = queue()
    assert outbox.send_due(now=NOW) == 1
    assert outbox.send_due(now=NOW + MINUTE) == 0
    assert not outbox.send(message_id=mail.pk, now=NOW + MINUTE)
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.attempts, mail.error) == (MessageState.SENT, NOW, 1, "")
    (message,) = smtp_server.to(POST)
    assert message["Subject"] == "关于第三季度改造情况的通报"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"].addresses[0].display_name == "般阳路街道办事处"
    assert message.get_content().strip() == "请查收附件。"


def test_the_same_key_makes_no_second_mail(smtp_server: SmtpServer) -> None:
    first = queue()
    second = queue(subject="另一封", recipient="other@street.example")
    assert second.pk == first.pk
    assert Message.objects.values_list("subject", flat=True).get() == first.subject
    assert outbox.send_due(now=NOW) == 1
    assert smtp_server.recipients == [[POST]]


def test_a_mail_waits_for_its_moment(smtp_server: SmtpServer) -> None:
    queue(not_before=NOW + MINUTE)
    assert outbox.send_due(now=NOW) == 0
    assert smtp_server.messages == []
    assert outbox.send_due(now=NOW + MINUTE) == 1


def test_one_sweep_sends_fifty(smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PER_SWEEP", 2)
    for number in range(3):
        queue(key=f"k{number}", recipient=f"post-{number}@street.example")
    assert outbox.send_due(now=NOW) == 2
    assert outbox.send_due(now=NOW) == 1
    assert smtp_server.recipients == [[f"post-{n}@street.example"] for n in range(3)]


def test_a_temporary_refusal_is_tried_again_later_each_time(smtp_server: SmtpServer) -> None:
    smtp_server.refuse(POST, "451 4.3.0 try again later")
    mail = queue()
    moment = NOW
    for attempt, wait in enumerate(outbox.BACK_OFF, start=1):
        assert outbox.send_due(now=moment) == 0
        mail.refresh_from_db()
        assert (mail.state, mail.attempts) == (MessageState.QUEUED, attempt)
        assert mail.next_attempt_at == moment + wait
        assert mail.error == "邮件服务器不接受这个地址（451）。"
        assert outbox.send_due(now=moment + wait - timedelta(seconds=1)) == 0
        mail.refresh_from_db()
        assert mail.attempts == attempt
        moment += wait
    assert outbox.send_due(now=moment) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MessageState.FAILED, 6)
    assert smtp_server.messages == []


def test_after_a_temporary_refusal_the_same_message_leaves(smtp_server: SmtpServer) -> None:
    smtp_server.refuse(POST, "451 4.3.0 try again later")
    mail = queue()
    outbox.send_due(now=NOW)
    smtp_server.refusals.clear()
    assert outbox.send_due(now=NOW + MINUTE) == 1
    assert [m["Message-ID"] for m in smtp_server.to(POST)] == [mail.message_id]


def test_a_refused_address_fails_at_once_and_others_leave(smtp_server: SmtpServer) -> None:
    smtp_server.refuse(POST, "550 5.1.1 no such mailbox")
    bad, good = queue(), queue(key="document:2", recipient="good@street.example")
    assert outbox.send_due(now=NOW) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.attempts) == (MessageState.FAILED, 1)
    assert bad.error == "邮件服务器不接受这个地址（550）。"
    assert POST not in bad.error
    assert good.state == MessageState.SENT
    assert outbox.send_due(now=NOW + timedelta(days=1)) == 0
    assert smtp_server.recipients == [["good@street.example"]]


def test_no_server_means_later(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    mail = queue()
    assert outbox.send_due(now=NOW) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MessageState.QUEUED, 1)
    assert mail.error == "连不上邮件服务器。"
    assert mail.next_attempt_at == NOW + MINUTE


def test_a_mail_cut_short_is_unknown_until_a_person_resends_it(smtp_server: SmtpServer) -> None:
    mail = queue()
    Message.objects.filter(pk=mail.pk).update(state=MessageState.SENDING, claimed_at=NOW)
    assert outbox.mark_unknown(now=NOW + outbox.SENDING_LEASE) == 0
    later = NOW + outbox.SENDING_LEASE + MINUTE
    assert outbox.mark_unknown(now=later) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.error) == (MessageState.UNKNOWN, "发送中断，不知道是否已送出。")
    assert outbox.send_due(now=later + timedelta(days=1)) == 0
    assert smtp_server.messages == []

    person = UserFactory(post_name="区住建局 办公室")
    outbox.resend(message=mail, by=person, now=later)
    assert outbox.send_due(now=later) == 1
    assert [m["Message-ID"] for m in smtp_server.to(POST)] == [mail.message_id]
    entry = AuditEntry.objects.get(act="message.resend")
    assert entry.actor == person
    assert POST not in entry.sentence


def test_only_trouble_is_resent(smtp_server: SmtpServer) -> None:
    mail = queue()
    person = UserFactory()
    for _ in range(2):  # queued, then sent
        with pytest.raises(Refusal) as refused:
            outbox.resend(message=mail, by=person, now=NOW)
        assert refused.value.code == "message.not_failed"
        outbox.send_due(now=NOW)
    assert len(smtp_server.messages) == 1
    assert not AuditEntry.objects.filter(act="message.resend").exists()


def test_an_attachment_has_its_chinese_name_and_an_ascii_one(smtp_server: SmtpServer) -> None:
    queue(attachments=[keep(b"%PDF-1.7 paper")], html="<p>请查收附件。</p>")
    assert outbox.send_due(now=NOW) == 1
    (message,) = smtp_server.messages
    (part,) = message.iter_attachments()
    assert part.get_filename() == "第三季度通报.pdf"
    assert part.get_content_type() == "application/pdf"
    assert part.get_param("name") == "document-1.pdf"
    assert part.get_content() == b"%PDF-1.7 paper"
    raw = part.as_bytes().decode("ascii")
    assert "filename*=" in raw.replace("filename*0*=", "filename*=")  # RFC 2231
    body = message.get_body(("html",))
    assert body is not None
    assert body.get_content().strip() == "<p>请查收附件。</p>"


def test_a_damaged_attachment_stops_the_mail(
    smtp_server: SmtpServer, settings: LazySettings
) -> None:
    file = keep(b"%PDF-1.7 whole")
    mail = queue(attachments=[file])
    (settings.MEDIA_ROOT / file.path).write_bytes(b"other")
    assert outbox.send_due(now=NOW) == 0
    mail.refresh_from_db()
    assert mail.state == MessageState.FAILED
    assert mail.error == "文件“第三季度通报.pdf”与存入时不一致，请联系管理员。"
    assert smtp_server.messages == []


def test_the_same_bytes_are_kept_once(settings: LazySettings) -> None:
    first, second = keep(b"same bytes"), keep(b"same bytes", name="又一份.pdf")
    other = keep(b"other bytes")
    assert first.pk != second.pk
    assert (first.path, first.sha256, first.size) == (second.path, second.sha256, 10)
    assert other.path != first.path
    kept = [each.name for each in settings.MEDIA_ROOT.rglob("*") if each.is_file()]
    assert (kept.count(first.sha256), kept.count(other.sha256)) == (1, 1)
    assert read_file(file=second) == b"same bytes"


def test_private_bytes_are_not_readable_on_the_disk(settings: LazySettings) -> None:
    file = keep("居民身份材料".encode(), is_private=True)
    assert "居民".encode() not in (settings.MEDIA_ROOT / file.path).read_bytes()
    assert read_file(file=file).decode() == "居民身份材料"
