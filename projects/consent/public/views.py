"""The page behind a household's QR code: no account, no script, nothing personal but building and room."""

from __future__ import annotations

from datetime import date
from typing import Any

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from renovation.core.errors import Refusal

from . import limits, services
from .forms import AnswerForm
from .models import Invitation
from .services import Door


def _page(
    request: HttpRequest, name: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    answer = render(request, f"consent_public/{name}.html", context or {}, status=status)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    # The stylesheet is asked for with the origin only: a proxy logs the referrer, and the path is the link.
    # “no-referrer” would send ``Origin: null`` with the form, which the CSRF check refuses.
    answer["Referrer-Policy"] = "strict-origin"
    return answer


def _unknown(request: HttpRequest) -> HttpResponse:
    """One and the same answer for every link that is none."""
    return _page(request, "unknown", status=404)


def _about(invitation: Invitation) -> dict[str, Any]:
    content = invitation.round.content
    return {
        "invitation": invitation,
        "about": content,
        "closes_on": date.fromisoformat(content["closes_on"]),
    }


@never_cache
@sensitive_post_parameters()
@sensitive_variables("token")
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The plan's summary, the question and the answer; afterwards, that it was given."""
    address = get_client_ip_address(request) or ""
    if limits.is_held_up(address):
        return _page(request, "later", status=429)
    now = timezone.now()
    opened = services.open_invitation(token=token, now=now)
    if opened is None:
        limits.missed(address)
        return _unknown(request)
    context = _about(opened.invitation)
    if opened.door is not Door.ANSWER:
        return _page(request, "over", context | {"door": opened.door.value})
    content = opened.invitation.round.content
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        items=content["items"],
        most_items=content["most_items"],
    )
    if request.method == "POST":
        limits.posted(address)
        if form.is_valid():
            try:
                services.submit(
                    invitation=opened.invitation,
                    choice=form.cleaned_data["choice"],
                    items=form.cleaned_data.get("items", []),
                    opinion=form.cleaned_data["opinion"],
                    now=now,
                )
            except Refusal as refusal:
                door = Door.ANSWERED if refusal.code == "consent.answered" else Door.CLOSED
                return _page(request, "over", context | {"door": door.value}, status=409)
            return redirect("consent_public:answer", token=token)
    return _page(request, "answer", context | {"form": form}, status=422 if form.errors else 200)
