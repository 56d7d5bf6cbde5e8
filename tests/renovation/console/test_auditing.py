"""审计日志: found by who, what and when, in an order that the address keeps, taken away as a workbook."""

from __future__ import annotations

import html
import io
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test import Client

from renovation.core.documents.listing import MOST_ROWS
from renovation.records.models import AuditEntry
from renovation.records.sealing import seal
from renovation.records.services import audit
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.reports.typed_cells import NAMES, texts_for_numbers

pytestmark = pytest.mark.django_db
LOG, EXPORT = "/console/audit/", "/console/audit/export/"


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


def signed_in(district: District, user: str = "auditor") -> Client:
    client = Client()
    client.force_login(district.users[user])
    return client


def written(district: District, now: datetime) -> None:
    """Entries of three days, of two streets, of three people, one of another district."""
    users = district.users
    zhonglou, bureau = district.street("zhonglou"), district.bureau
    day = timedelta(days=1)
    audit(
        act="return.approve",
        sentence="核定钟楼街道周报",
        by=users["reviewer"],
        now=now - 2 * day,
        organisation=zhonglou,
    )
    audit(
        act="household.reveal",
        sentence="查看住户姓名电话",
        by=users["zhonglou"],
        now=now - day,
        target=users["zhonglou"],
        organisation=zhonglou,
        reason="核对同意书",
    )
    audit(
        act="user.update",
        sentence="修改用户bureau",
        by=users["admin"],
        now=now,
        target=users["bureau"],
        organisation=bureau,
        changes={"post_name": ["=旧岗", "新岗"]},
    )
    other = make_district("boshan-", short_name="博山住建局")
    audit(
        act="return.approve", sentence="核定博山周报", by=None, now=now, organisation=other.bureau
    )


def shown(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LOG}?{query}")
    assert answer.status_code == 200
    return [row.sentence for row in answer.context["page"]]


def taken(client: Client, query: str = "") -> list[dict[str, Any]]:
    """The rows of the workbook by their heads."""
    answer = client.get(f"{EXPORT}?{query}")
    assert answer.status_code == 200
    assert texts_for_numbers(answer.content, names=(*NAMES, "请求编号", "用户名")) == []
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    first = int(re.sub(r"\D", "", sheet.freeze_panes))
    heads = [cell.value for cell in sheet[first - 1]]
    rows = sheet.iter_rows(min_row=first, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows if row[0] is not None]


APPROVED, REVEALED, CHANGED = "核定钟楼街道周报", "查看住户姓名电话", "修改用户bureau"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [CHANGED, REVEALED, APPROVED]),
        ("q=核定", [APPROVED]),
        ("q=同意书", [REVEALED]),
        ("who=审核", [APPROVED]),
        ("who=admin", [CHANGED]),
        ("who=dmi", []),
        ("since=2025-05-06", [CHANGED, REVEALED]),
        ("until=2025-05-06", [REVEALED, APPROVED]),
        ("since=2025-05-06&until=2025-05-06", [REVEALED]),
        ("place=zhonglou", [REVEALED, APPROVED]),
        ("kind=seen", [REVEALED]),
        ("kind=accounts", [CHANGED, REVEALED]),
        ("kind=accounts&place=zhonglou", [REVEALED]),
        ("kind=ledger", []),
        ("sort=at", [APPROVED, REVEALED, CHANGED]),
    ],
)
def test_the_page_and_its_workbook_show_what_the_address_asks_for(
    district: District, now: datetime, query: str, found: list[str]
) -> None:
    written(district, now)
    client = signed_in(district)
    assert shown(client, query) == found
    assert [row["内容"] for row in taken(client, query)] == found


def test_sorting_by_the_post_keeps_the_newest_of_one_post_first(
    district: District, now: datetime
) -> None:
    written(district, now)
    again = audit(
        act="t", sentence="再核定", by=district.users["reviewer"], now=now, organisation=None
    )
    client = signed_in(district)
    upwards, downwards = shown(client, "sort=who"), shown(client, "sort=-who")
    for found in (upwards, downwards):
        assert set(found) == {CHANGED, REVEALED, APPROVED, again.sentence}
        assert found.index(APPROVED) == found.index(again.sentence) + 1
    assert upwards.index(CHANGED) - upwards.index(REVEALED) == (
        downwards.index(REVEALED) - downwards.index(CHANGED)
    )
    assert shown(client, "sort=nothing") == shown(client)


def test_a_day_ends_at_midnight_in_china(district: District, clock: Clock) -> None:
    for at in ("2025-05-06 23:59:59", "2025-05-07 00:00:00"):
        audit(act="t", sentence=at, by=None, now=clock.at(at), organisation=district.bureau)
    client = signed_in(district)
    assert shown(client, "until=2025-05-06") == ["2025-05-06 23:59:59"]
    assert shown(client, "since=2025-05-07") == ["2025-05-07 00:00:00"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("since=x", "没有这个日期，已按全部显示。"),
        ("since=0001-01-01", "没有这个日期，已按全部显示。"),
        ("until=9999-12-31", "没有这个日期，已按全部显示。"),
        ("since=2025-05-06&until=2025-05-01", "不能早于开始的日期，已不按它筛选。"),
        ("kind=nothing", "没有这个选项，已按全部显示。"),
        ("place=boshan-zhonglou", "没有这个选项，已按全部显示。"),
    ],
)
def test_what_cannot_be_chosen_is_said_at_its_field(
    district: District, now: datetime, query: str, told: str
) -> None:
    written(district, now)
    page = signed_in(district).get(f"{LOG}?{query}")
    assert page.status_code == 200
    text = html.unescape(page.content.decode())
    assert told in text
    assert CHANGED in text
    assert "核定博山周报" not in text


def test_the_filter_stands_in_the_page_and_goes_with_the_export(
    district: District, now: datetime
) -> None:
    written(district, now)
    page = html.unescape(
        signed_in(district)
        .get(f"{LOG}?kind=accounts&since=2025-05-01&sort=at&page=1")
        .content.decode()
    )
    assert re.search(r'value="accounts"\s+selected', page)
    assert 'value="2025-05-01"' in page
    assert 'aria-sort="ascending"' in page
    (link,) = [href for href in re.findall(r'href="([^"]+)"', page) if href.startswith(EXPORT)]
    assert parse_qs(urlsplit(link).query) == {
        "kind": ["accounts"],
        "since": ["2025-05-01"],
        "sort": ["at"],
    }


def test_the_workbook_says_who_when_what_and_how_it_is_sealed(
    district: District, now: datetime
) -> None:
    written(district, now)
    seal(now=now)
    audit(act="t", sentence="还没有封存", by=None, now=now, organisation=district.bureau)
    fresh, changed, revealed, _ = taken(signed_in(district))
    entry = AuditEntry.objects.select_related("sealed").get(sentence=CHANGED)
    assert changed == {
        "编号": entry.pk,
        "时间": datetime(2025, 5, 7, 10),  # noqa: DTZ001 - a workbook knows no time zones
        "岗位": str(district.users["admin"]),
        "用户名": "admin",
        "单位": district.bureau.short_name,
        "对象": "用户",
        "操作": "user.update",
        "内容": CHANGED,
        "原因": None,
        "变化": "岗位：=旧岗 → 新岗",
        "请求编号": None,
        "封存摘要": entry.sealed.digest,
    }
    assert revealed["原因"] == "核对同意书"
    assert (fresh["岗位"], fresh["用户名"], fresh["封存摘要"]) == ("系统", None, None)


def test_taking_the_log_away_stands_in_the_log(district: District, now: datetime) -> None:
    written(district, now)
    client = signed_in(district)
    assert len(taken(client, "kind=accounts&until=2025-05-07&sort=at")) == 2
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor, entry.organisation) == (
        "audit.export",
        district.users["auditor"],
        district.bureau,
    )
    assert entry.sentence == "导出审计日志（到哪天止：2025年5月7日，类别：用户与单位），2 条"
    assert shown(client, "kind=seen") == [entry.sentence, REVEALED]


def test_only_the_auditor_takes_it_away(district: District, now: datetime) -> None:
    for name in district.users:
        status = signed_in(district, name).get(EXPORT).status_code
        assert (name, status) == (name, 200 if name == "auditor" else 403)
    assert AuditEntry.objects.count() == 1


def test_a_log_too_long_for_a_workbook_is_taken_away_by_days(
    district: District, now: datetime
) -> None:
    audit(act="t", sentence="前一天", by=None, now=now - timedelta(days=1), organisation=None)
    AuditEntry.objects.bulk_create(
        AuditEntry(at=now, actor_label="系统", act="t", sentence="成批") for _ in range(MOST_ROWS)
    )
    client = signed_in(district)
    page = client.get(LOG).content.decode()
    assert EXPORT not in page
    assert f"一次最多导出 {MOST_ROWS} 条" in page
    answer = client.get(f"{EXPORT}?q=&sort=at", follow=True)
    assert answer.redirect_chain == [(f"{LOG}?q=&sort=at", 302)]
    told = answer.content.decode()
    assert f"筛出 {MOST_ROWS + 1} 条，一次最多导出 {MOST_ROWS} 条。" in told
    assert "请按日期分几次导出。" in told
    assert not AuditEntry.objects.filter(act="audit.export").exists()
    assert EXPORT in client.get(f"{LOG}?until=2025-05-06").content.decode()
    assert [row["内容"] for row in taken(client, "until=2025-05-06")] == ["前一天"]


def test_the_chain_is_verified_from_the_page(district: District, now: datetime) -> None:
    written(district, now)
    client = signed_in(district)
    assert client.post("/console/audit/verify/").status_code == 302
    assert "审计链完好。" in client.get(LOG).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_and_workbook_cost_the_same_for_one_and_three(
    district: District, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        audit(
            act="t",
            sentence=f"第{number}条",
            by=district.users["bureau"],
            now=now,
            organisation=district.bureau,
        )
    client = signed_in(district)
    client.get(LOG)
    with django_assert_num_queries(8):
        assert len(shown(client)) == count
    with django_assert_num_queries(9):
        client.get(EXPORT)
