"""What the pages of the wing share: the inquiry in sight, crumbs, streets in sight, the row of the section."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope

from .enums import InquiryState
from .models import Inquiry

BOTH = ["GET", "HEAD", "POST"]
#: How the state is drawn.
KIND_OF_STATE = {
    InquiryState.DRAFT: "quiet",
    InquiryState.SUBMITTED: "waiting",
    InquiryState.OPEN: "active",
    InquiryState.CLOSED: "approved",
    InquiryState.CANCELLED: "quiet",
}


def inquiry_of(request: SignedIn, number: str) -> Inquiry:
    """The inquiry within the scope; 404 for anything else."""
    rows = Inquiry.objects.visible_to(request.scope).select_related(
        "bureau",
        "programme__bureau",
        "drafted_by",
        "submitted_by",
        "approved_by",
        "closed_by",
    )
    found: Inquiry = get_object_or_404(rows, number=number)
    return found


def street_of(request: SignedIn, inquiry: Inquiry, code: str) -> Organisation:
    """A street within the scope that the inquiry asks; 404 for anything else."""
    rows = Organisation.objects.visible_to(request.scope).filter(
        kind=OrganisationKind.STREET, pk__in=inquiry.streets.values("street")
    )
    found: Organisation = get_object_or_404(rows, code=code)
    return found


def streets_seen(*, inquiry: Inquiry, scope: Scope) -> list[int]:
    """Ids of the asked streets that somebody sees. One query."""
    asked = inquiry.streets.values_list("street_id", flat=True)
    return [pk for pk in asked if pk in scope.organisation_ids]


def page(
    request: SignedIn, inquiry: Inquiry | None, *crumbs: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """The context of a page: 周报 › 临时收数 › the inquiry › more; the last one leads nowhere."""
    trail = [
        ("周报", reverse("weekly:returns")),
        ("临时收数", reverse("inquiries:list") if inquiry is not None or crumbs else ""),
    ]
    if inquiry is not None:
        address = reverse("inquiries:inquiry", args=[inquiry.number])
        trail.append((inquiry.number, address if crumbs else ""))
        more.setdefault("state_kind", KIND_OF_STATE[InquiryState(inquiry.state)])
    return {"inquiry": inquiry, "crumbs": [*trail, *crumbs], "section": "周报", **more}


def status_of(request: HttpRequest) -> int:
    """422 for a form that comes back."""
    return 422 if request.method == "POST" else 200
