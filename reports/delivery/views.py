"""Pages of delivery: when papers leave, who receives them, what became of each mail."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.core.schedules import Rule, next_due
from renovation.face.refusals import refuse
from renovation.jobs.models import Run, Schedule
from renovation.jobs.services import kinds
from renovation.messaging.enums import TROUBLED, TROUBLED_STATES
from renovation.records.models import MessageState
from renovation.records.services import work_calendar
from reports.papers.enums import PaperState
from reports.papers.models import Document

from . import message_kinds, services
from .forms import SubscriptionForm
from .models import Delivery, Subscription
from .services import MAILED_BY

STATE_MARKS = {
    MessageState.QUEUED: "waiting",
    MessageState.SENDING: "waiting",
    MessageState.SENT: "approved",
    MessageState.FAILED: "alarm",
    MessageState.UNKNOWN: "alarm",
}


#: As many mails that need somebody stand on the page of schedules, the newest first; all are in the delivery log.
MOST_TROUBLED = 50


@require_GET
@scoped(Permission.DELIVERY_MANAGE)
def schedules(request: SignedIn) -> HttpResponse:
    """When each kind of paper leaves next, who receives it, and which mails need somebody."""
    now = timezone.now()
    calendar = work_calendar()
    rows = []
    codes = list(MAILED_BY.values())
    latest: dict[tuple[str, int], Run] = {}
    for run in Run.objects.visible_to(request.scope).filter(kind__in=codes).order_by("due_at"):
        latest[run.kind, run.organisation_id] = run
    for schedule in (
        Schedule.objects.visible_to(request.scope)
        .filter(kind__in=codes)
        .select_related("organisation")
    ):
        kind = kinds()[schedule.kind]
        rule = Rule.from_json(schedule.rule) if schedule.rule else kind.default_rule
        coming = next_due(rule, now, calendar) if schedule.is_enabled else None
        rows.append(
            {
                "schedule": schedule,
                "kind": kind,
                "rule": rule,
                "next": coming[1] if coming else None,
                "last": latest.get((schedule.kind, schedule.organisation_id)),
            }
        )
    troubled = (
        Delivery.objects.visible_to(request.scope)
        .filter(mail__state__in=TROUBLED_STATES)
        .select_related("mail", "document", "subscription")
        .order_by("-created_at")
    )
    shown = list(troubled[: MOST_TROUBLED + 1])
    more = len(shown) > MOST_TROUBLED
    subscriptions = Subscription.objects.visible_to(request.scope).select_related("subject")
    return render(
        request,
        "delivery/schedules.html",
        {
            "rows": rows,
            "troubled": [
                (row, STATE_MARKS[MessageState(row.mail.state)]) for row in shown[:MOST_TROUBLED]
            ],
            "troubled_count": troubled.count() if more else len(shown),
            "most_troubled": MOST_TROUBLED,
            "log_href": _log_href(request) if more else "",
            "subscriptions": subscriptions,
        },
    )


def _log_href(request: SignedIn) -> str:
    """The delivery log of papers' mails that did not leave or of which nobody knows; "" for who may not read it."""
    if not request.scope.can(Permission.MESSAGE_MANAGE):
        return ""
    query = urlencode({"kind": message_kinds.PAPER, "state": TROUBLED})
    return f"{reverse('messaging:log')}?{query}"


@require_GET
@scoped(Permission.DELIVERY_MANAGE, Permission.PAPER_READ_DRAFT)
def document(request: SignedIn, pk: int) -> HttpResponse:
    """The mails of one paper, a row a recipient."""
    paper = get_object_or_404(Document.objects.visible_to(request.scope), pk=pk)
    rows = (
        Delivery.objects.visible_to(request.scope)
        .filter(document=paper)
        .select_related("mail", "subscription")
    )
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    counts = dict.fromkeys(MessageState, 0)
    for state in rows.values_list("mail__state", flat=True):
        counts[MessageState(state)] += 1
    return render(
        request,
        "delivery/document.html",
        {
            "paper": paper,
            "crumbs": [
                (paper.title, reverse("papers:document", args=[paper.pk])),
                ("发送记录", ""),
            ],
            "page": page,
            "rows": [(row, STATE_MARKS[MessageState(row.mail.state)]) for row in page],
            "counts": [(state.label, count) for state, count in counts.items() if count],
            "failed_count": counts[MessageState.FAILED],
            "may_manage": request.scope.can(Permission.DELIVERY_MANAGE),
            "outlook": "" if page.object_list else _outlook(paper),
            "may_send_now": not page.object_list
            and paper.state == PaperState.ISSUED
            and request.scope.can(Permission.DELIVERY_MANAGE)
            and not services.leaves_later(document=paper, now=timezone.now()),
        },
    )


def _outlook(paper: Document) -> str:
    if paper.state != PaperState.ISSUED:
        return "文件印发以后才发送。"
    return services.outlook(document=paper, now=timezone.now())


@require_POST
@scoped(Permission.DELIVERY_MANAGE)
def send_now(request: SignedIn, pk: int) -> HttpResponse:
    """Mail an issued paper that the schedule does not mail."""
    paper = get_object_or_404(Document.objects.visible_to(request.scope), pk=pk)
    made = services.send_now(document=paper, by=request.user, now=timezone.now())
    messages.success(request, f"{len(made)} 封邮件已排队，一分钟内发出。")
    return redirect("delivery:document", pk=paper.pk)


@require_POST
@scoped(Permission.DELIVERY_MANAGE)
def resend_failed(request: SignedIn, pk: int) -> HttpResponse:
    """Resend the failed mails of a paper, and only these."""
    paper = get_object_or_404(Document.objects.visible_to(request.scope), pk=pk)
    count = services.resend_failed(document=paper, by=request.user, now=timezone.now())
    messages.success(request, f"{count} 封失败的邮件已重新排队。已发出的没有再发。")
    return redirect("delivery:document", pk=paper.pk)


@require_POST
@scoped(Permission.DELIVERY_MANAGE)
def resend_one(request: SignedIn, pk: int) -> HttpResponse:
    """Resend one mail, also one whose outcome is unknown."""
    row = get_object_or_404(
        Delivery.objects.visible_to(request.scope).select_related("mail"), pk=pk
    )
    services.resend_one(delivery=row, by=request.user, now=timezone.now())
    messages.success(request, f"发给{row.subscription.name}的邮件已重新排队。")
    return redirect("delivery:document", pk=row.document_id)


@require_http_methods(["GET", "POST"])
@scoped(Permission.DELIVERY_MANAGE)
def subscription(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """Add or change a recipient."""
    bureau = get_object_or_404(
        Organisation.objects.visible_to(request.scope), pk=request.scope.bureau_id
    )
    row = (
        get_object_or_404(Subscription.objects.visible_to(request.scope), pk=pk)
        if pk is not None
        else None
    )
    form = SubscriptionForm(request.POST or None, instance=row, scope=request.scope, bureau=bureau)
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.save_subscription(
                subscription=form.save(commit=False), by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存收件人“{saved.name}”。")
            return redirect("delivery:schedules")
    status = 422 if request.method == "POST" else 200
    return render(request, "delivery/subscription.html", {"form": form, "row": row}, status=status)
