"""Pages of hand-overs: the list with its workbook, one hand-over, and making one with its preview."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import HandOver
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.downloads import workbook
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse
from renovation.face.values import Way
from renovation.face.wording import moment

from . import services
from .forms import ChooseForm, ConfirmForm, HandOverFilterForm
from .listing import fitting, hand_overs_of, hand_overs_workbook, places_of, told_of
from .matters import Preview, counts_in_words, kept_with_reason, open_counts, preview

PAGE = 50


def _list(request: SignedIn) -> tuple[HandOverFilterForm, list[HandOver]]:
    rows = hand_overs_of(scope=request.scope)
    form = HandOverFilterForm(request.GET, place=places_of(rows=rows))
    return form, fitting(rows=rows, form=form, sort=request.GET.get("sort", ""))


@require_GET
@scoped(Permission.USERS_MANAGE)
def hand_overs(request: SignedIn) -> HttpResponse:
    """Those that were made in the organisations of the scope."""
    form, rows = _list(request)
    query = request.GET.copy()
    query.pop("page", None)
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    page = {
        "form": form,
        "page": found,
        "lines": [(row, counts_in_words(row.counts), counts_in_words(row.left)) for row in found],
        "export_href": f"{reverse('console:hand_overs_export')}?{query.urlencode()}",
    }
    return render(request, "console/hand_overs/list.html", page)


@require_GET
@scoped(Permission.USERS_MANAGE)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook, a row a matter."""
    now = timezone.now()
    _, rows = _list(request)
    name = f"交接登记（{chinese_date(local_day(now))}）.xlsx"
    return workbook(content=hand_overs_workbook(rows=rows, now=now), name=name)


@require_GET
@scoped(Permission.USERS_MANAGE)
def hand_over(request: SignedIn, pk: int) -> HttpResponse:
    """One: from whom to whom, why, and every matter."""
    rows = HandOver.objects.visible_to(request.scope)
    found = get_object_or_404(
        rows.select_related("predecessor", "successor", "organisation", "handed_by"), pk=pk
    )
    page = {
        "row": found,
        "kinds": told_of(found),
        "passed": counts_in_words(found.counts),
        "left": counts_in_words(found.left),
        "crumbs": [Way("交接", reverse("console:hand_overs")), Way(moment(found.handed_at))],
    }
    return render(request, "console/hand_overs/hand_over.html", page)


def _preview(request: SignedIn, choose: ChooseForm, now: datetime) -> Preview | None:
    """What would pass; None while from whom to whom is not chosen."""
    if not choose.is_bound or not choose.is_valid():
        return None
    successor = choose.cleaned_data["successor"]
    return preview(
        predecessor=choose.cleaned_data["predecessor"],
        scope=request.scope,
        to=scope_of(successor, on=local_day(now)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.USERS_MANAGE)
def new(request: SignedIn) -> HttpResponse:
    """Choose from whom to whom, see what passes and what does not, confirm with a reason."""
    now = timezone.now()
    counts = open_counts(scope=request.scope)
    chosen = request.GET if "successor" in request.GET else None  # else somebody's page led here
    choose = ChooseForm(
        chosen,
        initial={"predecessor": request.GET.get("predecessor", "")},
        scope=request.scope,
        counts=counts,
    )
    shown = _preview(request, choose, now)
    posted = request.method == "POST" and shown is not None
    confirm = ConfirmForm(request.POST if posted else None)
    if posted and confirm.is_valid():
        try:
            made = services.hand_over(
                predecessor=choose.cleaned_data["predecessor"],
                successor=choose.cleaned_data["successor"],
                reason=confirm.cleaned_data["reason"],
                seen=request.POST.get("seen", ""),
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(confirm, refusal)
            shown = _preview(request, choose, now)
        else:
            messages.success(
                request, f"已移交。{counts_in_words(made.counts)}现在由{made.successor}办理。"
            )
            return redirect("console:hand_over", pk=made.pk)
    page = {
        "choose": choose,
        "has_open": bool(counts),
        "shown": shown,
        "passing": counts_in_words(shown.counts) if shown else "",
        "staying": counts_in_words(shown.left) if shown else "",
        "confirm": confirm,
        "kept": kept_with_reason(),
        "crumbs": [Way("交接", reverse("console:hand_overs")), Way("办理交接")],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/hand_overs/form.html", page, status=status)
