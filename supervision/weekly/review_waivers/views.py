"""Pages of 街道审核停用: the list with its workbook, a new one, the end."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.documents.xlsx import CONTENT_TYPE
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse, say
from renovation.face.values import Way

from . import services
from .forms import ReviewWaiverFilterForm, ReviewWaiverForm
from .listing import ReviewWaiverLine, review_waiver_lines, review_waivers_workbook
from .models import ReviewWaiver

PAGE = 50


def _lines(
    request: SignedIn, form: ReviewWaiverFilterForm, now: datetime
) -> list[ReviewWaiverLine]:
    sort = request.GET.get("sort", "")
    return review_waiver_lines(scope=request.scope, form=form, sort=sort, now=now)


@require_GET
@scoped(Permission.RETURN_READ)
def review_waivers(request: SignedIn) -> HttpResponse:
    """Streets whose review is, was or will be switched off."""
    form = ReviewWaiverFilterForm(request.GET)
    query = request.GET.copy()
    query.pop("page", None)
    lines = _lines(request, form, timezone.now())
    page = {
        "form": form,
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "may_waive": request.scope.can(Permission.RETURN_APPROVE),
        "crumbs": [Way("周报", reverse("weekly:returns")), Way("街道审核停用")],
        "export_href": f"{reverse('weekly:review_waivers_export')}?{query.urlencode()}",
    }
    return render(request, "weekly/review_waivers/list.html", page)


@require_GET
@scoped(Permission.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    now = timezone.now()
    lines = _lines(request, ReviewWaiverFilterForm(request.GET), now)
    return downloads.attachment(
        content=review_waivers_workbook(lines=lines, now=now),
        name=f"街道审核停用登记（{chinese_date(local_day(now))}）.xlsx",
        content_type=CONTENT_TYPE,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.RETURN_APPROVE)
def waive(request: SignedIn) -> HttpResponse:
    """Switch a street's review off."""
    form = ReviewWaiverForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.waive_review(by=request.user, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request, f"已停用。{made.street.short_name}这期间报送的周报由区局直接核定。"
            )
            return redirect("weekly:review_waivers")
    crumbs = [
        Way("周报", reverse("weekly:returns")),
        Way("街道审核停用", reverse("weekly:review_waivers")),
        Way("停用"),
    ]
    status = 422 if form.errors else 200
    return render(
        request, "weekly/review_waivers/form.html", {"form": form, "crumbs": crumbs}, status=status
    )


@require_POST
@scoped(Permission.RETURN_APPROVE)
def restore(request: SignedIn, pk: int) -> HttpResponse:
    """Switch it on again."""
    rows = ReviewWaiver.objects.visible_to(request.scope).select_related("street")
    row = get_object_or_404(rows, pk=pk)
    try:
        services.restore_review(waiver=row, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, "已恢复。从现在起报送的，由街道审核。")
    return redirect("weekly:review_waivers")
