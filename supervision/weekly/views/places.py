"""What the pages of one return share: where one is, its versions, whether the week takes anything in."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.face.values import Way
from supervision.weekly import policies, services
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.weeks import WeekMoments


def place_of(request: SignedIn, week_start: str, street: str) -> tuple[Organisation, Week]:
    """The street within the scope and the week; 404 for anything else."""
    found = get_object_or_404(
        Organisation.objects.visible_to(request.scope), kind=OrganisationKind.STREET, code=street
    )
    try:
        return found, Week.from_key(week_start)
    except ValueError:
        raise Http404("no such week") from None


def versions_of(
    request: SignedIn, street: Organisation, week: Week
) -> QuerySet[WeeklyReturn, WeeklyReturn]:
    """The versions of a street's return of a week, the latest first; a correction is its street's own until it is
    sent, everybody else reads the version in force."""
    rows = WeeklyReturn.objects.visible_to(request.scope).filter(
        street=street, week_start=week.start
    )
    if street.pk not in request.scope.home_ids:
        rows = rows.exclude(state=ReturnState.DRAFT, version__gt=1)
    people = [
        f"{act}_{who}"
        for act in ("submitted", "reviewed", "approved", "sent_back")
        for who in ("by", "for")
    ]
    return rows.select_related(
        "street", "pledge__text", "review_waiver__approved_by", *people
    ).order_by("-version")


def chosen_of(request: SignedIn, versions: list[WeeklyReturn]) -> WeeklyReturn | None:
    """The version that the address asks for, the latest where it asks for none; None before there is one, 404 for a
    version that is not there."""
    wanted = request.GET.get("version", "")
    chosen = next((row for row in versions if str(row.version) == wanted), None)
    if wanted and chosen is None:
        raise Http404("no such version")
    return chosen or (versions[0] if versions else None)


def closed_words(
    weekly_return: WeeklyReturn | None,
    moments: WeekMoments,
    closes_at: datetime | None,
    now: datetime,
) -> str:
    """The sentence that holds the week, "" where it takes something in."""
    if weekly_return is not None and weekly_return.version > 1:
        return ""
    reported = weekly_return is not None and services.stood_reported(
        weekly_return=weekly_return, closes_at=closes_at, now=now
    )
    try:
        policies.check_window(moments=moments, closes_at=closes_at, now=now, is_reported=reported)
    except Refusal as refusal:
        return refusal.message
    return ""


def crumbs_of(street: Organisation, week: Week, last: str = "") -> list[Way]:
    place = {"week_start": week.key, "street": street.code}
    return [
        Way("周报", reverse("weekly:returns")),
        Way(f"{street.short_name}第{week.number}周", reverse("weekly:street_week", kwargs=place)),
        Way(last),
    ]
