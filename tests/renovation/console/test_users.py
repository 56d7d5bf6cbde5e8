"""Users and roles: who gets in, what is shown once, what one person may not hold together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from renovation.accounts.enums import Role, TokenScope
from renovation.accounts.models import Membership, User
from renovation.accounts.services import issue_token
from renovation.console import services
from renovation.core.errors import Refusal
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import PASSWORD, District, UserFactory, make_district

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 7, 2, 0, tzinfo=UTC)
PAGES = ("users", "new_user", "organisations", "settings", "holidays", "schedules")


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


def signed_in(district: District, user: str = "admin") -> Client:
    client = Client()
    client.force_login(district.users[user])
    return client


def page_of(user: User) -> str:
    return reverse("console:user", args=[user.pk])


def errors_of(answer: Any) -> list[str]:
    return [str(e) for errors in answer.context["form"].errors.values() for e in errors]


def test_only_the_administrator_and_the_auditor_get_in(district: District) -> None:
    found: dict[str, set[str]] = {}
    for name in district.users:
        client = signed_in(district, name)
        for page in (*PAGES, "audit"):
            status = client.get(reverse(f"console:{page}")).status_code
            assert status in (200, 403), (name, page)
            if status == 200:
                found.setdefault(name, set()).add(page)
    assert found == {"admin": set(PAGES), "auditor": {"audit"}}


def test_users_of_another_district_are_not_there(district: District) -> None:
    other = make_district("boshan-", short_name="博山住建局")
    client = signed_in(district)
    page = client.get(reverse("console:users"))
    assert set(page.context["page"]) == set(district.users.values())
    assert "boshan-" not in page.content.decode()
    stranger = other.users["bureau"]
    before = stranger.password
    assert client.get(page_of(stranger)).status_code == 404
    assert client.post(page_of(stranger), {"post_name": "x"}).status_code == 404
    assert client.post(reverse("console:reset_password", args=[stranger.pk])).status_code == 404
    assert client.get(reverse("console:new_membership", args=[stranger.pk])).status_code == 404
    role = stranger.memberships.get()
    assert client.post(reverse("console:end_membership", args=[role.pk])).status_code == 404
    stranger.refresh_from_db()
    assert stranger.password == before
    assert Membership.objects.filter(pk=role.pk).exists()


def test_users_are_found_by_name_and_post(district: District) -> None:
    client = signed_in(district)
    page = client.get(reverse("console:users"), {"q": "松龄路"})
    assert [u.username for u in page.context["page"]] == ["songlinglu", "songlinglu-head"]
    page = client.get(reverse("console:users"), {"q": "没有这个人"})
    assert list(page.context["page"]) == []


def test_an_account_without_a_role_is_shown_and_found_by_its_own_district(
    district: District,
) -> None:
    other = make_district("boshan-", short_name="博山住建局")
    client = signed_in(district)
    person = district.users["zhonglou"]
    client.post(reverse("console:end_membership", args=[person.memberships.get().pk]))
    stray = UserFactory(
        username="stray", post_name="从没有角色"
    )  # made by a command, never given one
    page = client.get(reverse("console:users"), {"standing": "none"})
    assert list(page.context["page"]) == [stray, person]
    assert page.content.decode().count("没有角色</span>") == 2
    page = client.get(reverse("console:users"), {"q": "zhonglou"})
    assert "zhonglou" in [each.username for each in page.context["page"]]
    assert client.get(page_of(person)).status_code == 200
    given = {"organisation": district.street("zhonglou").pk, "role": "clerk"}
    client.post(reverse("console:new_membership", args=[person.pk]), given)
    assert person.memberships.get().role == Role.CLERK
    # Another district's administrator sees who never had a post, not who had the last one here.
    district.users["banyanglu"].memberships.all().delete()
    strange = signed_in(other).get(reverse("console:users"), {"standing": "none"})
    assert list(strange.context["page"]) == [stray]
    off = client.get(reverse("console:users"), {"standing": "off"})
    assert list(off.context["page"]) == []


def test_a_new_user_gets_a_first_password_that_is_shown_once(district: District) -> None:
    client = signed_in(district)
    street = district.street("zhonglou")
    values = {
        "username": "zhonglou3",
        "post_name": "钟楼街道 填报岗",
        "email": "",
        "organisation": street.pk,
        "role": "clerk",
    }
    answer = client.post(reverse("console:new_user"), values)
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(username="zhonglou3")
    assert user.check_password(password)
    assert user.must_change_password
    assert [(m.organisation, m.role) for m in user.memberships.all()] == [(street, Role.CLERK)]
    assert password not in client.get(page_of(user)).content.decode()
    acts = AuditEntry.objects.order_by("pk").values_list("act", "sentence")
    assert [act for act, _ in acts] == ["user.create", "membership.add"]
    assert not any(password in sentence for _, sentence in acts)

    again = client.post(reverse("console:new_user"), values)
    assert again.status_code == 422
    assert errors_of(again) == ["这个用户名已经有人用了。"]


def test_a_new_user_cannot_be_put_into_another_district(district: District) -> None:
    other = make_district("boshan-")
    answer = signed_in(district).post(
        reverse("console:new_user"),
        {
            "username": "spy",
            "post_name": "x",
            "organisation": other.bureau.pk,
            "role": "bureau",
        },
    )
    assert answer.status_code == 422
    assert not User.objects.filter(username="spy").exists()


def test_a_reset_password_must_be_changed(district: District) -> None:
    user = district.users["banyanglu"]
    answer = signed_in(district).post(reverse("console:reset_password", args=[user.pk]))
    user.refresh_from_db()
    assert user.check_password(answer.context["password"])
    assert not user.check_password(PASSWORD)
    assert user.must_change_password
    entry = AuditEntry.objects.get(act="user.reset_password")
    assert entry.organisation == district.street("banyanglu")
    assert answer.context["password"] not in entry.sentence


def test_one_cannot_switch_oneself_off(district: District) -> None:
    admin = district.users["admin"]
    answer = signed_in(district).post(page_of(admin), {"post_name": admin.post_name})
    assert answer.status_code == 422
    assert errors_of(answer) == ["不能停用自己的账号。"]
    admin.refresh_from_db()
    assert admin.is_active
    role = admin.memberships.get()
    ended = signed_in(district).post(reverse("console:end_membership", args=[role.pk]))
    assert ended.status_code == 403
    assert admin.memberships.get() == role


def test_switching_off_ends_the_session_and_the_tokens(district: District) -> None:
    user = district.users["banyanglu"]
    token, _ = issue_token(user=user, scope=TokenScope.READ, days=30, now=NOW)
    theirs = signed_in(district, "banyanglu")
    answer = signed_in(district).post(page_of(user), {"post_name": "般阳路街道 旧岗"})
    assert answer.status_code == 302
    user.refresh_from_db()
    token.refresh_from_db()
    assert (user.is_active, user.post_name) == (False, "般阳路街道 旧岗")
    assert token.revoked_at == NOW
    assert theirs.get(reverse("home"))["Location"].startswith("/accounts/sign-in/")
    entry = AuditEntry.objects.get(act="user.update")
    assert entry.changes["is_active"] == ["True", "False"]
    assert entry.organisation == district.street("banyanglu")


@pytest.mark.parametrize(
    ("held", "added"),
    [
        (Role.ADMIN, Role.BUREAU),
        (Role.ADMIN, Role.AUDITOR),
        (Role.AUDITOR, Role.ADMIN),
        (Role.AUDITOR, Role.LEADER),
        (Role.BUREAU, Role.ADMIN),
        (Role.CLERK, Role.AUDITOR),
        (Role.COUNCIL, Role.ADMIN),
    ],
)
def test_the_three_keepers_are_three_people(district: District, held: Role, added: Role) -> None:
    by, user = district.users["admin"], UserFactory()
    Membership.objects.create(user=user, organisation=district.bureau, role=held)
    with pytest.raises(Refusal) as refused:
        services.add_membership(
            user=user, organisation=district.street("zhonglou"), role=added, by=by, now=NOW
        )
    assert refused.value.code == "membership.separation"
    assert [m.role for m in user.memberships.all()] == [held]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("place", "role"),
    [("bureau", Role.CLERK), ("bureau", Role.STREET_HEAD), ("zhonglou", Role.REVIEWER), ("zhonglou", Role.COUNCIL)],
)  # fmt: skip
def test_a_role_is_held_where_there_is_such_a_post(
    district: District, place: str, role: Role
) -> None:
    """街道填报 at the bureau would fill in every street's return."""
    organisation = district.bureau if place == "bureau" else district.street(place)
    client, user = signed_in(district), UserFactory()
    with pytest.raises(Refusal) as refused:
        services.add_membership(
            user=user, organisation=organisation, role=role, by=district.users["admin"], now=NOW
        )
    assert refused.value.code == "membership.kind"
    answer = client.post(
        reverse("console:new_user"),
        {"username": "x1", "post_name": "x", "organisation": organisation.pk, "role": role},
    )
    assert answer.status_code == 422
    assert f"“{role.label}”不能设在" in errors_of(answer)[0]
    assert not User.objects.filter(username="x1").exists()


def test_a_role_is_added_for_a_time_once_and_taken_away(district: District) -> None:
    client, user = signed_in(district), district.users["bureau"]
    address = reverse("console:new_membership", args=[user.pk])
    values = {
        "organisation": district.bureau.pk,
        "role": "reviewer",
        "valid_from": "2025-06-01",
        "valid_to": "2025-05-01",
    }
    assert errors_of(client.post(address, values)) == ["止不能早于起。"]
    assert client.post(address, values | {"valid_to": "2025-06-30"}).status_code == 302
    twice = client.post(address, values | {"valid_to": "2025-06-30"})
    assert (twice.status_code, errors_of(twice)) == (422, ["这个用户在该单位已有这个角色。"])
    keeper = client.post(address, {"organisation": district.bureau.pk, "role": "admin"})
    assert errors_of(keeper) == ["“系统管理员”不能兼任别的岗位（三员分立）。"]
    role = user.memberships.get(role=Role.REVIEWER)
    assert client.post(reverse("console:end_membership", args=[role.pk])).status_code == 302
    assert [m.role for m in user.memberships.all()] == [Role.BUREAU]
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["membership.add", "membership.end"]


def test_the_auditor_of_another_district_does_not_read_of_it(district: District) -> None:
    other = make_district("boshan-")
    client = signed_in(district)
    client.post(reverse("console:reset_password", args=[district.users["bureau"].pk]))
    client.post(page_of(district.users["bureau"]), {"post_name": "新岗", "is_active": "on"})
    acts = ["user.update", "user.reset_password"]
    own = signed_in(district, "auditor").get(reverse("console:audit"))
    foreign = signed_in(other, "auditor").get(reverse("console:audit"))
    assert [row.act for row in own.context["page"] if row.act in acts] == acts
    assert [row.act for row in foreign.context["page"] if row.act in acts] == []
