"""消息: one's own desk, one's channels, the delivery log of the district."""

from __future__ import annotations

import html
import io
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.test import Client

from renovation.accounts.models import User
from renovation.core.documents.listing import MOST_ROWS
from renovation.records import sending, telling
from renovation.records.models import AuditEntry, Message, MessageChoice
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.reports.typed_cells import texts_for_numbers
from tests.supervision.weekly.office import moment

pytestmark = pytest.mark.django_db
NOW = moment("2025-05-07 10:00")


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


def tell(district: District, name: str, key: str, **more: Any) -> Message:
    message, *_ = telling.tell(
        kind="hand_over.received",
        key=key,
        person=district.users[name],
        choice=None,
        subject=f"报送情况{key}",
        text="未报 1 个。",
        link="/weekly/",
        organisation=more.pop("organisation", district.bureau),
        now=NOW,
        **more,
    )
    sending.send_due(now=NOW)
    return message


def open_as(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_desk_shows_its_own_messages_alone(district: District) -> None:
    tell(district, "reviewer", "甲")
    tell(district, "bureau", "乙")
    page = open_as(district.users["reviewer"], "/messages/")
    assert "报送情况甲" in page
    assert "未报 1 个。" in page
    assert 'href="/weekly/"' in page
    assert "报送情况乙" not in page
    assert "没有未读的消息" in open_as(district.users["leader"], "/messages/")


def test_unread_messages_stand_on_the_page_of_things_to_do(district: District) -> None:
    tell(district, "reviewer", "甲")
    assert "报送情况甲" in open_as(district.users["reviewer"], "/todo/")
    assert "未读消息" not in open_as(district.users["bureau"], "/todo/")


def test_what_was_read_has_its_mark(district: District) -> None:
    mine, other = tell(district, "reviewer", "甲"), tell(district, "bureau", "乙")
    client = Client()
    client.force_login(district.users["reviewer"])
    client.post("/messages/read/", {"message": other.pk})
    client.post("/messages/read/", {"message": "x"})
    assert Message.objects.filter(read_at=None).count() == 2
    client.post("/messages/read/", {"message": mine.pk})
    mine.refresh_from_db()
    assert mine.read_at == NOW
    assert "报送情况甲" not in client.get("/messages/").content.decode()
    assert "5月7日 10:00 已读" in client.get("/messages/?show=all").content.decode()


def test_all_are_marked_at_once(district: District) -> None:
    for key in ("甲", "乙"):
        tell(district, "reviewer", key)
    tell(district, "bureau", "丙")
    client = Client()
    client.force_login(district.users["reviewer"])
    client.post("/messages/read/")
    assert list(Message.objects.filter(read_at=None).values_list("subject", flat=True)) == [
        "报送情况丙"
    ]


def test_a_person_chooses_its_channels(district: District) -> None:
    client = Client()
    client.force_login(district.users["songlinglu"])
    page = client.get("/messages/choices/").content.decode()
    assert "还没有登记邮箱，邮件发不出去" in page
    assert "手机号" not in page  # there is no gateway
    client.post("/messages/choices/", {"results_by_mail": "on"})
    client.post("/messages/choices/", {"results_by_mail": "on"})
    kept = MessageChoice.objects.get()
    assert (kept.person, kept.reminders_by_mail, kept.results_by_mail) == (
        district.users["songlinglu"],
        False,
        True,
    )
    assert kept.history.count() == 1
    assert AuditEntry.objects.filter(act="message.choice").count() == 1


def test_the_gateway_wants_an_address(district: District, settings: LazySettings) -> None:
    settings.MESSAGE_GATEWAY_URL = "http://127.0.0.1:9/"
    client = Client()
    client.force_login(district.users["songlinglu"])
    answer = client.post("/messages/choices/", {"reminders_by_gateway": "on"})
    assert answer.status_code == 422
    assert "请填写手机号或办公群账号" in answer.content.decode()
    client.post(
        "/messages/choices/", {"reminders_by_gateway": "on", "gateway_address": "13800000001"}
    )
    assert MessageChoice.objects.get().gateway_address == "13800000001"
    entry = AuditEntry.objects.get(act="message.choice")
    assert "13800000001" not in str(entry.changes)


def test_the_log_is_the_districts_and_of_its_keepers(district: District) -> None:
    other = make_district("boshan-")
    tell(district, "reviewer", "甲")
    tell(other, "reviewer", "乙", organisation=other.bureau)
    for name, user in district.users.items():
        client = Client()
        client.force_login(user)
        status = client.get("/messages/log/").status_code
        allowed = name in {"bureau", "bureau2", "reviewer", "office"}
        assert (name, status) == (name, 200 if allowed else 403)
    page = open_as(district.users["bureau"], "/messages/log/")
    assert "报送情况甲" in page
    assert "报送情况乙" not in page


def test_the_log_is_filtered_and_exported_as_shown(district: District) -> None:
    tell(district, "reviewer", "甲")
    failed = tell(district, "bureau", "乙")
    Message.objects.filter(pk=failed.pk).update(state="failed", error="连不上邮件服务器。")
    client = Client()
    client.force_login(district.users["bureau"])
    page = client.get("/messages/log/?state=failed").content.decode()
    assert "报送情况乙" in page
    assert "连不上邮件服务器。" in page
    assert "报送情况甲" not in page
    answer = client.get("/messages/log/export/?state=failed")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "报送情况乙" in cells
    assert "报送情况甲" not in cells
    assert "没有符合条件的记录" in client.get("/messages/log/?q=没有").content.decode()


def heads_and_rows(client: Client, query: str) -> list[dict[str, Any]]:
    content = client.get(f"/messages/log/export/?{query}").content
    assert texts_for_numbers(content) == []
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    first = int(re.sub(r"\D", "", sheet.freeze_panes))
    heads = [cell.value for cell in sheet[first - 1]]
    rows = sheet.iter_rows(min_row=first, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows if row[0] is not None]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["丙", "乙", "甲"]),
        ("sort=at", ["甲", "丙", "乙"]),
        ("sort=-at", ["乙", "丙", "甲"]),
        ("sort=subject", ["丙", "乙", "甲"]),
        ("sort=recipient", ["丙", "甲", "乙"]),
        ("since=2025-05-07", ["丙", "乙"]),
        ("until=2025-05-07", ["丙", "甲"]),
        ("since=2025-05-08&until=2025-05-08", ["乙"]),
        ("state=failed&until=2025-05-07", ["丙"]),
        ("q=区局审核", ["丙", "甲"]),
    ],
)
def test_the_log_is_filtered_by_days_and_sorted_by_its_address(
    district: District, query: str, found: list[str]
) -> None:
    """A day is the one that the page shows: of sending, of what was not sent of writing."""
    first, second, third = (
        tell(district, name, key)
        for name, key in (("reviewer", "甲"), ("zhonglou", "乙"), ("reviewer", "丙"))
    )
    Message.objects.filter(pk=first.pk).update(sent_at=moment("2025-05-06 23:59"))
    Message.objects.filter(pk=second.pk).update(sent_at=moment("2025-05-08 00:00"))
    Message.objects.filter(pk=third.pk).update(sent_at=None, state="failed", error="连不上。")
    client = Client()
    client.force_login(district.users["bureau"])
    page = client.get(f"/messages/log/?{query}")
    subjects = [f"报送情况{key}" for key in found]
    assert [row.subject for row in page.context["page"]] == subjects
    rows = heads_and_rows(client, query)
    assert [row["主题"] for row in rows] == subjects
    if "乙" in found:
        sent = next(row["发出时间"] for row in rows if row["主题"] == "报送情况乙")
        assert sent == datetime(2025, 5, 8)  # noqa: DTZ001 - a workbook knows no time zones


def test_the_link_to_the_logs_workbook_keeps_filter_and_order(district: District) -> None:
    tell(district, "reviewer", "甲")
    query = "state=sent&since=2025-05-01&sort=at"
    page = open_as(district.users["bureau"], f"/messages/log/?{query}&page=1")
    assert f'href="/messages/log/export/?{query}"' in html.unescape(page)
    assert 'aria-sort="ascending"' in page


def test_a_log_too_long_for_a_workbook_is_taken_away_by_days(district: District) -> None:
    tell(district, "reviewer", "甲")
    Message.objects.bulk_create(
        Message(
            key=f"m-{number}",
            message_id=f"m-{number}",
            channel="mail",
            recipient="a@example.test",
            organisation=district.bureau,
            subject="成批",
            text="",
            next_attempt_at=NOW,
            created_at=moment("2025-05-06 10:00"),
        )
        for number in range(MOST_ROWS)
    )
    client = Client()
    client.force_login(district.users["bureau"])
    page = client.get("/messages/log/").content.decode()
    assert "/messages/log/export/" not in page
    assert f"一次最多导出 {MOST_ROWS} 条" in page
    answer = client.get("/messages/log/export/?q=", follow=True)
    assert answer.redirect_chain == [("/messages/log/?q=", 302)]
    assert f"筛出 {MOST_ROWS + 1} 条" in answer.content.decode()
    assert [row["主题"] for row in heads_and_rows(client, "since=2025-05-07")] == ["报送情况甲"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_logs_workbook_costs_the_same_for_one_and_three(
    client: Client, district: District, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        tell(district, "bureau", f"{number}")
    client.force_login(district.users["bureau"])
    client.get("/messages/log/")
    with django_assert_num_queries(6):
        assert client.get("/messages/log/export/").status_code == 200


def test_a_failed_message_is_sent_again_by_its_keepers(district: District) -> None:
    message = tell(district, "reviewer", "甲")
    other = make_district("boshan-")
    theirs = tell(other, "reviewer", "乙", organisation=other.bureau)
    Message.objects.update(state="failed")
    client = Client()
    client.force_login(district.users["bureau"])
    assert client.post(f"/messages/log/{theirs.pk}/resend/").status_code == 404
    client.post(f"/messages/log/{message.pk}/resend/")
    message.refresh_from_db()
    assert message.state == "queued"
    answer = client.post(f"/messages/log/{message.pk}/resend/", follow=True)
    assert "只有发送失败或结果不明的可以重发" in answer.content.decode()
    Message.objects.filter(pk=message.pk).update(state="failed", kind="paper.delivery")
    assert client.post(f"/messages/log/{message.pk}/resend/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/messages/", 8), ("/messages/log/", 8)])
def test_pages_cost_the_same_for_one_and_three(
    client: Client,
    district: District,
    address: str,
    queries: int,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        tell(district, "bureau", f"{number}")
    client.force_login(district.users["bureau"])
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
