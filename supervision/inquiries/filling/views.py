"""A street fills in: the grid, the workbook out and in, the rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.errors import Forbidden, Refusal
from renovation.intake.models import Upload
from renovation.intake.picking import WorkbookForm, take_in
from renovation.intake.pipelines import Pipeline, RuleScope, Target, pipeline_of
from supervision.inquiries import answering, policies, workbook
from supervision.inquiries.models import Inquiry
from supervision.inquiries.pages import BOTH, inquiry_of, page, status_of, street_of
from supervision.inquiries.table import table_of

from .forms import GridForm

P = Permission
#: How many earlier files the form lists.
SHOWN_UPLOADS = 5


def _place(request: SignedIn, number: str, street: str) -> tuple[Inquiry, Organisation]:
    found = inquiry_of(request, number)
    return found, street_of(request, found, street)


@require_http_methods(BOTH)
@scoped(P.RETURN_FILL)
def grid(request: SignedIn, number: str, street: str) -> HttpResponse:
    """The browser form. What can be kept is kept; what cannot stays as it was typed, with its fault."""
    found, organisation = _place(request, number, street)
    now = timezone.now()
    posted = request.method == "POST"
    if not posted:  # what was typed is answered on the page itself
        policies.check_answer(inquiry=found, street=organisation, scope=request.scope)
    elif organisation.pk not in request.scope.home_ids:
        raise Forbidden("只有本街道的填报岗能填。")
    table = table_of(inquiry=found, streets=[organisation.pk], now=now)
    filled = GridForm(request.POST if posted else None, table=table)
    saved, refused, seen = "", "", table.newest_version
    if posted:
        rows = filled.rows()
        try:
            made = answering.answer(
                inquiry=found,
                street=organisation,
                rows=rows,
                seen=_seen(request),
                by=request.user,
                now=now,
            )
        except Forbidden:
            raise
        except Refusal as refusal:
            refused = refusal.message
        else:
            changed = made is not None and made.version != table.newest_version
            seen = made.version if made is not None else 0
            saved = _saved(len(rows), filled.unkept, changed=changed)
        if not filled.faults and not refused:
            messages.success(request, saved)
            return redirect("inquiries:inquiry", number=number)
    context = page(
        request,
        found,
        (f"{organisation.short_name}填报", ""),
        street=organisation,
        table=table,
        filled=filled,
        saved=saved,
        refused=refused,
        seen=seen,
        is_overdue=now > found.due_at,
        upload_url=reverse("inquiries:upload", args=[number, street]),
    )
    status = 409 if refused else 422 if filled.faults else 200
    return render(request, "inquiries/grid.html", context, status=status)


def _seen(request: SignedIn) -> int | None:
    """The version that the page showed."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _saved(count: int, unkept: list[str], *, changed: bool) -> str:
    done = f"已报 {count} 行。" if changed else "没有改动。"
    if not unkept:
        return done
    return f"{done}{'、'.join(unkept)}有填错的地方，没有写入，填的内容都留在下面。"


def _pipeline(inquiry: Inquiry) -> Pipeline:
    return pipeline_of(workbook.code_of(inquiry))


@require_http_methods(BOTH)
@scoped(P.RETURN_FILL)
def upload(request: SignedIn, number: str, street: str) -> HttpResponse:
    """The form for a workbook; a file that came in leads to its page."""
    found, organisation = _place(request, number, street)
    if organisation.pk not in request.scope.home_ids:
        raise Forbidden("只有本街道的填报岗能填。")
    now = timezone.now()
    pipeline = _pipeline(found)
    target = Target(organisation=organisation, period_key=found.number)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    closed = ""
    if form.is_valid():
        received = take_in(form=form, pipeline=pipeline, target=target, by=request.user, now=now)
        if received is not None:
            return redirect("intake:upload", pk=received.pk)
    else:
        try:
            pipeline.admit(target, now)
        except Forbidden:
            raise
        except Refusal as refusal:
            closed = refusal.message
    uploads = Upload.objects.visible_to(request.scope).for_target(
        pipeline=pipeline.code, organisation_id=organisation.pk, period_key=found.number
    )
    context = page(
        request,
        found,
        ("上传工作簿", ""),
        street=organisation,
        form=form,
        about=pipeline.describe(target, now),
        closed=closed,
        uploads=uploads.select_related("file")[:SHOWN_UPLOADS],
    )
    return render(request, "inquiries/upload.html", context, status=status_of(request))


@require_GET
@scoped(P.RETURN_READ)
def template(request: SignedIn, number: str, street: str) -> HttpResponse:
    """The pre-filled workbook."""
    found, organisation = _place(request, number, street)
    table = table_of(inquiry=found, streets=[organisation.pk], now=timezone.now())
    made = workbook.build(table=table, street=organisation, now=timezone.now())
    return downloads.workbook(content=made.content, name=made.name)


@require_GET
@scoped(P.RETURN_READ)
def rules(request: SignedIn, number: str) -> HttpResponse:
    """Every rule of the workbook, and what belongs into each column."""
    found = inquiry_of(request, number)
    pipeline = _pipeline(found)
    context = page(
        request,
        found,
        ("校验规则", ""),
        groups=[
            (scope.label, [rule for rule in pipeline.rules if rule.scope is scope])
            for scope in RuleScope
        ],
        columns=pipeline.columns,
    )
    return render(request, "inquiries/rules.html", context)
