"""Drawing up an inquiry: its head, the columns that are asked, the columns that the portal fills in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from projects.ledger.known import Level
from projects.ledger.models import Programme
from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.face.values import Way
from supervision.inquiries import defining, policies, services
from supervision.inquiries.defining import KnownAlready, NearKnown
from supervision.inquiries.enums import ColumnKind
from supervision.inquiries.models import AskedColumn, Inquiry
from supervision.inquiries.pages import BOTH, inquiry_of, page, status_of

from .forms import ColumnForm, InquiryForm, KnownForm

P = Permission


def _form(request: SignedIn, inquiry: Inquiry | None) -> InquiryForm:
    return InquiryForm(
        request.POST if request.method == "POST" else None,
        programmes=Programme.objects.visible_to(request.scope).order_by("-year"),
        streets=Organisation.objects.visible_to(request.scope)
        .filter(kind=OrganisationKind.STREET, parent=request.scope.bureau_id)
        .order_by("order", "code"),
        inquiry=inquiry,
    )


@require_http_methods(BOTH)
@scoped(P.INQUIRY_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """A new draft."""
    bureau = get_object_or_404(
        Organisation.objects.visible_to(request.scope), pk=request.scope.bureau_id
    )
    form = _form(request, None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft(
                bureau=bureau, values=form.values, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已拟定 {made.number}。再定要街道填的列。")
            return redirect("inquiries:inquiry", number=made.number)
    context = page(
        request, None, ("拟定", ""), form=form, title="拟定临时收数", label="下一步：定列"
    )
    return render(request, "inquiries/form.html", context, status=status_of(request))


@require_http_methods(BOTH)
@scoped(P.INQUIRY_WRITE)
def edit(request: SignedIn, number: str) -> HttpResponse:
    """Change the head of a draft."""
    found = inquiry_of(request, number)
    policies.check_edit(inquiry=found, scope=request.scope)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            services.revise(
                inquiry=found,
                values=form.values,
                seen=_seen(request),
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已修改。")
            return redirect("inquiries:inquiry", number=number)
        found.refresh_from_db()
    context = page(
        request,
        found,
        ("修改", ""),
        form=form,
        title="修改临时收数",
        label="保存",
        seen=found.version,
    )
    return render(request, "inquiries/form.html", context, status=status_of(request))


def _seen(request: SignedIn) -> int:
    """The version that the page showed, 0 for nonsense."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


# -- columns -----------------------------------------------------------------------------------------
def _column(inquiry: Inquiry, place: int) -> AskedColumn:
    found: AskedColumn | None = inquiry.columns.filter(place=place).first()
    if found is None:
        raise Http404("no such column")
    return found


@require_http_methods(BOTH)
@scoped(P.INQUIRY_WRITE)
def column(request: SignedIn, number: str, place: int = 0) -> HttpResponse:
    """Add a column of a kind, or change one (``place``)."""
    found = inquiry_of(request, number)
    policies.check_edit(inquiry=found, scope=request.scope)
    chosen = _column(found, place) if place else None
    kind = _kind(request, chosen)
    posted = request.method == "POST"
    asks_other = posted and "is_other" in request.POST
    form = ColumnForm(
        request.POST if posted else None, kind=kind, column=chosen, asks_other=asks_other
    )
    known: tuple[Any, ...] = ()
    known_head = "平台已有。"
    if posted and form.is_valid():
        call: dict[str, Any] = {
            "inquiry": found,
            "values": form.values,
            "by": request.user,
            "now": timezone.now(),
        }
        try:
            if chosen is None:
                made = defining.add_column(**call)
            else:
                made = defining.change_column(place=chosen.place, **call)
        except KnownAlready as refusal:
            known = (refusal.column,)
            refuse(form, refusal)
        except NearKnown as refusal:
            known, known_head = refusal.columns, "是不是这一列？"
            form = ColumnForm(request.POST, kind=kind, column=chosen, asks_other=True)
            form.is_valid()
            refuse(form, refusal)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已{'改' if chosen else '加'}“{made.title}”。")
            return redirect("inquiries:inquiry", number=number)
    level = Level(found.subject)
    context = page(
        request,
        found,
        (chosen.label if chosen else "加列", ""),
        form=form,
        column=chosen,
        kind=kind,
        kinds=[Way(str(each.label), f"?kind={each}", each is kind) for each in ColumnKind],
        title="改列" if chosen else "加一列",
        label="保存" if chosen else f"加“{kind.label}”列",
        known=[each for each in known if each.level is level],
        known_head=known_head,
    )
    return render(request, "inquiries/column.html", context, status=status_of(request))


def _kind(request: SignedIn, chosen: AskedColumn | None) -> ColumnKind:
    wanted = request.GET.get("kind", "")
    if wanted in ColumnKind.values:
        return ColumnKind(wanted)
    return ColumnKind(chosen.kind) if chosen is not None else ColumnKind.INTEGER


@require_POST
@scoped(P.INQUIRY_WRITE)
def remove(request: SignedIn, number: str, place: int) -> HttpResponse:
    """Take a column out of a draft."""
    found = inquiry_of(request, number)
    policies.check_edit(inquiry=found, scope=request.scope)
    defining.remove_column(inquiry=found, place=place, by=request.user, now=timezone.now())
    messages.success(request, "已删去这一列。")
    return redirect("inquiries:inquiry", number=number)


@require_http_methods(BOTH)
@scoped(P.INQUIRY_WRITE)
def known(request: SignedIn, number: str) -> HttpResponse:
    """Choose a column that the portal fills in."""
    found = inquiry_of(request, number)
    policies.check_edit(inquiry=found, scope=request.scope)
    taken = list(found.filled_columns.values_list("code", flat=True))
    form = KnownForm(
        request.POST if request.method == "POST" else None,
        level=Level(found.subject),
        taken=taken,
    )
    if request.method == "POST" and form.is_valid():
        try:
            defining.fill_column(
                inquiry=found,
                code=form.cleaned_data["code"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已加上，由平台填好，街道不用填。")
            return redirect("inquiries:inquiry", number=number)
    context = page(
        request, found, ("带出已有的列", ""), form=form, title="带出平台已有的列", label="带出"
    )
    return render(request, "inquiries/form.html", context, status=status_of(request))


@require_POST
@scoped(P.INQUIRY_WRITE)
def unfill(request: SignedIn, number: str) -> HttpResponse:
    """Leave out a column that the portal would have filled in."""
    found = inquiry_of(request, number)
    policies.check_edit(inquiry=found, scope=request.scope)
    defining.unfill_column(
        inquiry=found, code=request.POST.get("code", ""), by=request.user, now=timezone.now()
    )
    messages.success(request, "这一列不再带出。")
    return redirect("inquiries:inquiry", number=number)
