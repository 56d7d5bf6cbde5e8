"""Pages of AB岗: the list with its workbook, an appointment, acting in the other's post and coming back."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.middleware import STANDING_IN
from renovation.accounts.models import StandIn
from renovation.core.calendar import local_day
from renovation.core.downloads import workbook
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse, say
from renovation.face.values import Way

from . import services
from .forms import AppointForm, StandInFilterForm
from .listing import StandInLine, stand_in_lines, stand_ins_workbook

PAGE = 50


def _lines(request: SignedIn, form: StandInFilterForm, now: datetime) -> list[StandInLine]:
    sort = request.GET.get("sort", "")
    return stand_in_lines(scope=request.scope, form=form, sort=sort, now=now)


@require_GET
@scoped()
def stand_ins(request: SignedIn) -> HttpResponse:
    """Those that concern the reader; the administrator's whole district."""
    form = StandInFilterForm(request.GET)
    lines = _lines(request, form, timezone.now())
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "form": form,
        "page": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "may_appoint": request.scope.can(Permission.USERS_MANAGE),
        "acting": request.user.standing_in,
        "export_href": f"{reverse('console:stand_ins_export')}?{query.urlencode()}",
    }
    return render(request, "console/stand_ins/list.html", page)


@require_GET
@scoped()
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    now = timezone.now()
    lines = _lines(request, StandInFilterForm(request.GET), now)
    name = f"AB岗代班登记（{chinese_date(local_day(now))}）.xlsx"
    return workbook(content=stand_ins_workbook(lines=lines, now=now), name=name)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.USERS_MANAGE)
def appoint(request: SignedIn) -> HttpResponse:
    """A new appointment."""
    now = timezone.now()
    form = AppointForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.appoint(by=request.user, now=now, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记。{made.deputy}可在岗位菜单的“AB岗代班”里开始代班。")
            return redirect("console:stand_ins")
    crumbs = [Way("AB岗", reverse("console:stand_ins")), Way("指定代班")]
    status = 422 if form.errors else 200
    return render(
        request, "console/stand_ins/form.html", {"form": form, "crumbs": crumbs}, status=status
    )


@require_POST
@scoped()
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End an appointment before its last day."""
    row = get_object_or_404(StandIn.objects.visible_to(request.scope), pk=pk)
    try:
        services.end(stand_in=row, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, "已结束。代班人从现在起只能按本人的岗位办理。")
    return redirect("console:stand_ins")


@require_POST
@scoped()
def assume(request: SignedIn, pk: int) -> HttpResponse:
    """Begin to act in the other's post; the session keeps it until one comes back or the appointment ends."""
    rows = StandIn.objects.visible_to(request.scope)
    row = get_object_or_404(rows.select_related("deputy", "principal", "organisation"), pk=pk)
    try:
        services.assume(stand_in=row, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
        return redirect("console:stand_ins")
    request.session[STANDING_IN] = row.pk
    messages.success(request, f"已开始代{row.principal}办理。所办事项都记两个人的岗位。")
    return redirect("home")


@require_POST
@scoped()
def leave(request: SignedIn) -> HttpResponse:
    """Back to one's own post."""
    request.session.pop(STANDING_IN, None)
    messages.success(request, "已回到本岗。")
    return redirect("home")
