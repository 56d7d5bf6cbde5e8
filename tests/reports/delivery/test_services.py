"""Mailing papers: only issued ones, only when their time has come, each address once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal
from renovation.jobs.models import Schedule
from renovation.records.models import AuditEntry, MailState, OutboxMail, WorkState
from renovation.records.services import store_file
from reports.delivery import services
from reports.delivery.models import Delivery
from reports.papers import services as papers
from reports.papers.enums import PaperKind
from reports.papers.models import Document
from tests.conftest import Clock
from tests.factories.delivery import SubscriptionFactory
from tests.factories.papers import AFTER_QUARTER, QUARTER, World, make_world

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
    return list(OutboxMail.objects.order_by("pk").values_list("recipient", flat=True))


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
    mail = OutboxMail.objects.first()
    assert mail is not None
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
    mail = OutboxMail.objects.first()
    assert mail is not None
    assert mail.subject == f"到时未签发：{document.title}"
    assert mail.attachments.count() == 0
    assert not Delivery.objects.exists()


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


def test_only_failed_mails_are_resent(world: World) -> None:
    states = [MailState.FAILED, MailState.SENT, MailState.UNKNOWN]
    for state in states:
        subscribe(world, f"{state}@bureau.example")
    document = world.issued()
    render(document)
    assert services.deliver_due(now=MOMENT) == 3
    before = {}
    for mail, state in zip(OutboxMail.objects.order_by("pk"), states, strict=True):
        mail.state = state
        mail.save()
        before[mail.recipient] = mail.message_id
    office = world.users["office"]
    assert services.resend_failed(document=document, by=office, now=MOMENT) == 1
    assert services.resend_failed(document=document, by=office, now=MOMENT) == 0
    rows = OutboxMail.objects.order_by("pk")
    assert [row.state for row in rows] == [MailState.QUEUED, MailState.SENT, MailState.UNKNOWN]
    assert {row.recipient: row.message_id for row in rows} == before
    unknown = Delivery.objects.get(recipient="unknown@bureau.example")
    services.resend_one(delivery=unknown, by=office, now=MOMENT)
    unknown.mail.refresh_from_db()
    assert unknown.mail.state == MailState.QUEUED


def test_a_bulletin_that_should_have_left_is_overdue(world: World) -> None:
    bureau = world.district.bureau
    assert services.overdue_papers(bureau=bureau, now=MOMENT - MINUTE) == []
    assert services.overdue_papers(bureau=bureau, now=MOMENT) == [(QUARTER.key, MOMENT)]
    world.issued()
    assert services.overdue_papers(bureau=bureau, now=MOMENT) == []
