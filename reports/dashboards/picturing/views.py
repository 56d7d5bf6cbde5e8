"""The picture of 总览."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.face.pictures import card_answer
from reports.dashboards.choice import choose
from reports.dashboards.overview import compile_overview

from .cards import overview_card


@require_safe
@scoped(Permission.FIGURES_READ)
def picture(request: SignedIn) -> HttpResponse:
    """The overview of the chosen week as a PNG."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    if choice is None:
        raise Http404("no programme")
    page = compile_overview(choice=choice, scope=request.scope, now=now)
    if page.is_empty:
        raise Http404("nothing to show")
    return card_answer(overview_card(page, issuer=choice.programme.bureau.name))
