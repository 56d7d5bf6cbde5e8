"""Pages of 真实性承诺: one's own, who accepted, its versions and a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation, PledgeText
from renovation.accounts.scope import bureau_in
from renovation.core.calendar import local_day
from renovation.core.downloads import workbook
from renovation.core.errors import Forbidden, Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse
from renovation.face.values import Way

from . import services
from .forms import AcceptForm, PledgeFilterForm, TextForm
from .listing import PledgeLine, places_of, pledge_lines, pledges_workbook, senders_of

P = Permission
PAGE = 50


def _bureau(request: SignedIn) -> Organisation:
    bureau = bureau_in(request.scope)
    if bureau is None:
        raise Forbidden("您的单位不属于任何区局，没有承诺书。")
    return bureau


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(P.RETURN_FILL)
def pledge(request: SignedIn) -> HttpResponse:
    """One's own: the wording in force, until when one's acceptance holds, and the tick where it is asked for."""
    bureau, now = _bureau(request), timezone.now()
    standing = services.standing_of(user=request.user, bureau=bureau, now=now)
    holds = standing is not None and standing.holds_on(local_day(now))
    form = None
    if standing is not None and not holds:
        form = AcceptForm(request.POST or None, text=standing.text)
        if request.method == "POST" and form.is_valid():
            try:
                services.accept(
                    user=request.user,
                    bureau=bureau,
                    text_id=form.cleaned_data["pledge_text"],
                    now=now,
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "已确认。有效期内报送周报不再询问。")
                return redirect("console:pledge")
    page = {"standing": standing, "holds": holds, "form": form, "bureau": bureau}
    status = 422 if form is not None and form.errors else 200
    return render(request, "console/pledges/pledge.html", page, status=status)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the list and its workbook show."""

    form: PledgeFilterForm
    lines: list[PledgeLine]
    text: PledgeText | None


def _table(request: SignedIn, now: datetime) -> _Table:
    bureau = _bureau(request)
    senders = senders_of(scope=request.scope, now=now)
    form = PledgeFilterForm(request.GET, streets=places_of(senders=senders))
    text = services.text_in_force(bureau=bureau)
    lines = pledge_lines(
        scope=request.scope,
        bureau=bureau,
        senders=senders,
        text=text,
        form=form,
        sort=request.GET.get("sort", ""),
        now=now,
    )
    return _Table(form, lines, text)


@require_GET
@scoped(P.USERS_MANAGE, P.RETURN_SEND_BACK)
def pledges(request: SignedIn) -> HttpResponse:
    """Who sends returns, and whether each has accepted the wording in force."""
    table = _table(request, timezone.now())
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "form": table.form,
        "page": Paginator(table.lines, PAGE).get_page(request.GET.get("page")),
        "due_count": sum(not line.is_valid for line in table.lines),
        "text": table.text,
        "may_change": request.scope.can(P.USERS_MANAGE),
        "export_href": f"{reverse('console:pledges_export')}?{query.urlencode()}",
    }
    return render(request, "console/pledges/list.html", page)


@require_GET
@scoped(P.USERS_MANAGE, P.RETURN_SEND_BACK)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    now = timezone.now()
    table = _table(request, now)
    content = pledges_workbook(lines=table.lines, text=table.text, now=now)
    name = f"真实性承诺情况（{chinese_date(local_day(now))}）.xlsx"
    return workbook(content=content, name=name)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(P.USERS_MANAGE)
def text(request: SignedIn) -> HttpResponse:
    """The versions of the wording, and a new one."""
    bureau, now = _bureau(request), timezone.now()
    present = services.text_in_force(bureau=bureau)
    form = TextForm(
        request.POST or None, initial={"text": present.text if present else services.FIRST_TEXT}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.publish_text(bureau=bureau, by=request.user, now=now, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已公布新的承诺书。各填报岗下次报送时会再确认一次。")
            return redirect("console:pledges")
    versions = PledgeText.objects.visible_to(request.scope).select_related("published_by")
    page = {
        "form": form,
        "versions": versions.filter(organisation=bureau),
        "crumbs": [Way("真实性承诺", reverse("console:pledges")), Way("承诺书")],
    }
    return render(request, "console/pledges/text.html", page, status=422 if form.errors else 200)
