"""The page on which 无变化 is stated."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from supervision.weekly import policies
from supervision.weekly.burden.working import note_opening
from supervision.weekly.comparison import load_context
from supervision.weekly.drafting.services import drafts_of, stored_rows
from supervision.weekly.unchanged import WORDS
from supervision.weekly.views.places import closed_words, crumbs_of, place_of, versions_of
from supervision.weekly.weeks import bureau_of, closing_moment, moments_of

from .forms import UnchangedForm
from .services import candidates, state_unchanged


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.RETURN_FILL)
def unchanged(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """State 无变化 for one project (``?project=``) or for all."""
    organisation, week = place_of(request, week_start, street)
    now = timezone.now()
    policies.check_fill(scope=request.scope, street=organisation)
    latest = versions_of(request, organisation, week).first()
    if latest is not None:
        policies.check_fillable(weekly_return=latest, scope=request.scope)
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    closes_at = closing_moment(street=organisation, moments=moments)
    if closed := closed_words(latest, moments, closes_at, now):
        raise Refusal("week.closed", closed)
    version = latest.version if latest is not None else 1
    if request.method == "GET":
        note_opening(street=organisation, week=week, version=version, now=now)
    context = load_context(street=organisation, week=week)
    own = drafts_of(street=organisation, week=week, version=version).get(request.user.pk, {})
    every = candidates(
        projects=list(context.projects.values()), stored=stored_rows(latest), drafted=own.keys()
    )
    asked = request.GET.get("project", "")
    form = UnchangedForm(
        request.POST if request.method == "POST" else None,
        candidates=every,
        chosen=int(asked) if asked.isascii() and asked.isdecimal() else None,
    )
    overtaken = False  # by another figure than the one that is signed
    if request.method == "POST" and form.is_valid():
        try:
            written = state_unchanged(
                street=organisation,
                week=week,
                seen=form.seen,
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
            overtaken = refusal.code == "report.unchanged"
        else:
            messages.success(request, f"已声明 {len(written)} 个项目{WORDS}。")
            return redirect("weekly:street_week", week_start=week.key, street=organisation.code)
    page = {
        "street": organisation,
        "week": week,
        "form": form,
        "open_count": sum(not each.why_not for each in every),
        "others": [each for each in every if each.why_not],
        "crumbs": crumbs_of(organisation, week, "声明无变化"),
    }
    status = 409 if overtaken or form.is_overtaken else 422 if form.errors else 200
    return render(request, "weekly/unchanged.html", page, status=status)
