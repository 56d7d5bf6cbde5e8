"""Queries over users and organisations."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When
from tree_queries.query import TreeQuerySet

import renovation.core.among  # the lookup by which every scope is asked

from .enums import Permission

if TYPE_CHECKING:
    from .models import (
        ApiToken,
        HandOver,
        Membership,
        Organisation,
        Pledge,
        PledgeText,
        StandIn,
        User,
    )
    from .scope import Scope


#: How many steps of the tree one query reads, up or down: more than lie between a city and a community.
_STEPS = 4


class OrganisationQuerySet(TreeQuerySet):
    """Organisations in tree order."""

    def lineage(self, pk: int) -> list[int]:
        """Ids of an organisation and what stands above it, the nearest first. One query. Raises ``RuntimeError``
        where it stands above itself."""
        found = [pk]
        parents = ["__".join(["parent"] * step) + "_id" for step in range(1, _STEPS + 1)]
        while True:
            above = self.order_by().values_list(*parents).get(pk=found[-1])
            found += [each for each in above if each is not None]
            if len(set(found)) < len(found):
                raise RuntimeError(f"organisation {pk} stands above itself: {found}")
            if above[-1] is None:
                return found

    def with_all_below(self, pk: int) -> set[int]:
        """Ids of an organisation and of everything below it. One query, another for every four steps more that the
        tree is deep."""
        parents = ["__".join(["parent"] * step) for step in range(1, _STEPS + 1)]
        found, edge, followed = {pk}, {pk}, set[int]()
        while edge:
            below = reduce(or_, (Q(**{f"{parent}__in": edge}) for parent in parents))
            rows = list(self.order_by().filter(below).values_list("pk", f"{parents[-1]}_id"))
            found |= {each for each, _ in rows}
            followed |= edge
            edge = {each for each, top in rows if top in edge} - followed
        return found

    def ancestors(
        self, of: Organisation | int, *, include_self: bool = False
    ) -> OrganisationQuerySet:
        """What stands above an organisation, the top first; ``of`` it or its id, as ``TreeNode.clean`` asks. By the
        keys of its parents: every request asks for a street's bureau, and laying out the whole tree for it took
        longer than all else that it reads."""
        path = getattr(of, "tree_path", None)
        path = path or self.lineage(of if isinstance(of, int) else of.pk)[::-1]
        ids = path if include_self else path[:-1]
        rows: OrganisationQuerySet = self.without_tree_fields().filter(pk__in=ids)
        if ids:
            places = (When(pk=pk, then=Value(place)) for place, pk in enumerate(ids))
            rows = rows.order_by(Case(*places))
        return rows

    def visible_to(self, scope: Scope) -> OrganisationQuerySet:
        """Those of the scope: its own and everything below."""
        rows: OrganisationQuerySet = self.filter(pk__among=scope.organisation_ids)
        return rows

    def valid_on(self, day: date) -> OrganisationQuerySet:
        """Not yet dissolved and already founded on a day."""
        rows: OrganisationQuerySet = self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )
        return rows


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, scope: Scope) -> MembershipQuerySet:
        """Memberships in the scope's organisations."""
        return self.filter(organisation_id__among=scope.organisation_ids)

    def valid_on(self, day: date) -> MembershipQuerySet:
        """Memberships in force on a day, both ends included."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, scope: Scope) -> UserQuerySet:
        """Oneself; for who manages users also everybody with a membership in the scope, and who has none any more
        and had the last in the scope, or never had one at all: nobody else could give such an account a post."""
        mine = Q(pk=scope.user_id)
        if scope.can(Permission.USERS_MANAGE):
            mine |= Q(memberships__organisation_id__among=scope.organisation_ids)
            mine |= Q(pk__in=self._homeless(scope).values("pk"))
        return self.filter(mine).distinct()

    def without_roles(self) -> UserQuerySet:
        """Those who hold no post: they sign in and see nothing."""
        return self.filter(memberships=None)

    def _homeless(self, scope: Scope) -> UserQuerySet:
        membership: Any = self.model._meta.get_field("memberships").related_model
        posts = membership.history.model.objects.filter(user_id=OuterRef("pk"))
        last = posts.order_by("-history_date", "-history_id").values("organisation_id")[:1]
        rows: UserQuerySet = self.model._base_manager.filter(memberships=None)  # type: ignore[assignment]
        found = rows.annotate(last=Subquery(last))
        return found.filter(Q(last__in=scope.organisation_ids) | Q(last=None))


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, scope: Scope) -> ApiTokenQuerySet:
        """One's own; for who manages users also those of users in the scope."""
        mine = Q(user_id=scope.user_id)
        if scope.can(Permission.USERS_MANAGE):
            mine |= Q(user__memberships__organisation_id__among=scope.organisation_ids)
        return self.filter(mine).distinct()


class PledgeTextQuerySet(models.QuerySet["PledgeText"]):
    def visible_to(self, scope: Scope) -> PledgeTextQuerySet:
        """The wordings of the organisations in the scope."""
        return self.filter(organisation_id__among=scope.organisation_ids)


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def visible_to(self, scope: Scope) -> PledgeQuerySet:
        """One's own; for the bureau's people and its administrator those of everybody in the scope."""
        mine = Q(user_id=scope.user_id)
        if {Permission.USERS_MANAGE, Permission.RETURN_SEND_BACK} & scope.permissions:
            mine |= Q(organisation_id__among=scope.organisation_ids)
        return self.filter(mine)


class StandInQuerySet(models.QuerySet["StandIn"]):
    def visible_to(self, scope: Scope) -> StandInQuerySet:
        """Those that concern oneself; for who manages users all of the scope."""
        mine = Q(deputy_id=scope.user_id) | Q(principal_id=scope.user_id)
        if scope.can(Permission.USERS_MANAGE):
            mine |= Q(organisation_id__among=scope.organisation_ids)
        return self.filter(mine)

    def in_force_on(self, day: date) -> StandInQuerySet:
        """Those that are appointed for a day, both ends included."""
        return self.filter(ended_at=None, valid_from__lte=day, valid_to__gte=day)

    def acting_on(self, day: date) -> StandInQuerySet:
        """Those in force whose principal holds the post on the day: what a deputy may act by (`scope.scope_of`)."""
        principal: Any = self.model._meta.get_field("principal").related_model
        posts = principal._meta.get_field("memberships").related_model.objects.valid_on(day)
        held = posts.filter(
            user=OuterRef("principal"),
            organisation=OuterRef("organisation"),
            role=OuterRef("role"),
        )
        return self.in_force_on(day).filter(Exists(held))


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, scope: Scope) -> HandOverQuerySet:
        """Those of the scope's organisations, for who manages its users."""
        if not scope.can(Permission.USERS_MANAGE):
            return self.none()
        return self.filter(organisation_id__among=scope.organisation_ids)
