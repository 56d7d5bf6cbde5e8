"""真实性承诺: accepted once a year and at each new wording, never weekly; printed under what was sent."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from renovation.accounts.models import Organisation, Pledge, PledgeText
from renovation.console.pledging.services import (
    FIRST_TEXT,
    accept,
    begin_with_first_text,
    last_day,
    pledge_for_sending,
    publish_text,
    standing_of,
    text_in_force,
)
from renovation.core.errors import Refusal
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from supervision.weekly import services
from supervision.weekly.models import WeeklyReturn
from tests.supervision.weekly.office import THURSDAY, Office, make_office, moment

pytestmark = pytest.mark.django_db
PAGE = "/weekly/2025-05-05/songlinglu/"
NEW = "本人承诺所报数据真实、准确、完整，并已按监理月报核对。"


@pytest.fixture
def office() -> Office:
    return make_office()


@pytest.fixture
def text(office: Office) -> PledgeText:
    return publish_text(
        bureau=office.district.bureau,
        text=FIRST_TEXT,
        reason="启用",
        by=office.district.users["admin"],
        now=moment("2025-05-06 09:00"),
    )


@pytest.fixture
def clerk(client: Client, office: Office) -> Client:
    client.force_login(office.clerk)
    return client


def sent(office: Office, row: WeeklyReturn, **more: Any) -> WeeklyReturn:
    return services.submit(weekly_return=row, by=office.clerk, now=THURSDAY, **more)


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize(
    ("accepted", "months", "until"),
    [
        (date(2025, 5, 8), 12, date(2026, 5, 7)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2025, 1, 31), 1, date(2025, 2, 27)),
    ],
)
def test_the_last_day(accepted: date, months: int, until: date) -> None:
    assert last_day(accepted_on=accepted, months=months) == until


def test_nothing_is_asked_where_there_is_no_wording(office: Office) -> None:
    assert office.submitted().pledge is None


def test_a_return_is_not_sent_without_it_and_stands_under_it(
    office: Office, text: PledgeText
) -> None:
    draft = office.draft()
    assert code_of(lambda: sent(office, draft)) == "pledge.missing"
    assert WeeklyReturn.objects.get().state == "draft"
    done = sent(office, draft, pledge_text=text.pk)
    pledge = Pledge.objects.get()
    assert done.pledge == pledge
    assert (pledge.text, pledge.user, pledge.organisation, pledge.accepted_at) == (
        text,
        office.clerk,
        office.street,
        THURSDAY,
    )
    entry = AuditEntry.objects.get(act="pledge.accept")
    assert (entry.sentence, entry.actor) == ("确认真实性承诺（第1版）", office.clerk)
    # The next sending asks nothing.
    back = services.send_back(weekly_return=done, comment="请核对", by=office.head, now=THURSDAY)
    assert sent(office, back).pledge == pledge
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize(
    ("now", "holds"),
    [("2026-05-07 23:59:59", True), ("2026-05-08 00:00:00", False)],
)
def test_a_year_ends_at_midnight(office: Office, text: PledgeText, now: str, holds: bool) -> None:
    bureau = office.district.bureau
    accept(user=office.clerk, bureau=bureau, text_id=text.pk, now=moment("2025-05-08 23:59:59"))
    at = datetime.fromisoformat(now + "+08:00")
    if holds:
        assert pledge_for_sending(user=office.clerk, bureau=bureau, accepts=None, now=at)
    else:
        code = code_of(
            lambda: pledge_for_sending(user=office.clerk, bureau=bureau, accepts=None, now=at)
        )
        assert code == "pledge.missing"


def test_the_bureau_sets_how_long_it_holds(office: Office, text: PledgeText) -> None:
    bureau = office.district.bureau
    set_value(
        key="pledge.months",
        organisation=bureau,
        value="6",
        effective_on=date(2025, 5, 1),
        reason="半年一承诺",
        by=office.district.users["admin"],
        now=THURSDAY,
    )
    accept(user=office.clerk, bureau=bureau, text_id=text.pk, now=THURSDAY)
    standing = standing_of(user=office.clerk, bureau=bureau, now=THURSDAY)
    assert standing is not None
    assert standing.until == date(2025, 11, 7)


def test_a_new_wording_asks_again_and_old_returns_keep_theirs(
    office: Office, text: PledgeText
) -> None:
    old = sent(office, office.draft(), pledge_text=text.pk)
    new = publish_text(
        bureau=office.district.bureau,
        text=NEW,
        reason="补充核对要求",
        by=office.district.users["admin"],
        now=THURSDAY,
    )
    assert new.version == 2
    back = services.send_back(weekly_return=old, comment="请核对", by=office.head, now=THURSDAY)
    assert code_of(lambda: sent(office, back)) == "pledge.missing"
    assert code_of(lambda: sent(office, back, pledge_text=text.pk)) == "pledge.changed"
    again = sent(office, back, pledge_text=new.pk)
    assert again.pledge is not None
    assert again.pledge.text == new
    entry = AuditEntry.objects.get(act="pledge.publish", reason="补充核对要求")
    assert entry.changes == {"text": [FIRST_TEXT, NEW]}


def test_another_district_has_its_own(office: Office, text: PledgeText) -> None:
    city = office.district.city
    above = publish_text(bureau=city, text=NEW, reason="全市统一", by=None, now=THURSDAY)
    other = Organisation.objects.create(
        kind="bureau", code="boshan", name="博山区局", short_name="博山", parent=city
    )
    assert text_in_force(bureau=other) == above
    assert text_in_force(bureau=office.district.bureau) == text
    begin_with_first_text(organisation=other, by=None, now=THURSDAY)
    assert PledgeText.objects.filter(organisation=other).exists() is False


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": " ", "reason": "改"}, "pledge.text"),
        ({"text": NEW, "reason": " "}, "pledge.reason"),
        ({"text": FIRST_TEXT, "reason": "改"}, "pledge.same"),
    ],
)
def test_what_cannot_be_published(
    office: Office, text: PledgeText, values: dict[str, str], code: str
) -> None:
    bureau = office.district.bureau
    assert code_of(lambda: publish_text(bureau=bureau, by=None, now=THURSDAY, **values)) == code


def test_the_database_holds_it(office: Office, text: PledgeText) -> None:
    common = {"organisation": office.district.bureau, "published_at": THURSDAY}
    for fields, name in (
        ({"version": 1, "text": "又一版", "reason": "改"}, "pledge_text_version_once|UNIQUE"),
        ({"version": 2, "text": "", "reason": "改"}, "pledge_text_is_whole"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PledgeText.objects.create(**common, **fields)
    with pytest.raises(IntegrityError, match="pledge_names_the_post"), transaction.atomic():
        Pledge.objects.create(
            text=text,
            user=office.clerk,
            organisation=office.street,
            post_name="",
            accepted_at=THURSDAY,
        )


def test_nothing_of_it_is_changed(office: Office, text: PledgeText) -> None:
    made = accept(user=office.clerk, bureau=office.district.bureau, text_id=text.pk, now=THURSDAY)
    for row, values in (
        (text, {"text": "别的"}),
        (made, {"accepted_at": moment("2025-05-01 09:00")}),
    ):
        rows = type(row).objects.filter(pk=row.pk)
        with pytest.raises(IntegrityError, match="不能修改"), transaction.atomic():
            rows.update(**values)
        with pytest.raises(IntegrityError, match="不能删除"), transaction.atomic():
            rows._raw_delete(rows.db)


@time_machine.travel(THURSDAY, tick=False)
def test_it_is_asked_in_place_and_loses_nothing(
    clerk: Client, office: Office, text: PledgeText
) -> None:
    office.draft()
    page = clerk.get(PAGE).content.decode()
    assert "报送时请确认真实性承诺" in page
    answer = clerk.post(f"{PAGE}act/submit/", {"version": "1"})
    assert answer.status_code == 422
    body = answer.content.decode()
    assert FIRST_TEXT in body
    assert "报送的是已写入周报的内容。" in body
    assert "保存" not in body
    assert "请阅读承诺书，勾选“我已阅读并承诺”后再报送。" in body
    done = clerk.post(
        f"{PAGE}act/submit/", {"version": "1", "pledge": "on", "pledge_text": str(text.pk)}
    )
    assert done.status_code == 302
    shown = clerk.get(PAGE).content.decode()
    assert FIRST_TEXT in shown
    assert "5月8日 15:00 确认第1版，本次报送适用。" in shown


@time_machine.travel(THURSDAY, tick=False)
def test_ones_own_page(clerk: Client, office: Office, text: PledgeText) -> None:
    assert "确认承诺" in clerk.get("/console/pledge/").content.decode()
    assert clerk.post("/console/pledge/", {"pledge_text": str(text.pk)}).status_code == 422
    clerk.post("/console/pledge/", {"pledge": "on", "pledge_text": str(text.pk)})
    page = clerk.get("/console/pledge/").content.decode()
    assert "到 2026年5月7日（含当日）报送周报都不再询问" in page
    assert "确认承诺" not in page


@pytest.mark.parametrize("count", [1, 3])
@time_machine.travel(THURSDAY, tick=False)
def test_the_list_and_its_workbook(
    client: Client, office: Office, text: PledgeText, count: int, django_assert_num_queries: Any
) -> None:
    users = office.district.users
    for name in ("songlinglu", "zhonglou", "banyanglu")[:count]:
        accept(user=users[name], bureau=office.district.bureau, text_id=text.pk, now=THURSDAY)
    client.force_login(users["bureau"])
    with django_assert_num_queries(13):
        page = client.get("/console/pledges/?standing=valid").content.decode()
    assert page.count("2026年5月7日") == count
    assert "修改承诺书" not in page
    workbook = client.get("/console/pledges/export/?street=songlinglu")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content))["真实性承诺"]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "松龄路街道" in cells
    assert "钟楼街道" not in cells
    assert any(FIRST_TEXT in cell for cell in cells)


@time_machine.travel(THURSDAY, tick=False)
def test_a_street_sees_its_own_people_only(
    client: Client, office: Office, text: PledgeText
) -> None:
    client.force_login(office.head)
    page = client.get("/console/pledges/").content.decode()
    assert "松龄路街道 街道填报" in page
    assert "钟楼街道 街道填报" not in page


@time_machine.travel(THURSDAY, tick=False)
def test_the_administrator_changes_the_wording(
    client: Client, office: Office, text: PledgeText
) -> None:
    client.force_login(office.district.users["admin"])
    assert client.post("/console/pledges/text/", {"text": NEW, "reason": ""}).status_code == 422
    client.post("/console/pledges/text/", {"text": NEW, "reason": "补充核对要求"})
    newest = text_in_force(bureau=office.district.bureau)
    assert newest is not None
    assert (newest.version, newest.text) == (2, NEW)
    page = client.get("/console/pledges/text/").content.decode()
    assert FIRST_TEXT in page
    assert "补充核对要求" in page
    client.force_login(office.clerk)
    assert client.get("/console/pledges/text/").status_code == 403
