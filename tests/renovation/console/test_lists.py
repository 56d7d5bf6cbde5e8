"""The lists of accounts and of organisations: filter, order and workbook by the address."""

from __future__ import annotations

import html
import io
import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.test import Client

from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import PASSWORD, District, UserFactory, make_district, make_user
from tests.reports.typed_cells import texts_for_numbers

pytestmark = pytest.mark.django_db
USERS, PLACES = "/console/users/", "/console/organisations/"


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    make_district("boshan-", short_name="博山住建局")
    return make_district()


def signed_in(district: District, user: str = "admin") -> Client:
    client = Client()
    client.force_login(district.users[user])
    return client


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def names_of(client: Client, query: str) -> list[str]:
    return [each.username for each in client.get(f"{USERS}?{query}").context["page"]]


def taken(client: Client, address: str) -> list[dict[str, Any]]:
    """The rows of a workbook by their heads."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert texts_for_numbers(answer.content) == []
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    first = int(re.sub(r"\D", "", sheet.freeze_panes))
    heads = [cell.value for cell in sheet[first - 1]]
    rows = sheet.iter_rows(min_row=first, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows if row[0] is not None]


def test_accounts_are_found_by_place_role_and_standing(district: District, now: datetime) -> None:
    client, users = signed_in(district), district.users
    User.objects.filter(pk=users["npc"].pk).update(is_active=False)
    User.objects.update(must_change_password=False)
    User.objects.filter(pk=users["leader"].pk).update(must_change_password=True)
    stray = UserFactory(username="stray", must_change_password=False)
    assert names_of(client, "place=zhonglou&role=clerk") == ["zhonglou"]
    assert names_of(client, "role=reviewer") == ["reviewer"]
    assert names_of(client, "place=zhonglou&role=reviewer") == []
    assert names_of(client, "standing=off") == ["npc"]
    assert names_of(client, "standing=none") == [stray.username]
    assert names_of(client, "standing=first") == ["leader"]
    assert "npc" not in names_of(client, "standing=on")
    # Another district's street cannot be chosen: it is said, and nothing is filtered by it.
    odd = page_of(client, f"{USERS}?place=boshan-zhonglou")
    assert "没有这个选项，已按全部显示。" in odd
    assert "boshan-" not in odd.replace("place=boshan-zhonglou", "")


def test_accounts_are_sorted_both_ways_and_who_never_signed_in_comes_last(
    district: District, now: datetime
) -> None:
    client, users = signed_in(district), district.users
    User.objects.update(last_login=None)
    for name, days in (("bureau", 1), ("zhonglou", 3)):
        User.objects.filter(pk=users[name].pk).update(last_login=now - timedelta(days=days))
    assert names_of(client, "sort=seen")[:2] == ["zhonglou", "bureau"]
    assert names_of(client, "sort=-seen")[:2] == ["bureau", "zhonglou"]
    upwards, downwards = names_of(client, "sort=name"), names_of(client, "sort=-name")
    assert upwards == sorted(upwards)
    assert downwards == upwards[::-1]
    assert names_of(client, "sort=nothing") == upwards
    page = page_of(client, f"{USERS}?sort=-seen")
    assert 'aria-sort="descending"' in page


def test_accounts_are_taken_away_as_shown_a_row_a_role_without_secrets(
    district: District, now: datetime
) -> None:
    client = signed_in(district)
    person = make_user(district.street("zhonglou"), Role.CLERK, "zhonglou-b")
    person.email = "zhonglou-b@example.test"
    person.save()
    Membership.objects.create(
        user=person,
        organisation=district.street("zhonglou"),
        role=Role.STREET_HEAD,
        valid_from=date(2025, 6, 1),
        valid_to=date(2025, 6, 30),
    )
    page = page_of(client, f"{USERS}?place=zhonglou&sort=-name&page=1")
    (link,) = [href for href in re.findall(r'href="([^"]+)"', page) if "/export/" in href]
    assert parse_qs(urlsplit(link).query) == {"place": ["zhonglou"], "sort": ["-name"]}
    rows = taken(client, link)
    assert [(row["用户名"], row["角色"]) for row in rows] == [
        ("zhonglou-head", "街道审核"),
        ("zhonglou-b", "街道填报"),
        ("zhonglou-b", "街道审核"),
        ("zhonglou", "街道填报"),
    ]
    told = rows[2]
    assert (told["角色从哪天起"], told["角色到哪天止"]) == (
        datetime(2025, 6, 1),  # noqa: DTZ001 - a workbook knows no time zones
        datetime(2025, 6, 30),  # noqa: DTZ001
    )
    whole = str(rows)
    for secret in (person.password, PASSWORD, person.email):
        assert secret not in whole
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor, entry.organisation) == (
        "user.export",
        district.users["admin"],
        district.bureau,
    )
    assert entry.sentence == "导出用户（单位：钟楼街道），3 条"


def test_the_workbook_of_accounts_names_who_has_no_role(district: District, now: datetime) -> None:
    UserFactory(username="stray", post_name="从没有角色")
    rows = taken(signed_in(district), f"{USERS}export/?standing=none")
    assert [(row["用户名"], row["单位"], row["角色"]) for row in rows] == [("stray", None, None)]


def codes_of(client: Client, query: str) -> list[str]:
    return [line.row.code for line in client.get(f"{PLACES}?{query}").context["page"]]


def test_organisations_are_filtered_sorted_and_taken_away(
    district: District, now: datetime
) -> None:
    client = signed_in(district)
    Organisation.objects.filter(code="songlinglu").update(
        valid_from=date(2001, 1, 1), valid_to=date(2025, 5, 6)
    )
    tree = codes_of(client, "")
    assert set(codes_of(client, "kind=street")) == {"banyanglu", "songlinglu", "zhonglou"}
    assert codes_of(client, "standing=over") == ["songlinglu"]
    assert "songlinglu" not in codes_of(client, "standing=now")
    assert codes_of(client, "q=钟楼") == ["zhonglou"]
    assert codes_of(client, "q=ZHONGLOU") == ["zhonglou"]
    assert codes_of(client, "sort=code") == sorted(tree)
    assert codes_of(client, "sort=-code") == sorted(tree)[::-1]
    assert not any(code.startswith("boshan-") for code in tree)
    page = page_of(client, f"{PLACES}?kind=street&sort=-code")
    assert f'<span class="second">{district.bureau.short_name}</span>' in page
    (link,) = [href for href in re.findall(r'href="([^"]+)"', page) if "/export/" in href]
    rows = taken(client, link)
    assert [row["代码"] for row in rows] == ["zhonglou", "songlinglu", "banyanglu"]
    assert (rows[1]["上级单位"], rows[1]["撤销日期"]) == (
        district.bureau.short_name,
        datetime(2025, 5, 6),  # noqa: DTZ001 - a workbook knows no time zones
    )
    assert "没有符合条件的单位" in page_of(client, f"{PLACES}?q=没有这个单位")
    assert tree.index(district.bureau.code) < tree.index("banyanglu")


def test_only_the_administrator_takes_them_away(district: District, now: datetime) -> None:
    for name in district.users:
        client = signed_in(district, name)
        for address in (f"{USERS}export/", f"{PLACES}export/"):
            status = client.get(address).status_code
            assert (name, address, status) == (name, address, 200 if name == "admin" else 403)


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_one_and_three(
    district: District, now: datetime, count: int, django_assert_num_queries: Any
) -> None:
    street = district.street("zhonglou")
    for number in range(count):
        make_user(street, Role.CLERK, f"more-{number}")
        Organisation.objects.create(
            parent=street, kind="community", code=f"more-{number}", name="社区", short_name="社区"
        )
    client = signed_in(district)
    client.get(USERS)
    with django_assert_num_queries(9):
        assert len(names_of(client, "q=more-")) == count
    with django_assert_num_queries(10):
        client.get(f"{USERS}export/?q=more-")
    with django_assert_num_queries(6):
        assert len(codes_of(client, "q=more-")) == count
    with django_assert_num_queries(5):
        client.get(f"{PLACES}export/?q=more-")
