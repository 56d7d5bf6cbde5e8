"""What exists for whom: every role, two districts side by side, time and switched-off accounts."""

from __future__ import annotations

from datetime import date

import pytest

from renovation.accounts.enums import APPROVED_ONLY, PERMISSIONS_OF, Permission, Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.accounts.scope import NOBODY, scope_of
from tests.factories.accounts import (
    CommunityFactory,
    District,
    MembershipFactory,
    UserFactory,
    make_district,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 7)


@pytest.fixture
def district() -> District:
    make_district("boshan-", short_name="博山住建局")
    return make_district()


def ids(*organisations: Organisation) -> frozenset[int]:
    return frozenset(each.pk for each in organisations)


def whole(district: District) -> frozenset[int]:
    return ids(
        district.bureau,
        *district.streets,
        district.council,
        district.contractor,
        district.supervisor,
    )


@pytest.mark.parametrize("user", ["banyanglu", "banyanglu-head"])
def test_a_street_sees_itself_and_its_communities(district: District, user: str) -> None:
    street = district.street("banyanglu")
    community = CommunityFactory(parent=street)
    CommunityFactory(parent=district.street("songlinglu"))
    scope = scope_of(district.users[user], on=DAY)
    assert scope.organisation_ids == ids(street, community)
    assert scope.home_ids == ids(street)
    assert scope.bureau_id == district.bureau.pk
    assert scope.party_ids == frozenset()


@pytest.mark.parametrize(
    "user",
    [
        *("admin", "bureau", "bureau2", "reviewer", "leader", "office"),
        *("inspector", "npc", "auditor", "hotline"),
    ],
)
def test_the_bureau_and_the_council_see_the_district(district: District, user: str) -> None:
    scope = scope_of(district.users[user], on=DAY)
    assert scope.organisation_ids == whole(district)
    assert scope.bureau_id == district.bureau.pk
    assert scope.party_ids == frozenset()
    home = district.council if user == "npc" else district.bureau
    assert scope.home_ids == ids(home)


@pytest.mark.parametrize("user", ["contractor", "supervisor"])
def test_a_company_sees_through_its_parts_only(district: District, user: str) -> None:
    scope = scope_of(district.users[user], on=DAY)
    company = {"contractor": district.contractor, "supervisor": district.supervisor}[user]
    assert scope.organisation_ids == frozenset()
    assert scope.party_ids == ids(company)


def test_a_role_has_its_permissions_and_no_more(district: District) -> None:
    for user in district.users.values():
        scope = scope_of(user, on=DAY)
        (role,) = scope.roles
        assert scope.permissions == PERMISSIONS_OF[role]
        assert scope.approved_only == (role in APPROVED_ONLY)
    assert not scope_of(district.users["admin"], on=DAY).can(Permission.LEDGER_READ)
    assert not scope_of(district.users["leader"], on=DAY).can(Permission.PAPER_DRAFT)


def test_two_districts_share_nothing(district: District) -> None:
    boshan = User.objects.get(username="boshan-bureau")
    one, two = scope_of(district.users["bureau"], on=DAY), scope_of(boshan, on=DAY)
    assert one.organisation_ids & two.organisation_ids == frozenset()
    assert one.bureau_id != two.bureau_id
    assert district.city.pk not in one.organisation_ids
    admin = scope_of(district.users["admin"], on=DAY)
    assert set(User.objects.visible_to(admin)) == set(district.users.values())
    clerk = scope_of(district.users["zhonglou"], on=DAY)
    assert list(User.objects.visible_to(clerk)) == [district.users["zhonglou"]]


def test_the_city_sees_all_districts_below_it(district: District) -> None:
    scope = scope_of(make_user(district.city, Role.INSPECTOR), on=DAY)
    assert scope.organisation_ids == whole(district) | ids(district.city)
    assert scope.bureau_id is None


def test_two_roles_add_up(district: District) -> None:
    user = make_user(district.street("banyanglu"), Role.CLERK)
    MembershipFactory(user=user, organisation=district.contractor, role=Role.CONTRACTOR)
    scope = scope_of(user, on=DAY)
    assert scope.roles == {Role.CLERK, Role.CONTRACTOR}
    assert scope.permissions == PERMISSIONS_OF[Role.CLERK] | PERMISSIONS_OF[Role.CONTRACTOR]
    assert scope.organisation_ids == ids(district.street("banyanglu"))
    assert scope.party_ids == ids(district.contractor)
    assert not scope.approved_only


def test_a_membership_counts_from_its_first_to_its_last_day(district: District) -> None:
    user = UserFactory()
    MembershipFactory(
        user=user,
        organisation=district.street("banyanglu"),
        valid_from=date(2025, 5, 7),
        valid_to=date(2025, 5, 9),
    )
    seen = {
        day: bool(scope_of(user, on=date(2025, 5, day)).organisation_ids) for day in (6, 7, 9, 10)
    }
    assert seen == {6: False, 7: True, 9: True, 10: False}
    after = scope_of(user, on=date(2025, 5, 10))
    assert (after.user_id, after.permissions) == (user.pk, frozenset())


def test_a_switched_off_user_is_nobody(district: District) -> None:
    user = district.users["bureau"]
    user.is_active = False
    user.save()
    assert Membership.objects.filter(user=user).exists()
    scope = scope_of(user, on=DAY)
    assert scope == NOBODY
    assert scope.is_anonymous
