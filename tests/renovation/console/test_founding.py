"""The first day of a bureau: from an empty database to an administrator who signs in."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from renovation.accounts.models import Organisation, User
from renovation.core.holidays import HOLIDAYS
from renovation.jobs.models import Schedule
from renovation.jobs.services import kinds
from renovation.records.models import AuditEntry, Holiday

pytestmark = pytest.mark.django_db
ZICHUAN = {
    "code": "zichuan-bureau",
    "name": "淄川区住房和城乡建设局",
    "short_name": "区住建局",
    "district": "淄川区",
    "prefix": "淄建发",
    "city": "淄博市住房和城乡建设局",
    "admin": "admin",
}
BOSHAN = ZICHUAN | {
    "code": "boshan-bureau",
    "name": "博山区住房和城乡建设局",
    "district": "博山区",
    "prefix": "博建发",
    "admin": "boshan-admin",
}


def found(**options: str) -> str:
    out = StringIO()
    call_command("found_bureau", **options, stdout=out)
    return out.getvalue()


def test_an_empty_database_becomes_a_bureau_whose_administrator_signs_in(client: Client) -> None:
    password = found(**ZICHUAN).splitlines()[-1]
    bureau = Organisation.objects.get(code="zichuan-bureau")
    assert (bureau.name, bureau.document_prefix) == ("淄川区住房和城乡建设局", "淄建发")
    assert bureau.parent is not None
    assert bureau.parent.name == "淄博市住房和城乡建设局"
    assert set(Holiday.objects.values_list("day", flat=True)) == {row.day for row in HOLIDAYS}
    schedules = Schedule.objects.filter(organisation=bureau, is_enabled=True)
    assert set(schedules.values_list("kind", flat=True)) == set(kinds())
    assert AuditEntry.objects.filter(act="user.create").count() == 1

    answer = client.post(
        reverse("accounts:sign_in"), {"username": "admin", "password": password}, follow=True
    )
    assert answer.status_code == 200
    assert (
        client.get(reverse("console:users")).status_code == 302
    )  # the first password is changed first
    assert User.objects.get().must_change_password


def test_a_second_district_shares_the_city_and_nothing_else() -> None:
    found(**ZICHUAN)
    days = Holiday.objects.count()
    found(**BOSHAN)
    cities = Organisation.objects.filter(kind="city")
    assert [city.name for city in cities] == ["淄博市住房和城乡建设局"]
    assert {row.code for row in Organisation.objects.filter(parent=cities[0])} == {
        "zichuan-bureau",
        "boshan-bureau",
    }
    assert Holiday.objects.count() == days


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "已有代码为“zichuan-bureau”的单位。"),
        ({"code": "other"}, "已有用户“admin”，请用别的用户名。"),
        ({"code": "区局"}, "代码只用小写字母、数字和连字符，如 zichuan-bureau。"),
        ({"code": "other", "admin": "second", "prefix": " "}, "缺少发文代字。"),
    ],
)
def test_what_is_taken_or_missing_is_refused_and_nothing_is_made(
    change: dict[str, str], sentence: str
) -> None:
    found(**ZICHUAN)
    before = (Organisation.objects.count(), User.objects.count(), AuditEntry.objects.count())
    with pytest.raises(CommandError) as refused:
        found(**(ZICHUAN | change))
    assert str(refused.value) == sentence
    after = (Organisation.objects.count(), User.objects.count(), AuditEntry.objects.count())
    assert after == before
