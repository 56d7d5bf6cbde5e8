"""Parameters with their history, the calendar, schedules, the audit page."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.core.holidays import HOLIDAYS
from renovation.core.schedules import Rule
from renovation.jobs.models import Schedule
from renovation.records.models import AuditEntry, Holiday, Setting
from renovation.records.services import set_value, values_in_force
from tests.conftest import Clock
from tests.factories.accounts import District, make_district

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 7, 2, 0, tzinfo=UTC)
DUE = "weekly.due_clock"
DAY = date(2025, 5, 7)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


def signed_in(district: District, user: str = "admin") -> Client:
    client = Client()
    client.force_login(district.users[user])
    return client


def put(organisation: Organisation, value: str, on: date = DAY) -> Setting:
    return set_value(
        key=DUE,
        organisation=organisation,
        value=value,
        effective_on=on,
        reason="会议定",
        by=None,
        now=NOW,
    )


def due(organisation: Organisation, on: date = DAY) -> time:
    found: time = values_in_force(organisation=organisation, on=on)[DUE]
    return found


def test_the_nearest_value_up_the_tree_counts(
    district: District, django_assert_num_queries: Any
) -> None:
    near, far = district.street("banyanglu"), district.street("zhonglou")
    other = make_district("boshan-")
    assert due(near) == time(17, 0)
    put(district.city, "15:00")
    assert (due(near), due(district.bureau)) == (time(15, 0), time(15, 0))
    put(district.bureau, "16:00")
    put(near, "16:30")
    put(other.bureau, "12:00")
    seen = [due(each) for each in (near, far, district.bureau, district.city)]
    assert seen == [time(16, 30), time(16, 0), time(16, 0), time(15, 0)]
    near.refresh_from_db()
    with django_assert_num_queries(3):
        due(near)


def test_a_value_counts_from_its_day_and_the_last_word_wins(district: District) -> None:
    bureau = district.bureau
    put(bureau, "16:00", date(2025, 5, 10))
    put(bureau, "15:00", date(2025, 5, 8))
    put(bureau, "15:30", date(2025, 5, 8))
    days = {day: due(bureau, date(2025, 5, day)) for day in (7, 8, 9, 10)}
    assert days == {7: time(17, 0), 8: time(15, 30), 9: time(15, 30), 10: time(16, 0)}


def test_a_value_is_checked_and_kept_with_its_history(district: District) -> None:
    client, address = signed_in(district), reverse("console:setting", args=[DUE])
    values = {
        "organisation": district.bureau.pk,
        "value": "16:00",
        "effective_on": "2025-05-12",
        "reason": "局务会定",
    }
    assert client.post(address, values).status_code == 302
    assert client.post(address, values | {"value": "25:00"}).status_code == 422
    assert client.post(address, values | {"reason": ""}).status_code == 422
    other = make_district("boshan-")
    foreign = client.post(address, values | {"organisation": other.bureau.pk})
    assert foreign.status_code == 422
    put(other.bureau, "09:59")
    page = client.get(address)
    assert [(row.value, shown) for row, shown in page.context["history"]] == [("16:00", "16:00")]
    assert "09:59" not in page.content.decode()
    assert client.get(reverse("console:setting", args=["no.such"])).status_code == 404
    entry = AuditEntry.objects.get(act="setting.set", organisation=district.bureau)
    assert entry.changes == {DUE: ["17:00", "16:00"]}
    with pytest.raises(Refusal):
        set_value(
            key="no.such",
            organisation=district.bureau,
            value="1",
            effective_on=DAY,
            reason="",
            by=None,
            now=NOW,
        )


def test_a_year_without_its_notice_is_warned_about(district: District) -> None:
    client, warning = signed_in(district), "还没有这一年的放假安排。"
    Holiday.objects.all().delete()
    Holiday.objects.create(day=date(2025, 5, 1), is_workday=False, name="劳动节")
    Holiday.objects.create(
        day=date(2026, 5, 1), is_workday=False, name="劳动节", is_provisional=True
    )
    address = reverse("console:holidays")
    assert warning not in client.get(address).content.decode()
    page = client.get(address, {"year": "2026"})
    assert warning in page.content.decode()
    assert [row.day for row in page.context["rows"]] == [date(2026, 5, 1)]


@pytest.mark.parametrize("year", ["0", "99999", "²", "-1", "x"])
def test_an_odd_year_is_no_fault(district: District, year: str) -> None:
    answer = signed_in(district).get(reverse("console:holidays"), {"year": year})
    assert (answer.status_code, answer.context["year"]) == (200, 2025)


def test_a_day_is_added_changed_and_removed(district: District) -> None:
    client = signed_in(district)
    Holiday.objects.all().delete()
    values = {"day": "2025-10-11", "is_workday": "on", "name": "国庆节调休"}
    answer = client.post(reverse("console:new_holiday"), values)
    assert answer["Location"] == "/console/holidays/?year=2025"
    assert client.post(reverse("console:new_holiday"), values).status_code == 422
    row = Holiday.objects.get()
    client.post(reverse("console:holiday", args=[row.pk]), values | {"name": "调休上班"})
    row.refresh_from_db()
    assert (row.name, row.is_workday) == ("调休上班", True)
    client.post(reverse("console:remove_holiday", args=[row.pk]))
    assert not Holiday.objects.exists()
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["holiday.save", "holiday.save", "holiday.delete"]


def test_holidays_are_loaded_once(clock: Clock) -> None:
    Holiday.objects.all().delete()
    entered = HOLIDAYS[0]
    Holiday.objects.create(day=entered.day, is_workday=True, name="人工录入")
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("load_holidays", stdout=out)
        said.append(out.getvalue().strip())
    count = len(HOLIDAYS)
    assert said == [
        f"新录入 {count - 1} 天，原有 1 天未动。",
        f"新录入 0 天，原有 {count} 天未动。",
    ]
    assert Holiday.objects.get(day=entered.day).name == "人工录入"


def test_a_schedule_is_set_for_the_own_bureau(district: District) -> None:
    other = make_district("boshan-", short_name="博山住建局")
    client = signed_in(district)

    def address(code: str, bureau: Organisation) -> str:
        return reverse("console:schedule", args=[code, bureau.code])

    values = {"at": "10:30", "counting": "workday", "number": "2", "after": "on"}
    own = address("delivery.sheet", district.bureau)
    assert client.get(own).status_code == 200
    assert client.post(own, values | {"is_enabled": "on"}).status_code == 302
    row = Schedule.objects.get()
    rule = Rule.from_json(row.rule)
    assert (row.kind, row.organisation, row.is_enabled) == (
        "delivery.sheet",
        district.bureau,
        True,
    )
    assert (rule.at, rule.workday, rule.day, rule.after) == (time(10, 30), 2, None, True)
    bad = client.post(own, values | {"number": "99"})
    assert (bad.status_code, list(bad.context["form"].errors)) == (422, ["number"])
    assert client.post(own, values | {"number": ""}).status_code == 422
    assert client.post(address("delivery.sheet", other.bureau), values).status_code == 404
    assert client.get(address("no.such", district.bureau)).status_code == 404
    assert Schedule.objects.get().rule == row.rule
    page = client.get(reverse("console:schedules"))
    assert {each["bureau"] for each in page.context["rows"]} == {district.bureau}
