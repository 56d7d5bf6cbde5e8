"""The browser form of a return."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from supervision.weekly import policies, services
from supervision.weekly.comparison import load_context
from supervision.weekly.forms import (
    ReturnForm,
)
from supervision.weekly.weeks import bureau_of, closing_moment, moments_of

from .places import closed_words, crumbs_of, place_of, versions_of


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.RETURN_FILL)
def form(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The browser form. What can be stored is stored; what cannot stays as it was typed, with its fault."""
    organisation, week = place_of(request, week_start, street)
    now = timezone.now()
    latest = versions_of(request, organisation, week).first()
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    closes_at = closing_moment(street=organisation, moments=moments)
    if request.method != "POST":  # what was typed is answered on the page itself
        if latest is not None:
            policies.check_fillable(weekly_return=latest, scope=request.scope)
        if closed := closed_words(latest, moments, closes_at, now):
            raise Refusal("week.closed", closed)
    context = load_context(street=organisation, week=week)
    reports = {report.project_id: report for report in latest.reports.all()} if latest else {}
    is_last_word = request.method == "POST" and request.POST.get("then") == "submit"
    filled = ReturnForm(
        request.POST if request.method == "POST" else None,
        week=context,
        reports=reports,
        is_last_word=is_last_word,
    )
    saved, refused = "", ""
    if request.method == "POST":
        rows = filled.rows()
        try:
            _, changed = services.fill_return(
                street=organisation,
                week=week,
                rows=rows,
                seen=filled.seen,
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refused = refusal.message
        else:
            saved = _saved(len(changed), filled.unkept)
        if not filled.faults and not refused:
            messages.success(request, saved)
            target = "weekly:street_week" if is_last_word else "weekly:form"
            return redirect(target, week_start=week.key, street=organisation.code)
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "filled": filled,
        "saved": saved,
        "saved_kind": "caution" if filled.unkept else "done",
        "refused": refused,
        "moments": moments,
        "latest": latest,
        "crumbs": crumbs_of(organisation, week, "填报"),
    }
    status = 409 if refused else 422 if filled.faults else 200
    return render(request, "weekly/form.html", page, status=status)


def _saved(count: int, unkept: list[str]) -> str:
    """What became of the rows, in words."""
    done = f"已保存 {count} 个项目的改动。" if count else "没有改动。"
    if not unkept:
        return done
    return f"{done}{'、'.join(unkept)}有填错的地方，没有保存，填的内容都留在下面。"
