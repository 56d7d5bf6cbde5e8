"""Who can witness: the posts of the street and its communities."""

from __future__ import annotations

from django.db.models import QuerySet

from renovation.accounts.models import Organisation, User


def witnesses_for(*, organisation: Organisation, without: User) -> QuerySet[User]:
    """Active users with a post in a street or below it, but not the one who records."""
    places = organisation.descendants(include_self=True).values_list("pk", flat=True)
    return (
        User.objects.filter(memberships__organisation_id__in=list(places), is_active=True)
        .exclude(pk=without.pk)
        .distinct()
        .order_by("post_name", "username")
    )
