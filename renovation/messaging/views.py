"""Pages of messages: one's own desk, one's channels, the delivery log of the district."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.documents.listing import MOST_ROWS, check_length
from renovation.core.downloads import workbook
from renovation.core.errors import Refusal
from renovation.face.ordering import ordered
from renovation.face.refusals import refuse, say
from renovation.face.values import Way
from renovation.records import sending
from renovation.records.channels import CHANNELS
from renovation.records.models import ChannelCode, Message, MessageChoice
from renovation.records.telling import kind_of

from . import policies, services
from .enums import TROUBLED, TROUBLED_STATES
from .exports import log_workbook
from .forms import ChoiceForm, LogFilterForm

PAGE = 50
#: Columns of the delivery log and what they are sorted by; unless the address asks, by when it was written.
_SORTED = {"written": "pk", "at": "shown_at", "recipient": "recipient_name", "subject": "subject"}
_NEWEST = "-written"


@require_GET
@scoped()
def desk(request: SignedIn) -> HttpResponse:
    """What one was told, the newest first; those not read yet, or all."""
    rows = services.desk_of(scope=request.scope)
    unread_count = rows.unread().count()
    everything = request.GET.get("show") == "all"
    shown = rows if everything else rows.unread()
    page = Paginator(shown.select_related("organisation"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, kind_of(row).label) for row in page],
        "unread_count": unread_count,
        "everything": everything,
        "ways": [
            Way("未读", "?", not everything, unread_count),
            Way("全部", "?show=all", everything),
        ],
        "may_see_log": request.scope.can(Permission.MESSAGE_MANAGE),
    }
    return render(request, "messaging/desk.html", context)


@require_POST
@scoped()
def read(request: SignedIn) -> HttpResponse:
    """Mark one message as read, or all of them."""
    text = request.POST.get("message", "")
    pk = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
    if text and pk is None:
        return redirect("messaging:desk")
    services.mark_read(scope=request.scope, pk=pk, now=timezone.now())
    return redirect("messaging:desk")


@require_http_methods(["GET", "HEAD", "POST"])
@scoped()
def choices(request: SignedIn) -> HttpResponse:
    """By which channels one is told."""
    kept = MessageChoice.objects.visible_to(request.scope).first()
    has_gateway = CHANNELS[ChannelCode.GATEWAY].is_open()
    present = kept or MessageChoice(person=request.user, reminders_by_gateway=False)
    initial = {
        "reminders_by_mail": present.reminders_by_mail,
        "reminders_by_gateway": present.reminders_by_gateway,
        "results_by_mail": present.results_by_mail,
        "gateway_address": present.gateway_address,
    }
    form = ChoiceForm(
        request.POST if request.method == "POST" else None, initial=initial, has_gateway=has_gateway
    )
    if form.is_valid():
        kept_gateway = (
            {}
            if has_gateway
            else {
                "reminders_by_gateway": present.reminders_by_gateway
                and bool(present.gateway_address),
                "gateway_address": present.gateway_address,
            }
        )
        values = services.ChoiceValues(**(form.cleaned_data | kept_gateway))
        try:
            services.save_choice(person=request.user, values=values, now=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已保存消息设置。")
            return redirect("messaging:choices")
    context = {"form": form, "crumbs": [Way("消息", reverse("messaging:desk")), Way("消息设置")]}
    return render(request, "messaging/choices.html", context, status=422 if form.errors else 200)


def _log(request: SignedIn) -> tuple[LogFilterForm, QuerySet[Message]]:
    form = LogFilterForm(request.GET)
    rows = Message.objects.visible_to(request.scope).annotate(
        shown_at=Coalesce("sent_at", "created_at")
    )
    rows = form.within(rows, "shown_at")
    for name in ("kind", "channel"):
        if chosen := form.chosen(name):
            rows = rows.filter(**{name: chosen})
    state = form.chosen("state")
    if state == TROUBLED:
        rows = rows.filter(state__in=TROUBLED_STATES)
    elif state:
        rows = rows.filter(state=state)
    if text := form.chosen("q"):
        rows = rows.filter(Q(recipient_name__icontains=text) | Q(subject__icontains=text))
    rows = ordered(rows, request.GET.get("sort", ""), _SORTED, _NEWEST)
    return form, rows.select_related("organisation", "told_by").defer("text", "html")


@require_GET
@scoped(Permission.MESSAGE_MANAGE)
def log(request: SignedIn) -> HttpResponse:
    """发送记录: what the portal told whom by which channel, and what became of it."""
    form, rows = _log(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    troubled = Message.objects.visible_to(request.scope).filter(state__in=TROUBLED_STATES)
    context = {
        "form": form,
        "page": page,
        "rows": [
            (
                row,
                kind_of(row).label,
                row.mark,
                policies.can_resend(scope=request.scope, message=row),
            )
            for row in page
        ],
        "troubled_count": troubled.count(),
        "troubled_href": f"?state={TROUBLED}",
        "export_href": f"{reverse('messaging:log_export')}?{query.urlencode()}",
        "most": MOST_ROWS,
        "crumbs": [Way("消息", reverse("messaging:desk")), Way("发送记录")],
    }
    return render(request, "messaging/log.html", context)


@require_GET
@scoped(Permission.MESSAGE_MANAGE)
def log_export(request: SignedIn) -> HttpResponse:
    """The log as a workbook, filtered as the page."""
    _, rows = _log(request)
    try:
        check_length(rows.count())
    except Refusal as refusal:
        say(request, refusal)
        return redirect(f"{reverse('messaging:log')}?{request.GET.urlencode()}")
    content = log_workbook(rows=rows.iterator(chunk_size=2000), now=timezone.now())
    return workbook(content=content, name="消息发送记录.xlsx")


@require_POST
@scoped(Permission.MESSAGE_MANAGE)
def resend(request: SignedIn, pk: int) -> HttpResponse:
    """Send a failed or unknown message once more."""
    message = get_object_or_404(Message.objects.visible_to(request.scope), pk=pk)
    policies.check_resend(scope=request.scope, message=message)
    try:
        sending.resend(message=message, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, "已重新排队，一分钟内发出。")
    return redirect("messaging:log")
