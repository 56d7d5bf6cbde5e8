"""The frozen scope of a request: which rows exist for somebody, and what may be done to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date

from django.db.models import Exists, OuterRef

from renovation.core.holding import held

from .enums import APPROVED_ONLY, PERMISSIONS_OF, OrganisationKind, Permission, Role
from .models import Membership, Organisation, StandIn, User


@dataclass(frozen=True, slots=True)
class Scope:
    """Who acts, from where, and what is in sight.

    ``organisation_ids``: the organisations of the memberships and everything below them; rows that
    belong to one of these are visible. ``party_ids``: companies through whose part in a project that
    project is visible. ``bureau_id``: the district bureau whose rules and papers apply, if any.
    """

    user_id: int | None
    post_name: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    organisation_ids: frozenset[int]
    home_ids: frozenset[int]
    party_ids: frozenset[int]
    bureau_id: int | None
    #: In whose place ``user_id`` acts (AB岗), None for oneself.
    for_user_id: int | None = None
    #: Somebody appointed this person as a stand-in for today.
    may_stand_in: bool = False

    @property
    def persons(self) -> frozenset[int]:
        """Whose acts count as one's own where two persons must differ."""
        return frozenset(pk for pk in (self.user_id, self.for_user_id) if pk is not None)

    def can(self, permission: Permission) -> bool:
        """Whether a role of this scope carries the permission."""
        return permission in self.permissions

    @property
    def approved_only(self) -> bool:
        """True when every role of the scope is shown only what is approved."""
        return bool(self.roles) and self.roles <= APPROVED_ONLY

    @property
    def is_anonymous(self) -> bool:
        """True for a visitor who has not signed in."""
        return self.user_id is None


NOBODY = Scope(
    user_id=None,
    post_name="",
    roles=frozenset(),
    permissions=frozenset(),
    organisation_ids=frozenset(),
    home_ids=frozenset(),
    party_ids=frozenset(),
    bureau_id=None,
)


def detached(scope: Scope) -> Scope:
    """The same scope without the request that builds it when it is first looked at: for what outlives a request."""
    return Scope(**{each.name: getattr(scope, each.name) for each in fields(Scope)})


def impersonal(scope: Scope) -> Scope:
    """What may be seen, whoever of those who see it looks: for what many are shown."""
    return replace(
        detached(scope), user_id=None, post_name="", for_user_id=None, may_stand_in=False
    )


def scope_of(user: User, *, on: date) -> Scope:
    """Build the scope of a user on a day from the memberships in force.

    A street's staff see the street and its communities, a bureau's the district, the council what
    hangs below the bureau it reviews; a company sees the projects that it is a party to. A stand-in (AB岗) has
    the scope of the post stood in for, and no other, from 0:00 of the first day to 24:00 of the last.
    """
    if not user.is_active:
        return NOBODY
    memberships = _memberships_of(user, on)
    nowhere = replace(
        NOBODY,
        user_id=user.pk,
        post_name=str(user),
        for_user_id=getattr(user.stands_for, "pk", None),
    )
    if not memberships:
        return nowhere
    roles = frozenset(Role(m.role) for m in memberships)
    seen: set[int] = set()
    parties: set[int] = set()
    bureau_id: int | None = None
    for organisation in _roots(memberships):
        if organisation.kind == OrganisationKind.COMPANY:
            parties.add(organisation.pk)
        else:
            seen |= Organisation.objects.all().with_all_below(organisation.pk)
        bureau_id = bureau_id or _bureau_of(organisation)
    return Scope(
        user_id=user.pk,
        post_name=str(user),
        roles=roles,
        permissions=frozenset().union(*(PERMISSIONS_OF[role] for role in roles)),
        organisation_ids=frozenset(seen),
        home_ids=frozenset(m.organisation_id for m in memberships),
        party_ids=frozenset(parties),
        bureau_id=bureau_id,
        for_user_id=nowhere.for_user_id,
        may_stand_in=any(getattr(each, "may_stand_in", False) for each in memberships),
    )


def _memberships_of(user: User, on: date) -> list[Membership]:
    """One's own posts; of a stand-in the one post that is stood in for, while the appointment runs and the person
    stood for holds it. One query either way."""
    row = user.standing_in
    if row is None:
        waiting = StandIn.objects.in_force_on(on).filter(deputy=OuterRef("user"))
        mine = Membership.objects.filter(user=user).annotate(may_stand_in=Exists(waiting))
    elif row.deputy_id == user.pk and row.is_in_force(on):
        mine = Membership.objects.filter(
            user=row.principal_id, organisation=row.organisation_id, role=row.role
        )
    else:
        return []
    return list(mine.valid_on(on).select_related("organisation"))


def bureau_in(scope: Scope) -> Organisation | None:
    """The district bureau whose rules and papers apply to a scope, None where there is none."""
    if scope.bureau_id is None:
        return None
    pk = scope.bureau_id
    found: Organisation | None = held(
        _bureau_key(pk), lambda: Organisation.objects.filter(pk=pk).first()
    )
    return found


def know_bureau(bureau: Organisation) -> None:
    """Let ``bureau_in`` of this request know a bureau that was read along with something else."""
    held(_bureau_key(bureau.pk), lambda: bureau)


def _bureau_key(pk: int) -> tuple[str, int]:
    return "organisation", pk


def _roots(memberships: Iterable[Membership]) -> list[Organisation]:
    """The organisations whose subtrees are in sight. The council hangs below its bureau's district
    and looks at the whole of it, so its parent is taken."""
    found: dict[int, Organisation] = {}
    for membership in memberships:
        organisation = membership.organisation
        if organisation.kind == OrganisationKind.COUNCIL and organisation.parent is not None:
            organisation = organisation.parent
        found[organisation.pk] = organisation
    return list(found.values())


def _bureau_of(organisation: Organisation) -> int | None:
    if organisation.kind == OrganisationKind.BUREAU:
        return int(organisation.pk)
    bureau: Organisation | None = (
        organisation.ancestors().filter(kind=OrganisationKind.BUREAU).last()
    )
    return int(bureau.pk) if bureau else None
