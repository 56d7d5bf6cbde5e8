"""Mailing papers: only issued ones, only when their time has come, each address once."""

from __future__ import annotations

import socket
import threading
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from django.test import Client

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_moment
from renovation.jobs.models import Schedule
from renovation.records import sending as outbox
from renovation.records.channels.mail import compose
from renovation.records.models import AuditEntry, Message, MessageState, WorkState
from renovation.records.services import read_file, store_file
from reports.delivery import services
from reports.delivery.models import Delivery
from reports.papers import services as papers
from reports.papers.enums import PaperKind
from reports.papers.models import Document
from tests.conftest import Clock
from tests.factories.delivery import SubscriptionFactory
from tests.factories.papers import AFTER_QUARTER, QUARTER, WEEK, World, make_world

pytestmark = pytest.mark.django_db
NUMBER = "淄建发〔2025〕12号"
MOMENT = local_moment(AFTER_QUARTER.date() + timedelta(days=1), AFTER_QUARTER.time())
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(clock: Clock) -> World:
    clock.at("2025-10-09 09:00")
    made = make_world()
    plan(made.district.bureau)
    return made


def plan(bureau: Organisation, **more: object) -> Schedule:
    values: dict[str, object] = {"kind": "delivery.bulletin", "rule": {}, "is_enabled": True}
    start = AFTER_QUARTER - timedelta(days=30)
    return Schedule.objects.create(organisation=bureau, **(values | {"starts_at": start, **more}))


def subscribe(world: World, email: str, **more: object) -> None:
    SubscriptionFactory(bureau=world.district.bureau, email=email, **more)


def render(document: Document, now: datetime = AFTER_QUARTER) -> None:
    """What the worker does with the requested files, without its typesetting."""
    for row in document.renditions.all():
        row.file = store_file(
            content=f"{document.pk} {row.format}".encode(),
            name=f"{document.title}.{row.format}",
            content_type="application/octet-stream",
            by=None,
            now=now,
        )
        row.work_state = WorkState.DONE
        row.save()


def addresses() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("recipient", flat=True))


def test_an_issued_paper_leaves_at_its_moment_once(world: World) -> None:
    street = world.district.street("banyanglu")
    subscribe(world, "a@bureau.example")
    subscribe(world, "b@bureau.example")
    subscribe(world, "off@bureau.example", is_active=False)
    subscribe(world, "sheet@bureau.example", kind=PaperKind.DISPATCH_SHEET)
    subscribe(world, "street@bureau.example", subject=street)
    other = SubscriptionFactory(email="boshan@bureau.example")
    document = world.issued()
    render(document)
    assert other.bureau != document.bureau
    assert services.deliver_due(now=MOMENT - MINUTE) == 0
    assert addresses() == []
    assert services.deliver_due(now=MOMENT) == 2
    assert services.deliver_due(now=MOMENT + MINUTE) == 0
    assert addresses() == ["a@bureau.example", "b@bureau.example"]
    mail = Message.objects.first()
    assert mail is not None
    # Read on a phone at its own size, with the files named before they are opened.
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in mail.html
    assert f"<p>附件：</p>\n    <ol><li>{document.title}" in mail.html
    assert f'（<span class="number">{document.number}</span>）已印发' in mail.html
    assert ".number { white-space: nowrap; }" in mail.html
    assert mail.subject == document.title
    assert [file.name.rpartition(".")[2] for file in mail.attachments.order_by("pk")] == [
        "pdf",
        "xlsx",
    ]
    sentence = AuditEntry.objects.get(act="document.deliver").sentence
    assert sentence == f"“{document.title}”交付发送，2 个收件人"


def test_files_that_are_not_made_hold_the_paper_back(world: World) -> None:
    subscribe(world, "a@bureau.example")
    document = world.issued()
    assert services.deliver_due(now=MOMENT) == 0
    assert addresses() == []
    render(document)
    assert services.deliver_due(now=MOMENT + MINUTE) == 1


def test_an_unsigned_paper_reminds_once_and_never_leaves(world: World) -> None:
    subscribe(world, "a@bureau.example")
    for name in ("leader", "office", "bureau"):
        user = world.users[name]
        user.email = f"{name}@bureau.example"
        user.save()
    document = world.bulletin()
    render(document)
    assert services.deliver_due(now=MOMENT) == 0
    with pytest.raises(Refusal) as refused:
        services.deliver(document=document, by=None, now=MOMENT)
    assert refused.value.code == "delivery.not_issued"
    for _ in range(2):
        said = services.remind_unsigned(
            kind=PaperKind.BULLETIN,
            bureau=world.district.bureau,
            period_key=QUARTER.key,
            now=MOMENT,
        )
        assert said == {"issued": False, "reminders": 2}
    assert sorted(addresses()) == ["leader@bureau.example", "office@bureau.example"]
    mail = Message.objects.first()
    assert mail is not None
    assert mail.subject == f"到时未签发：{document.title}"
    assert f"应于{chinese_moment(MOMENT)}发送" in mail.text
    assert mail.attachments.count() == 0
    assert not Delivery.objects.exists()


def reminder(world: World, kind: PaperKind, period_key: str) -> tuple[str, str]:
    """Subject and words of the mail that the leader gets at the mailing moment."""
    leader = world.users["leader"]
    leader.email = "leader@bureau.example"
    leader.save()
    services.remind_unsigned(
        kind=kind, bureau=world.district.bureau, period_key=period_key, now=MOMENT
    )
    mail = Message.objects.get()
    return mail.subject, mail.text.strip()


def test_a_sheet_that_nobody_compiled_reminds_in_its_own_words(world: World) -> None:
    """A sheet is compiled and issued; nobody drafts, signs or numbers it."""
    plan(world.district.bureau, kind="delivery.sheet")
    subject, text = reminder(world, PaperKind.DISPATCH_SHEET, WEEK.key)
    title = "第39周（9月22日—9月28日）周调度表"
    assert subject == f"到时未印发：{title}"
    assert text == (
        f"“{title}”应于2025年9月29日 16:00发送，现在是“还没有编制”。印发后，系统立即发送；不印发不会发送。"
    )


def test_a_sheet_that_is_compiled_reminds_that_it_is_not_issued(world: World) -> None:
    plan(world.district.bureau, kind="delivery.sheet")
    sheet = world.sheet(now=MOMENT)
    assert reminder(world, PaperKind.DISPATCH_SHEET, WEEK.key) == (
        f"到时未印发：{sheet.title}",
        f"“{sheet.title}”应于2025年9月29日 16:00发送，现在是“草稿”。印发后，系统立即发送；不印发不会发送。",
    )


def test_a_bulletin_reminds_of_what_it_lacks(world: World) -> None:
    subject, text = reminder(world, PaperKind.BULLETIN, QUARTER.key)
    assert subject == "到时未签发：2025年第三季度通报"
    assert "现在是“还没有拟稿”。签发并编号后，系统立即发送；不签发不会发送。" in text
    Message.objects.all().delete()
    signed = world.signed()
    subject, text = reminder(world, PaperKind.BULLETIN, QUARTER.key)
    assert subject == f"到时未编号印发：{signed.title}"
    assert "现在是“已签发”。编号印发后，系统立即发送；不编号印发不会发送。" in text


def test_a_correction_on_its_way_reminds_nobody_of_what_is_issued(world: World) -> None:
    document = world.issued()
    papers.correct(
        document=document, reason="户数更正", by=world.users["bureau"], now=MOMENT - MINUTE
    )
    said = services.remind_unsigned(
        kind=PaperKind.BULLETIN, bureau=world.district.bureau, period_key=QUARTER.key, now=MOMENT
    )
    assert said == {"issued": True, "reminders": 0}


def test_a_title_broken_by_hand_is_mailed_in_one_line(world: World) -> None:
    subscribe(world, "a@bureau.example")
    draft = world.bulletin()
    papers.edit_text(
        document=draft, key="title", text="老旧小区改造\n第三季度通报", by=world.users["bureau"], now=MOMENT
    )  # fmt: skip
    document = world.issued()
    assert document.title == "老旧小区改造第三季度通报"
    render(document)
    assert services.deliver_due(now=MOMENT) == 1
    mail = Message.objects.get()
    subject = compose(mail).message()["Subject"]
    assert str(make_header(decode_header(subject))) == "老旧小区改造第三季度通报"


def test_a_title_has_room_for_a_hundred_characters(world: World) -> None:
    draft = world.bulletin()
    with pytest.raises(Refusal) as refused:
        papers.edit_text(
            document=draft, key="title", text="改" * 101, by=world.users["bureau"], now=MOMENT
        )
    assert (refused.value.code, refused.value.field) == ("paper.text_too_long", "title")


def test_a_paper_that_is_signed_late_leaves_at_once(world: World) -> None:
    subscribe(world, "a@bureau.example")
    late = MOMENT + timedelta(days=4)
    signed = world.signed(now=late)
    assert services.deliver_due(now=late) == 0
    document = papers.number(document=signed, number=NUMBER, by=world.users["office"], now=late)
    render(document)
    assert services.deliver_due(now=late) == 1
    assert addresses() == ["a@bureau.example"]
    said = services.remind_unsigned(
        kind=PaperKind.BULLETIN,
        bureau=world.district.bureau,
        period_key=QUARTER.key,
        now=late,
    )
    assert said == {"issued": True, "reminders": 0}
    assert addresses() == ["a@bureau.example"]


def test_what_fell_due_before_the_schedule_is_not_mailed(world: World) -> None:
    subscribe(world, "a@bureau.example")
    render(world.issued())
    Schedule.objects.update(starts_at=MOMENT + MINUTE)
    assert services.deliver_due(now=MOMENT + timedelta(days=1)) == 0
    Schedule.objects.update(starts_at=MOMENT, is_enabled=False)
    assert services.deliver_due(now=MOMENT + timedelta(days=1)) == 0
    Schedule.objects.update(is_enabled=True)
    assert services.deliver_due(now=MOMENT + timedelta(days=1)) == 1


def test_what_the_schedule_does_not_mail_is_sent_by_hand(world: World) -> None:
    office = world.users["office"]
    document = world.issued()
    with pytest.raises(Refusal) as refused:
        services.send_now(document=document, by=office, now=MOMENT - MINUTE)
    assert refused.value.code == "delivery.not_yet"
    Schedule.objects.update(starts_at=MOMENT + MINUTE)
    assert "系统不会自动发送" in services.outlook(document=document, now=MOMENT)
    with pytest.raises(Refusal) as refused:
        services.send_now(document=document, by=office, now=MOMENT)
    assert refused.value.code == "paper.not_rendered"
    render(document)
    with pytest.raises(Refusal) as refused:
        services.send_now(document=document, by=office, now=MOMENT)
    assert refused.value.code == "delivery.nobody"
    subscribe(world, "a@bureau.example")
    client = Client()
    client.force_login(office)
    page = client.get(f"/delivery/documents/{document.pk}/").content.decode()
    assert f"/delivery/documents/{document.pk}/send/" in page
    assert client.post(f"/delivery/documents/{document.pk}/send/").status_code == 302
    assert addresses() == ["a@bureau.example"]


def test_only_failed_mails_are_resent(world: World) -> None:
    states = [MessageState.FAILED, MessageState.SENT, MessageState.UNKNOWN]
    for state in states:
        subscribe(world, f"{state}@bureau.example")
    document = world.issued()
    render(document)
    assert services.deliver_due(now=MOMENT) == 3
    before = {}
    for mail, state in zip(Message.objects.order_by("pk"), states, strict=True):
        mail.state = state
        mail.save()
        before[mail.recipient] = mail.message_id
    office = world.users["office"]
    assert services.resend_failed(document=document, by=office, now=MOMENT) == 1
    assert services.resend_failed(document=document, by=office, now=MOMENT) == 0
    rows = Message.objects.order_by("pk")
    assert [row.state for row in rows] == [
        MessageState.QUEUED,
        MessageState.SENT,
        MessageState.UNKNOWN,
    ]
    assert {row.recipient: row.message_id for row in rows} == before
    unknown = Delivery.objects.get(recipient="unknown@bureau.example")
    services.resend_one(delivery=unknown, by=office, now=MOMENT)
    unknown.mail.refresh_from_db()
    assert unknown.mail.state == MessageState.QUEUED


def test_a_mail_whose_outcome_is_unknown_is_resent_by_a_person_only(world: World) -> None:
    """Neither the sweeps nor the button for failed ones touch it; the one who resends is on record."""
    subscribe(world, "a@bureau.example")
    document = world.issued()
    render(document)
    services.deliver_due(now=MOMENT)
    mail = Message.objects.get()
    Message.objects.update(state=MessageState.SENDING, claimed_at=MOMENT)
    later = MOMENT + timedelta(hours=1)
    assert outbox.mark_unknown(now=later) == 1
    for days in (0, 1, 30):
        now = later + timedelta(days=days)
        assert (outbox.send_due(now=now), services.deliver_due(now=now)) == (0, 0)
    assert services.resend_failed(document=document, by=world.users["office"], now=later) == 0
    assert Message.objects.get().state == MessageState.UNKNOWN
    delivery = Delivery.objects.get()
    address = f"/delivery/{delivery.pk}/resend/"
    for user, status in (("bureau", 403), ("admin", 403)):
        client = Client()
        client.force_login(world.users[user])
        assert client.post(address).status_code == status
    client = Client()
    client.force_login(world.users["office"])
    assert client.get(address).status_code == 405
    assert Message.objects.get().state == MessageState.UNKNOWN
    assert client.post(address).status_code == 302
    again = Message.objects.get()
    assert (again.state, again.message_id) == (MessageState.QUEUED, mail.message_id)
    assert AuditEntry.objects.get(act="message.resend").actor == world.users["office"]


class Deaf:
    """A mail server that takes the whole message and hangs up without an answer."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.messages: list[bytes] = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        line, _ = self.socket.accept()
        with line, line.makefile("rwb") as stream:
            stream.write(b"220 deaf\r\n")
            stream.flush()
            while command := stream.readline():
                if command.upper().startswith(b"DATA"):
                    stream.write(b"354 go on\r\n")
                    stream.flush()
                    taken = []
                    while (part := stream.readline()) not in {b".\r\n", b""}:
                        taken.append(part)
                    self.messages.append(b"".join(taken))
                    return
                stream.write(b"250 ok\r\n")
                stream.flush()


def test_a_line_that_breaks_after_the_message_leaves_the_outcome_unknown(
    world: World, settings: Any
) -> None:
    """The server may have it: nobody knows, so nothing is sent again by itself."""
    subscribe(world, "a@bureau.example")
    document = world.issued()
    render(document)
    services.deliver_due(now=MOMENT)
    server = Deaf()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    assert outbox.send_due(now=MOMENT) == 0
    mail = Message.objects.get()
    assert (mail.state, mail.attempts) == (MessageState.UNKNOWN, 1)
    assert mail.error == "与邮件服务器的连接中断，不知道是否已送出。"
    assert mail.message_id.encode() in server.messages[0]
    assert outbox.send_due(now=MOMENT + timedelta(days=1)) == 0
    assert len(server.messages) == 1


def test_the_filed_scan_is_what_leaves(world: World) -> None:
    subscribe(world, "a@bureau.example")
    document = world.issued()
    render(document)
    scan = b"%PDF-1.7\n%%EOF\n"
    papers.file_original(
        document=document, content=scan, name="盖章.pdf", by=world.users["office"], now=MOMENT
    )
    assert services.deliver_due(now=MOMENT) == 1
    first, second = Message.objects.get().attachments.order_by("pk").reverse()
    kept = {file.name: read_file(file=file) for file in (first, second)}
    assert kept["盖章.pdf"] == scan
    assert {name.rpartition(".")[2] for name in kept} == {"pdf", "xlsx"}


def test_a_correction_leaves_and_what_it_replaced_does_not(world: World) -> None:
    """Also where a correction between was withdrawn: v1 issued, v2 withdrawn, v3 issued before the moment."""
    subscribe(world, "a@bureau.example")
    users, now = world.users, AFTER_QUARTER
    first = world.issued()
    second = papers.correct(document=first, reason="误", by=users["bureau"], now=now)
    papers.withdraw(document=second, by=users["bureau"], now=now, opinion="误")
    third = papers.correct(document=first, reason="更正户数", by=users["bureau"], now=now)
    third = papers.check(document=third, by=users["bureau2"], now=now)
    third = papers.approve(document=third, by=users["reviewer"], now=now)
    third = papers.sign(document=third, by=users["leader"], now=now)
    third = papers.number(
        document=third, number="淄建发〔2025〕13号", by=users["office"], now=now + MINUTE
    )
    for document in (first, third):
        render(document, now + MINUTE)
    assert services.deliver_due(now=MOMENT) == 1
    delivery = Delivery.objects.get()
    assert delivery.document == third
    assert delivery.mail.subject == f"【更正】{third.title}"
    assert "替代淄建发〔2025〕12号。更正原因：更正户数。" in delivery.mail.text
    assert '替代<span class="number">淄建发〔2025〕12号</span>。更正原因：' in delivery.mail.html


def test_a_second_draft_after_a_withdrawn_one_corrects_nothing(world: World) -> None:
    subscribe(world, "a@bureau.example")
    draft = world.bulletin()
    papers.withdraw(document=draft, by=world.users["bureau"], now=AFTER_QUARTER, opinion="改期")
    document = world.issued()
    assert document.version == 2
    render(document)
    services.deliver_due(now=MOMENT)
    mail = Message.objects.get()
    assert mail.subject == document.title
    assert "更正" not in mail.text.replace(document.title, "")
