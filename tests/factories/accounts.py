"""Organisations and people: a district with its streets, and a user for every post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import get_hasher, make_password

from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Membership, Organisation, StandIn, User
from renovation.accounts.scope import Scope, scope_of

PASSWORD = "Huanxin-2025"
PASSWORD_SINCE = datetime(2025, 1, 2, tzinfo=UTC)
STREETS = (("banyanglu", "般阳路街道"), ("songlinglu", "松龄路街道"), ("zhonglou", "钟楼街道"))


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.STREET
    code = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"第{n}街道办事处")
    short_name = factory.LazyAttribute(lambda o: o.name.removesuffix("办事处"))
    order = factory.Sequence(lambda n: n)


class CityFactory(OrganisationFactory):
    kind = OrganisationKind.CITY
    name = "淄博市住房和城乡建设局"
    short_name = "市住建局"


class BureauFactory(OrganisationFactory):
    kind = OrganisationKind.BUREAU
    name = "淄川区住房和城乡建设局"
    short_name = "区住建局"
    district_name = "淄川区"
    document_prefix = "淄建发"


class StreetFactory(OrganisationFactory):
    parent = factory.SubFactory(BureauFactory)


class CommunityFactory(OrganisationFactory):
    kind = OrganisationKind.COMMUNITY
    name = factory.Sequence(lambda n: f"第{n}社区")
    short_name = factory.SelfAttribute("name")


class CompanyFactory(OrganisationFactory):
    kind = OrganisationKind.COMPANY
    name = factory.Sequence(lambda n: f"某建设工程有限公司（{n}）")
    short_name = factory.Sequence(lambda n: f"某建设{n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user-{n}")
    post_name = factory.LazyAttribute(lambda o: f"{o.username} 岗")
    must_change_password = False
    password_changed_at = PASSWORD_SINCE
    password = factory.django.Password(PASSWORD)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(StreetFactory)
    role = Role.CLERK


def make_user(organisation: Organisation, role: Role, username: str = "", **fields: Any) -> User:
    """A user who holds a role in an organisation."""
    post = f"{organisation.short_name} {role.label}"
    named = {"username": username} if username else {}
    user = UserFactory(post_name=post, **named, **fields)
    MembershipFactory(user=user, organisation=organisation, role=role)
    return user


def make_stand_in(
    principal: User,
    username: str,
    *,
    role: Role = Role.CLERK,
    days: tuple[date, date] = (date(2025, 5, 1), date(2025, 5, 31)),
) -> User:
    """Somebody with a post of the role beside ``principal``, who acts in the only post of ``principal`` (AB岗), as a
    request carries them."""
    post = principal.memberships.get()
    deputy = make_user(post.organisation, role, username)
    deputy.standing_in = StandIn.objects.create(
        principal=principal,
        deputy=deputy,
        organisation=post.organisation,
        role=post.role,
        valid_from=days[0],
        valid_to=days[1],
        reason="公休",
        appointed_by=principal,
        appointed_at=datetime(2025, 4, 30, 1, tzinfo=UTC),
    )
    return deputy


def scope_for(user: User, on: date = date(2025, 5, 7)) -> Scope:
    """The scope of a user on a day."""
    return scope_of(user, on=on)


@cache
def _hash_of(password: str, algorithm: str) -> str:
    """One for all users of a run: it is hashed anew only where a test sets another algorithm."""
    return make_password(password, hasher=algorithm)


@dataclass
class District:
    """A district bureau with three streets, a council and companies, and its users by user name."""

    city: Organisation
    bureau: Organisation
    streets: list[Organisation]
    council: Organisation
    contractor: Organisation
    supervisor: Organisation
    users: dict[str, User]

    def street(self, code: str) -> Organisation:
        """The street whose code ends so (``zhonglou``)."""
        return next(street for street in self.streets if street.code.endswith(code))


def make_district(prefix: str = "", **bureau: Any) -> District:
    """The district of the demo with all the posts of CONTRACT.md; the users are called as there.

    With a prefix (``"boshan-"``) all codes and user names begin with it, so that two districts stand
    side by side. Other fields are given to the bureau.
    """
    city = CityFactory(code=f"{prefix}zibo", parent=None)
    defaults: dict[str, Any] = {"code": f"{prefix}zichuan-bureau", "parent": city}
    top = BureauFactory(**(defaults | bureau))
    streets = [
        StreetFactory.build(
            code=f"{prefix}{code}", name=f"{name}办事处", short_name=name, parent=top, order=n
        )
        for n, (code, name) in enumerate(STREETS, start=1)
    ]
    council = OrganisationFactory.build(
        kind=OrganisationKind.COUNCIL,
        code=f"{prefix}zichuan-npc",
        name="淄川区人大常委会",
        short_name="区人大",
        parent=top,
        order=9,
    )
    contractor = CompanyFactory.build(
        code=f"{prefix}contractor-1",
        name="鲁中某建设工程有限公司",
        short_name="鲁中某建设",
        parent=top,
    )
    supervisor = CompanyFactory.build(
        code=f"{prefix}supervisor-1", name="淄川某监理有限公司", short_name="淄川某监理", parent=top
    )
    # At once, without a history: every test begins with these and the people.
    Organisation.objects.bulk_create([*streets, council, contractor, supervisor])
    posts: list[tuple[str, Organisation, Role]] = [
        ("admin", top, Role.ADMIN),
        ("bureau", top, Role.BUREAU),
        ("bureau2", top, Role.BUREAU),
        ("reviewer", top, Role.REVIEWER),
        ("leader", top, Role.LEADER),
        ("office", top, Role.OFFICE),
        *((code, street, Role.CLERK) for (code, _), street in zip(STREETS, streets, strict=True)),
        *(
            (f"{code}-head", street, Role.STREET_HEAD)
            for (code, _), street in zip(STREETS, streets, strict=True)
        ),
        ("contractor", contractor, Role.CONTRACTOR),
        ("supervisor", supervisor, Role.SUPERVISOR),
        ("inspector", top, Role.INSPECTOR),
        ("npc", council, Role.COUNCIL),
        ("auditor", top, Role.AUDITOR),
        ("hotline", top, Role.HOTLINE),
    ]
    # As UserFactory makes them, without its calls of a hundred functions for each.
    password = _hash_of(PASSWORD, get_hasher().algorithm)
    users = {
        name: User(
            username=f"{prefix}{name}",
            post_name=f"{organisation.short_name} {role.label}",
            must_change_password=False,
            password_changed_at=PASSWORD_SINCE,
            password=password,
        )
        for name, organisation, role in posts
    }
    User.objects.bulk_create(users.values())
    Membership.objects.bulk_create(
        Membership(user=users[name], organisation=organisation, role=role)
        for name, organisation, role in posts
    )
    return District(city, top, streets, council, contractor, supervisor, users)
