"""Bringing in a programme's roster, and approving the plans that came with it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger.change_words import effects_of
from projects.ledger.enrolment import entries_waiting
from projects.ledger.entering import (
    ask_for_entries,
    asked_at_entry,
    lacking,
    waiting_exceptions,
    why_not_let_in,
)
from projects.ledger.enums import BaselineState, ChangeState
from projects.ledger.intake import ROSTER
from projects.ledger.models import Baseline, Programme, Project, ProjectChange
from projects.ledger.programme_uploads import rules_page, template_of, upload_page
from projects.ledger.rests import rests_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.periods import Week
from renovation.face.refusals import refuse
from renovation.records.acting import hands

from .approving import approve_roster, lacks_document
from .forms import DraftsForm, EntryExceptionsForm


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE)
def upload(request: SignedIn, year: int) -> HttpResponse:
    """The form for a roster; a file that came in leads to its page."""
    return upload_page(request, year, ROSTER, now=timezone.now())


@require_GET
@scoped(Permission.LEDGER_WRITE)
def template(request: SignedIn, year: int) -> HttpResponse:
    """The roster of today, to be changed and added to."""
    return template_of(request, year, ROSTER, now=timezone.now())


@require_GET
@scoped(Permission.LEDGER_WRITE)
def rules(request: SignedIn) -> HttpResponse:
    """Every rule of a roster."""
    return rules_page(request, ROSTER)


def _drafts(request: SignedIn, programme: Programme) -> QuerySet[Baseline]:
    rows = Baseline.objects.visible_to(request.scope)
    return (
        rows.filter(project__programme=programme, state=BaselineState.DRAFT)
        .select_related("project__street", "drafted_by", "change")
        .prefetch_related("targets")
        .order_by("project__street__order", "project__code")
    )


def _effects(row: Baseline) -> str:
    """What the change that brings a plan does to dates and money, "" for a first plan."""
    change: ProjectChange | None = getattr(row, "change", None)
    return effects_of(change=change) if change is not None else ""


def _entries(request: SignedIn, programme: Programme) -> QuerySet[ProjectChange]:
    projects = Project.objects.visible_to(request.scope).filter(programme=programme)
    return (
        entries_waiting(projects=projects)
        .select_related("project__street", "project__programme", "drafted_by")
        .order_by("project__street__order", "project__code")
    )


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE, Permission.LEDGER_APPROVE)
def drafts(request: SignedIn, year: int) -> HttpResponse:
    """The projects of a programme that wait to be entered, and its plans that wait for approval; a reviewer
    approves those of others at once, the changes that bring them and the exceptions that they stand on included. An
    entry with a condition that lacks its exception is left out.

    Exactly what the page showed is approved: a draft that was thrown away meanwhile stops it.
    """
    programme = get_object_or_404(Programme.objects.visible_to(request.scope), year=year)
    now = timezone.now()
    rows = list(_drafts(request, programme))
    entries = list(_entries(request, programme))
    drafters = [*(row.drafted_by_id for row in entries), *(row.drafted_by_id for row in rows)]
    others = [row for row in rows if not hands(row, "drafted_by") & request.scope.persons]
    open_ = asked_at_entry(changes=entries, on=local_day(now))
    others_entries = [
        row
        for row in entries
        if not hands(row, "drafted_by") & request.scope.persons
        and not why_not_let_in(open_[row], persons=request.scope.persons)
    ]
    can_approve = request.scope.can(Permission.LEDGER_APPROVE)
    posted = request.method == "POST"
    brought = [change for row in others if (change := getattr(row, "change", None)) is not None]
    resting = rests_of(baselines=rows, bureau_id=programme.bureau_id)
    form = DraftsForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial={"approved_on": local_day(now)},
        asks_document=any(map(lacks_document, [*others_entries, *brought])),
        asks_rest=any(resting[row.pk] for row in others),
    )
    if posted:
        if not can_approve:
            raise Forbidden("只有区局审核岗能批准计划。")
        seen = set(request.POST.getlist("baseline")), set(request.POST.getlist("entry"))
        if seen != ({str(row.pk) for row in others}, {str(row.pk) for row in others_entries}):
            messages.warning(request, "待批准的内容刚刚有变化，请看过后再批准。")
            return redirect("ledger:drafts", year=year)
        if form.is_valid():
            try:
                entered, planned = approve_roster(
                    entries=others_entries,
                    baselines=others,
                    approved_on=form.cleaned_data["approved_on"],
                    document_number=form.cleaned_data.get("document_number", ""),
                    file=form.cleaned_data.get("evidence"),
                    rest_reason=form.cleaned_data.get("rest_reason", ""),
                    scope=request.scope,
                    by=request.user,
                    now=now,
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, f"已批准列入 {entered} 个项目、{planned} 版计划。")
                held = len(others_entries) < len(entries)
                return redirect("ledger:drafts" if held else "ledger:programme", year=year)
    context = {
        "programme": programme,
        "rows": [(row, _effects(row), len(resting[row.pk])) for row in rows],
        "entries": [(row, open_[row], len(lacking(open_[row]))) for row in entries],
        "early": sum(
            row.effective_on is not None and row.effective_on < Week.of(local_day(now)).start
            for row in entries
        ),
        "held": sum(bool(lacking(open_[row])) for row in entries),
        "excepted": sum(len(waiting_exceptions(open_[row])) for row in others_entries),
        "changes": ProjectChange.objects.visible_to(request.scope)
        .filter(project__programme=programme, state=ChangeState.DRAFT, baseline=None)
        .exclude(pk__in=[row.pk for row in entries])
        .select_related("project__street", "drafted_by")
        .order_by("project__street__order", "project__code"),
        "unproposed": Project.objects.visible_to(request.scope)
        .filter(programme=programme, approved_on=None)
        .exclude(pk__in=[row.project_id for row in entries])
        .select_related("street")
        .order_by("street__order", "code"),
        "others": others,
        "others_entries": others_entries,
        "mine": drafters.count(request.user.pk),
        "can_approve": can_approve,
        "can_write": request.scope.can(Permission.LEDGER_WRITE),
        "form": form,
        "file_lost": bool(request.FILES) and bool(form.errors),
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (programme.name, reverse("ledger:programme", args=[year])),
            ("待批准的项目和计划", ""),
        ],
        "section": "项目",
    }
    return render(request, "ledger/drafts.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@scoped(Permission.LEDGER_WRITE)
def entry_exceptions(request: SignedIn, year: int) -> HttpResponse:
    """Ask the exceptions that a programme's entries lack, for one reason and by one document; what the page showed is
    what is asked for."""
    programme = get_object_or_404(Programme.objects.visible_to(request.scope), year=year)
    now = timezone.now()
    entries = list(_entries(request, programme))
    open_ = asked_at_entry(changes=entries, on=local_day(now))
    rows = [(row, found) for row in entries if (found := lacking(open_[row]))]
    asked = {f"{row.pk} {each.check.code}" for row, found in rows for each in found}
    posted = request.method == "POST"
    form = EntryExceptionsForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        use_required_attribute=False,
    )
    if posted and set(request.POST.getlist("asked")) != asked:
        messages.warning(request, "要申请的事项刚刚有变化，请看过后再申请。")
        return redirect("ledger:entry_exceptions", year=year)
    if posted and form.is_valid():
        try:
            count = ask_for_entries(
                changes=[row for row, _ in rows], values=form.values, by=request.user, now=now
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已申请 {count} 项例外。批准列入时由另一人一并批准。")
            return redirect("ledger:drafts", year=year)
    context = {
        "programme": programme,
        "rows": rows,
        "asked": sorted(asked),
        "ask_word": f"申请 {len(asked)} 项例外",
        "form": form,
        "file_lost": bool(request.FILES) and bool(form.errors),
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (programme.name, reverse("ledger:programme", args=[year])),
            ("待批准的项目和计划", reverse("ledger:drafts", args=[year])),
            ("申请例外", ""),
        ],
        "section": "项目",
    }
    status = 422 if form.errors else 200
    return render(request, "ledger/entry_exceptions.html", context, status=status)
