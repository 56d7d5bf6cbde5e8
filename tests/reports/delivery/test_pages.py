"""Pages of delivery: the office's alone, its own district's alone."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from renovation.accounts.models import Organisation
from renovation.jobs.models import Schedule
from renovation.records.models import Message, MessageState
from reports.delivery.models import Delivery, Subscription
from reports.papers.enums import PaperKind
from reports.papers.models import Document
from tests.conftest import Clock
from tests.factories.accounts import BureauFactory, District, make_district
from tests.factories.delivery import SubscriptionFactory
from tests.factories.papers import AFTER_QUARTER, World, make_world

pytestmark = pytest.mark.django_db
NEW = "/delivery/recipients/new/"
SCHEDULES_QUERIES = 10


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


def signed_in(district: District, user: str = "office") -> Client:
    client = Client()
    client.force_login(district.users[user])
    return client


def typed(subject: Organisation, **more: str) -> dict[str, Any]:
    values = {
        "kind": PaperKind.BULLETIN,
        "subject": subject.pk,
        "name": "般阳路街道办事处",
        "email": "post@street.example",
        "is_active": "on",
    }
    return values | more


def test_the_office_alone_gets_in(district: District) -> None:
    found = {
        name: signed_in(district, name).get(reverse("delivery:schedules")).status_code
        for name in district.users
    }
    assert found == {name: 200 if name == "office" else 403 for name in district.users}
    assert signed_in(district, "bureau").post(NEW, typed(district.bureau)).status_code == 403
    assert not Subscription.objects.exists()


def test_another_district_is_not_there(district: District) -> None:
    other = make_district("boshan-", short_name="博山住建局")
    own = SubscriptionFactory(bureau=district.bureau, name="本区收件岗")
    foreign = SubscriptionFactory(bureau=other.bureau, name="别区收件岗")
    client = signed_in(district)
    page = client.get(reverse("delivery:schedules"))
    assert list(page.context["subscriptions"]) == [own]
    assert "别区收件岗" not in page.content.decode()
    assert client.get(reverse("delivery:subscription", args=[own.pk])).status_code == 200
    address = reverse("delivery:subscription", args=[foreign.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, typed(district.bureau)).status_code == 404
    assert client.post(NEW, typed(other.bureau)).status_code == 422
    foreign.refresh_from_db()
    assert (foreign.name, Subscription.objects.count()) == ("别区收件岗", 2)


def test_a_recipient_is_added_once(district: District) -> None:
    client = signed_in(district)
    assert client.post(NEW, typed(district.bureau)).status_code == 302
    twin = client.post(NEW, typed(district.bureau, name="另一个名字"))
    assert twin.status_code == 422
    assert twin.context["form"].errors == {"email": ["这个邮箱已经在收这种文件。"]}
    assert "另一个名字" in twin.content.decode()
    street = client.post(NEW, typed(district.street("banyanglu")))
    sheet = client.post(NEW, typed(district.bureau, kind=PaperKind.DISPATCH_SHEET))
    assert (street.status_code, sheet.status_code) == (302, 302)
    rows = Subscription.objects.order_by("pk").values_list("bureau", "subject", "kind")
    bureau = district.bureau.pk
    assert list(rows) == [
        (bureau, bureau, PaperKind.BULLETIN),
        (bureau, district.street("banyanglu").pk, PaperKind.BULLETIN),
        (bureau, bureau, PaperKind.DISPATCH_SHEET),
    ]


def test_a_recipient_is_saved_without_being_its_own_twin(district: District) -> None:
    row = SubscriptionFactory(bureau=district.bureau, email="post@street.example")
    client = signed_in(district)
    values = typed(district.bureau)
    del values["is_active"]
    answer = client.post(reverse("delivery:subscription", args=[row.pk]), values)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.is_active) == ("般阳路街道办事处", False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_more_rows(
    district: District, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    now = clock.at("2025-10-09 09:00")
    bureaus = [
        district.bureau,
        *(BureauFactory(parent=district.bureau) for _ in range(count - 1)),
    ]
    for bureau in bureaus:
        SubscriptionFactory(bureau=bureau)
        Schedule.objects.create(
            kind="delivery.bulletin", organisation=bureau, rule={}, starts_at=now
        )
    client = signed_in(district)
    client.get(reverse("delivery:schedules"))
    with django_assert_num_queries(SCHEDULES_QUERIES):
        page = client.get(reverse("delivery:schedules"))
    assert len(page.context["rows"]) == count
    assert len(page.context["subscriptions"]) == count


# -- the mails of a paper ----------------------------------------------------------------------------
STATES = {
    MessageState.QUEUED: "排队中",
    MessageState.SENDING: "发送中",
    MessageState.SENT: "已发送",
    MessageState.FAILED: "发送失败",
    MessageState.UNKNOWN: "结果不明",
}


def mailed(world: World, states: Iterable[MessageState]) -> Document:
    """An issued bulletin with a mail in each state."""
    document = world.issued()
    for number, state in enumerate(states):
        subscription = SubscriptionFactory(
            bureau=world.district.bureau, name=f"收件岗{number}", email=f"p{number}@x.example"
        )
        mail = Message.objects.create(
            key=f"document:{document.pk}:{subscription.email}",
            recipient=subscription.email,
            recipient_name=subscription.name,
            subject=document.title,
            message_id=f"<{number}@bureau.example>",
            state=state,
            attempts=1,
            error="邮件服务器拒收（550）。" if state == MessageState.FAILED else "",
            created_at=AFTER_QUARTER,
            next_attempt_at=AFTER_QUARTER,
        )
        Delivery.objects.create(
            document=document,
            subscription=subscription,
            recipient=subscription.email,
            mail=mail,
            created_at=AFTER_QUARTER,
        )
    return document


@pytest.mark.parametrize("count", [50, 51])
def test_more_troubled_mails_than_the_page_shows_are_counted_and_all_in_the_log(
    clock: Clock, count: int
) -> None:
    clock.at("2025-10-10 10:00")
    world = make_world()
    states = [MessageState.FAILED] * (count - 1) + [MessageState.UNKNOWN, MessageState.SENT]
    document = mailed(world, states)
    bureau = world.district.bureau
    Message.objects.filter(delivery__document=document).update(
        organisation=bureau, kind="paper.delivery"
    )
    Message.objects.create(
        key="told", recipient="x@x.example", subject="提醒", message_id="<t@bureau.example>",
        kind="paper.unsigned", organisation=bureau, state=MessageState.FAILED,
        created_at=AFTER_QUARTER, next_attempt_at=AFTER_QUARTER,
    )  # fmt: skip
    client = signed_in(world.district)
    page = client.get(reverse("delivery:schedules"))
    text = html.unescape(page.content.decode())
    assert len(page.context["troubled"]) == 50
    log = "/messages/log/?kind=paper.delivery&state=troubled"
    said = f'共 {count} 封，这里列最近的 50 封，全部在<a href="{log}">发送记录</a>里。'
    assert (said in text) == (count > 50)
    assert client.get(log).context["page"].paginator.count == count


def test_each_mail_shows_its_state_and_reason_and_trouble_alone_is_resent(clock: Clock) -> None:
    clock.at("2025-10-10 10:00")
    world = make_world()
    document = mailed(world, STATES)
    client = signed_in(world.district)
    address = reverse("delivery:document", args=[document.pk])
    page = client.get(address)
    html = page.content.decode()
    assert [row.mail.get_state_display() for row, _ in page.context["rows"]] == list(
        STATES.values()
    )
    assert all(word in html for word in STATES.values())
    assert "邮件服务器拒收（550）。" in html
    offered = {
        row.mail.state for row, _ in page.context["rows"] if f"/delivery/{row.pk}/resend/" in html
    }
    assert offered == {MessageState.FAILED, MessageState.UNKNOWN}
    assert "1 封失败" in html
    reader = signed_in(world.district, "leader").get(address).content.decode()
    assert "发送失败" in reader
    assert "resend" not in reader
    assert client.post(f"{address}resend-failed/").status_code == 302
    after = Message.objects.order_by("pk").values_list("state", flat=True)
    assert list(after) == ["queued", "sending", "sent", "queued", "unknown"]
    sent = Delivery.objects.get(mail__state=MessageState.SENT)
    refused = client.post(reverse("delivery:resend_one", args=[sent.pk]))
    assert refused.status_code in {409, 422}
    assert Message.objects.get(pk=sent.mail_id).state == MessageState.SENT


def test_a_paper_leads_to_its_mails_and_is_sent_by_hand_only_where_the_schedule_does_not(
    clock: Clock,
) -> None:
    now = clock.at("2025-10-09 08:00")
    world = make_world()
    Schedule.objects.create(
        kind="delivery.bulletin",
        organisation=world.district.bureau,
        rule={},
        starts_at=now - timedelta(days=30),
    )
    document = world.issued()
    client = signed_in(world.district)
    address = reverse("delivery:document", args=[document.pk])
    page = client.get(reverse("papers:document", args=[document.pk])).content.decode()
    assert f'href="{address}"' in page
    draft = world.sheet()
    page = client.get(reverse("papers:document", args=[draft.pk])).content.decode()
    assert "发送记录" not in page
    waiting = client.get(address).content.decode()
    assert "由系统发给收件人" in waiting
    assert "现在发送" not in waiting
    Schedule.objects.update(is_enabled=False)
    assert "现在发送" in client.get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_mails_of_a_paper_cost_the_same_queries(
    clock: Clock, django_assert_num_queries: DjangoAssertNumQueries, settings: Any, count: int
) -> None:
    clock.at("2025-10-10 10:00")
    settings.FACE_TODO_COUNT = ""
    world = make_world()
    document = mailed(world, [MessageState.SENT] * count)
    client = signed_in(world.district)
    address = reverse("delivery:document", args=[document.pk])
    client.get(address)
    with django_assert_num_queries(MAILS_QUERIES):
        page = client.get(address)
    assert len(page.context["rows"]) == count


MAILS_QUERIES = 9
