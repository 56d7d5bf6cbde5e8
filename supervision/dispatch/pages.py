"""What the pages of the wing share: rows in sight, crumbs, streets for a filter, people of the bureau."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from renovation.accounts.enums import PERMISSIONS_OF, OrganisationKind, Permission, Role
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Membership, Organisation, User
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.calendar import local_day
from renovation.records.services import values_in_force

from .enums import ItemState, MeetingState, MinutesState
from .models import DispatchItem, DispatchMeeting
from .parameters import CARRIED_MARK

BOTH = ["GET", "HEAD", "POST"]
#: How states are drawn.
KIND_OF_MEETING = {MeetingState.AGENDA: "active", MeetingState.CALLED_OFF: "quiet"}
KIND_OF_MINUTES = {
    MinutesState.RECORDING: "active",
    MinutesState.SUBMITTED: "waiting",
    MinutesState.SIGNED: "approved",
}
KIND_OF_ITEM = {
    ItemState.PLANNED: "quiet",
    ItemState.TO_ACCEPT: "waiting",
    ItemState.WORKING: "active",
    ItemState.REPORTED: "waiting",
    ItemState.DONE: "approved",
    ItemState.CANCELLED: "quiet",
}


def meeting_of(request: SignedIn, pk: int) -> DispatchMeeting:
    """The meeting within the scope; 404 for anything else."""
    rows = DispatchMeeting.objects.visible_to(request.scope).select_related(
        "bureau", "planned_by", "held_by", "called_off_by"
    )
    found: DispatchMeeting = get_object_or_404(rows, pk=pk)
    return found


def item_of(request: SignedIn, pk: int) -> DispatchItem:
    """The item within the scope, with how often it was carried; 404 for anything else."""
    rows = (
        DispatchItem.objects.visible_to(request.scope)
        .with_carried()
        .with_asked()
        .select_related(
            "bureau",
            "project__street",
            "project__programme",
            "organisation",
            "meeting",
            "topic",
            "owner",
            "assigned_by",
            "accepted_by",
            "reported_by",
            "done_by",
            "cancelled_by",
        )
    )
    found: DispatchItem = get_object_or_404(rows, pk=pk)
    return found


def status_of(request: HttpRequest) -> int:
    """422 for a form that comes back."""
    return 422 if request.method == "POST" else 200


def page(request: SignedIn, *crumbs: tuple[str, str], **more: Any) -> dict[str, Any]:
    """The context of a page under the section: 周调度 › crumbs; the last one leads nowhere."""
    front = "dispatch:front" if request.scope.can(Permission.RETURN_READ) else "dispatch:items"
    return {
        "crumbs": [("周调度", reverse(front) if crumbs else ""), *crumbs],
        "section": "周调度",
        **more,
    }


def streets_of(*, bureau: Organisation) -> list[Organisation]:
    """The streets of a bureau, in order. One query."""
    return list(bureau.descendants().filter(kind=OrganisationKind.STREET).order_by("order", "code"))


def streets_in_sight(scope: Scope) -> list[tuple[str, str]]:
    """(code, short name) of the streets of a scope, for a filter. One query."""
    rows = Organisation.objects.filter(
        kind=OrganisationKind.STREET, pk__among=scope.organisation_ids
    ).order_by("order", "code")
    return list(rows.values_list("code", "short_name"))


def followers_of(*, bureau: Organisation, today: date) -> Sequence[User]:
    """The people of a bureau who may follow items. One query."""
    roles = [role for role in Role if Permission.DISPATCH_WRITE in PERMISSIONS_OF[role]]
    posts = Membership.objects.filter(organisation=bureau, role__in=roles).valid_on(today)
    rows = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return list(rows.order_by("post_name", "username"))


def mark_of(request: SignedIn, now: datetime) -> int:
    """From how many meetings on an item is marked."""
    bureau = bureau_in(request.scope)
    if bureau is None:
        return CARRIED_MARK.default
    mark: int = values_in_force(organisation=bureau, on=local_day(now))[CARRIED_MARK.key]
    return mark
