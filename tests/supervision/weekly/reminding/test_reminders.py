"""催报: who owes, whom to call, the text for the group, one row a mail, never twice a day unsaid."""

from __future__ import annotations

import io
from email.utils import parseaddr
from typing import Any

import openpyxl
import pytest
from django.core import mail as mailbox
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.records.models import AuditEntry, ChannelCode, Message
from renovation.records.sending import send_due
from supervision.weekly import services as weekly
from supervision.weekly import waiting
from supervision.weekly.enums import Telling
from supervision.weekly.models import ReportingContact
from supervision.weekly.reminding import services
from supervision.weekly.reminding.owing import copy_text, line_of
from supervision.weekly.reminding.told import told_of
from tests.factories.accounts import make_stand_in
from tests.supervision.weekly.office import WEEK, Office, moment

PAGE = f"/weekly/reminders/{WEEK.key}/"
#: Friday 17:00 was the due moment, Monday 12:00 closes.
LATE = "2025-05-10 09:30"
CLERKS = {"songlinglu", "zhonglou", "banyanglu"}
HEADS = {f"{name}-head" for name in CLERKS}


@pytest.fixture(autouse=True)
def _late(clock: Any, office: Office) -> None:
    clock.at(LATE)
    for name in ("songlinglu", "songlinglu-head", "zhonglou"):
        user = office.district.users[name]
        user.email = f"{name}@example.cn"
        user.save()


def line(office: Office, text: str = LATE) -> Any:
    streets = [office.street.pk, office.other.pk]
    return line_of(bureau=office.district.bureau, streets=streets, week=WEEK, now=moment(text))


def remind(office: Office, *streets: Any, again: bool = False, at: str = LATE) -> Any:
    return services.remind(
        bureau=office.district.bureau,
        week=WEEK,
        streets=streets or (office.street,),
        again=again,
        by=office.district.users["bureau"],
        now=moment(at),
    )


def told() -> Any:
    """The reminders by hand, one a person and time."""
    return Message.objects.filter(kind=Telling.BY_HAND, channel=ChannelCode.DESK)


def told_people() -> list[str]:
    return sorted(told().values_list("person__username", flat=True))


def todo(user: User, text: str = LATE) -> list[Any]:
    now = moment(text)
    found = waiting.waiting_for(scope=scope_of(user, on=local_day(now)), now=now)
    return [each for each in found if each.act == "催报"]


# -- who ---------------------------------------------------------------------------------------------
def test_the_page_is_the_bureaus(client: Client, office: Office) -> None:
    for name, user in office.district.users.items():
        client.force_login(user)
        expected = 200 if name in {"bureau", "bureau2", "reviewer"} else 403
        assert (name, client.get(PAGE).status_code) == (name, expected)
    client.force_login(office.district.users["bureau"])
    assert client.get("/weekly/reminders/2025-05-06/").status_code == 404


def test_a_contact_is_kept_by_the_street_and_the_bureau(client: Client, office: Office) -> None:
    address = "/weekly/contacts/songlinglu/"
    for name, user in office.district.users.items():
        client.force_login(user)
        status = client.get(address).status_code
        if name in {"bureau", "bureau2", "reviewer", "songlinglu", "songlinglu-head"}:
            assert (name, status) == (name, 200)
        else:
            assert (name, status) == (name, 404 if name in CLERKS | HEADS else 403)


# -- what the page says ------------------------------------------------------------------------------
def test_the_page_names_who_owes_with_whom_to_call(client: Client, office: Office) -> None:
    office.submitted()
    ReportingContact.objects.create(
        street=office.other, person="城建办 填报岗", phone="0533-0000 0023",
        updated_at=moment(LATE), updated_by=office.district.users["zhonglou"],
    )  # fmt: skip
    client.force_login(office.district.users["bureau"])
    page = client.get(PAGE).content.decode()
    assert '还没有报送：<strong class="alarm">钟楼街道</strong>' in page
    assert '<a class="tel num" href="tel:053300000023">0533-0000 0023</a>' in page
    assert (
        "截至5月10日 09:30，第19周（5月5日—5月11日）周报应报 2 个街道，已报 1 个，尚未报送：钟楼街道。"
        "已过 5月9日 17:00 的截止时间，5月12日 12:00 关闭，请尽快报送并写明迟报原因；关闭后记为未报。"
    ) in page
    assert 'value="songlinglu"' not in page
    assert f'href="{PAGE}"' in client.get("/weekly/").content.decode()


def test_before_the_due_moment_the_text_says_until_when(office: Office) -> None:
    text = "2025-05-08 09:00"
    assert copy_text(line(office, text), moment(text)) == (
        "截至5月8日 09:00，第19周（5月5日—5月11日）周报应报 2 个街道，已报 0 个，"
        "尚未报送：松龄路街道、钟楼街道。5月9日 17:00 截止，请按时报送。"
    )


def test_a_return_that_was_sent_back_is_named_so(office: Office) -> None:
    back_at = moment("2025-05-09 16:00")
    weekly.send_back(weekly_return=office.submitted(), comment="再核", by=office.head, now=back_at)
    text = copy_text(line(office), moment(LATE))
    assert "松龄路街道（已退回，未重报）、钟楼街道。" in text
    assert "5月12日 12:00 关闭，请尽快报送，钟楼街道写明迟报原因；关闭后记为未报。" in text


def test_a_street_that_reported_in_time_is_asked_for_no_reason(office: Office) -> None:
    """Its return was sent back; ``submit`` asks for a reason at a first report alone."""
    back_at = moment("2025-05-09 16:00")
    weekly.send_back(weekly_return=office.submitted(), comment="再核", by=office.head, now=back_at)
    alone = line_of(
        bureau=office.district.bureau, streets=[office.street.pk], week=WEEK, now=moment(LATE)
    )
    assert alone is not None
    text = copy_text(alone, moment(LATE))
    assert text.endswith("5月12日 12:00 关闭，请尽快改正后重新报送；关闭后记为未报。")
    remind(office, office.street, office.other)
    mails = {mail.recipient: mail for mail in Message.objects.filter(channel=ChannelCode.MAIL)}
    back, never = mails["songlinglu@example.cn"], mails["zhonglou@example.cn"]
    assert back.subject == "催报：松龄路街道第19周（5月5日—5月11日）周报已退回，尚未重报"
    assert "周报已退回，尚未重报。" in back.text
    assert "迟报原因" not in back.text
    assert never.subject == "催报：钟楼街道第19周（5月5日—5月11日）周报尚未报送"
    assert "请尽快报送并写明迟报原因" in never.text


def test_nobody_to_remind_is_said_with_the_reason(
    client: Client, office: Office, clock: Any
) -> None:
    clock.at("2025-05-12 12:00:01")
    client.force_login(office.district.users["bureau"])
    closed = client.get(PAGE).content.decode()
    assert "这一周已经关闭，松龄路街道、钟楼街道记为未报，不能再报送。" in closed
    assert 'name="streets"' not in closed
    assert (
        "截至5月12日 12:00，第19周（5月5日—5月11日）周报应报 2 个街道，已报 0 个。"
        "报送率 0.0%（0 / 2），及时率 0.0%（0 / 2）。\n未报 2 个：松龄路街道、钟楼街道。</pre>"
    ) in closed
    picture = client.get(f"{PAGE}picture/")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    with Image.open(io.BytesIO(picture.content)) as image:
        assert image.text["Description"] in closed  # the very words of the page's alt text
        assert "未报：松龄路街道、钟楼街道。" in image.text["Description"]
        assert "报送率 0.0%（0 / 2 次）" in image.text["Description"]


# -- writing -----------------------------------------------------------------------------------------
def test_a_reminder_stands_at_the_desk_and_goes_by_mail(
    client: Client, office: Office, clock: Any
) -> None:
    """It is Saturday: everything waits until the office opens on Monday."""
    client.force_login(office.district.users["bureau"])
    answer = client.post(PAGE, {"streets": ["songlinglu"]}, follow=True)
    assert "催报 2 人，5月12日 08:30 上班时发出。" in answer.content.decode()
    rows = Message.objects.order_by("person__username", "channel")
    assert [(row.person.username, row.channel, row.told_by.username) for row in rows] == [
        ("songlinglu", "desk", "bureau"),
        ("songlinglu", "mail", "bureau"),
        ("songlinglu-head", "desk", "bureau"),
        ("songlinglu-head", "mail", "bureau"),
    ]
    assert send_due(now=moment("2025-05-12 08:29")) == 0
    assert mailbox.outbox == []
    assert send_due(now=moment("2025-05-12 08:30")) == 4
    assert sorted(parseaddr(message.to[0])[1] for message in mailbox.outbox) == [
        "songlinglu-head@example.cn",
        "songlinglu@example.cn",
    ]
    text = mailbox.outbox[0].body
    assert "松龄路街道第19周（5月5日—5月11日）周报尚未报送。" in text
    assert "5月12日 12:00 关闭" in text
    entry = AuditEntry.objects.get(act="return.remind")
    assert entry.organisation == office.street
    assert "松龄路街道 街道填报、松龄路街道 街道审核" in entry.sentence
    clock.at("2025-05-12 08:31")
    client.force_login(office.district.users["bureau"])
    assert "已发送" in client.get(PAGE).content.decode()


def test_who_reminds_in_anothers_place_is_named_with_both(client: Client, office: Office) -> None:
    deputy = make_stand_in(office.district.users["bureau"], "bureau-b", role=Role.REVIEWER)
    services.remind(
        bureau=office.district.bureau,
        week=WEEK,
        streets=[office.street, office.other],
        again=False,
        by=deputy,
        now=moment(LATE),
    )
    both = "区住建局 区局审核（代区住建局 区局经办）"
    reviewer = office.district.users["reviewer"]
    scope = scope_of(reviewer, on=local_day(moment(LATE)))
    assert {each.by for each in told_of(scope=scope, week=WEEK)} == {both}
    client.force_login(reviewer)
    assert f"催报，{both}" in client.get("/messages/log/").content.decode()
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get("/messages/log/export/").content)
    ).worksheets[0]
    named = {row[11] for row in sheet.iter_rows(values_only=True) if row[1] == "催报"}
    assert named == {both}


def test_what_waited_for_the_office_is_dropped_once_the_street_has_sent(office: Office) -> None:
    remind(office, office.street, office.other)
    office.submitted()
    assert send_due(now=moment("2025-05-12 08:30")) == 3
    states = Message.objects.order_by("organisation__code", "channel", "pk")
    assert [(row.organisation.code, row.channel, row.state, row.error) for row in states] == [
        ("songlinglu", "desk", "dropped", "松龄路街道已经报送，没有再提醒。"),
        ("songlinglu", "desk", "dropped", "松龄路街道已经报送，没有再提醒。"),
        ("songlinglu", "mail", "dropped", "松龄路街道已经报送，没有再提醒。"),
        ("songlinglu", "mail", "dropped", "松龄路街道已经报送，没有再提醒。"),
        ("zhonglou", "desk", "sent", ""),
        ("zhonglou", "desk", "sent", ""),
        ("zhonglou", "mail", "sent", ""),
    ]


def test_the_same_person_is_not_written_to_twice_a_day_unsaid(
    client: Client, office: Office, clock: Any
) -> None:
    remind(office)
    clock.at("2025-05-10 11:00")
    client.force_login(office.district.users["bureau2"])
    refused = client.post(PAGE, {"streets": ["songlinglu"]})
    assert refused.status_code == 422
    words = refused.content.decode()
    assert "今天已经催过：松龄路街道 街道填报 5月10日 09:30" in words
    assert 'name="again"' in words
    assert told_people() == ["songlinglu", "songlinglu-head"]
    client.post(PAGE, {"streets": ["songlinglu"], "again": "on"})
    assert told_people() == ["songlinglu", "songlinglu", "songlinglu-head", "songlinglu-head"]
    assert "当天第 2 次" in client.get(PAGE).content.decode()
    assert Message.objects.count() == 8


def test_who_was_reminded_today_is_left_out_and_named(
    client: Client, office: Office, clock: Any
) -> None:
    """One street that was reminded does not make the other wait, and is not written to again."""
    remind(office)
    clock.at("2025-05-10 11:00")
    client.force_login(office.district.users["bureau2"])
    answer = client.post(PAGE, {"streets": ["songlinglu", "zhonglou"]}, follow=True)
    words = answer.content.decode()
    assert "催报 2 人" in words
    assert (
        "今天已经催过、没有再发：松龄路街道 街道填报 5月10日 09:30、松龄路街道 街道审核 5月10日 09:30。"
    ) in words
    assert told_people() == ["songlinglu", "songlinglu-head", "zhonglou", "zhonglou-head"]
    acts = AuditEntry.objects.filter(act="return.remind").values_list("organisation__code")
    assert sorted(acts) == [("songlinglu",), ("zhonglou",)]


def test_a_person_who_came_today_is_written_to_beside_one_who_was_told(office: Office) -> None:
    head = office.district.users["songlinglu-head"]
    head.is_active = False
    head.save()
    remind(office)
    head.is_active = True
    head.save()
    done = remind(office, at="2025-05-10 11:00")
    assert [row.person for row in done.reminders] == [head]
    assert [row.person for row in done.told] == [office.district.users["songlinglu"]]


def test_what_was_sent_while_somebody_chose_is_not_reminded_of(
    client: Client, office: Office, monkeypatch: Any
) -> None:
    """The page read who owes; the return came in before the streets were locked."""
    form = services.Organisation.objects.select_for_update

    def locking(**options: Any) -> Any:
        monkeypatch.undo()
        office.submitted()
        return form(**options)

    monkeypatch.setattr(services.Organisation.objects, "select_for_update", locking)
    client.force_login(office.district.users["bureau"])
    answer = client.post(PAGE, {"streets": ["songlinglu", "zhonglou"]})
    assert answer.status_code == 422
    assert "松龄路街道现在不用催报，可能刚刚报送了" in answer.content.decode()
    assert Message.objects.count() == 0


def test_the_next_day_is_another_day(office: Office) -> None:
    remind(office)
    made = remind(office, at="2025-05-11 08:00")
    assert [row.key.split(":")[-2] for row in made.reminders] == ["1", "1"]


def test_who_has_no_address_finds_it_at_the_desk(office: Office) -> None:
    user = office.district.users["zhonglou"]
    user.email = ""
    user.save()
    remind(office, office.other)
    assert list(Message.objects.order_by("pk").values_list("channel", flat=True)) == [
        "desk",
        "desk",
    ]


def test_a_street_with_vacant_posts_is_named(office: Office) -> None:
    for name in ("zhonglou", "zhonglou-head"):
        user = office.district.users[name]
        user.is_active = False
        user.save()
    done = remind(office, office.street, office.other)
    assert done.unreachable == (office.other,)
    with pytest.raises(Refusal) as refused:
        remind(office, office.other, at="2025-05-11 08:00")
    assert refused.value.code == "reminder.nobody"
    assert not Message.objects.filter(organisation=office.other).exists()


def test_a_street_that_has_sent_is_not_reminded(office: Office) -> None:
    office.submitted()
    with pytest.raises(Refusal) as refused:
        remind(office)
    assert refused.value.code == "reminder.not_owing"
    assert Message.objects.count() == 0


def test_nothing_chosen_is_a_fault_at_the_streets(client: Client, office: Office) -> None:
    client.force_login(office.district.users["bureau"])
    for body in ({}, {"streets": ["banyanglu"]}):
        answer = client.post(PAGE, body)
        assert answer.status_code == 422
        assert "id_streets_error" in answer.content.decode()
    assert Message.objects.count() == 0


# -- the contact -------------------------------------------------------------------------------------
def test_a_contact_is_saved_with_its_history(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    address = "/weekly/contacts/songlinglu/"
    assert "还没有登记报送联系人" in client.get("/weekly/").content.decode()
    for phone in ("0533-528 1234", "0533-528 1234", "0533-528 9999"):
        answer = client.post(address, {"person": "城建办", "phone": phone})
        assert answer["Location"] == "/weekly/"
    kept = ReportingContact.objects.get()
    assert (kept.phone, kept.updated_by, kept.history.count()) == ("0533-528 9999", office.clerk, 2)
    assert AuditEntry.objects.filter(act="return.contact").count() == 2
    bad = client.post(address, {"person": "城建办", "phone": "问一下"})
    assert bad.status_code == 422
    assert "电话只写数字、空格和短横" in bad.content.decode()
    assert "tel:05335289999" in client.get("/weekly/").content.decode()


# -- 待办 --------------------------------------------------------------------------------------------
def test_between_due_and_close_the_bureau_is_told_whom_to_call(office: Office) -> None:
    office.submitted()
    bureau = office.district.users["bureau"]
    (item,) = todo(bureau)
    assert item.title == "第19周周报还有 1 个街道没有报送"
    closing = '<span class="num">5月12日 12:00</span> 关闭'
    assert item.reason == f"钟楼街道（没有登记电话）；{closing}"
    assert item.href == reverse("weekly:reminders", args=[WEEK.key])
    services.keep_contact(
        street=office.other, person="<城建办>", phone="0533-0000 0023",
        by=office.district.users["zhonglou"], now=moment(LATE),
    )  # fmt: skip
    (item,) = todo(bureau)
    assert item.reason == (
        '钟楼街道（&lt;城建办&gt; <a class="tel num" href="tel:053300000023">0533-0000 0023</a>）；'
        f"{closing}"
    )
    assert todo(bureau, "2025-05-09 16:59") == []
    assert todo(bureau, "2025-05-12 12:01") == []
    for name in ("leader", "office", "zhonglou", "zhonglou-head"):
        assert todo(office.district.users[name]) == []


def test_the_number_can_be_called_from_the_page(client: Client, office: Office) -> None:
    services.keep_contact(
        street=office.other, person="城建办", phone="0533-0000 0023",
        by=office.district.users["zhonglou"], now=moment(LATE),
    )  # fmt: skip
    client.force_login(office.district.users["bureau"])
    assert 'href="tel:053300000023"' in client.get("/todo/").content.decode()


# -- the database ------------------------------------------------------------------------------------
def test_the_database_keeps_contacts_whole(office: Office) -> None:
    for person, phone in (("", "0533"), ("城建办", "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportingContact.objects.create(
                street=office.street, person=person, phone=phone,
                updated_at=moment(LATE), updated_by=office.clerk,
            )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_reminders(
    client: Client, office: Office, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        remind(office, office.street, office.other, again=True)
    client.force_login(office.district.users["bureau"])
    client.get(PAGE)
    with django_assert_num_queries(17):
        client.get(PAGE)
